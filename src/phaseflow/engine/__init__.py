"""How an agreement moves: pure and deterministic."""
