"""Tests of the pattern reader."""
