"""What was due against what was delivered, along the days."""
