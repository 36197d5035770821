"""Sends what the ledger holds: each person once, at the pace a channel bears, come what may."""
