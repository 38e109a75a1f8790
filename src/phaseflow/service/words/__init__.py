"""What people write and read: sentences, moments, values."""
