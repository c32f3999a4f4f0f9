"""What is noted of waiting, by the naive account of it: who waits since when, when an engine was there, what it raised.

Moments say when it was, the turns of one counter what came before what: clocks are set back, counters are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.model.event import Event, Reach
from core.model.moment import Moment


@dataclass
class Pass:
    """An engine looks what is due: nothing that was due by ``at`` and stood there before may be left when it has."""

    begun: int
    at: Moment
    sweeping: bool
    """Whether deals were still to get their timers of silence."""
    ended: int | None = None


@dataclass(frozen=True)
class Raised:
    """What the house has raised, and what its clock showed then."""

    event: Event
    clock: Moment
    turn: int


@dataclass
class Wait:
    """A client's wait in a chat that an agent has taken, until the first answer or closing."""

    chat: str
    session: int
    accepted_at: Moment
    begun_at: Moment
    turn: int
    ended: int | None = None


@dataclass
class Session:
    """A chat as the client and the agent know it."""

    number: int
    begun_at: Moment
    state: str = "waiting"


@dataclass
class Rest:
    """A time in which nothing was noted to happen on a deal, from one turn to another."""

    deal: str
    since: Moment
    open: bool
    turn: int
    floor: Moment
    """The latest that the clock had shown by then, ever."""
    ended: int | None = None


@dataclass
class Watch:
    """All that is noted of waiting."""

    high: Moment = Moment(0)
    passes: list[Pass] = field(default_factory=list)
    raised: list[Raised] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    waits: list[Wait] = field(default_factory=list)
    rests: list[Rest] = field(default_factory=list)
    moved: dict[int, int] = field(default_factory=dict)
    """The newest event that there was when an event moved a deal, by that event."""
    _turn: int = 0
    _now: dict[str, Rest] = field(default_factory=dict)
    _looking: list[Pass] = field(default_factory=list)

    def turn(self) -> int:
        """Return the next turn."""
        self._turn += 1
        return self._turn

    def clock(self, at: Moment) -> None:
        """Note what the clock shows now: who looks at this time may have looked before it, or after."""
        self.high = max(self.high, at)
        for each in self._looking:
            each.at = min(each.at, at)

    @contextmanager
    def looking(self, at: Moment, sweeping: bool) -> Iterator[Pass]:
        """Note that an engine looks what is due; whether it has looked, who calls must say by ``looked``."""
        one = Pass(self.turn(), at, sweeping)
        self._looking.append(one)
        try:
            yield one
        finally:
            self._looking.remove(one)

    def looked(self, one: Pass) -> None:
        """Note that an engine has come to the end of a pass in which nothing went wrong."""
        one.ended = self.turn()
        self.passes.append(one)

    # Chats ------------------------------------------------------------------------------------------------------------

    def written(self, chat: str, at: Moment) -> None:
        """Note that a client has written: in a closed chat, that is a new session."""
        known = self.sessions.get(chat)
        if known is None or known.state == "closed":
            self.sessions[chat] = Session(known.number + 1 if known else 1, at)

    def taken(self, chat: str, at: Moment) -> None:
        """Note that an agent has taken a chat."""
        known = self.sessions[chat]
        known.state = "taken"
        self.waits.append(Wait(chat, known.number, at, known.begun_at, self.turn()))

    def answered(self, chat: str, *, closed: bool = False) -> None:
        """Note that an agent has answered, or closed, a chat."""
        if closed:
            self.sessions[chat].state = "closed"
        for wait in self.waits:
            if wait.chat == chat and wait.ended is None:
                wait.ended = self.turn()

    # Deals ------------------------------------------------------------------------------------------------------------

    def rested(self, deal: str, since: Moment, *, open: bool) -> None:
        """Note since when nothing has happened on a deal, if that is something new."""
        known = self._now.get(deal)
        if known is not None and (known.since, known.open) == (since, open):
            return
        turn = self.turn()
        if known is not None:
            known.ended = turn
        self._now[deal] = Rest(deal, since, open, turn, max(self.high, since))
        self.rests.append(self._now[deal])

    def raise_(self, event: Event, clock: Moment) -> None:
        """Note that the house has raised an event."""
        self.raised.append(Raised(event, clock, self.turn()))

    def moves(self, reach: Reach, newest: int) -> None:
        """Note that an event has moved a deal."""
        self.moved[reach.event] = newest
