"""Simulated e-mail and SMS: at once, in this process, the same for the same key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pydantic import BaseModel

from adapters.mail.address import is_address
from adapters.simulated import magic
from adapters.simulated.customer import chance, digest, message_of
from adapters.simulated.settings import Persona, SimulatedSettings
from core.i18n import N_
from core.model.delivery import Message, Outcome, OutcomeKind
from core.ports import Capabilities, Health
from core.words import Words

_REFUSED: Final[Mapping[Persona, float]] = {"silent": 0.0, "eager": 0.0, "normal": 0.02}
_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """What one channel's simulated peer does: which recipients it can reach, and how an unlucky one refuses."""

    capabilities: Capabilities
    reachable: Callable[[str], Any]
    unreachable: Outcome
    magic: Callable[[str], Outcome | None]
    unlucky: Outcome


def _capabilities(channel: str) -> Capabilities:
    receipts = frozenset({"delivered", "undelivered"})
    return Capabilities(
        channel=channel, idempotent=True, receipts=receipts, batch=25, concurrency=25, instant=True, reconciles=True
    )


EMAIL: Final = Line(
    capabilities=_capabilities("email"),
    reachable=is_address,
    unreachable=Outcome(
        kind=OutcomeKind.REJECTED, reason="bad_address", detail=Words(N_("This is not an e-mail address"))
    ),
    magic=magic.of_mailbox,
    unlucky=magic.MAILBOXES["bounce"] or Outcome(kind=OutcomeKind.REJECTED),
)
SMS: Final = Line(
    capabilities=_capabilities("sms"),
    reachable=re.compile(r"\+[1-9]\d{6,14}").fullmatch,
    unreachable=Outcome(
        kind=OutcomeKind.REJECTED,
        reason="bad_number",
        detail=Words(N_("This is not a phone number like +5511987650000")),
    ),
    magic=magic.of_number,
    unlucky=magic.NUMBERS["+15005550009"],
)
LINES: Final[Mapping[str, Line]] = {"email": EMAIL, "sms": SMS}


class SimulatedAdapter:
    """A peer that answers instantly. A key that it has seen is answered as before, and counts once."""

    Settings: ClassVar[type[BaseModel]] = SimulatedSettings

    def __init__(
        self, line: Line, settings: SimulatedSettings, house_id: str, received: dict[str, Message] | None = None
    ) -> None:
        self.capabilities = line.capabilities
        self.received = {} if received is None else received
        """The latest messages taken, by key: what simulated customers have in their hands."""
        self._line = line
        self._seed = settings.seed
        self._refused = _REFUSED[settings.persona]
        self._house_id = house_id

    async def check(self) -> Health:
        """Answer that all is well: there is nothing that could be down."""
        return Health(True)

    async def send(self, message: Message, key: str) -> Outcome:
        """Decide the outcome, and have the message when it is accepted."""
        outcome = self._outcome(message, key)
        if outcome.kind is OutcomeKind.ACCEPTED:
            self._take(key, message)
        return outcome

    async def reconcile(self, message: Message, key: str) -> Outcome | None:
        """Answer as ``send`` would have: what becomes of a message was decided before it came. Who never answers does
        not answer now."""
        outcome = await self.send(message, key)
        return outcome if outcome.kind in (OutcomeKind.ACCEPTED, OutcomeKind.REJECTED) else None

    def _outcome(self, message: Message, key: str) -> Outcome:
        """Decide: unreachable recipient, magic recipient, bad luck, accepted."""
        line, to = self._line, message.to
        if not line.reachable(to):
            return line.unreachable
        decided = line.magic(to)
        if decided is not None:
            return decided
        own = message_of(key, self._house_id)
        if self._refused and chance(self._seed, own, "send") < self._refused:
            return line.unlucky
        return Outcome(kind=OutcomeKind.ACCEPTED, provider_id=f"sim-{digest(self._seed, own, 'id').hex()}")

    async def close(self) -> None:
        """Do nothing: there is no line, and customers keep what they have in their hands."""

    def _take(self, key: str, message: Message) -> None:
        received = self.received
        if key not in received and len(received) >= _KEPT:
            del received[next(iter(received))]
        received[key] = message
