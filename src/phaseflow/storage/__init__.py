"""Where journals are kept: the port, databases, and a dictionary."""
