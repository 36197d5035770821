"""Approving what another organiser wants to announce."""
