"""A definition read back in numbered sentences."""
