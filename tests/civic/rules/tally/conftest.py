"""How properties of the count are searched: as long as it takes, on any machine."""

from hypothesis import settings

settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")
