"""Conversations through the trained model."""
