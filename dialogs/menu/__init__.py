"""The menu: a picture of now."""
