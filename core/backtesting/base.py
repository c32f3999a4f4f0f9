"""What every backtest does: find what happened, newest first, then judge it in the order in which it happened."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from core.model.moment import Moment, iso
from core.ports import Reader
from core.views import Facts
from core.words import Words

LOOK: Final = 500
"""Rows of the past that one step looks through."""
PART: Final = 20
"""What one step judges: some ten milliseconds."""
_LONGEST: Final = 200
_ROOTS: Final = re.compile(r"\b(contact|company|responsible|constants)\.")

Say = Callable[[Words], str]


class Happened(Protocol):
    """Something of the past: numbered, at a moment."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def at(self) -> Moment:
        """When it happened."""


H = TypeVar("H", bound=Happened)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What would have come of one entry, or of one event at one deal.

    ``would`` is a run's status (``done failed skipped cancelled waiting no_date``), of a trigger ``applied`` or
    ``rejected``; ``reason`` a stable code, ``detail`` says it in words. ``at`` is the entry's or event's moment,
    ``due`` when the rule would have acted. ``text`` is the first line of what would have been said. ``today`` names
    what was taken as it is today, since its history is not kept.
    """

    deal: str
    title: str
    at: Moment
    would: str
    due: Moment | None = None
    reason: str | None = None
    detail: str | None = None
    to: str | None = None
    text: str | None = None
    today: tuple[str, ...] = ()
    event: str | None = None

    def as_json(self) -> Mapping[str, Any]:
        """Return the row for programs."""
        return {**asdict(self), "at": iso(self.at), "due": iso(self.due), "today": list(self.today)}


class Backtest(ABC, Generic[H]):
    """A backtest under way; ``since`` is where it begins, ``say`` puts reasons into a language."""

    def __init__(self, since: Moment, say: Say = Words.english) -> None:
        self.since = since
        self.say = say
        self.rows: list[Row] = []
        self.judged = 0
        self.total: int | None = None
        """How much is to be judged; None as long as it is still being looked for."""
        self._found: list[int] = []
        self._before: int | None = None

    @property
    def finished(self) -> bool:
        """Whether all has been judged."""
        return self.total is not None and self.judged >= self.total

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows say what would have come of them."""
        return Counter(row.would for row in self.rows)

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many rows give which reason."""
        return Counter(row.reason for row in self.rows if row.reason is not None)

    def step(self, reader: Reader) -> None:
        """Look a little further, or judge a little more."""
        if self.total is None:
            self._look(reader)
            return
        part = self._found[self.judged : self.judged + PART]
        self._judge(reader, part)
        self.judged += len(part)

    def _look(self, reader: Reader) -> None:
        """Look through a page of the past; the clock may have been set back a little, so a page that holds only what
        is older ends it."""
        page = self._page(reader, self._before, LOOK)
        self._found += [each.id for each in page if each.at >= self.since and self._concerns(each)]
        if page and any(each.at >= self.since for each in page):
            self._before = page[-1].id
            return
        self._found.reverse()
        self.total = len(self._found)

    @abstractmethod
    def _page(self, reader: Reader, before: int | None, limit: int) -> Sequence[H]:
        """Read the past, newest first."""

    @abstractmethod
    def _concerns(self, happened: H) -> bool:
        """Return whether this is to be judged."""

    @abstractmethod
    def _judge(self, reader: Reader, part: Sequence[int]) -> None:
        """Judge some of what was found, in order."""


def first_line(text: str | None) -> str | None:
    """Return the first line of a text that says something."""
    return next((line.strip()[:_LONGEST] for line in (text or "").splitlines() if line.strip()), None)


def taken_today(asks: object, facts: Facts, addressed: bool) -> tuple[str, ...]:
    """Return what settings and condition look at, or an address is chosen from, that has no history."""
    found = set(_ROOTS.findall(json.dumps(asks, default=str)))
    found |= {"contact" if facts.contact is not None else "company"} if addressed else set()
    there = {"contact": facts.contact, "company": facts.company, "responsible": facts.responsible, "constants": True}
    return tuple(name for name, value in there.items() if name in found and value is not None)
