"""What is written -> what it means in the model, section by section."""
