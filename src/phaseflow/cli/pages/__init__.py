"""What people read: one page for each thing that a command shows."""
