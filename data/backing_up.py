"""Copies of a database in use: SQLite's own backup, PostgreSQL's pg_dump. A copy appears whole and verified, or not."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from core.backups import Backed
from core.errors import Refused, StoreTrouble
from core.i18n import N_
from data.troubles import translate_os, troubles

_DUMP: Final = "pg_dump"
_RESTORE: Final = "pg_restore"
_NAMES: Final[Mapping[str, str]] = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "options": "PGOPTIONS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
"""What of a connection's address pg_dump is told in its environment, where no list of processes shows a password."""


def of_file(source: Path, target: Path) -> Backed:
    """Copy a SQLite database as it stands at one moment; writers go on meanwhile. Raises like ``Backup.backup``."""
    from data.sqlite import connect, copy

    def write(partial: Path) -> None:
        copy(source, partial)
        with troubles(str(partial)), closing(connect(partial, "ro")) as copied:
            found = [row[0] for row in copied.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            raise StoreTrouble(
                N_("the copy is damaged, as {place} may be: {detail}"), place=str(source), detail=found[0]
            )

    return Backed(target, _written(target, write), "sqlite")


def of_server(address: Mapping[str, Any], place: str, target: Path) -> Backed:
    """Have pg_dump write an archive of a PostgreSQL database, and read it through once. Raises likewise."""
    dump, restore = shutil.which(_DUMP), shutil.which(_RESTORE)
    if dump is None or restore is None:
        raise Refused(
            N_(
                "a backup of {place} needs pg_dump and pg_restore of the server's version or newer, "
                "and they are not installed"
            ),
            place=place,
        )
    known = {_NAMES[name]: str(value) for name, value in address.items() if name in _NAMES}

    def write(partial: Path) -> None:
        form = ["--format=custom", "--no-owner", "--no-privileges", "--no-password"]
        _run([dump, *form, f"--file={partial}"], os.environ | known, place)
        _run([restore, "--file=/dev/null", str(partial)], os.environ, place)

    return Backed(target, _written(target, write), "pg_dump")


def _run(command: list[str], environment: Mapping[str, str], place: str) -> None:
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own tools, with what the user gave as values
        command,
        check=False,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        detail = "; ".join(said[:2])[:300] or str(done.returncode)
        raise StoreTrouble(N_("{place} could not be copied: {detail}"), place=place, detail=detail)


def _written(target: Path, write: Callable[[Path], None]) -> int:
    """Write a file under another name beside the target, and give it its own where none is; returns its size."""
    if target.exists() or target.is_symlink():
        raise _there(target)
    try:
        with _partial(target) as partial:
            write(partial)
            _to_disk(partial)
            size = partial.stat().st_size
            os.link(partial, target)
        _to_disk(target.parent)
    except FileExistsError:
        raise _there(target) from None
    except OSError as error:
        raise translate_os(error, str(target)) from error
    return size


@contextmanager
def _partial(target: Path) -> Iterator[Path]:
    """Make an empty file of our own beside the target, and remove it and what SQLite puts beside it at the end."""
    partial = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield partial
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                partial.with_name(partial.name + suffix).unlink()


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _there(target: Path) -> Refused:
    return Refused(N_("{file} is there already: a backup overwrites nothing"), file=str(target))
