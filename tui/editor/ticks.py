"""A list of which several can be chosen: each is ticked, then they are taken together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.widgets import OptionList

from core.i18n import gettext as _
from core.i18n import ngettext
from core.safe_text import fold
from core.words import fill
from tui.panels.picker import Choice, Picker

DONE: Final = "|done"
"""The choice that takes what is ticked; no id of anything looks like that."""


class Ticks(Picker):
    """Returns ``DONE``, and ``ticked`` then holds the ids in the list's order; None gives up. Enter ticks, the line
    above the list takes what is ticked, and so does ctrl+s."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "done", show=False, priority=True)]

    def __init__(self, title: str, choices: Sequence[Choice], ticked: Sequence[str]) -> None:
        self._known = tuple(choices)
        self._ticked = dict.fromkeys(id for id in ticked if any(each.id == id for each in choices))
        super().__init__(title, self._shown_now(""), hint=_("type to narrow · enter ticks · ctrl+s takes them"))
        self._typed_words = ""

    @property
    def ticked(self) -> list[str]:
        """The ids of what is ticked."""
        return [choice.id for choice in self._known if choice.id in self._ticked]

    def on_mount(self) -> None:
        """Begin with the first one."""
        super().on_mount()
        if self._known:
            self.query_one(OptionList).highlighted = 1

    def narrow(self, typed: str) -> None:
        """Show the choices that have every word in them, below the line that takes them."""
        self._typed_words = typed
        self.show(self._shown_now(typed))
        if len(self._shown) > 1:
            self.query_one(OptionList).highlighted = 1

    def take(self, id: str, why_not: str | None) -> None:
        """Tick a choice, or take its tick away; the first line takes them all."""
        if id == DONE:
            super().take(id, why_not)
            return
        place = self.query_one(OptionList).highlighted
        if id in self._ticked:
            del self._ticked[id]
        else:
            self._ticked[id] = None
        self.show(self._shown_now(self._typed_words))
        self.query_one(OptionList).highlighted = place

    def action_done(self) -> None:
        """Take what is ticked."""
        self.take(DONE, self._why_not())

    def _why_not(self) -> str | None:
        return None if self._ticked else _("Tick at least one.")

    def _shown_now(self, typed: str) -> list[Choice]:
        words, n = fold(typed).split(), len(self._ticked)
        taken = fill(ngettext("take this one", "take these {n}", n), {"n": n}) if n else _("take them")
        found = [each for each in self._known if all(word in fold(each.words) for word in words)]
        sign: Callable[[Choice], str] = lambda each: "[x]" if each.id in self._ticked else "[ ]"  # noqa: E731
        return [
            Choice(DONE, f"✓ {taken}", why_not=self._why_not()),
            *(replace(each, words=f"{sign(each)} {each.words}") for each in found),
        ]
