"""How a definition is laid out: read with its comments, put in order, written again."""
