"""Tests; a package, so that a dependency that ships its own ``tests`` does not shadow it."""
