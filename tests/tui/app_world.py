"""A small house with real rules, a real store and a real engine, for tests that drive the whole screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from threading import RLock
from time import monotonic
from typing import Any, Final

from textual.pilot import Pilot

from adapters.registry import Registry as Adapters
from core import commands
from core.engine.loop import Engine
from core.errors import Refused
from core.model.house import CompanySettings, Connection, FieldDef, FieldType
from core.model.moment import Duration, Moment, parse_iso
from core.model.people import Address, Contact, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Rule, RunTime, When
from core.ports import EngineLease, Priority, Reader, Tx
from data.fresh import fresh_sqlite, inline_store, memory_db
from data.inline import InlineStore
from data.opening import open_store
from tests.tui.board_driver import BoardDriver
from tui.app import OUR_KEYS, FunilApp
from tui.bridge import Doorway
from tui.keymap import Keymap

START: Final = parse_iso("2026-12-01T12:00:00Z")
"""A Tuesday, 09:00 in São Paulo."""
SALES: Final = Pipeline(
    id="sales",
    name="Sales",
    stages=(
        Stage(id="new", name="New", color="#39A8EF"),
        Stage(id="delivery", name="Order delivery", color="#2FC6F6", position=1),
        Stage(id="invoice", name="Final invoice", color="#FFA900", position=2),
        Stage(id="won", name="Deal won", color="#7BD500", kind=StageKind.SUCCESS, position=3),
        Stage(id="lost", name="Deal lost", color="#FF5752", kind=StageKind.FAILURE, position=4),
    ),
)
SERVICE: Final = Pipeline(
    id="service",
    name="Service",
    position=1,
    stages=(
        Stage(id="asked", name="Asked", color="#39A8EF"),
        Stage(id="done", name="Done", color="#7BD500", kind=StageKind.SUCCESS, position=1),
        Stage(id="dropped", name="Dropped", color="#FF5752", kind=StageKind.FAILURE, position=2),
    ),
)
ANA: Final = User(id="ana", name="Ana Souza", mailboxes=("ana@loja.example",))
MARIA: Final = Contact(
    id="maria",
    name="Maria Lima",
    emails=(Address("WORK", "maria@cliente.example"),),
    phones=(Address("MOBILE", "+5511987650001"),),
)
RULES: Final = (
    Rule(
        id="tracking-mail",
        pipeline="sales",
        stage="delivery",
        kind="email",
        name="Tracking number",
        settings={"subject": "Your order is on its way", "body": "Hello {{ contact.first_name }}"},
    ),
    Rule(
        id="short-note",
        pipeline="sales",
        stage="delivery",
        kind="sms",
        name="Short note",
        position=1,
        run=RunTime(When.AFTER, Duration(2, "h")),
        settings={"text": "On its way", "provider": "sms1"},
    ),
)


class StandingClock:
    """A clock that shows the start of the story; the simulated clock's row goes before it."""

    def now(self) -> Moment:
        """Return the start."""
        return START


def furnish(tx: Tx) -> None:
    """Set up the house: two pipelines, one user, one client, two connections, two rules."""
    tx.put_company_settings(CompanySettings(timezone="America/Sao_Paulo"))
    for pipeline in (SALES, SERVICE):
        tx.upsert_pipeline(pipeline)
    tx.put_user(ANA)
    tx.put_contact(MARIA)
    tx.put_field(FieldDef(id="tracking", type=FieldType.TEXT, name="Tracking code"))
    for name, channel in (("mail", "email"), ("sms1", "sms")):
        tx.put_connection(Connection(id=name, channel=channel, adapter="simulated"))
    for rule in RULES:
        tx.put_rule(rule, "ana", START)
    tx.set_clock(START)


class Seat:
    """The engine of a test's house, as the roof would hand it over."""

    def __init__(self, store: Any, lease: EngineLease) -> None:
        self._store = store
        self._lease = lease
        self.engine = Engine(store, Adapters(), Random(7), lease.worker)

    async def serve(self, stop: asyncio.Event) -> None:
        """Work until told to stop; no engine has died here before."""
        loop = asyncio.get_running_loop()
        deaf = self._store.on_commit(lambda: loop.call_soon_threadsafe(self.engine.wake))
        try:
            await self.engine.serve(stop)
        finally:
            deaf()
            await self.engine.close()

    def wake(self) -> None:
        """Look at once."""
        self.engine.wake()

    def release(self) -> None:
        """Let another one be the engine."""
        self._lease.release()


class OneAtATime:
    """A store in memory for several threads: its one connection serves one after the other."""

    def __init__(self, store: InlineStore) -> None:
        self._store = store
        self._lock = RLock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def read(self, query: Callable[[Reader], Any]) -> Any:
        """Run a read."""
        with self._lock:
            return self._store.read(query)

    def write_now(self, job: Callable[[Tx], Any]) -> Any:
        """Run a job."""
        with self._lock:
            return self._store.write_now(job)

    async def write(self, job: Callable[[Tx], Any], priority: Priority = Priority.SCREEN) -> Any:
        """Run a job."""
        return self.write_now(job)


@dataclass
class World:
    """A house in a store, with the board over it."""

    store: Any
    user: str | None = "ana"
    engine: bool = True
    deals: dict[str, str] = field(default_factory=dict)

    def write(self, job: Callable[[Tx], Any]) -> Any:
        """Run a job to its commit."""
        return self.store.write_now(job)

    def deal(self, title: str, stage: str = "new", pipeline: str = "sales", **more: Any) -> str:
        """Make a deal without starting rules and return its id."""
        new = commands.NewDeal(
            title=title, pipeline=pipeline, stage=stage, **{"responsible": "ana", "contacts": ("maria",), **more}
        )
        made: str = self.write(commands.add_deal(new, rules=False))
        self.deals[title] = made
        return made

    def stage_of(self, title: str) -> str:
        """Return where a deal stands in the store."""
        found = self.store.read(lambda reader: reader.deal(self.deals[title]))
        return str(found.stage)

    def rule(self, rule: Rule, **more: Any) -> None:
        """Add or change a rule."""
        self.write(lambda tx: tx.put_rule(replace(rule, **more), "ana", START))

    def doorway(self, **more: Any) -> Doorway:
        """Return what the roof hands to the screen."""
        make = self.make_engine if self.engine else _nobody
        known: Mapping[str, Any] = {"store": self.store, "make_engine": make, "user": self.user}
        return Doorway(**{**known, "on_commit": self.store.on_commit, **more})

    def make_engine(self) -> Seat:
        """Become the engine, as the roof does it."""
        return Seat(self.store, self.store.take_engine_lease("board"))

    @asynccontextmanager
    async def board(
        self, size: tuple[int, int] = (120, 36), keymap: Keymap = OUR_KEYS, **more: Any
    ) -> AsyncIterator[Pilot[None]]:
        """Open the board; when it is left, it is quitted as a person would."""
        app = FunilApp(self.doorway(**more), keymap)
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield pilot
            await app.live.end()


def _nobody() -> None:
    return None


def memory_world(**more: Any) -> World:
    """Return a house in memory whose store works on the caller's thread."""
    world = World(OneAtATime(inline_store(memory_db(), StandingClock())), **more)
    world.write(furnish)
    return world


def file_world(folder: Path, **more: Any) -> World:
    """Return a house in a SQLite file, with writer thread and locks, as users have it."""
    url = fresh_sqlite(folder / "funil.db")
    world = World(open_store(url, clock=StandingClock(), durable=False), **more)
    world.write(furnish)
    return world


def refuse_engine(pid: str = "4711") -> Callable[[], Seat]:
    """Return what the roof does while another process is the engine."""

    def refuse() -> Seat:
        raise Refused("Process {pid} already runs the rules of this database", pid=pid)

    return refuse


async def until(pilot: Pilot[None], holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Let the app work until something holds; fails after some seconds."""
    limit = monotonic() + seconds
    while not holds():
        assert monotonic() < limit, "it did not come to pass"
        await pilot.pause()


def driver(pilot: Pilot[None]) -> BoardDriver:
    """Return a person at the board."""
    return BoardDriver(pilot, app_of(pilot).board)


def app_of(pilot: Pilot[None]) -> FunilApp:
    """Return the app under test."""
    app = pilot.app
    assert isinstance(app, FunilApp)
    return app


def toasts(pilot: Pilot[None]) -> Sequence[str]:
    """Return the sentences told so far, newest last."""
    return [note.message for note in pilot.app._notifications]


def screen_text(pilot: Pilot[None]) -> str:
    """Return the characters on the screen."""
    width, height = pilot.app.size
    lines = pilot.app.screen._compositor.render_strips(pilot.app.size)
    return "\n".join("".join(segment.text for segment in line)[:width] for line in lines[:height])
