"""The footer line: the keys that work now, or, while a card is carried, what dropping it here would start."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.i18n import gettext as _
from tui.actions import Action
from tui.bars import Bar
from tui.line import Part, squeeze, total

Hint = tuple[Action, str, bool]
"""An action, its keys and whether it can be done now."""


class FooterLine(Bar):
    """Draws the registry's hints for where the focus is."""

    def __init__(self, hints: Callable[[], Sequence[Hint]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints = hints
        self._drop: Sequence[Part] | None = None
        self._shown: list[Part] = []

    def announce(self, drop: Sequence[Part] | None) -> None:
        """Say what a drop would do; None shows the keys again."""
        if drop != self._drop:
            self._drop = drop
            self.refresh()

    def recheck(self) -> None:
        """Draw the keys again if others work now than those that are shown."""
        if self._laid_out(self.size.width) != self._shown:
            self.refresh()

    def parts(self, width: int) -> list[Part]:
        """Return the footer's parts for a width."""
        self._shown = self._laid_out(width)
        return self._shown

    def _laid_out(self, width: int) -> list[Part]:
        if self._drop is not None:
            return squeeze(self._drop, width)
        hints = list(self._hints())
        while len(hints) > 1 and total(_parts(hints)) > width:
            del hints[-2]  # the last one is help
        return squeeze(_parts(hints), width)


def _parts(hints: Sequence[Hint]) -> list[Part]:
    parts: list[Part] = []
    for action, keys, enabled in hints:
        word = _(action.hint or action.title)
        parts.append(Part(f" {keys} ", "key" if enabled else "off", action.id))
        parts.append(Part(f"{word} ", "plain" if enabled else "off", action.id))
    return parts
