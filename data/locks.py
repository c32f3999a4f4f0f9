"""Locks between processes, kept by the operating system: it frees them when their holder dies, however it dies.

SQLite 3.7 to 3.51.2 can lose committed pages when one connection writes while another one checkpoints a WAL that has
just been reset, so whoever writes, checkpoints or closes holds the write lock (sqlite.org/wal.html#walresetbug).
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from core.errors import StoreTrouble
from core.i18n import N_
from data.troubles import translate_os

PATIENCE: Final = 30.0
_SHORTEST: Final = 0.000_2
_LONGEST: Final = 0.004

if sys.platform == "win32":
    import msvcrt

    _FAR: Final = 1 << 30

    def _try_lock(fd: int) -> bool:
        # Locked bytes cannot be read by others on Windows, so a byte far behind the text is the lock.
        os.lseek(fd, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(fd: int) -> None:
        os.lseek(fd, _FAR, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)


class FileLock:
    """An exclusive lock on a database, as a small file beside it with the same permissions.

    The file is kept open, so that taking the lock costs one call.
    """

    def __init__(self, database: Path, name: str) -> None:
        self.path = database.with_name(f"{database.name}-{name}")
        self._database = database
        self._fd: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if nobody has it; returns whether it is ours now."""
        return _try_lock(self._open())

    def acquire(self, patience: float = PATIENCE) -> None:
        """Wait for the lock, at most ``patience`` seconds; raises ``StoreTrouble`` then."""
        if not _try_lock(self._open()):
            self._wait(patience)

    def release(self) -> None:
        """Let the next one have it."""
        _unlock(self._open())

    def close(self) -> None:
        """Let go of lock and file. The file stays: removing it would let two holders in."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def sign(self, text: str) -> None:
        """Write who holds the lock into its file. Raises ``StoreTrouble``."""
        fd = self._open()
        try:
            os.ftruncate(fd, 0)
            os.lseek(fd, 0, os.SEEK_SET)
            os.write(fd, text.encode())
        except OSError as error:
            raise translate_os(error, str(self._database)) from error

    def signature(self) -> str:
        """Return what its holder wrote."""
        fd = self._open()
        os.lseek(fd, 0, os.SEEK_SET)
        return os.read(fd, 1000).decode(errors="replace")

    def _open(self) -> int:
        if self._fd is None:
            try:
                mode = self._database.stat().st_mode & 0o777
                self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), mode)
            except OSError as error:
                raise translate_os(error, str(self._database)) from error
        return self._fd

    def _wait(self, patience: float) -> None:
        until = time.monotonic() + patience
        pause = _SHORTEST
        while not _try_lock(self._open()):
            if time.monotonic() > until:
                raise StoreTrouble(
                    N_("Another process has been writing for {seconds} seconds (it holds {place}); stop it, try again"),
                    place=str(self.path),
                    seconds=int(patience),
                )
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST)


class WriteLock(AbstractContextManager["WriteLock"]):
    """The right to write to one database, for a ``with`` block.

    A second lock is the turnstile before the first: who waits stands in it, so that a busy writer that comes straight
    back cannot overtake.
    """

    def __init__(self, database: Path) -> None:
        self._turn = FileLock(database, "turn")
        self._write = FileLock(database, "write")

    def __enter__(self) -> Self:
        self._turn.acquire()
        try:
            self._write.acquire()
        finally:
            self._turn.release()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write.release()

    def close(self) -> None:
        """Let go of the files."""
        self._turn.close()
        self._write.close()
