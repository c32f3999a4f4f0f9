"""What the benchmarks stand on: a database with deals and rules, the same rows written raw, and tables of ratios."""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from adapters.clock import RealClock
from core import commands
from core.model.house import CompanySettings, Connection
from core.model.people import Address, Contact, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Rule
from core.ports import Tx
from data.fresh import fresh_sqlite
from data.opening import open_store
from data.store import SqlStore

T = TypeVar("T")
STAGES = ("new", "one", "three", "idle", "won", "lost")
ROUNDS = int(os.environ.get("FUNIL_BENCH_ROUNDS", "5"))


@dataclass(frozen=True)
class Line:
    """One row of the table: what was measured, the bar to hold, and whether it held."""

    what: str
    measured: str
    bar: str
    held: bool | None


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder on the disk that the databases live on, and clear it away."""
    path = Path(tempfile.mkdtemp(prefix="funil-bench-", dir=os.environ.get("FUNIL_BENCH_DIR")))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def make(path: Path, deals: int, stages: Sequence[str] = ("new",)) -> str:
    """Make a database with deals over some stages; entering ``one`` or ``three`` starts that many e-mail rules."""
    url = fresh_sqlite(path)
    store = open_store(url, clock=RealClock(), durable=False)
    store.write_now(_house)
    made = 0
    while made < deals:
        count = min(1000, deals - made)
        store.write_now(_deals(made, count, stages))
        made += count
    store.close()
    return url


def _house(tx: Tx) -> None:
    tx.put_company_settings(CompanySettings(grace=0, timezone="America/Sao_Paulo"))
    tx.put_user(User(id="ana", name="Ana Souza", mailboxes=("ana@loja.example",)))
    tx.put_connection(Connection(id="sms1", channel="sms", adapter="simulated"))
    tx.put_connection(Connection(id="mail", channel="email", adapter="simulated"))
    tx.put_contact(
        Contact(
            id="maria",
            name="Maria Lima",
            emails=(Address("WORK", "maria@cliente.example"),),
            phones=(Address("MOBILE", "+5511987650001"),),
        )
    )
    kinds = {"won": StageKind.SUCCESS, "lost": StageKind.FAILURE}
    stages = tuple(
        Stage(id=s, name=s.title(), color="#39A8EF", kind=kinds.get(s, StageKind.PROCESS), position=i)
        for i, s in enumerate(STAGES)
    )
    tx.upsert_pipeline(Pipeline(id="sales", name="Sales", stages=stages))
    for stage, count in (("one", 1), ("three", 3)):
        for i in range(count):
            settings = {
                "subject": "Your order",
                "body": "Dear {{ contact.first_name }}, {{ deal.title }} is on its way.",
            }
            rule = Rule(
                id=f"{stage}{i}",
                pipeline="sales",
                stage=stage,
                kind="email",
                name="Mail",
                position=i,
                settings=settings,
            )
            tx.put_rule(rule, "system", tx.now())


def _deals(first: int, count: int, stages: Sequence[str]) -> Callable[[Tx], None]:
    def job(tx: Tx) -> None:
        for number in range(first, first + count):
            new = commands.NewDeal(
                id=f"D{number}",
                title=f"Order {number}",
                stage=stages[number % len(stages)],
                responsible="ana",
                contacts=("maria",),
                amount=str(100 + number % 900),
            )
            commands.add_deal(new, rules=False)(tx)

    return job


def copy(url: str, to: Path) -> str:
    """Copy a closed database."""
    shutil.copyfile(url.removeprefix("sqlite:///"), to)
    return f"sqlite:///{to}"


def opened(url: str) -> SqlStore:
    """Open a database with full durability."""
    return open_store(url, clock=RealClock())


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds that something took, and its answer."""
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


Statement = tuple[str, str, Any]


class Recorder:
    """A cursor that notes what is written through it, so that the very same rows can be written raw."""

    def __init__(self, cursor: Any, notes: list[Statement], reads: str | None) -> None:
        self._cursor, self._notes, self._reads = cursor, notes, reads

    def execute(self, sql: str, args: Any = ()) -> Any:
        """Run and note one statement."""
        if _writes(sql) or (self._reads is not None and self._reads in sql):
            self._notes.append(("execute", sql, args))
        return self._cursor.execute(sql, args)

    def executemany(self, sql: str, rows: Any) -> Any:
        """Run and note many of one statement."""
        rows = list(rows)
        self._notes.append(("executemany", sql, rows))
        return self._cursor.executemany(sql, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def _writes(sql: str) -> bool:
    return sql.lstrip().split(None, 1)[0].upper() in ("INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT")


def recording(store: SqlStore, reads: str | None = None) -> list[Statement]:
    """Note everything that the store's writer writes from now on, and the reads that hold the words ``reads``."""
    notes: list[Statement] = []
    database: Any = store.database
    open_writer = database.open_writer

    def opened_writer() -> Any:
        db = open_writer()
        db._cursor = Recorder(db._cursor, notes, reads)
        return db

    database.open_writer = opened_writer
    return notes


def replay(url: str, notes: Sequence[Statement]) -> float:
    """Write the same rows in the same transactions with nothing but ``sqlite3``; returns the seconds."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, cached_statements=512)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA cache_size = -65536")
    cursor = connection.cursor()
    started = time.perf_counter()
    for how, sql, args in notes:
        if how == "execute":
            cursor.execute(sql, args)
            if sql.lstrip()[:4].upper() not in ("BEGI", "COMM") and cursor.description:
                cursor.fetchall()
        else:
            cursor.executemany(sql, args)
    took = time.perf_counter() - started
    connection.close()
    return took


def ratio(ours: Sequence[float], raw: Sequence[float]) -> float:
    """Return raw time over our time, median of the rounds' ratios: 1 is as fast as raw."""
    return statistics.median(r / o for o, r in zip(ours, raw, strict=True))


def fdatasync(path: Path, times: int = 60) -> float:
    """Return the median seconds of an fdatasync after a small write, on this disk, now."""
    took = []
    with (path / "sync").open("wb") as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - started)
    return statistics.median(took)


def show(title: str, lines: Sequence[Line]) -> None:
    """Print a table of results."""
    out = sys.stdout.write
    out(f"\n## {title}\n\n| what | measured | bar | |\n|---|---|---|---|\n")
    for line in lines:
        mark = "" if line.held is None else "held" if line.held else "**short**"
        out(f"| {line.what} | {line.measured} | {line.bar} | {mark} |\n")
    sys.stdout.flush()
