"""The inbox: what waits for a person, in one list."""
