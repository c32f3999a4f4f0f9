"""What the widgets have in common that draw their lines by themselves: named styles, and a cursor's line over them."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.style import Style
from textual.widget import Widget

RIGHT: Final = 3
"""The mouse's button for menus."""


class LineView(Widget, can_focus=True):
    """Draws lines in styles that the style sheet names ``FAMILY--name``; they are kept until the theme changes.

    The style ``cursor`` is laid over the others and gives only what the style sheet says of it.
    """

    FAMILY: ClassVar[str]
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._palette: dict[str, Style] = {}

    def on_mount(self) -> None:
        """Forget colours when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._dress())

    def _dress(self) -> None:
        self._palette.clear()
        self.refresh()

    def _style(self, name: str) -> Style:
        style = self._palette.get(name)
        if style is None:
            partial = name == "cursor"
            style = self._palette[name] = self.get_component_rich_style(f"{self.FAMILY}--{name}", partial=partial)
        return style

    def _over(self, name: str, under: Style | None) -> Style:
        return self._style(name) + under if under else self._style(name)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor's bar."""
        self.refresh()
