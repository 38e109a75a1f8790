"""What changed between two editions, and for whom."""
