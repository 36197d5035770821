"""The running program: settings, channels, wiring, the clock and the broadcaster."""
