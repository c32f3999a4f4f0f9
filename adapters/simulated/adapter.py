"""Simulated e-mail and SMS: at once, in this process, the same for the same key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from pydantic import BaseModel

from adapters.mail.address import is_address
from adapters.simulated import afterwards, magic
from adapters.simulated.afterwards import Taken
from adapters.simulated.customer import Customer, chance, digest, message_of
from adapters.simulated.personas import MANNERS
from adapters.simulated.settings import Customers, SimulatedSettings
from core import public_hosts
from core.i18n import N_
from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.event import Happening
from core.ports import Capabilities, Clock, Health
from core.words import Words

_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """What one channel's simulated peer does: which recipients it can reach, how an unlucky one refuses, and what
    becomes of a message that it has taken."""

    capabilities: Capabilities
    reachable: Callable[[str], Any]
    unreachable: Outcome
    magic: Callable[[str], Outcome | None]
    unlucky: Outcome
    later: Callable[[Taken], tuple[Happening, ...]]


def _capabilities(channel: str) -> Capabilities:
    receipts = frozenset({"delivered", "undelivered"})
    return Capabilities(
        channel=channel,
        idempotent=True,
        receipts=receipts,
        batch=25,
        concurrency=25,
        instant=True,
        reconciles=True,
        attachments=channel == "email",
    )


EMAIL: Final = Line(
    capabilities=_capabilities("email"),
    reachable=is_address,
    unreachable=Outcome(
        kind=OutcomeKind.REJECTED, reason="bad_address", detail=Words(N_("This is not an e-mail address"))
    ),
    magic=magic.of_mailbox,
    unlucky=magic.MAILBOXES["block"] or Outcome(kind=OutcomeKind.REJECTED),
    later=afterwards.of_mail,
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
    later=afterwards.of_sms,
)
WEBHOOK: Final = Line(
    capabilities=replace(_capabilities("webhook"), receipts=frozenset()),
    reachable=public_hosts.well_formed,
    unreachable=Outcome(
        kind=OutcomeKind.REJECTED, reason="bad_address", detail=Words(N_("This is not an address like https://…"))
    ),
    magic=magic.of_hook,
    unlucky=magic.HOOKS["block"],
    later=lambda taken: (),
)
"""Another program that takes every call: it reports nothing later."""
LINES: Final[Mapping[str, Line]] = {"email": EMAIL, "sms": SMS, "webhook": WEBHOOK}


class SimulatedAdapter:
    """A peer that answers instantly. A key that it has seen is answered as before, and counts once.

    What the customer does with the message later follows from the outcome; ``clock`` says from when on.
    """

    Settings: ClassVar[type[BaseModel]] = SimulatedSettings

    def __init__(
        self,
        line: Line,
        settings: Customers,
        house_id: str,
        clock: Clock,
        received: dict[str, Message] | None = None,
    ) -> None:
        self.capabilities = line.capabilities
        self.received = {} if received is None else received
        """The latest messages taken, by key: what simulated customers have in their hands."""
        self._line = line
        self._settings = settings
        self._house_id = house_id
        self._clock = clock

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
        own, seed = message_of(key, self._house_id), self._settings.seed
        manner = MANNERS[self._settings.persona_of(to)]
        if manner.refused and chance(seed, own, "send") < manner.refused:
            return line.unlucky
        provider_id = f"sim-{digest(seed, own, 'id').hex()}"
        who = Customer(seed, own, self._clock.now())
        taken = Taken(who, manner, self._settings.language, message, key, provider_id)
        return Outcome(kind=OutcomeKind.ACCEPTED, provider_id=provider_id, follows=line.later(taken))

    async def close(self) -> None:
        """Do nothing: there is no line, and customers keep what they have in their hands."""

    def _take(self, key: str, message: Message) -> None:
        received = self.received
        if key not in received and len(received) >= _KEPT:
            del received[next(iter(received))]
        received[key] = message
