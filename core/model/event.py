"""What happens outside the house (or in it): events, and what simulated peers will do later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.model.deal import Link
from core.model.moment import Moment
from core.words import NO_WORDS, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One happening, as it was reported. ``outside_id`` is its id at its ``source``: the pair is recorded once.

    ``deal``, ``delivery`` and ``connection`` say what it names; ``data`` holds the rest as plain JSON values.
    An event with a ``due_at`` is matched then and not before (a hit that has yet to settle). ``chain`` are the
    automatic moves that led to it, for what the house does itself; what comes from outside has none.
    ``handled_at`` is set once the engine has found which deals it reaches: each is then judged on its own.
    """

    kind: str
    source: str
    outside_id: str
    at: Moment
    deal: str | None = None
    delivery: int | None = None
    connection: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    handled_at: Moment | None = None
    due_at: Moment | None = None
    chain: tuple[Link, ...] = ()
    id: int = 0

    @property
    def public_id(self) -> str:
        """The id that people see and type."""
        return f"E{self.id}"

    @property
    def kinds(self) -> tuple[str, ...]:
        """What kinds of trigger it may be for: one happening is several where its data say so (a client's first
        message begins a chat, too; a callback form is a form)."""
        several = self.data.get("kinds")
        return tuple(map(str, several)) if several else (self.kind,)


class Verdict(StrEnum):
    """What became of a trigger that an event was for."""

    APPLIED = "applied"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trigger that an event was for, and why it moved the deal or did not. ``reason`` is a stable code."""

    trigger: str
    target: str
    verdict: Verdict
    reason: str | None = None
    detail: Words = NO_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """An event at one deal (None: it reached none): matched once, with the verdict on every candidate.

    ``applied`` is the trigger that moved the deal and ``entry`` the stay that it began. ``judged_at`` None: still to
    be matched.
    """

    id: int
    event: int
    deal: str | None
    applied: str | None = None
    entry: int | None = None
    candidates: tuple[Candidate, ...] = ()
    judged_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What a simulated peer will do at ``at``: a row on the engine's clock. ``key`` is unique within its connection,
    so that planning it twice plans it once.

    ``kind`` ``receipt``: it reports on a message (``data``: ``provider_id status reason``, and ``outside_id`` where the
    report's own id is not the key, since it comes again); any other kind is that of the event which it raises, with
    ``data`` as the event's own and the key as its id.
    """

    connection: str
    key: str
    kind: str
    at: Moment
    deal: str | None = None
    delivery: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """What the house will do at ``at``, whether or not a process lives until then: mostly, raise an event of ``kind``.

    ``key`` is its name: starting one with the same key replaces it. ``data`` is that of the event.
    """

    key: str
    kind: str
    at: Moment
    deal: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
