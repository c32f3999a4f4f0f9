"""Connections that reach nobody: the same outcomes as real ones, decided by seed and message, for demos and tests."""
