"""Cravings and coping skills."""
