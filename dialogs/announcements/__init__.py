"""What was announced: one known source for everyone."""
