"""What is read from the Store: facts for planners, slim rows for screens, filters for lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.model.deal import Deal, Entry
from core.model.delivery import Channel, DeliveryStatus
from core.model.house import House
from core.model.moment import Moment
from core.model.people import Company, Contact, User
from core.model.rule import Rule
from core.model.talk import Chat, Invite
from core.model.timeline import TimelineKind
from core.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a deal at one moment, read inside one transaction: all that planners, conditions and texts see.

    ``contacts`` in the deal's order. ``event`` is the data of the event that moved the deal here, if any. ``chat`` is
    the chat created last with the client or bound to the deal, ``invite`` what the run in question has invited with
    before, and ``run`` that run's number; ``turns`` are the last turns that users had with the rule, ``loads`` their
    other open deals, ``rule`` is the rule itself; only for the rules that ask for them (``needs``).
    """

    house: House
    deal: Deal
    contacts: tuple[Contact, ...]
    company: Company | None
    responsible: User | None
    entry: Entry | None
    now: Moment
    event: Mapping[str, Any] | None = None
    chat: Chat | None = None
    invite: Invite | None = None
    run: int | None = None
    declined: frozenset[str] = frozenset()
    turns: Mapping[str, int] = field(default_factory=dict)
    loads: Mapping[str, int] = field(default_factory=dict)
    rule: Rule | None = None

    @property
    def contact(self) -> Contact | None:
        """The primary contact: the first of the list."""
        return self.contacts[0] if self.contacts else None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A stored line of a deal's history, as read back (newest first)."""

    id: int
    deal: str
    at: Moment
    kind: TimelineKind
    by: str
    text: Words
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Card:
    """A slim row of the board. ``amount`` in minor units of ``currency``; ``waiting`` and ``failed`` count its runs.

    ``rank`` is the place in the column: the greatest stands on top. ``held`` counts runs within their grace, which
    ``waiting`` leaves out; ``unread`` what clients have written in its chats since an employee last did; ``tasks``
    those not done, of which the first is due at ``task_due``.
    """

    id: str
    title: str
    client: str
    amount: int | None
    currency: str
    responsible: str
    entered_at: Moment
    version: int
    waiting: int = 0
    failed: int = 0
    pipeline: str = ""
    stage: str = ""
    rank: int = 0
    held: int = 0
    unread: int = 0
    tasks: int = 0
    task_due: Moment | None = None
    close_date: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnTotal:
    """How many deals stand in a stage, and the sum of their amounts per currency in minor units."""

    pipeline: str
    stage: str
    count: int
    sums: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Stuck:
    """What does not go out at once: how many messages wait for their next attempt, and behind each paused connection
    or resting connection (by id, also when it is none)."""

    retrying: int = 0
    behind: Mapping[str, int] = field(default_factory=dict)
    resting: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which rows of the outbound log to read, newest first. ``before`` and ``since`` page: only ids smaller than the
    one, and not smaller than the other.

    ``words`` (folded) narrow roughly: every row that has them all is found, and some that have not.
    """

    deal: str | None = None
    statuses: frozenset[DeliveryStatus] = frozenset()
    channels: frozenset[Channel] = frozenset()
    words: tuple[str, ...] = ()
    before: int | None = None
    since: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """How much should have gone out before some moment and has not: ``runs`` of rules that send something, and
    ``messages`` written and never tried (behind a connection that is not paused)."""

    runs: int
    messages: int

    @property
    def count(self) -> int:
        """Both together."""
        return self.runs + self.messages


@dataclass(frozen=True, slots=True)
class DealFilter:
    """Which deals to list, in board order (pipeline, stage, top of the column first)."""

    pipeline: str | None = None
    stage: str | None = None
    search: str | None = None
    limit: int | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class FoundDeal:
    """A deal that a filter has found: ``amount`` in minor units of ``currency``."""

    id: str
    stage: str
    amount: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the change feed: ``what`` is ``deal``, ``delivery``, ``run``, ``chat`` (by its row's number) or
    ``config``; without an ``id`` it may be any of them."""

    what: str
    id: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What the Store gave names to while applying a plan: entries in the plan's order, deals made, deliveries made.

    ``held`` are the stays in which a run that an accepted message has ended held back others; ``unended`` are runs that
    have other messages beside an accepted one, which were not taken.
    """

    entries: tuple[int, ...] = ()
    deals: tuple[str, ...] = ()
    deliveries: tuple[int, ...] = ()
    held: tuple[int, ...] = ()
    unended: tuple[int, ...] = ()
