"""Conversations, participants, prospects, staff, and what they may see and delete."""
