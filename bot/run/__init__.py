"""Setting up and keeping alive: what ``make run`` does before and around the three processes."""
