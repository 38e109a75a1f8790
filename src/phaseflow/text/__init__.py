"""YAML bytes to a tree in which each part knows its place, and what went wrong on the way."""
