"""The outside world: peers that answer by dice, and the wire on which we watch them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import BaseModel

from core.errors import BadInput, StoreTrouble
from core.i18n import N_
from core.model.delivery import Channel, Message, Outcome, OutcomeKind
from core.model.house import Connection
from core.ports import Backing, Capabilities, Clock, Health
from core.words import NO_WORDS
from tests.simulator import claims, happenings
from tests.simulator.hanging import hang
from tests.simulator.houses import BALANCE
from tests.simulator.world import Attempt, Report, World

if TYPE_CHECKING:
    from tests.simulator.process import Life

_SHARES: Final = (
    (0.60, OutcomeKind.ACCEPTED),
    (0.76, OutcomeKind.DEFERRED),
    (0.85, OutcomeKind.REJECTED),
    (0.97, OutcomeKind.UNKNOWN),
    (1.00, OutcomeKind.MISCONFIGURED),
)
HANGING: Final = 0.1
"""How often a peer keeps its answer for long, where engines serve."""
_REPORTS: Final = (
    ("delivered",),
    ("sent", "delivered"),
    ("undelivered",),
    ("undelivered", "delivered"),
    ("delivered", "undelivered"),
)


def capabilities(world: World, connection: Connection) -> Capabilities:
    """Return what a connection's peer can do in this world."""
    return Capabilities(
        channel=connection.channel,
        receipts=frozenset({"delivered", "undelivered"}) if connection.id in world.reporting else frozenset(),
        reconciles=connection.id in world.reconciling,
        attachments=connection.id in world.carrying,
    )


class NoSettings(BaseModel):
    """The simulated peers of this world need none."""


class SimAdapter:
    """A peer that accepts, refuses, defers, goes silent before or after it took a message, breaks down, or turns out
    to be set up wrongly, by dice."""

    Settings: ClassVar[type[BaseModel]] = NoSettings

    def __init__(self, world: World, life: Life, connection: Connection, backing: Backing) -> None:
        self._world, self._life, self._connection, self._backing = world, life, connection, backing
        batch, concurrency = world.rng.choice((1, 3, 20)), world.rng.choice((1, 4))
        # One batch in three is of a peer after whose full ones the next is leased in the same transaction.
        more = replace(capabilities(world, connection), batch=batch, concurrency=concurrency, instant=batch == 3)
        self.capabilities = more

    async def check(self) -> Health:
        """Say that all is well."""
        return Health(True)

    async def send(self, message: Message, key: str) -> Outcome:
        """Send a message; what the engine would take for a plug-in's bug is one of ours."""
        try:
            return await self._send(message, key)
        except Exception as error:
            self._world.violated(f"the peer of {self._connection.id} broke: {error!r}")
            raise

    async def _send(self, message: Message, key: str) -> Outcome:
        """Put a message on the wire; the process may die, or stand still, before or after it has gone out."""
        world, life = self._world, self._life
        await life.step("before a send")
        attempt = Attempt(key, message, world.clock.at, life)
        claims.at_send(world, attempt, self._connection.id)
        world.wire.append(attempt)
        provider_id = f"{self._connection.id}-{len(world.wire)}"
        await life.step("in the middle of a send")
        if world.served and not world.healthy and world.chance(HANGING):
            await hang(world, life, self._connection.id)
        life.maybe_die("around a send, before it is out")
        outcome = self._outcome(message, provider_id)
        # Of a time-out nobody can tell whether it came before or after the message had gone out.
        attempt.may_be_out = outcome.kind in (OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN)
        out = outcome.kind is OutcomeKind.ACCEPTED or (outcome.kind is OutcomeKind.UNKNOWN and world.chance(0.5))
        if out and message.channel is Channel.TELEPHONY:
            outcome = await self._paid(attempt, outcome)
        attempt.outcome = outcome
        attempt.out = out and attempt.charged == (message.channel is Channel.TELEPHONY)
        if attempt.out and outcome.provider_id and self._connection.id in world.reporting:
            self._report(outcome.provider_id)
        if attempt.accepted and self._connection.id in world.reporting and world.chance(0.5):
            outcome = attempt.outcome = replace(outcome, follows=happenings.drawn(world, message, key, provider_id))
        world.say(f"wire {key} {outcome.kind.value}")
        life.maybe_die("around a send, after it is out", often=3)
        await life.step("after a send")
        attempt.over = True
        return outcome

    def _report(self, provider_id: str) -> None:
        """Send receipts, which come in whenever and as often as they like."""
        world, line = self._world, self._connection.id
        for status in world.rng.choice(_REPORTS):
            outside = f"{provider_id}-{len(world.post)}"
            world.post.append(Report(line, outside, provider_id, status, world.clock.at))

    async def _paid(self, attempt: Attempt, outcome: Outcome) -> Outcome:
        """Have the line's account pay for a call that is answered; one that cannot be paid is none."""
        ledger = self._backing.ledger
        try:
            made = await ledger.charge(self._connection.id, attempt.key, Decimal(1), Decimal(BALANCE))
        except StoreTrouble:
            attempt.may_be_out = False
            return Outcome(kind=OutcomeKind.DEFERRED, reason="timeout", line_failed=True)
        if made is None:
            attempt.may_be_out = False
            return Outcome(kind=OutcomeKind.REJECTED, reason="limit_reached")
        attempt.charged = True
        if outcome.kind is not OutcomeKind.ACCEPTED:
            return outcome
        return replace(outcome, cost=made.cost, cost_currency=made.currency)

    def _outcome(self, message: Message, provider_id: str) -> Outcome:
        world, line = self._world, self._connection.id
        well = Outcome(kind=OutcomeKind.ACCEPTED, provider_id=provider_id)
        if any(self._backing.files.content(each["digest"]) is None for each in message.data.get("attachments") or ()):
            return Outcome(kind=OutcomeKind.REJECTED, reason="attachment_missing")
        if message.channel is Channel.TELEPHONY and message.to in world.away:
            return Outcome(kind=OutcomeKind.DEFERRED, reason=world.rng.choice(("busy", "no_answer")))
        if world.healthy:
            return well
        if world.down.get(line):
            world.down[line] -= 1
            return Outcome(kind=OutcomeKind.DEFERRED, reason="timeout", line_failed=True)
        dice = world.rng.random()
        kind = next(kind for share, kind in _SHARES if dice <= share)
        match kind:
            case OutcomeKind.DEFERRED:
                return Outcome(kind=kind, reason="busy", retry_after=world.rng.choice((None, 1_000, 90_000)))
            case OutcomeKind.REJECTED:
                blocked = message.channel is Channel.OPEN_CHANNEL and world.chance(0.5)
                return Outcome(kind=kind, reason="blocked" if blocked else "rejected")
            case OutcomeKind.UNKNOWN:
                return Outcome(kind=kind, reason="timeout", provider_id=provider_id)
            case OutcomeKind.MISCONFIGURED:
                return Outcome(kind=kind, reason="refused", detail=NO_WORDS)
            case _:
                return well

    async def reconcile(self, message: Message, key: str) -> Outcome | None:
        """Say what became of a message, or that nothing can be said yet."""
        world = self._world
        await self._life.step("before a question")
        if not world.healthy and world.chance(0.4):
            return world.rng.choice((None, Outcome(kind=OutcomeKind.DEFERRED, reason="busy")))
        attempts = [a for a in world.wire if a.key == key]
        for attempt in attempts:
            attempt.out = attempt.out or self._pays(key)
        known = next((a.outcome for a in attempts if a.out and a.outcome is not None), None)
        taken = any(a.out for a in attempts)
        for attempt in attempts:
            attempt.may_be_out = attempt.out
        world.say(f"asked of {key}: {'taken' if taken else 'not taken'}")
        if taken:
            return Outcome(kind=OutcomeKind.ACCEPTED, provider_id=known.provider_id if known else None)
        return Outcome(kind=OutcomeKind.REJECTED, reason="rejected")

    def _pays(self, key: str) -> bool:
        """Return whether a call was paid, also where the engine died before it could tell."""
        line = self._connection
        return line.channel == "telephony" and self._world.look(lambda r: r.charge_of(line.id, key)) is not None

    async def close(self) -> None:
        """Do nothing."""


class SimAdapters:
    """Opens the simulated peers; now and then one cannot be opened with its settings."""

    def __init__(self, world: World, life: Life) -> None:
        self._world, self._life = world, life

    def settings_model(self, adapter: str) -> type[BaseModel] | None:
        """Return the model without settings."""
        return NoSettings

    def names(self, channel: str) -> Sequence[str]:
        """Return the one adapter there is."""
        return ("simulated",)

    def capabilities(self, connection: Connection) -> Capabilities | None:
        """Return what the connection's peer can do."""
        return capabilities(self._world, connection)

    def open(self, connection: Connection, clock: Clock, house_id: str, backing: Backing) -> SimAdapter:
        """Open a peer."""
        if not self._world.healthy and self._world.chance(0.06):
            self._world.say(f"{connection.id} cannot be opened")
            raise BadInput(N_("there is no connection “{id}”"), id=connection.id)
        return SimAdapter(self._world, self._life, connection, backing)
