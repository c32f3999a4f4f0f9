"""Reading a filter: words and ``field:value``, with everything that is wrong and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from core import zones
from core.errors import FunilError
from core.filtering import names, reading, values
from core.filtering.names import OVERDUE, Field, fields_of
from core.filtering.terms import WORDS, Has, Term
from core.i18n import N_
from core.model.house import House
from core.model.moment import Moment
from core.safe_text import fold
from core.words import Words

TOKEN: Final = re.compile(
    r"""(?P<minus>-)?
        (?:(?P<name>[^\W\d][\w.]*)(?P<sep>:|>=|<=|>|<|=))?
        (?P<value>"[^"]*"?|[^\s"]*(?:"[^"]*"?[^\s"]*)*)""",
    re.VERBOSE,
)
LONGEST: Final = 500
"""Characters of a filter that are read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a filter is read against: the house, who reads (``me``), the pipeline shown and the moment."""

    house: House
    pipeline: str
    user: str | None
    now: Moment
    zone: str

    @property
    def today(self) -> date:
        """The day on the reader's calendar."""
        return zones.local(self.now, zones.zone(self.zone)).date()


class Problem(NamedTuple):
    """What is wrong, and the characters that it is about."""

    words: Words
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """A filter as far as it could be read: ``terms`` leaves out what is wrong."""

    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a filter and where it stands. ``op`` is the separator when it is a comparison and no colon."""

    start: int
    end: int
    minus: bool
    name: str
    op: str
    value: str
    value_start: int = field(default=0)


def tokens(text: str) -> Iterator[Token]:
    """Split a filter at blanks outside of quotes."""
    place = 0
    text = text[:LONGEST]
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        found = TOKEN.match(text, place)
        if found is None or found.end() == place:
            place += 1
            continue
        sep = found["sep"] or ""
        yield Token(
            place,
            found.end(),
            bool(found["minus"]),
            found["name"] or "",
            "" if sep == ":" else sep,
            found["value"].replace('"', ""),
            found.start("value"),
        )
        place = found.end()


def parse(text: str, asked: Asked) -> Parsed:
    """Read a filter. What cannot be read is told and left out; blanks at its end mean nothing, in an open quote too."""
    fields = fields_of(asked.house)
    terms: list[Term] = []
    problems: list[Problem] = []
    for token in tokens(text[:LONGEST].rstrip()):
        try:
            terms += _term(token, fields, asked)
        except FunilError as error:
            problems.append(Problem(error.words.short(), token.start, token.end))
    return Parsed(tuple(terms), tuple(problems))


def canonical(text: str, house: House) -> str:
    """Return a filter with its fields called by the names that are understood in every language."""
    fields = fields_of(house)
    out, last = [], 0
    for token in tokens(text):
        known = names.find(token.name, fields) if token.name else None
        if known is not None:
            start = token.start + token.minus
            out += [text[last:start], known.id]
            last = start + len(token.name)
    return "".join([*out, text[last:LONGEST]]).strip()


def _term(token: Token, fields: tuple[Field, ...], asked: Asked) -> list[Term]:
    if not token.name:
        return [Term(WORDS, Has(token.value), token.minus)] if token.value else []
    known = names.find(token.name, fields)
    if known is not None:
        contrary = known.id == OVERDUE and fold(token.value.strip()) in values.NO
        return [Term(known.column, reading.test_of(known, token.op + token.value, asked), token.minus != contrary)]
    if token.op:
        return [Term(WORDS, Has(f"{token.name}{token.op}{token.value}"), token.minus)]
    near = names.nearest(token.name, fields)
    if near:
        raise FunilError(N_("no field “{field}”: did you mean {near}:?"), field=token.name, near=near)
    raise FunilError(N_("no field “{field}”; in quotes it is a word"), field=token.name)
