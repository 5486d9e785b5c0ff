"""The dialogue after a disclosure."""
