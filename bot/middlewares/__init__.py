"""What surrounds every update: who acts, in which language, and whether a button is still current."""
