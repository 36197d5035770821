"""Announcing in one's own words, and watching it go out."""
