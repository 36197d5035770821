"""Reading the draft budget line by line."""
