"""What the benchmarks share: an agreement grown to a size, timing, and the table of figures."""
