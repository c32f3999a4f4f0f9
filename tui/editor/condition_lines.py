"""A condition as lines on the screen: its parts one below the other, what is wrong next to them, and how it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from rich.cells import cell_len

from core.conditions import editing, offering, read_back
from core.conditions.editing import Group, Part, Path, Row
from core.conditions.offering import NO_VALUE, PRESENCE, RANGE
from core.fields import Kind
from core.i18n import N_
from core.i18n import gettext as _
from core.rules.base import Finding
from core.safe_text import safe_text
from tui.board.texts import cut
from tui.editor import condition_values as values
from tui.panels.values import Manner

ADD: Final[Path] = (-1,)
"""The path of the line below all parts, at which one more is added."""
STEP: Final = 2
"""Cells by which what a group holds stands further in."""
DEEPEST_STEP: Final = 12
"""Cells by which anything stands further in at most."""
_GROUPS: Final = {True: N_("all of these"), False: N_("any of these")}
_DENIED: Final = {True: N_("not all of these"), False: N_("none of these")}


@dataclass(frozen=True, slots=True)
class Stop:
    """What the cursor can stand on and a click can hit: a part of the condition, and which piece of it (``group``,
    ``field``, ``op``, ``value``, ``end`` of a range, ``add``)."""

    path: Path
    piece: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of one look; with a stop it can be changed."""

    text: str
    look: str = "plain"
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``path`` is the part that it belongs to."""

    pieces: tuple[Piece, ...]
    path: Path | None = None

    def at(self, x: int) -> Stop | None:
        """Return what stands at a cell."""
        for piece in self.pieces:
            x -= cell_len(piece.text)
            if x < 0:
                return piece.stop
        return None


@dataclass(frozen=True, slots=True)
class Laid:
    """A condition laid out for a width. ``wrong``: it cannot be taken as it stands."""

    lines: tuple[Line, ...]
    stops: tuple[Stop, ...]
    wrong: bool


def lay(root: Part | None, manner: Manner, width: int) -> Laid:
    """Lay a condition out."""
    told = offering.complaints(root, manner.house)
    lines: list[Line] = []
    stops: list[Stop] = []
    for path, part in editing.walk(root):
        pieces = list(_pieces(path, part, manner))
        stops += dict.fromkeys(piece.stop for piece in pieces if piece.stop is not None)
        indent = min(STEP * len(path), DEEPEST_STEP)
        lines += _flowed(pieces, path, indent, width)
        lines += _told(told.get(path, ()), path, indent + STEP, width)
    stops.append(Stop(ADD, "add"))
    lines.append(Line((Piece(_("+ comparison"), "add", stops[-1]),), ADD))
    wrong = any(finding.error for several in told.values() for finding in several)
    return Laid((*lines, *_read_back(root, manner, width, wrong=wrong)), tuple(stops), wrong)


def _pieces(path: Path, part: Part, manner: Manner) -> Iterator[Piece]:
    once = isinstance(part, Group) and part.nots % 2  # said in one with what it denies
    denied = " ".join([_("not")] * (part.nots - once))
    if isinstance(part, Group):
        stop = Stop(path, "group")
        if denied:
            yield Piece(denied, "not", stop)
        yield Piece(_((_DENIED if once else _GROUPS)[part.all]), "not" if once else "group", stop)
        return
    spec = values.known(part.field, manner.house)
    if denied:
        yield Piece(denied, "not", Stop(path, "field"))
    yield Piece(values.label(spec, part.field), "field", Stop(path, "field"))
    if not part.field:
        return
    words = offering.op_words(part.op, spec.kind if spec else Kind.ANY)
    yield Piece(_(words) if words else "…", "op", Stop(path, "op"))
    if part.op not in PRESENCE:
        yield from _valued(path, part, manner)


def _valued(path: Path, row: Row, manner: Manner) -> Iterator[Piece]:
    spec, value = values.known(row.field, manner.house), offering.value_of(row)
    if row.op == RANGE:
        both = value if isinstance(value, list | tuple) and len(value) == 2 else (NO_VALUE, NO_VALUE)
        yield Piece(values.shown(manner, spec, both[0]), "value", Stop(path, "value"))
        yield Piece(_("and"), "op")
        yield Piece(values.shown(manner, spec, both[1]), "value", Stop(path, "end"))
    else:
        yield Piece(values.shown(manner, spec, value), "value", Stop(path, "value"))


def _flowed(pieces: Sequence[Piece], path: Path, indent: int, width: int) -> Iterator[Line]:
    """Put pieces beside one another, and on where the width ends below their beginning."""
    row: list[Piece] = [Piece(" " * indent)]
    used = indent
    for piece in pieces:
        gap = 1 if len(row) > 1 else 0
        if len(row) > 1 and used + gap + cell_len(piece.text) > width:
            yield Line(tuple(row), path)
            row, used, gap = [Piece(" " * (indent + STEP))], indent + STEP, 0
        text = cut(piece.text, max(1, width - used - gap))
        row += [Piece(" "), Piece(text, piece.look, piece.stop)] if gap else [Piece(text, piece.look, piece.stop)]
        used += gap + cell_len(text)
    yield Line(tuple(row), path)


def _told(findings: Sequence[Finding], path: Path, indent: int, width: int) -> Iterator[Line]:
    for finding in findings:
        look = "wrong" if finding.error else "doubt"
        for line in wrap(safe_text(finding.words.local()), max(8, width - indent)):
            yield Line((Piece(" " * indent + line, look),), path)


def _read_back(root: Part | None, manner: Manner, width: int, *, wrong: bool) -> Iterator[Line]:
    if wrong:
        return
    sentence = safe_text(read_back(editing.dump(root), manner.house))
    for line in wrap(f"= {sentence}", max(8, width), subsequent_indent="  "):
        yield Line((Piece(line, "sentence"),))


def step_down(stops: Sequence[Stop], at: Stop, step: int) -> Stop:
    """Return where the cursor goes a part further down or up: to the like piece there, else to the first."""
    paths = list(dict.fromkeys(stop.path for stop in stops))
    place = paths.index(at.path) + step if at.path in paths else 0
    path = paths[max(0, min(place, len(paths) - 1))]
    own = [stop for stop in stops if stop.path == path]
    return next((stop for stop in own if stop.piece == at.piece), own[0])


def step_aside(stops: Sequence[Stop], at: Stop, step: int) -> Stop:
    """Return where the cursor goes a piece further to the right or left, within its part."""
    own = [stop for stop in stops if stop.path == at.path]
    place = own.index(at) + step if at in own else 0
    return own[max(0, min(place, len(own) - 1))]


def nearest(stops: Sequence[Stop], at: Stop) -> Stop:
    """Return the stop itself where it still is, else one of the same part, else the last one before the end."""
    own = [stop for stop in stops if stop.path == at.path]
    if at in own:
        return at
    return own[0] if own else stops[max(0, len(stops) - 2)]


HINTS: Final[Mapping[str, str]] = {
    "group": N_("enter: all of them, or any · n adds to the group · ! not"),
    "field": N_("enter chooses the field · n adds below · g makes a group · ! not"),
    "op": N_("enter chooses how it is compared"),
    "value": N_("enter changes what it is compared with"),
    "end": N_("enter changes where the range ends"),
    "add": N_("enter adds a comparison"),
}
"""What can be done at each kind of stop."""
