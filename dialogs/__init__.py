"""Conversations: one folder each, with states, windows, getters, clicks; see `registry`."""
