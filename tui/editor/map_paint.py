"""How the map looks: each row as pieces of text with their colours. No Textual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from core.commands.arranging import RULE
from core.i18n import gettext as _
from core.i18n import ngettext
from core.safe_text import safe_text
from core.words import fill
from tui.actions import key_of
from tui.board.colours import Palette, mix, stage_colour
from tui.editor.cards import Card
from tui.editor.map_model import DIVIDER, HEAD, Column, MapModel


class Piece(NamedTuple):
    """A text in its colours (``#RRGGBB``)."""

    text: str
    colour: str
    ground: str
    bold: bool = False


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What changes how a card is drawn, beside what stands in it."""

    cursor: bool = False
    marked: bool = False
    lit: bool = False
    held: bool = False


def frame(model: MapModel, palette: Palette, *, focused: bool) -> list[Line]:
    """Return every row of the map."""
    if not model.columns or not any(model.cards()):
        return _nothing(model, palette, focused=focused)
    painter = _Painter(model, palette, focused)
    return [painter.row(y) for y in range(model.height)]


class _Painter:
    """One frame: what holds for all its rows is found once."""

    def __init__(self, model: MapModel, palette: Palette, focused: bool) -> None:
        self.model = model
        self.palette = palette
        self.focused = focused
        self.lit = model.lit
        self.lit_stage = model.lit_stage
        self.tones = {
            "plain": palette.text,
            "muted": palette.muted,
            "accent": palette.accent,
            "bad": palette.error,
            "warn": palette.warning,
        }

    def row(self, y: int) -> Line:
        """Return one row."""
        pieces: list[Piece] = []
        end = 0
        for place in self.model.shown:
            start, width = self.model.span(place)
            column = self.model.columns[place]
            divider = Piece("│", self.palette.faint, self.palette.ground)
            if y < HEAD:
                pieces += self.head(place, column, width - 1, y)
            else:
                pieces += self.body(place, column, width - 1, y - HEAD)
            pieces.append(divider)
            end = start + width
        return (*pieces, Piece(" " * max(0, self.model.width - end), self.palette.text, self.palette.ground))

    def head(self, place: int, column: Column, width: int, y: int) -> list[Piece]:
        """Return a row of a column's head."""
        palette = self.palette
        colour = stage_colour(column.stage.color, palette)
        spot = self.model.spot
        ground = palette.raised if spot and spot.place == place else palette.ground
        if y == 1 and spot and spot.place == place and self._gap(column, spot.above) < column.top:
            return [Piece("━" * width, palette.accent, palette.ground)]
        if y == 1:
            return [Piece("─" * width, colour if place == self.model.place else palette.faint, palette.ground)]
        lit = column.stage.id == self.lit_stage
        name = safe_text(column.stage.name)
        note = _count(column)
        room = width - 2 - cell_len(note) - 1
        return [
            Piece("▌", colour, ground),
            Piece(_fit(("» " if lit else "") + name, room), palette.accent if lit else palette.text, ground, True),
            Piece(f" {note} ", palette.muted, ground),
        ]

    def body(self, place: int, column: Column, width: int, y: int) -> list[Piece]:
        """Return a row of a column's cards."""
        palette, row = self.palette, column.top + y
        blank = Piece(" " * width, palette.text, palette.ground)
        dropping = self._drop_line(place, column, row, width)
        if dropping is not None:
            return [dropping]
        if not column.cards:
            return [self._empty(place, width)] if y == 0 else [blank]
        if row >= len(column.rows):
            return [blank]
        if y == 0 and column.top and (column.rows[row][0] < 0 or column.rows[row][1] > 0):
            return [Piece(_fit(" ↑", width), palette.muted, palette.ground)]
        if y == self.model.room - 1 and row < len(column.rows) - 2:
            return [Piece(_fit(" ↓", width), palette.muted, palette.ground)]
        at, line = column.rows[row]
        if at == DIVIDER:
            return [Piece(" " + "┄" * (width - 2) + " ", palette.faint, palette.ground)]
        return self.card(place, column, at, line, width) if at >= 0 else [blank]

    def card(self, place: int, column: Column, at: int, line: int, width: int) -> list[Piece]:
        """Return a line of a card."""
        card, model = column.cards[at], self.model
        look = Look(
            cursor=(place, at) == (model.place, model.index),
            marked=card.key in model.marks,
            lit=card.key in self.lit,
            held=card.key in model.held,
        )
        ground = self._ground(look)
        bar = Piece(
            "▌" if look.cursor and self.focused else "»" if look.lit and line == 0 else " ", self.palette.accent, ground
        )
        return [bar, *self._text(card, line, width - 1, ground, look)]

    def _ground(self, look: Look) -> str:
        palette = self.palette
        if look.cursor:
            return palette.high
        if look.marked or look.held:
            return mix(palette.raised, palette.accent, 0.14)
        return mix(palette.ground, palette.accent, 0.14) if look.lit else palette.ground

    def _text(self, card: Card, line: int, width: int, ground: str, look: Look) -> list[Piece]:
        palette, on = self.palette, card.thing.enabled
        if line == 0:
            return self._title(card, width, ground, look)
        if line == 1:
            words = card.when if on else f"{_('off')} · {card.when}"
            return [Piece(_fit("  " + words, width), palette.muted, ground)]
        if line == 2 and card.condition:
            return [Piece(_fit("  " + card.condition, width), palette.muted, ground)]
        pieces, left = [Piece("  ", palette.text, ground)], width - 2
        for n, (words, tone) in enumerate(card.tallies):
            text = _cut(words if n == 0 else f" · {words}", left)
            pieces.append(Piece(text, self.tones[tone], ground))
            left -= cell_len(text)
        return [*pieces, Piece(" " * left, palette.text, ground)]

    def _title(self, card: Card, width: int, ground: str, look: Look) -> list[Piece]:
        palette, on = self.palette, card.thing.enabled
        sign = card.sign
        tail = [*([(sign[0], self.tones[sign[1]])] if sign else []), *([("✓", palette.accent)] if look.marked else [])]
        icon = f"{'' if card.is_rule else '⚡'}{card.icon} "
        room = width - cell_len(icon) - 2 * len(tail) - 1
        colour = palette.text if on else palette.muted
        return [
            Piece(icon, palette.accent if on else palette.muted, ground),
            Piece(_fit(card.name, room), colour, ground, bold=on),
            *(Piece(f" {text}", each, ground) for text, each in tail),
            Piece(" ", palette.text, ground),
        ]

    def _empty(self, place: int, width: int) -> Piece:
        here = place == self.model.place
        words = fill(_("{key} adds one"), {"key": key_of("editor.new", "n")}) if here else _("nothing here")
        ground = self.palette.high if here else self.palette.ground
        bar = "▌ " if here and self.focused else "  "
        return Piece(_fit(bar + words, width), self.palette.muted, ground)

    def _drop_line(self, place: int, column: Column, row: int, width: int) -> Piece | None:
        """Return the line that shows where what is carried would land, on the gap above or below the cards."""
        spot = self.model.spot
        if spot is None or spot.place != place:
            return None
        if row != self._gap(column, spot.above):
            return None
        return Piece(" " + "━" * (width - 2) + " ", self.palette.accent, self.palette.ground)

    def _gap(self, column: Column, above: str | None) -> int:
        """Return the row between cards where a drop lands: over the card that it lands above, else below its sort."""
        what = self.model.held[0][0] if self.model.held else ""
        for place, card in enumerate(column.cards):
            if above is not None and card.key == (what, above):
                return column.first_row(place) - 1
        last = [place for place, card in enumerate(column.cards) if card.key[0] == what]
        if last:
            return column.first_row(last[-1]) + column.cards[last[-1]].height
        return len(column.rows) - 1 if what == RULE else -1


def _count(column: Column) -> str:
    triggers = sum(not card.is_rule for card in column.cards)
    rules = len(column.cards) - triggers
    return " ".join([*([f"⚡{triggers}"] if triggers else []), *([str(rules)] if rules else [])])


def _nothing(model: MapModel, palette: Palette, *, focused: bool) -> list[Line]:
    """Return the map of a pipeline in which nothing is set up: its stages, and what to do."""
    lines: list[Line] = []
    painter = _Painter(model, palette, focused) if model.columns else None
    told = [
        _("Nothing happens by itself in this pipeline yet."),
        fill(_("{key} adds a rule or a trigger to the stage under the cursor."), {"key": key_of("editor.new", "n")}),
        _("A rule acts when a deal enters the stage; a trigger brings deals into it."),
    ]
    first = max(HEAD + 2, model.height // 3)
    for y in range(model.height):
        if first <= y < first + len(told):
            colour = palette.text if y == first else palette.muted
            lines.append((Piece(_fit(f"  {told[y - first]}", model.width), colour, palette.ground, y == first),))
        elif painter is not None and y < first - 1:
            lines.append(painter.row(y))
        else:
            lines.append((Piece(" " * model.width, palette.text, palette.ground),))
    return lines


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def _fit(text: str, width: int) -> str:
    return set_cell_size(_cut(text, width), max(0, width))


def summary(model: MapModel) -> str:
    """Say how much is set up in the pipeline."""
    cards = list(model.cards())
    rules = sum(card.is_rule for card in cards)
    triggers = len(cards) - rules
    told = [
        fill(ngettext("{n} rule", "{n} rules", rules), {"n": rules}),
        fill(ngettext("{n} trigger", "{n} triggers", triggers), {"n": triggers}),
    ]
    return " · ".join(told)
