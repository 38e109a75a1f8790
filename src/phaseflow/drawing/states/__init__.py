"""A definition, or an agreement on its way, as states and arrows."""
