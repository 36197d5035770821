"""What is measured, and against whom; run each by itself: `python -m bench.conversation`."""
