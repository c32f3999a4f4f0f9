"""The roof: the entry point, and the one place that puts the house together, loading each part when it is needed."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from adapters.cli.roof import Keys, Made, Place, Story
    from adapters.registry import Registry
    from core.backups import Backed
    from core.errors import FunilError
    from core.model.house import Connection
    from core.model.moment import Moment
    from core.playing import Playground
    from core.ports import Store
    from core.words import Words
    from data.store import SqlStore

DATABASE_VARIABLE = "FUNIL_DB"
DEMO_FILE = "demo.db"
Trouble = Callable[[BaseException], None]


def main() -> int:
    """Run the command line."""
    # Loading makes a hundred thousand objects and no garbage: looking for some every 700 takes a tenth of the start.
    gc.set_threshold(50_000)
    # None of pydantic's plug-ins is ours, and looking for one opens every installed package at each start.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from adapters import cli

        return cli.main(sys.argv[1:], House())
    except KeyboardInterrupt:  # while the parts are still being loaded
        return 130


class Engine:
    """This process as the engine of its database: rules, deliveries and the alarm clock over one store."""

    def __init__(
        self,
        store: SqlStore,
        adapters: Registry,
        name: str,
        on_trouble: Trouble | None = None,
        steady: bool = False,
    ) -> None:
        from random import SystemRandom

        from adapters.documents.typst import Typst
        from adapters.hit_lists import HitLists
        from adapters.steady import Steady
        from core.engine.loop import Engine as Loop

        self._store = store
        self._adapters = adapters
        self._lease = store.take_engine_lease(name)
        # Invitations are made of it: what one client is sent must not tell what another one is.
        rng = Steady() if steady else SystemRandom()
        self._engine = Loop(
            store,
            adapters,
            rng,
            self._lease.worker,
            on_trouble=on_trouble,
            keys=adapters,
            lists=HitLists(),
            typesetter=Typst(),
        )

    @property
    def happened(self) -> int:
        """How much has happened so far."""
        return self._engine.happened

    async def move_in(self) -> Words | None:
        """Note where the database lives; one that was copied to here sends nothing yet, and the answer says so."""
        import asyncio

        from core.commands import homes
        from core.ports import Priority

        home = await asyncio.to_thread(self._store.home)
        if self._store.read(lambda reader: reader.home()) == home:
            return None
        paused = await self._store.write(homes.move_in(home, self._adapters.simulated), Priority.RUNS)
        return homes.told(paused) if paused else None

    async def start(self) -> int:
        """Take over what a dead engine left behind; returns how many messages are *unknown* for it."""
        return await self._engine.start()

    async def once(self) -> int:
        """One pass; returns how much happened."""
        return await self._engine.once()

    async def until(self, moment: Moment) -> int:
        """Work up to a moment."""
        if self._store.read(lambda reader: reader.simulated_now()) is not None:
            return await self._engine.until(moment)
        async with self._wakened():
            return await self._engine.until(moment)

    async def serve(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, woken by commits of this process and by the alarm clock."""
        async with self._wakened():
            await self._engine.serve(stop)

    @asynccontextmanager
    async def _wakened(self) -> AsyncIterator[None]:
        """Be woken by commits of this process and by the alarm clock."""
        import asyncio

        from adapters.scheduler import Alarm

        loop = asyncio.get_running_loop()

        async def ring() -> None:
            self.wake()

        def committed() -> None:
            with suppress(RuntimeError):  # the writer's thread may still be telling while the loop closes
                loop.call_soon_threadsafe(self.wake)

        deaf = self._store.on_commit(committed)
        try:
            async with Alarm(ring) as alarm:
                self._engine.waker = alarm
                yield
        finally:
            deaf()
            self._engine.waker = None

    async def close(self) -> None:
        """Close the ways out."""
        await self._engine.close()

    def wake(self) -> None:
        """Look at once whether something is due."""
        self._engine.wake()

    def release(self) -> None:
        """Give the right to be the engine back."""
        self._lease.release()


class BoardEngine(Engine):
    """The engine behind a board: it takes over, works and closes in one go. ``tell`` shows a sentence on the board."""

    def __init__(self, store: SqlStore, adapters: Registry, tell: Callable[[Words], None]) -> None:
        super().__init__(store, adapters, "board", self._troubled)
        self._tell = tell

    def _troubled(self, error: BaseException) -> None:
        """Say what stops the engine for a moment; it lives on, for it alone knows how its last attempts ended."""
        from core.errors import FunilError
        from core.words import Words

        self._tell(error.words if isinstance(error, FunilError) else Words("{error}", {"error": repr(error)}))

    async def serve(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set."""
        words = await self.move_in()
        if words is not None:
            self._tell(words)
        await self.start()
        try:
            await super().serve(stop)
        finally:
            await self.close()


class House:
    """What the command line is given (:class:`adapters.cli.roof.Roof`)."""

    @cached_property
    def adapters(self) -> Registry:
        """The ways out that this program knows."""
        from adapters.registry import Registry

        return Registry()

    def place(self, address: str | None, *, demo: bool = False) -> Place:
        """Return which database is meant: the address given, ``FUNIL_DB``, or the user's own (the demo's own)."""
        from adapters.cli.roof import Place
        from data import opening

        url = address or os.environ.get(DATABASE_VARIABLE) or (_demo_url() if demo else opening.default_url())
        return Place(url, opening.locate(url).place)

    def exists(self, place: Place) -> bool:
        """Return whether there is a Funil database, of whatever version."""
        return self._state(place) in ("older", "current")

    def make(self, place: Place) -> Made:
        """Create a database or bring it to this version."""
        from data import opening

        return "unchanged" if self._state(place) == "current" else opening.init_database(place.url)

    @staticmethod
    def _state(place: Place) -> str:
        from data import opening

        state, reader = opening.examine(opening.locate(place.url))
        if reader is not None:
            reader.close()
        return state

    @contextmanager
    def opened(self, place: Place) -> Iterator[SqlStore]:
        """Open a database for as long as the context lasts."""
        from adapters.clock import RealClock
        from data import opening

        store = opening.open_store(place.url, clock=RealClock())
        try:
            yield store
        finally:
            store.close()

    def damage(self, address: str | None, error: Exception) -> FunilError | None:
        """Return what to say of a failure that nobody foresaw, where the database is damaged; None: it is a bug."""
        from data import opening

        return opening.damage(opening.locate(self.place(address).url), error)

    @contextmanager
    def scratch(self) -> Iterator[Store]:
        """Open an empty database that is forgotten afterwards."""
        from adapters.clock import RealClock
        from data import fresh

        yield fresh.inline_store(fresh.memory_db(), RealClock())

    @contextmanager
    def playground(self) -> Iterator[Playground]:
        """Make an empty house in memory, to be forgotten afterwards, with an engine whose ways out are simulated."""
        from random import Random

        from adapters.clock import RealClock
        from adapters.simulated.only import OnlySimulated
        from core.engine.loop import Engine as Loop
        from core.playing import Playground
        from data import fresh

        store = fresh.inline_store(fresh.memory_db(), RealClock())
        yield Playground(store, Loop(store, OnlySimulated(), Random(0), "play"))

    def check_connection(self, connection: Connection) -> None:
        """Raise ``BadInput`` for a connection whose adapter or settings cannot work."""
        self.adapters.validate(connection)

    @property
    def outside(self) -> Registry:
        """What is known of this machine and of the adapters, for lint."""
        return self.adapters

    def engine(self, store: Store, name: str, *, on_trouble: Trouble | None = None, steady: bool = False) -> Engine:
        """Become the engine. Raises ``Refused`` naming the process that already is. ``steady`` leaves out luck."""
        return Engine(_sql(store), self.adapters, name, on_trouble, steady)

    def backup(self, store: Store, target: Path) -> Backed:
        """Copy a database while it is in use."""
        return _sql(store).database.backup(target)

    def wipe(self, store: Store) -> None:
        """Empty a database of everything but its tables and its id."""
        from data.wiping import wipe

        _sql(store).write_now(wipe)

    def story(self) -> Story:
        """Return the demo's board file and what has happened in its house."""
        from data import demo

        return demo.story()

    def keys(self) -> Keys:
        """Return the board's keys, the user's own taken into account."""
        from tui import keymap, overview
        from tui.verbs import REGISTRY

        return overview.of(keymap.load(keymap.default_path(), REGISTRY))

    def welcome(self, place: Place) -> Literal["demo", "empty"] | None:
        """Ask the first time what to begin with; None: nothing."""
        from tui.screens.welcome import Welcome

        choice = Welcome(place.name).run()
        return None if choice is None else choice.value

    def board(self, place: Place, *, ticking: bool = False, user: str | None = None) -> int:
        """Show the board until it is quitted; ``ticking`` lets a simulated clock go on with the wall's, ``user`` is who
        sits at it. Raises ``UnknownThing`` where the house has no such user."""
        from core.commands import lookup
        from tui import keymap
        from tui.app import FunilApp
        from tui.bridge import Doorway
        from tui.settings import Settings
        from tui.verbs import REGISTRY

        def tell(words: Words) -> None:
            app.live.bridge.notice(words)

        with self.opened(place) as store:
            if user is not None:
                user = store.read(lambda reader: lookup.user(reader.house(), user or "")).id
            doorway = Doorway(
                store=store,
                make_engine=lambda: BoardEngine(store, self.adapters, tell),
                adapters=self.adapters,
                on_commit=store.on_commit,
                user=user,
                ticking=ticking,
                settings=Settings.of_user(),
            )
            app = FunilApp(doorway, keymap.load(keymap.default_path(), REGISTRY))
            app.run()
            return app.return_code or 0


def _demo_url() -> str:
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('funil', appauthor=False) / DEMO_FILE}"


def _sql(store: Store) -> SqlStore:
    from data.store import SqlStore

    assert isinstance(store, SqlStore), "the roof made it"
    return store


if __name__ == "__main__":
    sys.exit(main())
