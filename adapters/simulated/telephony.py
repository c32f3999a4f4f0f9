"""A simulated telephone line: clients who answer, are busy or away, and an account that calls are debited from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final, NamedTuple

from pydantic import BaseModel

from adapters.simulated import magic
from adapters.simulated.customer import Customer, chance, digest, message_of
from adapters.simulated.personas import MANNERS, RETURNS, Persona
from adapters.simulated.settings import SimulatedSettings
from core import money, speech
from core.errors import StoreTrouble
from core.i18n import N_
from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.frozen import replace
from core.model.moment import MINUTE
from core.ports import Capabilities, Clock, Health, Ledger
from core.words import Words

CAPABILITIES: Final = Capabilities(
    channel="telephony", idempotent=True, batch=25, concurrency=25, reconciles=True, longest_text=speech.LIMIT
)
_NUMBER: Final = re.compile(r"\+[1-9]\d{6,14}")
_KEPT: Final = 10_000
_NO_NUMBER: Final = Outcome(
    kind=OutcomeKind.REJECTED, reason="bad_number", detail=Words(N_("This is not a phone number like +5511987650000"))
)
_NEVER_THERE: Final = magic.CALLS["+15005550001"]
_BUSY: Final = magic.CALLS["+15005550010"]
_AWAY: Final = magic.CALLS["+15005550011"]
_IN_VAIN: Final = 0.3
"""The share of clients who call back and find nobody."""
_BUSY_AT_FIRST: Final = 5 * MINUTE


class Habits(NamedTuple):
    """How likely a number leads nowhere, the client is just calling somebody, or is not there; and for how many
    minutes at most, counted from when the call was written. What a client does is thus the same whoever asks, and when:
    a call that is tried again later may be answered."""

    gone: float = 0.0
    busy: float = 0.0
    away: float = 0.0
    busy_for: int = 20
    away_for: int = 60


HABITS: Final[Mapping[Persona, Habits]] = {
    "silent": Habits(),
    "eager": Habits(),
    "normal": Habits(gone=0.02, busy=0.10, away=0.20),
}


@dataclass(frozen=True, slots=True)
class Parties:
    """Whose line it is: the connection, the house that calls, and the book and clock that it lives by."""

    connection: str
    house_id: str
    ledger: Ledger
    clock: Clock


class SimulatedPhone:
    """A line on which nobody is called. A key that has been answered is answered as before, and paid once."""

    Settings: ClassVar[type[BaseModel]] = SimulatedSettings

    def __init__(
        self, settings: SimulatedSettings, parties: Parties, received: dict[str, Message] | None = None
    ) -> None:
        self.capabilities = CAPABILITIES
        self.received = {} if received is None else received
        """The latest calls answered, by key."""
        self._settings = settings
        self._parties = parties

    async def check(self) -> Health:
        """Say what the account holds; an empty one lets nothing go out."""
        balance = self._settings.balance
        if balance is None:
            return Health(True)
        account = await self._parties.ledger.account(self._parties.connection)
        currency = self._settings.currency or account.currency
        left = balance - account.spent
        args = {"left": money.text(left, currency), "balance": money.text(balance, currency), "currency": currency}
        if left <= 0:
            return Health(False, Words(N_("the line's account is empty: {left} of {balance} {currency} left"), args))
        return Health(True, Words(N_("{left} of {balance} {currency} left"), args))

    async def send(self, message: Message, key: str) -> Outcome:
        """Call: nobody is reached, or the call is answered, paid and over."""
        outcome = self._met(message, key)
        if outcome is not None:
            outcome = self._returned(outcome, message, message_of(key, self._parties.house_id))
            rang = outcome.kind is OutcomeKind.DEFERRED and outcome.reason in ("busy", "no_answer")
            return self._unpaid() if rang and await self._empty() else outcome
        return await self._paid(message, key)

    async def reconcile(self, message: Message, key: str) -> Outcome | None:
        """Answer as ``send`` would have: what becomes of a call was decided before it was made."""
        outcome = await self.send(message, key)
        return outcome if outcome.kind in (OutcomeKind.ACCEPTED, OutcomeKind.REJECTED) else None

    async def close(self) -> None:
        """Do nothing: there is no line."""

    def _met(self, message: Message, key: str) -> Outcome | None:
        """Return what keeps the client from hearing the call; None when it is answered."""
        if not _NUMBER.fullmatch(message.to):
            return _NO_NUMBER
        address = message.data.get("play")
        kept = magic.of_audio(str(address)) if address else None
        return kept or magic.of_call(message.to) or self._habit(message, message_of(key, self._parties.house_id))

    def _habit(self, message: Message, call: str) -> Outcome | None:
        waited = self._waited(message)
        if message.to == magic.LATER:
            return _BUSY if waited < _BUSY_AT_FIRST else None
        habits = HABITS[self._settings.persona_of(message.to)]
        luck = self._chance(call, "send")
        if luck < habits.gone:
            return _NEVER_THERE
        if luck < habits.gone + habits.busy:
            return _BUSY if waited < self._chance(call, "busy for") * habits.busy_for * MINUTE else None
        if luck < habits.gone + habits.busy + habits.away:
            return _AWAY if waited < self._chance(call, "away for") * habits.away_for * MINUTE else None
        return None

    def _returned(self, outcome: Outcome, message: Message, call: str) -> Outcome:
        """Let a client who was not there see the call later, and call back; now and then nobody of the house answers.

        It is planned with the first try, under the call's own key: further tries change nothing.
        """
        manner = MANNERS[self._settings.persona_of(message.to)]
        if outcome.reason != "no_answer" or not manner.called:
            return outcome
        who = Customer(self._settings.seed, call, self._parties.clock.now())
        if not who.does("calls back", manner.called):
            return outcome
        kind = "call_missed" if who.does("calls in vain", _IN_VAIN) else "call_received"
        data = {"phone": message.to, "line": self._parties.connection}
        back = who.will("calls back", kind, who.after("calls back", RETURNS), data)
        return replace(outcome, follows=(back,))

    def _chance(self, call: str, purpose: str) -> float:
        return chance(self._settings.seed, call, purpose)

    def _waited(self, message: Message) -> int:
        """Return how long ago the call was written, in milliseconds."""
        now = self._parties.clock.now()
        written = message.data.get("date", now)
        return now - written if isinstance(written, int) else 0

    async def _paid(self, message: Message, key: str) -> Outcome:
        """Have the account pay, and the client hear the call."""
        own = message_of(key, self._parties.house_id)
        taken = Outcome(kind=OutcomeKind.ACCEPTED, provider_id=f"sim-{digest(self._settings.seed, own, 'id').hex()}")
        price = self._settings.price_per_minute
        if price is not None or self._settings.balance is not None:
            parties, settings = self._parties, self._settings
            cost = speech.cost(price or Decimal(0), message.text, _speed(message.data))
            try:
                made = await parties.ledger.charge(parties.connection, key, cost, settings.balance, settings.currency)
            except StoreTrouble as trouble:  # nobody was called: what is charged once is charged once, also then
                return Outcome(kind=OutcomeKind.DEFERRED, reason="timeout", detail=trouble.words, line_failed=True)
            if made is None:
                return await self._short_of(cost)
            if price is not None:
                taken = Outcome(
                    kind=OutcomeKind.ACCEPTED,
                    provider_id=taken.provider_id,
                    cost=made.cost,
                    cost_currency=made.currency,
                )
        self._take(key, message)
        return taken

    async def _empty(self) -> bool:
        balance = self._settings.balance
        if balance is None:
            return False
        return (await self._parties.ledger.account(self._parties.connection)).spent >= balance

    async def _short_of(self, cost: Decimal) -> Outcome:
        if await self._empty():
            return self._unpaid()
        account = await self._parties.ledger.account(self._parties.connection)
        balance = self._settings.balance or Decimal(0)
        currency = self._settings.currency or account.currency
        args = {
            "cost": money.text(cost, currency),
            "left": money.text(balance - account.spent, currency),
            "currency": currency,
        }
        words = Words(N_("The call costs {cost} {currency}, the line's account holds {left}"), args)
        return Outcome(kind=OutcomeKind.REJECTED, reason="limit_reached", detail=words)

    @staticmethod
    def _unpaid() -> Outcome:
        return Outcome(
            kind=OutcomeKind.REJECTED, reason="limit_reached", detail=Words(N_("The line's account is empty"))
        )

    def _take(self, key: str, message: Message) -> None:
        received = self.received
        if key not in received and len(received) >= _KEPT:
            del received[next(iter(received))]
        received[key] = message


def _speed(data: Mapping[str, Any]) -> int:
    speed = data.get("speed")
    return speed if isinstance(speed, int) and speed > 0 else 100
