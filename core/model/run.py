"""A rule's life for one stay of one deal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.model.moment import Moment
from core.words import NO_WORDS, Words


class RunStatus(StrEnum):
    """The states of a run."""

    WAITING = "waiting"
    NO_DATE = "no_date"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether the run holds back nothing any more."""
        return self in _ENDED


_ENDED = frozenset({RunStatus.DONE, RunStatus.FAILED, RunStatus.SKIPPED, RunStatus.CANCELLED})


class Waiting:
    """Reasons of a waiting run."""

    TIME = "time"
    HOURS = "hours"
    GRACE = "grace"
    RULE = "rule"
    ASKED = "asked"
    """A person wants it now: time, gate and hours are set aside, the condition is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """``moment`` is when the rule's own run time comes (None: unknown yet); ``due_at`` when the engine acts
    (None: gated behind the rules above, or no date). ``waits`` runs are gated behind rules above, ``holds`` ones
    have such a run below; ``mover`` runs go last among those due together.

    ``created_at`` is when the run began: with its entry, or with the date that it was given later.
    ``cancelled_by`` is the entry whose coming cancelled it, ``was`` and ``was_reason`` are its state before: undo of
    that entry revives it. A *sending* one with the reason ``stopped`` is one that a person has stopped on its way: its
    message makes no attempt more than the one that it is about to make.
    """

    id: int
    entry: int
    deal: str
    rule: str
    revision: int
    position: int
    status: RunStatus
    moment: Moment | None
    due_at: Moment | None
    waits: bool = False
    mover: bool = False
    holds: bool = False
    reason: str | None = None
    detail: Words = NO_WORDS
    condition: str | None = None
    cancelled_by: int | None = None
    was: RunStatus | None = None
    created_at: Moment = Moment(0)
    ended_at: Moment | None = None
    was_reason: str | None = None

    @property
    def public_id(self) -> str:
        """The id that people see and type."""
        return f"R{self.id}"
