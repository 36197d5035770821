"""A one-time link that gives a role; asks once, so that a link opened by mistake does nothing."""
