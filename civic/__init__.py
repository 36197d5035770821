"""Participation itself: what ideas, consultations, ballots and stages are, without framework or I/O."""
