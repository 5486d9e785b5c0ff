"""One part at a time, on a real database."""
