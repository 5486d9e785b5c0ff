"""Custom actions: read slots, call one service, utter."""
