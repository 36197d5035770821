"""Messengers: what comes in becomes an update, what goes out becomes what they can show."""
