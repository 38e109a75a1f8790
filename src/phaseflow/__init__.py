"""A state-machine workflow engine for agreements that are carried out in phases."""
