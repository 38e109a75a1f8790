"""YAML in, checked definition out."""
