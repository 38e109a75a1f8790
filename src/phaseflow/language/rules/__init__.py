"""The PF rules: one is a function under ``@rule`` in the module of its subject."""
