"""Pictures of definitions and agreements, as values, as text, and through optional renderers."""
