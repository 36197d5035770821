"""The web chat's pages: what a browser asks for and gets."""
