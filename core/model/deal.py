"""Deals and their stays in stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.model.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A card of the board.

    ``contacts`` are ids in order, the first is the primary one. ``rank`` orders a column: the greatest stands on top.
    ``fields`` holds custom values in their JSON form. ``version`` grows by one with every change.
    """

    id: str
    title: str
    pipeline: str
    stage: str
    responsible: str | None = None
    amount: Decimal | None = None
    currency: str = "BRL"
    contacts: tuple[str, ...] = ()
    company: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    begin_date: str | None = None
    close_date: str | None = None
    flags: tuple[str, ...] = ()
    closed: bool = False
    removed: bool = False
    rank: int = 0
    entry: int | None = None
    entered_at: Moment = Moment(0)
    created_at: Moment = Moment(0)
    active_at: Moment = Moment(0)
    version: int = 1


LOOP_FLAG = "loop"
"""Deal flag: no automatic move until a person moves the deal or clears the flag."""


class CauseKind(StrEnum):
    """Who or what brought a deal into a stage."""

    PERSON = "person"
    RULE = "rule"
    TRIGGER = "trigger"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Link:
    """One automatic move in a chain: this rule or trigger moved the deal to that stage."""

    kind: CauseKind
    id: str
    pipeline: str
    stage: str


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an entry came to be, with the chain of automatic moves before it (its own last)."""

    kind: CauseKind
    id: str | None = None
    chain: tuple[Link, ...] = ()

    @property
    def automatic(self) -> bool:
        """Whether no person asked for the move."""
        return self.kind in (CauseKind.RULE, CauseKind.TRIGGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One stay of a deal in a stage; its runs hang on it.

    ``previous`` is the stay before it and ``left_rank`` the deal's place in that column, which undo restores.
    ``batch`` joins the entries of one act (a bulk move), which is undone as one. ``unflagged``: coming here cleared the
    deal's loop flag, which undo sets again. ``grace_until`` is set by a person's later act on this stay (redo, a rule
    applied to it): nothing of it happens before. ``undone_no`` counts acts in the order in which they were undone.
    """

    id: int
    deal: str
    pipeline: str
    stage: str
    at: Moment
    by: str
    cause: Cause
    ended_at: Moment | None = None
    undone_at: Moment | None = None
    previous: int | None = None
    left_rank: int = 0
    batch: str | None = None
    unflagged: bool = False
    grace_until: Moment | None = None
    undone_no: int | None = None
