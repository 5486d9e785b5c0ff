"""Small readers and choices of the dialogue."""
