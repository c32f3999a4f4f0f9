"""How the line behind a connection stands, and what came back over it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.model.delivery import DeliveryStatus, OutcomeKind
from core.model.moment import Moment
from core.words import NO_WORDS, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A connection's line. ``failures`` counts how often it failed in a row, ``opens`` how often the breaker opened
    since the line last worked, ``open_until`` is the end of its rest (a moment that has passed: one message may probe
    it), ``free_at`` when its rate lets the next message go."""

    connection: str
    failures: int = 0
    opens: int = 0
    open_until: Moment | None = None
    free_at: Moment | None = None

    @property
    def clean(self) -> bool:
        """Whether nothing has failed since the line last worked."""
        return not self.failures and not self.opens

    def rests(self, now: Moment) -> bool:
        """Return whether nothing may go out because the line has failed too often."""
        return self.open_until is not None and self.open_until > now


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt that was not accepted. ``number`` counts within the ``round``; one that never reached the peer, since
    its line or its connection's settings failed, has the number of the attempt that it would have been."""

    delivery: int
    round: int
    number: int
    at: Moment
    outcome: OutcomeKind
    reason: str | None = None
    detail: Words = NO_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a peer reported of a message after taking it. ``outside_id`` is the report's own id, by which a repeat is
    known; ``delivery`` None: the message with that ``provider_id`` is not known yet."""

    connection: str
    outside_id: str
    provider_id: str
    status: DeliveryStatus
    at: Moment
    reason: str | None = None
    delivery: int | None = None
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a message has cost the account behind a connection. ``spent`` is all that the account has been charged so
    far, this included; ``key`` is the message's, so that it is charged once however often it is tried."""

    connection: str
    key: str
    cost: Decimal
    spent: Decimal
    currency: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Account:
    """How much the account behind a connection has been charged in all, and in which currency."""

    spent: Decimal
    currency: str
