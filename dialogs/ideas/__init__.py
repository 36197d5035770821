"""Ideas: putting one forward step by step, reading others', looking after one's own."""
