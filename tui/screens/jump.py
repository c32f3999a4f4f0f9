"""Jumping: letters over all that is in view, and typing those of where to go."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Final

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Offset
from textual.screen import ModalScreen
from textual.widgets import Static

from core.i18n import gettext as _
from tui.places import targets

if TYPE_CHECKING:
    from tui.app import FunilApp

LETTERS: Final = "asdfghjklqwertyuiopzxcvbnm"
"""The keys under the fingers first."""


def codes(count: int) -> list[str]:
    """Return as many codes, none the beginning of another: single letters first, and as few double ones as will do."""
    doubled = 0
    while len(LETTERS) - doubled + doubled * len(LETTERS) < count and doubled < len(LETTERS):
        doubled += 1
    single = len(LETTERS) - doubled
    pairs = ("".join(pair) for pair in product(LETTERS[single:], LETTERS))
    return [*LETTERS[:single], *pairs][:count]


async def jump(app: FunilApp) -> None:
    """Let the person choose a place in view and go there."""
    found = targets(app)
    names = codes(len(found))
    if not names:
        app.say(_("There is nothing to jump to."))
        return
    chosen = await app.push_screen_wait(Jump([(name, each.cell) for name, each in zip(names, found, strict=False)]))
    if chosen is not None:
        found[chosen].go()


class Jump(ModalScreen[int | None]):
    """Shows a code at each cell; returns the place of the one typed, or None."""

    CSS_PATH = "../styles/jump.tcss"

    def __init__(self, labels: Sequence[tuple[str, Offset]]) -> None:
        super().__init__()
        self._labels = labels
        self._typed = ""
        self._room = self.app.size

    def compose(self) -> ComposeResult:
        """Put a label at each cell."""
        for code, cell in self._labels:
            label = Static(Content(code), classes="jump")
            label.styles.offset = cell
            yield label

    def on_key(self, event: events.Key) -> None:
        """Take a letter of a code; backspace begins again, any other key goes back."""
        event.stop()
        event.prevent_default()
        if event.key == "backspace":
            self._narrow("")
        elif event.character is None or event.character.lower() not in LETTERS:
            self._leave(None)
        else:
            self._narrow(self._typed + event.character.lower())

    def _narrow(self, typed: str) -> None:
        left = [place for place, (code, _cell) in enumerate(self._labels) if code.startswith(typed)]
        if not left:
            self.app.bell()
            return
        self._typed = typed
        if self._labels[left[0]][0] == typed:
            self._leave(left[0])
            return
        for place, label in enumerate(self.query(Static)):
            label.display = place in left

    def _leave(self, chosen: int | None) -> None:
        if self.is_current:  # a second key or size may come while it goes
            self.dismiss(chosen)

    def on_resize(self, event: events.Resize) -> None:
        """Go back when everything stands elsewhere."""
        if event.size != self._room:
            self._leave(None)

    def on_mouse_down(self) -> None:
        """Go back: a place can be pressed itself."""
        self._leave(None)
