"""New databases in a millisecond, for tests and simulators: made once by the migrations, then copied."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from core.ports import Clock
from data.inline import InlineStore
from data.opening import init_database, makers
from data.sql import Db

_FORMAT: Final = slice(18, 20)
"""Where a SQLite file says whether it keeps a WAL (2) or not (1); memory has none."""


@cache
def _template(house: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "funil.db"
        init_database(f"sqlite:///{path}", house=house)
        return path.read_bytes()


def fresh_sqlite(path: Path, house: str = "house") -> str:
    """Make a new database file and return its address."""
    path.write_bytes(_template(house))
    return f"sqlite:///{path}"


def memory_db(house: str = "house") -> Db:
    """Return a connection to a new database that lives in memory and dies with the connection."""
    image = bytearray(_template(house))
    image[_FORMAT] = b"\x01\x01"
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.deserialize(bytes(image))
    return Db(connection, "sqlite")


def inline_store(
    db: Db,
    clock: Clock,
    *,
    before_commit: Callable[[], None] = lambda: None,
    after_commit: Callable[[], None] = lambda: None,
) -> InlineStore:
    """Return a Store on a connection that works on the caller's thread; see :class:`data.inline.InlineStore`."""
    make_reader, make_tx = makers(clock)
    return InlineStore(db, make_reader, make_tx, before_commit=before_commit, after_commit=after_commit)
