"""One message or call on its way out: a row of the outbound log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from core.model.event import Happening
from core.model.moment import Moment
from core.model.rule import Unknown
from core.stored_json import decode
from core.unread import Unread
from core.words import NO_WORDS, Words


class Channel(StrEnum):
    """Ways out of the house."""

    EMAIL = "email"
    SMS = "sms"
    TELEPHONY = "telephony"
    OPEN_CHANNEL = "open_channel"
    WEBHOOK = "webhook"


class DeliveryStatus(StrEnum):
    """The states of a delivery. *Held* is none of them: it is a run in its grace, shown as a row of the log."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


ENDED_BADLY: Final = frozenset(
    {DeliveryStatus.FAILED, DeliveryStatus.UNDELIVERED, DeliveryStatus.UNKNOWN, DeliveryStatus.CANCELLED}
)
"""What few messages come to and people look for: found by an index of its own."""


class OutcomeKind(StrEnum):
    """The five outcomes of a send."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    MISCONFIGURED = "misconfigured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt. ``retry_after`` in milliseconds; ``cost`` as the provider charged it.

    ``line_failed`` (DEFERRED only): the peer was never offered the message, since the line to it failed: it cannot be
    reached, broke before, or takes nothing at all now (SMTP's 421). Nothing is held against the message then; five such
    failures in a row let the connection rest.

    ``follows`` is what a simulated peer will do because of this message: written down with the outcome, and done when
    its moment comes. Its connection, deal and delivery are the message's.
    """

    kind: OutcomeKind
    provider_id: str | None = None
    reason: str | None = None
    detail: Words = NO_WORDS
    retry_after: int | None = None
    cost: Decimal | None = None
    cost_currency: str | None = None
    line_failed: bool = False
    follows: tuple[Happening, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Unread):
    """What is put on the wire: plain data, already rendered. ``data`` holds what only its channel knows
    (``html``, ``from``, ``from_name``, ``to_name``, ``encoding``, ``segments``)."""

    channel: Channel
    to: str
    text: str
    subject: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    _filled = frozenset({"data"})

    @staticmethod
    def _read(stored: Any) -> Mapping[str, Any]:
        return {"data": decode(stored)}

    @property
    def attachments(self) -> Sequence[Mapping[str, Any]]:
        """The files that go with it. Where the stored data does not name any, it is not parsed for them."""
        stored = getattr(self, "_stored", None)
        return () if stored and '"attachments"' not in stored else self.data.get("attachments") or ()

    @property
    def gist(self) -> str:
        """What a list shows of it: the subject, else the text, else the address of what a call plays."""
        return self.subject or self.text or str(self.data.get("play", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Unread):
    """A stored message with its fate. ``moment`` and ``position`` (its run's) give the order within a deal.

    ``due_at`` is the next attempt (of an *unknown* one: when its peer is asked again), ``worker`` the engine that has
    leased it. ``tried_at`` is the last attempt, or when an engine had died that may have made the first: None means
    that text and recipient may still change. ``attempts`` are those of this ``round``: a person's retry of what had
    ended begins another. ``was…`` is what a cancelled one was. ``by`` is the user who wrote it; None: a rule did.
    ``why`` says why this recipient and address were chosen, whatever has become of it since.
    """

    id: int
    deal: str
    rule: str | None
    run: int | None
    entry: int | None
    connection: str
    message: Message
    status: DeliveryStatus
    unknown: Unknown
    at: Moment
    moment: Moment
    position: int = 0
    due_at: Moment | None = None
    attempts: int = 0
    worker: str | None = None
    reason: str | None = None
    detail: Words = NO_WORDS
    provider_id: str | None = None
    sent_at: Moment | None = None
    delivered_at: Moment | None = None
    cost: Decimal | None = None
    cost_currency: str | None = None
    cancelled_by: int | None = None
    was: DeliveryStatus | None = None
    was_reason: str | None = None
    was_detail: Words = NO_WORDS
    round: int = 1
    tried_at: Moment | None = None
    by: str | None = None
    why: Words = NO_WORDS
    _filled = frozenset(
        "rule entry status moment position due_at worker reason detail provider_id sent_at delivered_at cost "
        "cost_currency cancelled_by was was_reason was_detail by why".split()
    )

    @staticmethod
    def _read(stored: Callable[[], Delivery]) -> Mapping[str, Any]:
        whole = stored()
        return {name: getattr(whole, name) for name in Delivery._filled}

    @property
    def public_id(self) -> str:
        """The id that people see and type."""
        return f"M{self.id}"

    @property
    def perhaps_tried(self) -> bool:
        """Whether an engine has died that may have made its first attempt: nobody knows."""
        return self.tried_at is not None and self.attempts == 0
