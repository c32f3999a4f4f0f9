"""A whole house in one thread and one database in memory, whose every chance comes from a seed.

Nothing here waits for anything real: the store runs jobs inline, the adapters answer by dice, the clock is turned by
the script. The engines' tasks and the person's interleave at every await.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.event import Happening
from core.model.line import Line
from core.model.moment import Moment
from core.ports import Reader
from data.reader_base import Memory
from data.sql import Db
from tests.simulator.database import inline_store
from tests.simulator.watch import Watch

if TYPE_CHECKING:
    from tests.simulator.process import Life

START: Final = Moment(1_796_126_400_000)
"""2026-12-01T12:00Z: Tuesday, nine o'clock where the house is."""
TURNS: Final = (0, 0, 1, 1, 2, 3)
"""How long somebody may hesitate, in turns of the loop."""
INTERRUPTED: Final = 0.08
"""How often the person acts at the very point that an engine has reached."""


class Crash(BaseException):
    """The process dies here."""


@dataclass
class WallClock:
    """The fake wall clock: it stands still unless the script steps it, also backwards."""

    at: Moment = START

    def now(self) -> Moment:
        """Return the present moment."""
        return self.at


@dataclass
class Attempt:
    """One message on the wire. ``may_be_out`` tells whether the customer may have it as far as anybody in the house
    knows, ``out`` whether he has, ``charged`` whether its account has paid for it, ``stale`` that it was sent by an
    engine that had slept past its lease."""

    key: str
    message: Message
    at: Moment
    life: Life
    may_be_out: bool = False
    charged: bool = False
    out: bool = False
    over: bool = False
    stale: bool = False
    round: int = 1
    outcome: Outcome | None = None
    delivery: int = field(init=False)
    """The id of the row that it belongs to."""

    def __post_init__(self) -> None:
        self.delivery = delivery_id(self.key)

    @property
    def settled(self) -> bool:
        """Whether an engine has seen the end of it that neither died nor slept before it could write that down."""
        return self.over and not self.life.dead and not self.life.overtaken

    @property
    def offered(self) -> bool:
        """Whether the peer was offered the message."""
        return self.outcome is not None and not (
            self.outcome.line_failed or self.outcome.kind is OutcomeKind.MISCONFIGURED
        )

    @property
    def accepted(self) -> bool:
        """Whether the peer has said that it took the message."""
        return self.outcome is not None and self.outcome.kind is OutcomeKind.ACCEPTED


def delivery_id(key: str) -> int:
    """Return the id of the delivery that a key on the wire belongs to."""
    return int(key.rsplit("-M", 1)[1].partition("-")[0])  # behind it may stand a round


@dataclass(frozen=True)
class Report:
    """What a peer reports of a message: the id of the report, the peer's id of the message, and its state."""

    connection: str
    outside_id: str
    provider_id: str
    status: str
    at: Moment


@dataclass
class Talk:
    """What clients have written and done in chats, as they know it themselves."""

    reports: list[tuple[int, str]] = field(default_factory=list)
    """Numbers of the texts that a channel has reported, with the chats they were written in."""
    said: dict[str, list[str]] = field(default_factory=dict)
    followed: dict[str, set[str | None]] = field(default_factory=dict)
    """The deals whose invitations a chat's user was the first to follow."""
    bound: dict[str, frozenset[str | None]] = field(default_factory=dict)
    """The deals that a chat may be bound to."""
    blocked: set[int] = field(default_factory=set)
    """Rows of chats whose clients take no more messages, as far as an engine has noted it."""


@dataclass(frozen=True)
class Heard:
    """What the outside has reported: the report's id, what it tells, and the deals that it reaches at the least."""

    id: str
    kind: str
    what: str
    at: Moment
    deals: frozenset[str]


@dataclass
class World:
    """The house under test, and all that was seen of it from outside."""

    seed: int
    rng: random.Random
    connection: sqlite3.Connection
    clock: WallClock = field(default_factory=WallClock)
    wire: list[Attempt] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    alive: set[str] = field(default_factory=set)
    """Workers whose lease holds, as the database's server sees it: the dead and those that stand still have lost it."""
    engines: int = 1
    served: bool = False
    """Whether the engines serve, as a worker does, or are taken through their passes one by one."""
    alarms: list[Callable[[], None]] = field(default_factory=list)
    """What rings when the clock is turned."""
    healthy: bool = False
    crashes: float = 0.02
    full: int = 0
    """Commits that will still fail because the disk is full."""
    cut_short: bool = False
    """Whether a circle of rules has kept the end from reaching what lies further ahead."""
    set_back: bool = False
    acts: int = 0
    """How often the person will still act."""
    marked: set[tuple[int, str]] = field(default_factory=set)
    """Messages that an engine has made *sending*."""
    reconciling: frozenset[str] = frozenset()
    """Connections whose peer can tell what became of a message."""
    reporting: frozenset[str] = frozenset()
    """Connections whose peer sends receipts."""
    carrying: frozenset[str] = frozenset()
    """Connections whose peer takes files."""
    away: frozenset[str] = frozenset()
    """Numbers of clients who never answer a call."""
    talk: Talk = field(default_factory=Talk)
    heard: list[Heard] = field(default_factory=list)
    hurried: set[int] = field(default_factory=set)
    """Messages that the person has had tried again at once."""
    down: dict[str, int] = field(default_factory=dict)
    """How many attempts will still fail because the line of a connection is down."""
    post: list[Report] = field(default_factory=list)
    """Receipts that the peers have sent and that may come in, once or more often, at any moment."""
    rests: dict[str, Moment | None] = field(default_factory=dict)
    """Until when the engines have said that a connection rests."""
    opens: dict[str, int] = field(default_factory=dict)
    """How often in a row they have said that it had to rest."""
    probed: dict[str, Moment] = field(default_factory=dict)
    """Until when the one message has time that was sent to see whether a connection works again."""
    taken: dict[str, list[Moment]] = field(default_factory=dict)
    """When messages were taken that then went, by connection, since it was last resumed."""
    asked: set[int] = field(default_factory=set)
    """Runs that the person wanted at once, whatever the hours."""
    revived: set[int] = field(default_factory=set)
    """Messages that a redo has brought back: they go out when its grace is over."""
    stopped: set[int] = field(default_factory=set)
    """Messages that were on their way when the person stopped what had not happened of their deal's stage."""
    judged: set[int] = field(default_factory=set)
    """Messages of which the person has said what became of them."""
    received: list[Report] = field(default_factory=list)
    befallen: dict[str, Happening] = field(default_factory=dict)
    """What simulated peers have done, by its key."""
    delivered: set[int] = field(default_factory=set)
    promised: dict[int, frozenset[str]] = field(default_factory=dict)
    """The rules of an entry's stage that were on when it was first seen."""
    applied: set[str] = field(default_factory=set)
    """Rules that the person has applied to deals that were there already."""
    person: Callable[[], None] | None = None
    watch: Watch = field(default_factory=Watch)
    watched: bool = False
    """Whether it is a house that waits, so that somebody notes how long."""
    memory: Memory = field(default_factory=Memory)
    cursor: int = 0
    noted: list[Callable[[], None]] = field(default_factory=list)
    """What is to be noted once the transaction that is open has been committed."""
    _eyes: Any = None

    def __post_init__(self) -> None:
        self.db = Db(self.connection, "sqlite")

    def turn(self, to: Moment) -> None:
        """Turn the clock; the alarms ring whose moment has come."""
        self.clock.at = to
        self.watch.clock(to)
        for ring in self.alarms:
            ring()

    def look(self, query: Callable[[Reader], Any]) -> Any:
        """Read the database as it stands, without being noticed."""
        if self._eyes is None:
            self._eyes = inline_store(self.db, self.clock, memory=self.memory)
        return self._eyes.read(query)

    def committed(self) -> None:
        """Note what the transaction has done that has just been committed."""
        noted, self.noted = self.noted, []
        for note in noted:
            note()
        if self.watched:
            self.rested()

    def rested(self) -> None:
        """Note since when nothing has happened on each deal."""
        for deal, since, idle in self.connection.execute("SELECT id, active_at, closed OR removed FROM deals"):
            self.watch.rested(deal, Moment(since), open=not idle)

    def stands(self, line: Line) -> None:
        """Note how a connection's line stands: whatever probed it has come to its end."""
        self.rests[line.connection] = line.open_until
        self.opens[line.connection] = line.opens
        self.probed.pop(line.connection, None)

    def tried_anew(self, connection: str) -> None:
        """Forget how a connection's line stood: a person has paused or resumed it."""
        for known in (self.rests, self.taken, self.opens, self.probed):
            known.pop(connection, None)

    def say(self, text: str) -> None:
        """Add a line to the story."""
        self.trace.append(text)

    def violated(self, text: str) -> None:
        """Note that an invariant does not hold."""
        self.broken.append(text)
        self.say(f"!! {text}")

    def chance(self, share: float) -> bool:
        """Throw the dice."""
        return self.rng.random() < share

    async def pause(self, where: str) -> None:
        """Let the others go first, or not; sometimes the person acts at exactly this point."""
        if self.acts and self.person is not None and self.chance(INTERRUPTED):
            self.say(f"meanwhile, {where}:")
            self.person()
        for _ in range(self.rng.choice(TURNS)):
            await asyncio.sleep(0)
