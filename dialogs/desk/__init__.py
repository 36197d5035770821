"""The organisers' work desk: the calendar of every cycle, and changing it."""
