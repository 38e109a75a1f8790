"""The PF rules: what each asks, and which function finds its faults."""
