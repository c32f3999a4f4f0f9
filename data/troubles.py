"""A driver's failures as one clear sentence, told apart from bugs, which stay as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.errors import StoreTrouble
from core.i18n import N_

_SQLITE: Final[dict[int, str]] = {
    sqlite3.SQLITE_FULL: N_("The disk that holds {place} is full; nothing was changed"),
    sqlite3.SQLITE_READONLY: N_("{place} may not be written: the file or its folder is read-only; nothing was changed"),
    sqlite3.SQLITE_PERM: N_("{place} may not be opened: its permissions do not allow it"),
    sqlite3.SQLITE_AUTH: N_("{place} may not be opened: its permissions do not allow it"),
    sqlite3.SQLITE_BUSY: N_("Another program keeps {place} locked; close it and try again"),
    sqlite3.SQLITE_LOCKED: N_("Another program keeps {place} locked; close it and try again"),
    sqlite3.SQLITE_CORRUPT: N_("{place} is damaged; restore it from a backup"),
    sqlite3.SQLITE_NOTADB: N_("{place} is no SQLite database; give the path of a database that “funil init” made"),
    sqlite3.SQLITE_CANTOPEN: N_("{place} cannot be opened; its folder must exist and be writable"),
    sqlite3.SQLITE_IOERR: N_("Reading or writing {place} failed: {detail}; check its disk"),
    sqlite3.SQLITE_NOMEM: N_("There is not enough memory to work with {place}"),
    sqlite3.SQLITE_PROTOCOL: N_("Another program keeps {place} locked; close it and try again"),
}

_POSTGRESQL: Final[dict[str, str]] = {
    "53100": N_("The disk that holds {place} is full; nothing was changed"),
    "25006": N_("{place} may not be written: it is read-only; nothing was changed"),
    "42501": N_("{place} does not allow this user to do that: {detail}"),
    "53300": N_("{place} takes no more connections; close some or raise its limit"),
}

LOST: Final = N_("The connection to {place} was lost: {detail}")
UNREACHABLE: Final = N_("{place} cannot be opened: {detail}")
BUSY: Final = N_("Others kept changing the same rows of {place}; nothing was changed, try again")
_PASSING: Final = frozenset({"40P01", "40001", "55P03"})


def translate(error: BaseException, place: str) -> BaseException:
    """Return the trouble that a driver's error means, or the error itself where it is none of a user's making."""
    if isinstance(error, sqlite3.Error):
        msg = _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    else:
        msg = _of_postgresql(error, place)
    if msg is None:
        return error
    return StoreTrouble(msg, place=place, detail=_detail(error))


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
