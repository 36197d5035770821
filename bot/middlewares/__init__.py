"""What surrounds every update: who acts, in which language, is a button still current."""
