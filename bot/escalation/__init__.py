"""Alerts, hand-overs and everything that staff are told."""
