"""What the terminal and the theme in force do to the board's colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from textual.app import App
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from tui.board.colours import Palette, is_colour, palette
from tui.board.plain_colours import OwnColours

DARK: Final = palette("#121212", "#e0e0e0", "#0178d4", "#ba3c5b")
LIGHT: Final = palette("#ffffff", "#202020", "#0a5ca8", "#b3123c")


class Theming:
    """The palette of a theme, and the filters (no colour, few colours) that a terminal needs."""

    def __init__(self) -> None:
        self._filters: Sequence[LineFilter] = ()
        self._ground = Color.parse(DARK.ground)

    def take(self, app: App[Any]) -> Palette:
        """Mix the board's colours from the app's theme; one that leaves colours to the terminal gets ours."""
        found = [
            app.theme_variables.get(name, "")[:7]
            for name in ("background", "foreground", "primary", "error", "warning")
        ]
        mixed = palette(*found) if all(map(is_colour, found)) else DARK if app.current_theme.dark else LIGHT
        self._filters = app.get_line_filters()
        if app.native_ansi_color:
            self._filters = [OwnColours(mixed), *self._filters]
        self._ground = Color.parse(mixed.ground)
        return mixed

    def dress(self, strip: Strip) -> Strip:
        """Return a strip as the terminal gets it. A strip remembers how it was dressed."""
        for line_filter in self._filters:
            strip = strip.apply_filter(line_filter, self._ground)
        return strip
