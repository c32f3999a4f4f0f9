"""The help screen: every action with its keys, straight from the registry."""

from __future__ import annotations

from textwrap import wrap
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from core.i18n import gettext as _
from tui.actions import SCOPE_TITLES, Registry, keys_text


class HelpScreen(ModalScreen[None]):
    """Lists keys until esc."""

    CSS_PATH = "../styles/help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, registry: Registry) -> None:
        super().__init__()
        self._registry = registry

    def compose(self) -> ComposeResult:
        """One text, scrolled as a whole."""
        with VerticalScroll(id="help"):
            yield HelpText(self._registry)

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


WIDTH: Final = 80
"""Cells that the text is broken for before it knows its place."""


class HelpText(Static):
    """The text, broken anew for every width."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(help_text(registry, WIDTH))
        self._registry = registry

    def on_resize(self, event: Resize) -> None:
        """Break the lines for this width."""
        self.update(help_text(self._registry, event.size.width))


def help_text(registry: Registry, width: int) -> Content:
    """Return the keys of every action, by the place where they work; long lines go on below their own beginning."""
    actions = list(registry)
    wide = max(len(keys_text(action.keys)) for action in actions) + 2
    hung = "\n" + " " * wide
    blocks = []
    for scope, title in SCOPE_TITLES.items():
        lines = [
            Content.assemble(
                (keys_text(action.keys).ljust(wide), "bold $accent"),
                hung.join(wrap(_(action.help), max(width - wide, 20))),
            )
            for action in actions
            if action.scope is scope
        ]
        blocks.append(Content.assemble((_(title), "bold"), "\n", Content("\n").join(lines)))
    mouse = _("With the mouse: drag a card to move it, double-click to open it, right-click for its menu.")
    return Content("\n\n").join([*blocks, Content.styled(mouse, "$foreground 55%")])
