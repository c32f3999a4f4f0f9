"""What a text may go on with where somebody is writing: names, filters, and what a block begins with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from core import fields, templates
from core.fields.paths import EVENT
from core.jinja_env import FILTERS
from core.model.house import House
from core.safe_text import fold

_WORD: Final = re.compile(r"[A-Za-z_][\w.]*$")
_CLOSED: Final = re.compile(r"\s*[-+]?(\}\}|%\})")
_BLOCKS: Final = ("if", "elif", "else", "endif", "for", "endfor")
_SHOWN_GROUPS: Final = frozenset({"pipeline", "stage"})
"""Groups that are written as something themselves."""
MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be written: the text and what it is called."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is being written before the cursor: ``name``, ``filter`` or ``block``, as far as it goes; ``closed``: no
    braces are to be put behind it."""

    what: str
    typed: str
    closed: bool


def names(house: House, extra: Iterable[str] = (), event: Iterable[str] = ()) -> Sequence[Offer]:
    """Return the names that a text may use: those of the house, ``extra`` ones, and the bare names of an event's
    data."""
    known = [*extra, *templates.known_names(house), *(EVENT + name for name in event)]
    groups = {name.rpartition(".")[0] for name in known} | {"event", "constants", "deal.fields"}
    shown = (name for name in dict.fromkeys(known) if name not in groups or name in _SHOWN_GROUPS)
    return [Offer(name, _label(name, house)) for name in shown]


def _label(name: str, house: House) -> str:
    path = f"deal.{name.partition('.')[0]}" if name.startswith(("pipeline", "stage")) else name
    spec = fields.find(path, house) if "." in path or path in fields.BUILTIN else None
    return spec.label() if spec is not None and spec.label() != name else ""


def wanted(before: str, after: str) -> Wanted | None:
    """Return what is being written between ``before`` and ``after``; None outside braces and within quotes."""
    opened = max(before.rfind("{{"), before.rfind("{%"))
    if opened < 0:
        return None
    inside = before[opened + 2 :]
    if "}}" in inside or "%}" in inside or inside.count('"') % 2 or inside.count("'") % 2:
        return None
    found = _WORD.search(inside)
    typed = found[0] if found else ""
    ahead = inside[: len(inside) - len(typed)].strip(" -+\n")
    block = before[opened + 1] == "%"
    closed = block or _CLOSED.match(after) is not None
    if ahead.endswith("|"):
        return Wanted("filter", typed, closed)
    if block and not ahead:
        return Wanted("block", typed, closed)
    if ahead and ahead[-1].isalnum() and not ahead.split()[-1].isalpha():
        return None
    return Wanted("name", typed, closed)


def offers(wish: Wanted, known: Sequence[Offer], most: int = MOST) -> list[Offer]:
    """Return what fits best, best first: what begins so, then of which a part does, then what is called so."""
    if wish.what != "name":
        among = [Offer(text) for text in (FILTERS if wish.what == "filter" else _BLOCKS)]
        return [each for each in among if each.text.startswith(wish.typed)][:most]
    typed = fold(wish.typed)
    ranked = [(rank, n, each) for n, each in enumerate(known) if (rank := _rank(each, typed)) is not None]
    return [each for _rank, _n, each in sorted(ranked, key=lambda pair: pair[:2])][:most]


def _rank(offer: Offer, typed: str) -> int | None:
    text = fold(offer.text)
    if text.startswith(typed):
        return 0
    if any(part.startswith(typed) for part in text.split(".")[1:]):
        return 1
    if any(word.startswith(typed) for word in fold(offer.label).split()):
        return 2
    return 3 if "." not in typed and typed in text else None


def rest(offer: Offer, wish: Wanted) -> str:
    """Return what is written in place of what was typed."""
    return offer.text if wish.closed or wish.what != "name" else f"{offer.text} }}}}"


def inserted(name: str, before: str, after: str) -> str:
    """Return what is written where a field was picked: its name within braces, else with braces around it."""
    wish = wanted(before, after)
    if wish is None:
        return f"{{{{ {name} }}}}"
    blank = "" if before[-1:] in (" ", ".") or wish.typed else " "
    return f"{blank}{rest(Offer(name), wish)}"
