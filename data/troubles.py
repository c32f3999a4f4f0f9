"""A driver's failures as one clear sentence, told apart from bugs, which stay as they are."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from core.errors import StoreTrouble
from core.i18n import N_

DAMAGED: Final = N_("{place} is damaged; restore it from a backup")
FULL: Final = N_("The disk that holds {place} is full; nothing was changed")
UNWRITABLE: Final = N_("{place} may not be written: {detail}; the file and its folder must exist and be writable")
_SQLITE: Final[dict[int, str]] = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: N_("{place} may not be written: the file or its folder is read-only; nothing was changed"),
    sqlite3.SQLITE_PERM: N_("{place} may not be opened: its permissions do not allow it"),
    sqlite3.SQLITE_AUTH: N_("{place} may not be opened: its permissions do not allow it"),
    sqlite3.SQLITE_BUSY: N_("Another program keeps {place} locked; close it and try again"),
    sqlite3.SQLITE_LOCKED: N_("Another program keeps {place} locked; close it and try again"),
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: N_("{place} is no SQLite database; give the path of a database that “funil init” made"),
    sqlite3.SQLITE_CANTOPEN: N_("{place} cannot be opened; its folder must exist and be writable"),
    sqlite3.SQLITE_IOERR: N_("Reading or writing {place} failed: {detail}; check its disk"),
    sqlite3.SQLITE_NOMEM: N_("There is not enough memory to work with {place}"),
    sqlite3.SQLITE_PROTOCOL: N_("Another program keeps {place} locked; close it and try again"),
}

_POSTGRESQL: Final[dict[str, str]] = {
    "53100": FULL,
    "25006": N_("{place} may not be written: it is read-only; nothing was changed"),
    "42501": N_("{place} does not allow this user to do that: {detail}"),
    "53300": N_("{place} takes no more connections; close some or raise its limit"),
}

_ROOM: Final = 64 * 1024
"""Bytes that SQLite needs on the disk before it can even read in WAL mode, twice over."""
LOST: Final = N_("The connection to {place} was lost: {detail}")
UNREACHABLE: Final = N_("{place} cannot be opened: {detail}")
BUSY: Final = N_("Others kept changing the same rows of {place}; nothing was changed, try again")
_PASSING: Final = frozenset({"40P01", "40001", "55P03"})


def translate(error: BaseException, place: str) -> BaseException:
    """Return the trouble that a driver's error means, or the error itself where it is none of a user's making."""
    msg = _of_sqlite(error, place) if isinstance(error, sqlite3.Error) else _of_postgresql(error, place)
    if msg is None:
        return error
    return StoreTrouble(msg, place=place, detail=_detail(error))


def translate_os(error: OSError, place: str) -> StoreTrouble:
    """Return the trouble that the operating system's refusal means for a database's files."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return StoreTrouble(FULL if full else UNWRITABLE, place=place, detail=error.strerror or str(error))


@contextmanager
def troubles(place: str) -> Iterator[None]:
    """Turn a driver's errors inside the block into ``StoreTrouble``; everything else passes."""
    try:
        yield
    except Exception as error:
        found = translate(error, place)
        if found is error:
            raise
        raise found from error


def passes(error: BaseException) -> bool:
    """Return whether the same work can succeed a moment later: PostgreSQL ended a deadlock at its cost."""
    return getattr(error, "sqlstate", None) in _PASSING


def at_commit(error: BaseException, place: str, connected: bool) -> BaseException:
    """Return the trouble of a failed commit. Where the connection broke nobody here knows how it ended."""
    found = translate(error, place)
    if connected and (isinstance(found, StoreTrouble) or passes(error)):
        return found
    msg = (
        N_("{place} could not save the change: {detail}; nothing was changed")
        if connected
        else N_("The connection to {place} was lost while saving; look whether the change is there before repeating it")
    )
    return StoreTrouble(msg, place=place, detail=_detail(error))


def _of_sqlite(error: sqlite3.Error, place: str) -> str | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_IOERR and _no_room(place):  # not even for the index of the WAL, which SQLite calls so
        return FULL
    if str(error).startswith("Could not decode to UTF-8"):
        return DAMAGED
    return _SQLITE.get(code)


def _no_room(place: str) -> bool:
    try:
        return shutil.disk_usage(Path(place).parent).free < _ROOM
    except OSError:
        return False


def _of_postgresql(error: BaseException, place: str) -> str | None:
    state = getattr(error, "sqlstate", None)
    if state in _PASSING:
        return BUSY
    if state in _POSTGRESQL:
        return _POSTGRESQL[state]
    if state is not None:
        return LOST if state.startswith(("57P", "08")) else None
    if not type(error).__module__.startswith("psycopg"):
        return None
    return LOST if type(error).__name__ in {"OperationalError", "ConnectionTimeout"} else None


def _detail(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines()]
    return next((line for line in lines if line), type(error).__name__)
