"""What the Store needs of a database, whichever it is: connections, transactions, the right to write, others' news."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from core.backups import Backed
from core.ports import EngineLease
from data.sql import Db, DialectName


class Database(Protocol):
    """One database and this process's ways to it."""

    dialect: DialectName
    place: str
    """How sentences name it: a path, or a name and a host; never with a password."""

    def open_writer(self) -> Db:
        """Open the connection that writes."""

    def open_reader(self) -> Db:
        """Open a connection that cannot write."""

    def writing(self) -> AbstractContextManager[object]:
        """Hold whatever keeps other processes from writing at the same time."""

    def begin(self, db: Db) -> None:
        """Begin a write transaction."""

    def begin_read(self, db: Db) -> None:
        """Begin a transaction that sees one moment."""

    def elsewhere(self, writer: Db | None) -> bool:
        """Return whether another process has written since the last call. ``writer`` is idle meanwhile."""

    def upkeep(self, writer: Db, idle: bool) -> None:
        """Do what falls due between two transactions; ``idle`` says that nobody waits."""

    def announce(self, writer: Db) -> None:
        """Tell other processes at once that ``writer`` has written, where they do not notice by themselves."""

    def lease(self, name: str) -> EngineLease:
        """Become an engine of this database, or raise ``Refused``."""

    def home(self) -> str:
        """Return the fingerprint of where this database lives: a copy that lives elsewhere has another one."""

    def backup(self, target: Path) -> Backed:
        """Copy what is committed into a new file (:class:`core.backups.Backup`)."""

    def close(self, writer: Db | None, readers: list[Db]) -> None:
        """Close the connections and let go of every lock."""
