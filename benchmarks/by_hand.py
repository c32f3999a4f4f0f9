"""An outbox drained by a loop that somebody would write by hand over ``sqlite3``: the same rows as ours, one at a time.

The statements that we replay as *raw* are ours, a batch in each; who has none of that writes like this. It keeps our
order per deal (the claim's own select), our leases with their fence, our indexes and our commits.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from data.tx_queue import CLAIMABLE

BATCH = 100
LEASE = "UPDATE deliveries SET worker = 'hand' WHERE id = ?"
SENT = """UPDATE deliveries SET status = 'sent', due_at = NULL, worker = NULL, reason = NULL, attempts = attempts + 1,
  provider_id = ?, sent_at = ?, tried_at = ? WHERE id = ? AND worker = 'hand' AND status = 'queued'"""
DONE = """UPDATE runs SET status = 'done', reason = NULL, ended_at = ? WHERE id = ? AND status = 'sending'
  AND NOT EXISTS (SELECT 1 FROM deliveries WHERE entry = runs.entry AND run = runs.id
  AND status NOT IN ('sent', 'delivered', 'undelivered'))"""
TOLD = "INSERT INTO timeline (deal, at, kind, \"by\", delivery) VALUES (?, ?, 'delivery', 'system', ?)"
FEED = "INSERT INTO changes (act, what, thing) VALUES (0, ?, ?)"


def drained(url: str) -> float:
    """Drain the outbox of a database; returns the seconds."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, cached_statements=512)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    cursor = connection.cursor()
    claim, args, _ = CLAIMABLE.ready("sqlite")
    started = time.perf_counter()
    cursor.execute("BEGIN IMMEDIATE")
    while rows := _claimed(cursor, claim, args):
        cursor.execute("COMMIT")
        cursor.execute("BEGIN IMMEDIATE")
        _finish(cursor, rows, time.time_ns() // 1_000_000)
    cursor.execute("COMMIT")
    took = time.perf_counter() - started
    left = cursor.execute("SELECT count(*) FROM deliveries WHERE status <> 'sent'").fetchone()[0]
    told = cursor.execute("SELECT count(*) FROM timeline WHERE delivery IS NOT NULL").fetchone()[0]
    done = cursor.execute("SELECT count(*) FROM runs WHERE status = 'done'").fetchone()[0]
    connection.close()
    if left or told != done:
        raise RuntimeError(f"the loop has left {left} messages, told of {told} and ended {done} runs")
    return took


def _claimed(cursor: sqlite3.Cursor, claim: str, args: Any) -> list[Any]:
    now = time.time_ns() // 1_000_000
    rows = cursor.execute(claim, args({"connection": "mail", "now": now, "limit": BATCH})).fetchall()
    cursor.executemany(LEASE, [(row[0],) for row in rows])
    return rows


def _finish(cursor: sqlite3.Cursor, rows: list[Any], now: int) -> None:
    cursor.executemany(SENT, [("instant", now, now, row[0]) for row in rows])
    cursor.executemany(DONE, [(now, row[3]) for row in rows])
    cursor.executemany(TOLD, [(row[1], now, row[0]) for row in rows])
    cursor.execute(FEED, ("run", ""))
    cursor.executemany(FEED, [("deal", row[1]) for row in rows] + [("delivery", str(row[0])) for row in rows])
