"""Pages: the public chat, the staff console, and a person's export."""
