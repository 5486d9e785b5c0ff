"""Settings, inbox, outbox, commands."""
