"""Results of votes: who won, with how many votes, and why the others did not."""
