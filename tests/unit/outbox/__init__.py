"""Limits, ordering and what becomes of deliveries."""
