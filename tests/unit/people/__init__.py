"""People: participants, prospects, staff."""
