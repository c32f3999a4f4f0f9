"""The web: the board in a browser."""

from typing import Final

IN_BROWSER: Final = "FUNIL_IN_BROWSER"
"""The variable by which a board knows that a browser is its terminal."""
