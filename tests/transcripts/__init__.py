"""Conversations written out by talking with the running stack."""
