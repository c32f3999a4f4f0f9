"""Decisions: what Funil does and why, as pure Python. Knows no SQL, no socket, no screen and no wall clock."""
