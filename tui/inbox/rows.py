"""The inbox's list without Textual: what it shows, where the cursor is, how a line of it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size

from core.i18n import gettext as _
from core.inbox import SORT_NAMES, Inbox, Sort, Waiting, found
from core.safe_text import safe_text
from tui import format as fmt
from tui.outbound_paint import Moments

SIGNS: Final = {
    Sort.CHAT: "✈",
    Sort.ANSWER: "✈",
    Sort.CALL: "☎",
    Sort.LATE: "☐",
    Sort.REPLY: "✉",
    Sort.TASK: "☐",
}
TONES: Final = {
    Sort.CHAT: "warn",
    Sort.ANSWER: "accent",
    Sort.CALL: "warn",
    Sort.LATE: "bad",
    Sort.REPLY: "accent",
    Sort.TASK: "plain",
}
WIDE: Final = 100
"""From this width on a line says whose the thing is, too."""
Piece = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Widths:
    """Cells of each column; 0 leaves it out."""

    who: int
    text: int
    deal: int
    person: int


def widths(width: int) -> Widths:
    """Share a width among the columns."""
    left = width - 2 - 2 - SORT - 1 - AGE - 1
    person = 14 if width >= WIDE else 0
    who = max(8, min(22, left // 4))
    deal = max(8, min(24, left // 4)) if left >= 40 else 0
    return Widths(who, max(4, left - who - 1 - (deal + 1 if deal else 0) - (person + 1 if person else 0)), deal, person)


SORT: Final = 16
AGE: Final = 6


def line(item: Waiting, width: int, moments: Moments, names: Mapping[str, str]) -> list[Piece]:
    """Return one line: what it is, since when, who, what, of which deal, whose."""
    share = widths(width)
    age = fmt.age(max(0, moments.now - item.since))
    pieces = [
        (f" {SIGNS[item.sort]} ", TONES[item.sort]),
        (_cell(_(SORT_NAMES[item.sort]), SORT) + " ", TONES[item.sort]),
        (" " * (AGE - min(AGE, cell_len(age))) + _cell(age, min(AGE, cell_len(age))) + " ", "muted"),
        (_cell(item.who, share.who) + " ", "strong"),
        (_cell(text_of(item, moments), share.text) + " ", "plain"),
    ]
    if share.deal:
        pieces.append((_cell(item.title or "–", share.deal) + " ", "muted"))
    if share.person:
        pieces.append((_cell(names.get(item.person or "", ""), share.person), "muted"))
    return pieces


def text_of(item: Waiting, moments: Moments) -> str:
    """Return what there is to read of a thing; of a task its deadline first."""
    if item.due is None:
        return item.text
    return f"{fmt.short_time(item.due, moments.zone, moments.today)} · {item.text}"


def _cell(text: str, width: int) -> str:
    plain = safe_text(text)
    return set_cell_size(plain, width) if cell_len(plain) <= width else set_cell_size(plain, width - 1) + "…"


class Rows:
    """What is listed, and the cursor, which stays on its thing however the list changes."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.shown: Sequence[Waiting] = ()
        self.words = ""
        self.cursor = 0
        self.top = 0
        self.height = 10
        self.loaded = False
        self.aim: str | None = None
        """The thing that the cursor shall go to when it is listed again."""

    @property
    def current(self) -> Waiting | None:
        """The thing under the cursor."""
        return self.shown[self.cursor] if self.cursor < len(self.shown) else None

    def show(self, inbox: Inbox, names: Mapping[str, str]) -> None:
        """Show what waits now."""
        self.inbox, self.loaded = inbox, True
        self.narrow(self.words, names)

    def narrow(self, words: str, names: Mapping[str, str]) -> None:
        """Show only what holds some words."""
        at = self.aim or (self.current.id if self.current else None)
        self.words = words
        sorts = {sort: _(name) for sort, name in SORT_NAMES.items()}
        self.shown = found(self.inbox.items, words, names, sorts)
        place = next((n for n, item in enumerate(self.shown) if item.id == at), None)
        self.aim = None if place is not None else self.aim
        self.point(self.cursor if place is None else place)

    def point(self, place: int) -> None:
        """Put the cursor on a line, or the nearest there is."""
        self.cursor = max(0, min(place, len(self.shown) - 1))
        self.top = max(min(self.top, self.cursor), self.cursor - self.height + 1, 0)
        self.scroll(0)

    def move(self, step: int) -> None:
        """Move the cursor."""
        self.point(self.cursor + step)

    def scroll(self, lines: int) -> None:
        """Move the view; the cursor stays on its thing."""
        self.top = max(0, min(self.top + lines, len(self.shown) - self.height))

    def after(self, thing: str | None) -> int | None:
        """Return the place of the most urgent thing, or, when that is already taken, of the one after it."""
        if not self.shown:
            return None
        return 1 if len(self.shown) > 1 and self.shown[0].id == thing else 0
