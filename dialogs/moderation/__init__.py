"""Deciding on reported remarks, and the public log of what was decided."""
