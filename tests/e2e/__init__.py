"""The whole stack, as a newcomer starts it."""
