"""Participation itself, without framework or I/O: ideas, consultations, ballots, stages."""
