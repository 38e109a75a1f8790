"""What is written, resolved: names, moments, guards, transitions and obligations of the model."""
