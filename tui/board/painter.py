"""Strips of cells for heads, cards, the ghost of a drag and hints, each made once for all that changes its pixels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final, TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from core.ports import Card
from core.safe_text import safe_text
from tui.board.badges import Badge, badges_of, width_of
from tui.board.colours import Palette, mix, stage_colour, style
from tui.board.texts import NOT_DUE, Due, Wording, cut, pad, two_ends

Strips: TypeAlias = tuple[Strip, ...]
Piece: TypeAlias = tuple[str, Style]

_BAR: Final = "▌"
_MARK: Final = "✓"
_LIFTED: Final = "╎"
_CACHED: Final = 4096
_CLIENT_LEAST: Final = 10
_AGED: Final = 28
"""Room from which on a card of one row shows its age too."""
SHUT, OPEN = "▸", "▾"


@dataclass(frozen=True, slots=True)
class Look:
    """What a card looks like beside its content. ``colour`` is its stage's, ``age`` its time in the stage.

    ``dim`` is a cursor while keys go elsewhere, ``pending`` a move that is not written yet, ``task_late`` a task that
    should have been done.
    """

    colour: str
    age: str
    cursor: bool = False
    marked: bool = False
    lifted: bool = False
    pending: bool = False
    dim: bool = False
    due: Due = NOT_DUE
    task_late: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What a column's head shows. ``target`` while a drag is over it."""

    name: str
    colour: str
    count: int
    sums: Mapping[str, int]
    note: str = ""
    cursor: bool = False
    target: bool = False


class Painter:
    """Paints the parts of a board in one theme; every strip is exactly as wide as it was asked for."""

    def __init__(self, palette: Palette, wording: Wording) -> None:
        self.palette = palette
        self.wording = wording
        self._made: OrderedDict[Hashable, Strips] = OrderedDict()

    def card(self, card: Card, look: Look, width: int, rows: int = 2) -> Strips:
        """Return the lines of a card: one, two or three."""
        return self._once((card, look, width, rows), lambda: self._card(card, look, width, rows))

    def head(self, head: Head, width: int) -> Strips:
        """Return the two lines of a column's head."""
        key = (head.name, head.colour, head.count, tuple(head.sums.items()), head.note, head.cursor, head.target, width)
        return self._once(key, lambda: self._head(head, width))

    def folded(self, head: Head, width: int) -> Strips:
        """Return the two lines of a folded column's head."""
        key = ("folded", head.colour, head.count, head.cursor, head.target, width)
        return self._once(key, lambda: self._folded(head, width))

    def spine(self, sign: str, head: Head, width: int) -> Strip:
        """Return a line of a folded column's body with one sign of its name."""
        key = ("spine", sign, head.colour, head.target, width)
        return self._once(key, lambda: (self._spine(sign, head, width),))[0]

    def ghost(self, card: Card | None, colour: str, label: str, width: int) -> Strips:
        """Return the two lines that follow the mouse: the card, or how many there are."""
        return self._once((card, colour, label, width), lambda: self._ghost(card, colour, label, width))

    def blank(self, width: int) -> Strip:
        """Return empty cells."""
        return self._once(
            ("blank", width),
            lambda: (
                self._strip(
                    (" " * width, self._text()),
                ),
            ),
        )[0]

    def text(self, text: str, width: int) -> Strip:
        """Return a quiet line in the middle of its room."""
        return self._once(
            ("text", text, width),
            lambda: (
                self._strip(
                    (_middle(text, width), self._quiet()),
                ),
            ),
        )[0]

    def divider(self, thumb: bool) -> Strip:
        """Return one cell between columns, which is a scroll bar too."""
        return self._once(("divider", thumb), lambda: (self._divider(thumb),))[0]

    def drop_mark(self, colour: str, width: int) -> Strip:
        """Return the line that says where a card will land."""
        line = "╺" + "━" * max(0, width - 2) + "╸" if width > 1 else "━" * width
        return self._once(
            ("drop", colour, width),
            lambda: (
                self._strip(
                    (line, self._ink(colour, bold=True)),
                ),
            ),
        )[0]

    def more(self, left: int, right: int) -> tuple[Strip, Strip]:
        """Return the signs that say how many columns are out of view on both sides; no cells for none."""
        before, after = f"‹ {left} " if left else "", f" {right} ›" if right else ""
        return self._strip((before, self._text())), self._strip((after, self._text()))

    # Making -----------------------------------------------------------------------------------------------------------

    def _once(self, key: Hashable, make: Callable[[], Strips]) -> Strips:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = make()
            if len(self._made) > _CACHED:
                self._made.popitem(last=False)
        return made

    def _card(self, card: Card, look: Look, width: int, rows: int) -> Strips:
        ground = self._ground(look)
        room = max(0, width - 2)
        quiet = style(self._shade(look), ground)
        loud = quiet if look.lifted else style(self._ink_of(look), ground, bold=look.cursor)
        bar, end = self._bar(look, ground), (" ", quiet)
        if rows == 1:
            return (self._fit(width, bar, *self._only(card, look, room, ground, loud, quiet), end),)
        title, amount = two_ends(safe_text(card.title), self._amount(card, room), room)
        first = self._fit(width, bar, (title, loud), (amount, loud), (" ", loud))
        badges = badges_of(card, look.due.late, look.task_late, room // 2) if rows == 2 else ()
        client, tail = self._second(card, look.age, room - width_of(badges))
        second = self._fit(width, bar, (client, quiet), (tail, quiet), *self._inked(badges, look, ground), end)
        if rows == 2:
            return first, second
        badges = badges_of(card, "", look.task_late, room)
        due = style(self._shade(look) if look.lifted or not look.due.late else self.palette.warning, ground)
        dated = (pad(safe_text(look.due.text), room - width_of(badges)), due)
        return first, second, self._fit(width, bar, dated, *self._inked(badges, look, ground), end)

    def _only(self, card: Card, look: Look, room: int, ground: str, loud: Style, quiet: Style) -> list[Piece]:
        """Return the pieces of a card of one row: title, what waits, its age where there is room, amount."""
        badges = badges_of(card, look.due.late, look.task_late, room // 3)
        age = f" {look.age}" if room >= _AGED and look.age else ""
        left = room - width_of(badges) - cell_len(age)
        title, amount = two_ends(safe_text(card.title), self._amount(card, left), left)
        if amount and (badges or age):
            title, amount = title[:-1], " " + amount
        return [(title, loud), *self._inked(badges, look, ground), (age, quiet), (amount, loud)]

    def _second(self, card: Card, age: str, room: int) -> tuple[str, str]:
        """Return client and the responsible's first name with the age; the name gives way to the client."""
        client, who = safe_text(card.client), safe_text(self.wording.person(card.responsible)).strip().split(" ")[0]
        tail = f"{who} · {age}" if who and age else who or age
        if room - cell_len(tail) - 1 < min(_CLIENT_LEAST, cell_len(client)):
            tail = age
        return two_ends(client, tail, room)

    def _amount(self, card: Card, room: int) -> str:
        if card.amount is None:
            return ""
        full = safe_text(self.wording.money(card.amount, card.currency))
        return full if 2 * cell_len(full) <= room else safe_text(self.wording.money_short(card.amount, card.currency))

    def _inked(self, badges: Iterable[Badge], look: Look, ground: str) -> list[Piece]:
        quiet = self._shade(look)
        inks = {"failed": self.palette.error, "asks": self.palette.accent, "late": self.palette.warning}
        return [
            (each.text, style(quiet if look.lifted else inks.get(each.tone, quiet), ground, bold=each.tone == "failed"))
            for each in badges
        ]

    def _bar(self, look: Look, ground: str) -> Piece:
        if look.lifted:
            return _LIFTED, style(self._shade(look), ground)
        if look.marked:
            return _MARK, style(self.palette.accent, ground, bold=True)
        return "█" if look.cursor and not look.dim else _BAR, style(self._stage(look.colour), ground)

    def _ground(self, look: Look) -> str:
        if look.lifted:
            return self.palette.ground
        base = self.palette.raised if look.cursor else self.palette.ground
        if look.dim:
            base = mix(base, self.palette.ground, 0.5)
        return mix(base, self.palette.accent, 0.14) if look.marked else base

    def _shade(self, look: Look) -> str:
        return mix(self.palette.muted, self.palette.ground, 0.45) if look.lifted else self.palette.muted

    def _ink_of(self, look: Look) -> str:
        return self.palette.muted if look.pending else self.palette.text

    def _head(self, head: Head, width: int) -> Strips:
        ground = self._lit(head)
        room = max(0, width - 2)
        name = safe_text(head.name)
        right = self._sums(head, room - min(cell_len(name), max(8, room // 2)) - 1)
        if head.sums and right == str(head.count):
            right = self._sums(head, room - min(cell_len(name), 6) - 1, tight=True)
        left, right = two_ends(name, right, room)
        loud, quiet = style(self.palette.text, ground, bold=True), style(self.palette.muted, ground)
        sign = (OPEN, style(mix(self.palette.muted, self.palette.ground, 0.5), ground))
        first = self._fit(width, sign, (left, loud), (right, quiet), (" ", quiet))
        line = self._rule(head)
        note = cut(safe_text(head.note), max(0, width - 6))
        signs = [("━", line), (f" {note} ", self._quiet())] if note else []
        rule = max(0, width - sum(cell_len(text) for text, _ in signs))
        return first, self._fit(width, *signs, ("━" * rule, line))

    def _rule(self, head: Head) -> Style:
        colour = self._stage(head.colour)
        return self._ink(colour if head.cursor or head.target else mix(colour, self.palette.ground, 0.45))

    def _folded(self, head: Head, width: int) -> Strips:
        ground = self._lit(head)
        count = str(head.count) if head.count < 1000 else f"{min(99, head.count // 1000)}k"
        sign = (SHUT, style(self.palette.muted, ground))
        first = self._fit(width, sign, (f"{count:>{max(0, width - 1)}}", style(self.palette.text, ground, bold=True)))
        return first, self._fit(width, ("━" * width, self._rule(head)))

    def _spine(self, sign: str, head: Head, width: int) -> Strip:
        look = style(self.palette.text if head.target else self.palette.muted, self._lit(head))
        return self._strip((pad(" " + sign, width), look))

    def _lit(self, head: Head) -> str:
        return mix(self.palette.ground, self._stage(head.colour), 0.25) if head.target else self.palette.ground

    def _sums(self, head: Head, room: int, *, tight: bool = False) -> str:
        """Return count and sums, as many currencies as fit, the greatest first; ``tight`` with no blanks to spare."""
        parts, between = [str(head.count)], " " if tight else " · "
        for currency, amount in sorted(head.sums.items(), key=lambda pair: -pair[1]):
            told = safe_text(self.wording.money_short(amount, currency))
            wider = [*parts, told.replace(" ", "") if tight else told]
            if cell_len(between.join(wider)) <= room:
                parts = wider
        return between.join(parts)

    def _ghost(self, card: Card | None, colour: str, label: str, width: int) -> Strips:
        ground = self.palette.high
        loud, quiet = style(self.palette.text, ground, bold=True), style(self.palette.muted, ground)
        bar = ("█", style(self._stage(colour), ground))
        room = max(0, width - 2)
        title = safe_text(card.title) if card else ""
        amount = self._amount(card, room) if card else ""
        left, right = two_ends(title, amount, room)
        first = self._fit(width, bar, (left, loud), (right, loud), (" ", loud))
        below = safe_text(label) or (safe_text(card.client) if card else "")
        return first, self._fit(width, bar, (pad(below, room), quiet), (" ", quiet))

    def _divider(self, thumb: bool) -> Strip:
        if thumb:
            return self._strip(("┃", style(mix(self.palette.muted, self.palette.ground, 0.3), self.palette.ground)))
        return self._strip(("│", style(mix(self.palette.faint, self.palette.ground, 0.35), self.palette.ground)))

    def _fit(self, width: int, *pieces: Piece) -> Strip:
        return self._strip(*pieces).adjust_cell_length(width, self._text())

    def _strip(self, *pieces: Piece) -> Strip:
        runs = [("".join(text for text, _ in run), look) for look, run in groupby(pieces, key=itemgetter(1))]
        return Strip([Segment(text, look) for text, look in runs if text], sum(cell_len(text) for text, _ in runs))

    def _stage(self, colour: str) -> str:
        return stage_colour(colour, self.palette)

    def _ink(self, colour: str, bold: bool = False) -> Style:
        return style(self._stage(colour), self.palette.ground, bold=bold)

    def _text(self) -> Style:
        return style(self.palette.text, self.palette.ground)

    def _quiet(self) -> Style:
        return style(self.palette.muted, self.palette.ground)


def _middle(text: str, width: int) -> str:
    shown = cut(text, width)
    return pad(" " * ((width - cell_len(shown)) // 2) + shown, width)
