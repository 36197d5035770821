"""What a cycle is: its calendar, its rules, its public log."""
