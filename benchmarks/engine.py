"""Stage entry, bulk moves, the outbox, a whole drag: beside raw ``sqlite3`` writing the same rows in the same run."""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from benchmarks import by_hand
from benchmarks.ground import ROUNDS, Line, copy, fdatasync, folder, make, opened, ratio, recording, replay, timed
from core import commands
from core.engine import leasing, running
from core.engine.loop import Engine
from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.house import Connection
from core.ports import Backing, Capabilities, Clock, Health, Priority
from data.store import SqlStore

MOVES = 400
ODOO, TRYTON = 31.6, 30.0
"""Rule-firing moves a second of Odoo 17 and Tryton 8.2, one automation each, measured on 2 cores on 2026-11-22."""


def lines() -> list[Line]:
    """Measure everything and return the table."""
    with folder() as path:
        base = make(path / "base.db", 4000)
        found = [_entry(path, base), _group(path, base), _bulk(path, base), *_outbox(path, base), *_drag(path, base)]
        return [*found, _screen(path, base)]


def _against_raw(
    path: Path,
    base: str,
    work: Callable[[SqlStore], float],
    reads: str | None = None,
    beside: tuple[Callable[[str], float], list[float]] | None = None,
) -> tuple[list[float], list[float]]:
    """Run our work and the same rows raw, round by round, each on a copy of the same database. ``beside`` is something
    else to run in the same rounds, and where to put what it took.

    What is to be written raw is noted in a run of its own, so that noting it costs neither side anything.
    """
    store = opened(copy(base, path / "noted.db"))
    notes = recording(store, reads)
    work(store)
    store.close()
    ours, raw = [], []
    for round_ in range(ROUNDS + 1):
        store = opened(copy(base, path / f"ours{round_}.db"))
        store.write_now(_nothing)  # raw's connection is open too before its time is taken
        took = work(store)
        store.close()
        again = replay(copy(base, path / f"raw{round_}.db"), notes)
        if beside and round_:
            beside[1].append(beside[0](copy(base, path / f"beside{round_}.db")))
        if round_:
            ours.append(took)
            raw.append(again)
    return ours, raw


def _nothing(tx: Any) -> None:
    """Open the connection that writes, and write nothing."""


def _entry(path: Path, base: str) -> Line:
    def work(store: SqlStore) -> float:
        def all_() -> None:
            for n in range(MOVES):
                store.write_now(commands.move([f"D{n}"], "three"))

        return timed(all_)[0]

    ours, raw = _against_raw(path, base, work)
    reached = ratio(ours, raw)
    rate = MOVES / statistics.median(ours)
    return Line(
        "stage entry + 3 rules through `commands.move`, one commit each, FULL",
        f"{reached:.2f} of raw ({rate:,.0f}/s)",
        "0.35 of raw",
        reached >= 0.35,
    )


def _group(path: Path, base: str) -> Line:
    gains = []
    for round_ in range(ROUNDS):
        store = opened(copy(base, path / f"group{round_}.db"))
        alone, _ = timed(lambda s=store: [s.write_now(commands.move([f"D{n}"], "three")) for n in range(MOVES)])  # type: ignore[misc]
        together, _ = timed(lambda s=store: _sixteen(s, range(MOVES, 2 * MOVES)))  # type: ignore[misc]
        store.close()
        gains.append(alone / together)
    gain = statistics.median(gains)
    return Line("16 movers at once (group commit)", f"{gain:.1f} x one by one", "2.5 x", gain >= 2.5)


def _sixteen(store: SqlStore, numbers: range) -> None:
    def mover(share: range) -> None:
        for n in share:
            store.write_now(commands.move([f"D{n}"], "three"))

    threads = [threading.Thread(target=mover, args=(numbers[i::16],)) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _bulk(path: Path, base: str) -> Line:
    def work(store: SqlStore) -> float:
        def all_() -> None:
            for first in range(0, 2000, 200):
                store.write_now(commands.move([f"D{n}" for n in range(first, first + 200)], "three"))

        return timed(all_)[0]

    ours, raw = _against_raw(path, base, work)
    reached = ratio(ours, raw)
    rate = 2000 / statistics.median(ours)
    return Line("bulk move, transactions of 200", f"{reached:.2f} of raw ({rate:,.0f}/s)", "0.4 of raw", reached >= 0.4)


def _queued(path: Path, base: str, policy: str) -> str:
    """Make a database with 2,000 messages in its outbox, one a deal."""
    url = copy(base, path / f"queued-{policy}.db")
    store = opened(url)
    if policy == "hold":
        store.write_now(_hold)
    for first in range(0, 2000, 200):
        store.write_now(commands.move([f"D{n}" for n in range(first, first + 200)], "one"))
    while store.write_now(running.run_due(random.Random(0))):
        pass
    store.close()
    return url


def _hold(tx: Any) -> None:
    from dataclasses import replace

    from core.model.rule import Unknown

    rule = tx.house().rules["one0"]
    tx.put_rule(replace(rule, unknown=Unknown.HOLD), "system", tx.now())


def _outbox(path: Path, base: str) -> list[Line]:
    found = []
    for policy in ("resend", "hold"):
        queued = _queued(path, base, policy)

        def work(store: SqlStore) -> float:
            return asyncio.run(_drain(store))

        # Whoever writes raw has to find what is due as well: the claim's own select is replayed too. The replay has our
        # statements, a whole batch in each, which nobody would write by hand; the loop has one for a row. The bar is
        # that of the loop, the replay is what our own Python costs.
        hand: list[float] = []
        ours, raw = _against_raw(path, queued, work, reads="FROM deliveries", beside=(by_hand.drained, hand))
        rate = 2000 / statistics.median(ours)
        what = f"claim + finish, batches of 100, instant adapter, `{policy}`"
        if policy == "resend":
            loop = ratio(ours, hand)
            found.append(Line(what, f"{loop:.2f} of a loop by hand ({rate:,.0f}/s)", "0.8 of raw", loop >= 0.8))
        replayed = f"{ratio(ours, raw):.2f} of our own statements replayed ({rate:,.0f}/s)"
        found.append(Line(what, replayed, "(beside)", None))
    return found


class Instant:
    """A peer that says yes at once."""

    Settings: ClassVar[type[BaseModel]] = BaseModel
    _yes = Outcome(kind=OutcomeKind.ACCEPTED, provider_id="instant")

    def __init__(self, batch: int) -> None:
        self.capabilities = Capabilities(channel="email", batch=batch, concurrency=batch, instant=True)

    async def check(self) -> Health:
        """Say that all is well."""
        return Health(True)

    async def send(self, message: Message, key: str) -> Outcome:
        """Accept."""
        return self._yes

    async def reconcile(self, message: Message, key: str) -> Outcome | None:
        """Know nothing."""
        return None

    async def close(self) -> None:
        """Do nothing."""


class InstantAdapters:
    """Opens instant peers that take so many messages at once."""

    def __init__(self, batch: int = 100) -> None:
        self._peer = Instant(batch)

    def settings_model(self, adapter: str) -> type[BaseModel] | None:
        """Return no settings."""
        return BaseModel

    def names(self, channel: str) -> Sequence[str]:
        """Return the one there is."""
        return ("instant",)

    def capabilities(self, connection: Connection) -> Capabilities | None:
        """Return what the peer can do."""
        return self._peer.capabilities

    def open(self, connection: Connection, clock: Clock, house_id: str, backing: Backing) -> Instant:
        """Open a peer."""
        return self._peer


async def _drain(store: SqlStore) -> float:
    """Drain the outbox by an engine that stands ready, as raw's connection does; returns the seconds."""
    engine = Engine(store, InstantAdapters(), random.Random(0), "bench")
    dispatcher = engine._dispatcher
    store.read(leasing.due_work)
    started = time.perf_counter()
    while await dispatcher.once():
        pass
    took = time.perf_counter() - started
    await engine.close()
    return took


def _drag(path: Path, base: str) -> list[Line]:
    def work(store: SqlStore) -> float:
        return timed(lambda: asyncio.run(_drags(store, 300)))[0]

    ours, raw = _against_raw(path, base, work)
    reached, rate = ratio(ours, raw), 300 / statistics.median(ours)
    line = Line(
        "drag → rendered, queued, logged, durable, 1 rule, one commit a deal",
        f"{reached:.2f} of raw ({rate:,.0f} deals/s)",
        "0.25 of raw",
        reached >= 0.25,
    )
    peers = Line("the same in Odoo 17 / Tryton 8.2 (2026-11-22)", f"{ODOO} / {TRYTON} deals/s", "(beside)", None)
    return [line, peers]


async def _drags(store: SqlStore, count: int) -> None:
    rng = random.Random(0)
    for n in range(count):

        def job(tx: Any, deal: str = f"D{n}") -> None:
            commands.move([deal], "one")(tx)
            running.run_due(rng)(tx)

        await store.write(job)


def _screen(path: Path, base: str) -> Line:
    """The screen's writes while four workers drain the queue."""
    store = opened(_queued(path, base, "screen"))
    stop = threading.Event()
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)  # as the board does, like the next two
    gc.collect()
    gc.freeze()

    def worker(number: int) -> None:
        while not stop.is_set():
            job = leasing.claim("mail", f"w{number}", 25, random.Random(number))
            claimed = store.write_now(job, Priority.DELIVERIES).deliveries
            if not claimed:
                store.write_now(commands.move([f"D{2000 + number}"], "idle"), Priority.RUNS)
                continue
            store.write_now(leasing.release(claimed, f"w{number}"), Priority.DELIVERIES)

    threads = [threading.Thread(target=worker, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    took = []
    for n in range(200):
        took.append(timed(lambda n=n: store.write_now(commands.move([f"D{3000 + n}"], "idle")))[0])  # type: ignore[misc]
        time.sleep(0.005)
    stop.set()
    for thread in threads:
        thread.join()
    store.close()
    sys.setswitchinterval(usual)
    gc.unfreeze()
    worst = statistics.quantiles(took, n=100)[98] * 1000
    sync = fdatasync(path) * 1000
    bar = max(10.0, 6 * sync)
    what = "screen's write while 4 workers drain, p99"
    return Line(what, f"{worst:.1f} ms", f"{bar:.1f} ms (fdatasync {sync:.2f} ms)", worst <= bar)
