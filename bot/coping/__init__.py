"""Cravings and coping skills: the catalogue, what fits when, and a guided exercise as plain state."""
