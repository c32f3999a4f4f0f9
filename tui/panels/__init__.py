"""Panels that open over the board and go away with escape."""
