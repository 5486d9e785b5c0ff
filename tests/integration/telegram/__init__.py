"""The Telegram channel against the test Bot API server."""
