"""The bridge between the house and the screen: what the roof hands over, and how changes reach the board."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from textual.message import Message

from core.ports import AdapterFactory, Reader, Store
from core.words import Words
from tui.settings import Settings

CLOCK: Final = "clock"
"""What the feed calls the simulated clock."""
BURST: Final = 2_000
"""More changes than this at one time are shown by reading everything again."""


class EngineHandle(Protocol):
    """This process as the engine of its database, made by the roof. Its calls come on the app's loop."""

    async def serve(self, stop: asyncio.Event) -> None:
        """Take over what a dead engine left behind, work until ``stop`` is set, close the ways out."""

    def wake(self) -> None:
        """Look at once whether something is due."""

    def release(self) -> None:
        """Give the right to be the engine back."""


Unsubscribe = Callable[[], None]


def _never(_: Callable[[], None]) -> Unsubscribe:
    return lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    """What the screen is given: the store, the adapters and a way to become the engine.

    ``make_engine`` raises ``Refused`` (its ``pid`` argument names the owner) while another process is the engine,
    and returns None where this board shall only watch. ``on_commit`` has a function called, from any thread, after
    each commit of this process; without it the board looks every 200 ms. ``user`` is who acts; None: whom the
    settings name, else each deal's responsible. ``ticking`` lets a simulated clock go on with the wall's from the
    beginning; else it stands until a person lets it go. ``settings`` are what this person has chosen for the screen;
    those of the default are forgotten when it closes.
    """

    store: Store
    make_engine: Callable[[], EngineHandle | None]
    adapters: AdapterFactory | None = None
    on_commit: Callable[[Callable[[], None]], Unsubscribe] = _never
    user: str | None = None
    ticking: bool = False
    settings: Settings = field(default_factory=Settings)


class Woken(Message, bubble=False):
    """Something happened outside the loop. Any number of them waiting in the queue are one."""

    def can_replace(self, message: Message) -> bool:
        """Let a later wake-up stand for an earlier one."""
        return isinstance(message, Woken)


@dataclass(slots=True)
class Changes:
    """What the feed brought: ids of deals, whether log, chats, configuration or clock changed, or simply everything."""

    deals: set[str] = field(default_factory=set)
    log: bool = False
    talk: bool = False
    config: bool = False
    clock: bool = False
    everything: bool = False

    def __bool__(self) -> bool:
        return bool(self.deals) or self.log or self.talk or self.config or self.clock or self.everything


class Bridge:
    """Collects wake-ups and notices from any thread and reads the change feed on the loop, in one go for a burst."""

    def __init__(self, store: Store, post: Callable[[Woken], object]) -> None:
        self._store = store
        self._post = post
        self._notices: deque[Words] = deque(maxlen=100)
        self._awake = False
        self.cursor = store.read(_cursor)

    def wake(self) -> None:
        """Ask the loop to look; callable from any thread, cheap when it has been asked already."""
        if not self._awake:
            self._awake = True
            self._post(Woken())

    def notice(self, words: Words) -> None:
        """Hand a sentence to the screen from any thread."""
        self._notices.append(words)
        self.wake()

    def behind(self) -> bool:
        """Return whether the feed has gone on: somebody has written, in this process or another."""
        return self._store.read(_cursor) != self.cursor

    def drain(self) -> Changes:
        """Return what the feed has brought since the last call. Raises ``StoreTrouble``."""
        self._awake = False
        self.cursor, changes = self._store.read(lambda reader: _read(reader, self.cursor))
        return changes

    def take_notices(self) -> list[Words]:
        """Return the notices since the last call."""
        notices: list[Words] = []
        while self._notices:
            notices.append(self._notices.popleft())
        return notices


def _cursor(reader: Reader) -> int:
    return reader.cursor()


def _read(reader: Reader, cursor: int) -> tuple[int, Changes]:
    found = Changes()
    after, rows = reader.changes_since(cursor, BURST)
    if len(rows) >= BURST:
        found.everything = True
        return reader.cursor(), found
    for row in rows:
        if row.what in ("deal", "run"):
            found.deals.add(row.id)
        if row.what in ("run", "delivery"):
            found.log = True
        found.talk = found.talk or row.what in ("chat", "inbox")
        if row.what == "config" and row.id == CLOCK:
            found.clock = True
        elif row.what == "config":
            found.config = True
            found.everything = found.everything or not row.id
    return after, found
