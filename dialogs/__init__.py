"""Conversations: one folder each (states, windows, getters, clicks), listed in `dialogs.registry`."""
