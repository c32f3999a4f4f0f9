"""A peer that does what a test tells it, behind the command line: connection adapter ``scripted``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from adapters.base import AdapterSettings, Opening, Provider
from adapters.registry import Registry
from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.moment import Moment, iso
from core.peers import Capabilities, Health
from core.ports import Adapter, Clock
from funil import House
from tests.proof.ground import NOON, Funil

ACCEPTED = Outcome(kind=OutcomeKind.ACCEPTED, provider_id="p")
LINE_DOWN = Outcome(kind=OutcomeKind.DEFERRED, reason="timeout", line_failed=True)
GREYLISTED = Outcome(kind=OutcomeKind.DEFERRED)
SILENT = Outcome(kind=OutcomeKind.UNKNOWN, reason="timeout")


class ScriptedSettings(AdapterSettings):
    """A peer's settings."""

    addresses: tuple[str, ...] = ()


Answer = Callable[[str, Message, Moment], Outcome | None]


@dataclass
class Script:
    """What the peer answers by key, message and moment, what it says when asked later, and all it was given."""

    send: Answer = lambda key, message, now: Outcome(kind=OutcomeKind.ACCEPTED, provider_id=f"p-{key[-3:]}")
    told: Answer = lambda key, message, now: None
    receipts: frozenset[str] = frozenset()
    reconciles: bool = False
    batch: int = 20
    concurrency: int = 1
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    """Moment, connection and message's id of each attempt."""
    asked: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def at(self, connection: str | None = None) -> list[str]:
        """Return the moments of all attempts."""
        return [at for at, where, _ in self.sent if connection in (None, where)]


class Peer:
    """The adapter."""

    Settings: ClassVar[type[BaseModel]] = ScriptedSettings

    def __init__(self, script: Script, connection: str, channel: str, clock: Clock) -> None:
        self._script, self._connection, self._clock = script, connection, clock
        self.capabilities = capabilities(script, channel)

    async def check(self) -> Health:
        """Say that all is well."""
        return Health(True)

    async def send(self, message: Message, key: str) -> Outcome:
        """Answer as the script says."""
        now, script = self._clock.now(), self._script
        script.sent.append((iso(now) or "", self._connection, key.rpartition("-M")[2]))
        script.texts.append(message.text)
        script.keys.append(key)
        answer = script.send(key, message, now)
        assert answer is not None
        return answer

    async def reconcile(self, message: Message, key: str) -> Outcome | None:
        """Answer as the script says."""
        now = self._clock.now()
        self._script.asked.append(iso(now) or "")
        return self._script.told(key, message, now)

    async def close(self) -> None:
        """Do nothing."""


def capabilities(script: Script, channel: str) -> Capabilities:
    """Return what the scripted peer can do."""
    return Capabilities(
        channel=channel,
        receipts=script.receipts,
        reconciles=script.reconciles,
        batch=script.batch,
        concurrency=script.concurrency,
    )


class Scripted(Provider):
    """Provides it for mail, SMS and telephony."""

    name: ClassVar[str] = "scripted"
    channels: ClassVar[tuple[str, ...]] = ("email", "sms", "telephony")
    Settings: ClassVar[type[AdapterSettings]] = ScriptedSettings

    def __init__(self, script: Script) -> None:
        self._script = script

    def capabilities(self, channel: str) -> Capabilities:
        """Return what the peer can do."""
        return capabilities(self._script, channel)

    def open(self, opening: Opening) -> Adapter:
        """Open it."""
        return Peer(self._script, opening.connection.id, opening.connection.channel, opening.clock)


class ScriptedHouse(House):
    """A house that knows the scripted adapter."""

    def __init__(self, script: Script) -> None:
        self._script = script

    @cached_property
    def adapters(self) -> Registry:
        """The ways out, and the scripted one."""
        return Registry(extra={"scripted": Scripted(self._script)})


class ScriptedFunil(Funil):
    """The command line over a house with the scripted adapter."""

    def __init__(self, folder: Path, script: Script, board: str = "", clock: str = NOON) -> None:
        self.script = script
        super().__init__(folder, board, clock)

    def house(self) -> House:
        """Return the house that a command line is given."""
        return ScriptedHouse(self.script)
