"""Pure decisions: no I/O, no clock, no chance; everything they need is handed to them."""
