"""An import beside a raw loop over the same file, and how long others wait for it."""

from __future__ import annotations

import csv
import os
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from benchmarks.ground import ROUNDS, Line, copy, folder, make, opened, ratio, timed
from core import commands
from core.importing.bringing import Wish, import_deals
from core.importing.source import Source

ROWS = 20_000
MANY = 100_000
STAGES = ("new", "idle", "won")
_DEALS = "INSERT INTO deals VALUES (?,?,?,'sales',?,?,?,?,NULL,?,NULL,NULL,?,NULL,?,0,?,?,?,?,?,1)"
_ENTRIES = (
    "INSERT INTO entries (id,deal,pipeline,stage,at,\"by\",cause,left_rank) VALUES (?,?,'sales',?,?,?,'import',0)"
)
_TIMELINE = "INSERT INTO timeline (deal,at,kind,\"by\",text,data) VALUES (?,?,'created',?,?,?)"
_GAP = 1 << 20


def lines() -> list[Line]:
    """Measure everything and return the table."""
    with folder() as path:
        base = make(path / "base.db", 1000)
        return [_against_raw(path, base), _waiting(path, base)]


def _file(path: Path, rows: int) -> Path:
    file = path / f"deals{rows}.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(("title", "amount", "currency", "stage", "responsible", "contact", "close_date"))
        for n in range(rows):
            stage, day = STAGES[n % len(STAGES)], 1 + n % 28
            table.writerow((f"Pedido {n}", f"{100 + n}.50", "BRL", stage, "ana", "maria", f"2026-12-{day:02d}"))
    return file


def _against_raw(path: Path, base: str) -> Line:
    file = _file(path, ROWS)
    ours, raw = [], []
    for round_ in range(ROUNDS + 1):
        took = _import(copy(base, path / f"ours{round_}.db"), file)
        again = _raw(copy(base, path / f"raw{round_}.db"), file)
        if round_:
            ours.append(took)
            raw.append(again)
    reached = ratio(ours, raw)
    rate = ROWS / statistics.median(ours)
    return Line(
        f"import of a CSV, {ROWS:,} rows, validated, all or nothing",
        f"{reached:.2f} of a raw loop ({rate:,.0f} rows/s)",
        "0.3 of raw",
        reached >= 0.3,
    )


def _import(url: str, file: Path) -> float:
    store = opened(url)
    with file.open("rb") as opened_file:
        took, report = timed(lambda: import_deals(store, Source(opened_file, file.name), Wish()))
    store.close()
    assert report.good == ROWS, report
    return took


def _raw(url: str, file: Path) -> float:
    """Read the file and write the same rows, unchecked, in one transaction."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, cached_statements=512)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    took, _ = timed(lambda: _loop(connection.cursor(), file))
    connection.close()
    return took


def _loop(cursor: sqlite3.Cursor, file: Path) -> None:
    now = int(time.time() * 1000)
    cursor.execute("BEGIN IMMEDIATE")
    entry = cursor.execute("SELECT max(id) FROM entries").fetchone()[0]
    totals: dict[str, list[int]] = {stage: [0, 0] for stage in STAGES}
    with file.open(newline="", encoding="utf-8") as opened_file:
        for n, row in enumerate(csv.DictReader(opened_file), 1):
            title, stage, by = row["title"], row["stage"], row["responsible"]
            deal, amount, rank = f"D{1000 + n}", round(float(row["amount"]) * 100), (ROWS - n) * _GAP
            data = f'{{"pipeline":"sales","stage":"{stage}","cause":"import"}}'
            cursor.execute(_ENTRIES, (entry + n, deal, stage, now, by))
            face = (deal, title, title.lower(), stage, by, amount, row["currency"], row["contact"], row["close_date"])
            cursor.execute(_DEALS, (*face, stage == "won", rank, entry + n, now, now, now))
            cursor.execute("INSERT INTO deal_contacts VALUES (?,0,?)", (deal, row["contact"]))
            text = f'["created in {{stage}}",{{"stage":"{stage.title()}"}}]'
            cursor.execute(_TIMELINE, (deal, now, by, text, data))
            totals[stage][0] += 1
            totals[stage][1] += amount
    change = "INSERT INTO stage_totals VALUES ('sales',?,'BRL',?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n"
    cursor.executemany(f"{change}, amount=amount+excluded.amount", [(s, *t) for s, t in totals.items()])
    cursor.execute("INSERT INTO changes (act,what,thing) VALUES (0,'config','')")
    cursor.execute("COMMIT")


def _waiting(path: Path, base: str) -> Line:
    """The longest write of this process while another one imports, beside that one's last transaction alone."""
    url = copy(base, path / "shared.db")
    store = opened(url)
    command = [sys.executable, "-m", "benchmarks.importing", url, str(_file(path, MANY))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    said: list[str] = []
    listening = threading.Thread(target=lambda: said.extend(process.communicate()[0].split()))
    listening.start()
    took: list[float] = []
    while listening.is_alive():
        deal, stage = f"D{len(took) % 1000}", ("three", "idle")[len(took) // 1000 % 2]
        took.append(timed(lambda d=deal, s=stage: store.write_now(commands.move([d], s)))[0])  # type: ignore[misc]
        time.sleep(0.01)
    listening.join()
    store.close()
    whole, last = map(float, said)
    worst, middle = max(took), statistics.median(took)
    return Line(
        f"{MANY:,} rows from another process: this one's longest write",
        f"{worst:.2f} s (its median {middle * 1000:.1f} ms); the last transaction {last:.2f} s of {whole:.1f} s",
        "the last transaction",
        worst <= last * 1.2 + 0.1,
    )


def _alone() -> None:
    """Import a file in a process of its own; print the seconds of it all and of the last transaction."""
    store = opened(sys.argv[1])
    committer: dict[str, float] = {}
    write = type(store)._commit_staged

    def measured(self: object, *args: object) -> object:
        seconds, found = timed(lambda: write(self, *args))  # type: ignore[arg-type]
        committer["last"] = seconds
        return found

    type(store)._commit_staged = measured  # type: ignore[assignment,method-assign]
    with Path(sys.argv[2]).open("rb") as file:
        whole, report = timed(lambda: import_deals(store, Source(file, "deals.csv"), Wish()))
    store.close()
    assert report.good == MANY, report
    sys.stdout.write(f"{whole} {committer['last']}{os.linesep}")


if __name__ == "__main__":
    _alone()
