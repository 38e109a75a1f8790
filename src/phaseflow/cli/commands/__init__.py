"""The commands, a module for each section of the help."""
