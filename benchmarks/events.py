"""Events: from what was reported to the deal that has moved, beside raw ``sqlite3``; many triggers; a full inbox."""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.engine import InstantAdapters, _against_raw
from benchmarks.ground import Line, copy, fdatasync, folder, make, opened, ratio, timed
from core import commands
from core.commands import Report
from core.engine import listening, matching
from core.engine.loop import Engine
from core.model.event import Event
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Trigger
from core.ports import Priority, Tx
from data.store import SqlStore

EVENTS: Final = 400
ROUNDS: Final = 9
INBOX: Final = 100_000
TWO_FRAMES: Final = 33.3
"""Milliseconds that a write of the screen may wait, which waits off the loop: nobody sees less."""
OTHERS: Final = ("email_opened", "email_received", "call_made", "payment", "task_done", "crm_form", "chat_accepted")


def lines() -> list[Line]:
    """Measure everything and return the table."""
    with folder() as path:
        base = make(path / "base.db", 4000)
        few, many = _triggers(path, base, 10), _triggers(path, base, 1_000)
        return [_raw(path, few), _many(path, few, many), *_inbox(path, few)]


def _triggers(path: Path, base: str, count: int) -> str:
    """Make a house with a number of triggers, of which one is for the events that come."""
    url = copy(base, path / f"triggers{count}.db")
    store = opened(url)

    def job(tx: Tx) -> None:
        stages = (
            Stage(id="new", name="New", color="#39A8EF"),
            Stage(id="won", name="Won", color="#39A8EF", kind=StageKind.SUCCESS, position=1),
        )
        tx.upsert_pipeline(Pipeline(id="other", name="Other", stages=stages, position=1))
        base = Trigger(id="hook", pipeline="sales", stage="one", kind="webhook", name="Hook", settings={"code": "a"})
        tx.put_trigger(base)
        for number in range(1, count):
            elsewhere = number % 2
            kind, given = ("webhook", {"code": "a"}) if elsewhere else (OTHERS[number % len(OTHERS)], {})
            pipeline, stage = ("other", "won") if elsewhere else ("sales", "three")
            tx.put_trigger(
                Trigger(
                    id=f"t{number}",
                    pipeline=pipeline,
                    stage=stage,
                    kind=kind,
                    name="T",
                    position=number,
                    settings=given,
                )
            )

    store.write_now(job)
    store.close()
    return url


def _react(store: SqlStore) -> float:
    """Report events, one commit each, and let them move their deals into a stage with a rule."""
    store.read(lambda reader: matching.listeners(reader.house(), "sales", ("webhook",)))

    def all_() -> None:
        for n in range(EVENTS):
            store.write_now(commands.webhook_called(Report(id=f"e{n}"), f"D{n}", "a"), Priority.INBOX)
            store.write_now(listening.expand(), Priority.INBOX)

    return timed(all_)[0]


def _raw(path: Path, base: str) -> Line:
    ours, raw = _against_raw(path, base, _react)
    reached, rate = ratio(ours, raw), EVENTS / statistics.median(ours)
    what = "event reported → deal moved, 1 rule started, one commit each, FULL"
    return Line(what, f"{reached:.2f} of raw ({rate:,.0f}/s)", "0.35 of raw", reached >= 0.35)


def _many(path: Path, few: str, many: str) -> Line:
    ratios = []
    for round_ in range(ROUNDS + 1):
        took = {}
        for name, base in (("few", few), ("many", many)) if round_ % 2 else (("many", many), ("few", few)):
            store = opened(copy(base, path / f"{name}{round_}.db"))
            took[name] = _react(store)
            store.close()
        if round_:
            ratios.append(took["many"] / took["few"])
    cost = statistics.median(ratios)
    return Line("the same with 1,000 triggers, beside 10", f"{cost:.2f} x", "1.10 x", cost <= 1.1)


def _inbox(path: Path, base: str) -> list[Line]:
    """The screen's writes while an engine takes up a full inbox."""
    store = opened(copy(base, path / "inbox.db"))
    for first in range(0, INBOX, 5_000):
        store.write_now(_waiting(first, 5_000))
    stop = threading.Event()
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)  # as the board does
    gc.collect()
    gc.freeze()
    engine = Engine(
        store, InstantAdapters(25), random.Random(0), "bench"
    )  # as many as the adapters that there are take
    started, drained = time.perf_counter(), [0.0]

    def work() -> None:
        async def passes() -> None:
            while not stop.is_set() and await engine.once():
                pass
            await engine.close()

        asyncio.run(passes())
        drained[0] = time.perf_counter() - started

    thread = threading.Thread(target=work)
    thread.start()
    took = []
    for n in range(300):
        took.append(timed(lambda n=n: store.write_now(commands.move([f"D{3000 + n}"], "idle")))[0])  # type: ignore[misc]
        time.sleep(0.005)
    thread.join()
    left = store.read(lambda reader: reader.something_heard(reader.now()))
    store.close()
    sys.setswitchinterval(usual)
    gc.unfreeze()
    worst = statistics.quantiles(took, n=100)[98] * 1000
    sync = fdatasync(path) * 1000
    bar = max(TWO_FRAMES, 10 * sync)
    what = f"screen's write while an engine drains {INBOX:,} waiting events, p99"
    rate = INBOX / drained[0]
    return [
        Line(what, f"{worst:.1f} ms", f"{bar:.1f} ms (fdatasync {sync:.2f} ms)", worst <= bar),
        Line("the inbox itself", f"{rate:,.0f} events/s", "empty at the end", not left),
    ]


def _waiting(first: int, count: int) -> Any:
    def job(tx: Tx) -> None:
        now = tx.now()
        for number in range(first, first + count):
            code = "a" if number < 3_000 else "b"
            deal = f"D{number % 3_000}"
            tx.record(
                Event(kind="webhook", source="bench", outside_id=f"{number}", at=now, deal=deal, data={"code": code})
            )

    return job
