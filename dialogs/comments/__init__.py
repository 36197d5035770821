"""Remarks on the draft budget: reading, writing, supporting."""
