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

from core.i18n import N_
from core.i18n import gettext as _
from core.safe_text import safe_text
from core.words import fill
from tui.actions import SCOPE_TITLES, Registry
from tui.board import badges
from tui.keymap import Keymap
from tui.keys import keys_text


class HelpScreen(ModalScreen[None]):
    """Lists keys until esc."""

    CSS_PATH = "../styles/help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """One text, scrolled as a whole."""
        with VerticalScroll(id="help") as scroll:
            scroll.border_subtitle = _("esc closes · j k scroll")
            yield HelpText(self._keymap)

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


SIGNS: Final = (
    (badges.HELD, N_("held for some seconds: undo still keeps it back")),
    (badges.WAITING, N_("runs of rules that wait for their time")),
    (badges.UNREAD, N_("what the client wrote and nobody has answered")),
    (badges.TASKS, N_("open tasks; ! when one of them is late")),
    (badges.LATE, N_("past its close date")),
    (badges.FAILED, N_("runs that failed: open the deal to see why")),
    ("⚡", N_("in a column's head: how many rules act there, and of which kinds")),
)
WIDTH: Final = 80
"""Cells that the text is broken for before it knows its place."""


class HelpText(Static):
    """The text, broken anew for every width."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(_whole(keymap, WIDTH))
        self._keymap = keymap

    def on_resize(self, event: Resize) -> None:
        """Break the lines for this width."""
        self.update(_whole(self._keymap, event.size.width))


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
    return Content("\n\n").join([*blocks, _signs(wide, width), Content.styled(mouse, "$muted")])


def _signs(wide: int, width: int) -> Content:
    """Return what the signs on cards and heads mean."""
    hung = "\n" + " " * wide
    lines = [
        Content.assemble((sign.ljust(wide), "bold $accent"), hung.join(wrap(_(words), max(width - wide, 20))))
        for sign, words in SIGNS
    ]
    return Content.assemble((_("Signs"), "bold"), "\n", Content("\n").join(lines))


def _whole(keymap: Keymap, width: int) -> Content:
    return Content("\n\n").join([help_text(keymap.registry, width), *_own_keys(keymap)])


def _own_keys(keymap: Keymap) -> list[Content]:
    """Return where the user's own keys stand, and what is wrong with them."""
    if keymap.path is None:
        return []
    where = fill(_("Your own keys stand in {file}; `funil keys` lists the ids."), {"file": str(keymap.path)})
    troubles = [Content.styled(safe_text(words.local()), "$error") for words in keymap.troubles]
    return [Content.styled(safe_text(where), "$muted"), *troubles]
