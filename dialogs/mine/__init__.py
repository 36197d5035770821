"""What a person has put forward, said and voted on."""
