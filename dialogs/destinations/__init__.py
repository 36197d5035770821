"""Groups and channels that are told news."""
