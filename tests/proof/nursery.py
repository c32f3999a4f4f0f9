"""A process that has the whole program loaded and forks a copy for each command line: a life of its own, soon begun.

A start from nothing costs a second of a processor, a fork some milliseconds, so that many can live and die in a minute.
Run as ``python -m tests.proof.nursery FD`` it obeys the socket FD; :class:`Nursery` is the other end.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Final, NoReturn, Self

from tests.proof.life import Life
from tests.proof.processes import ROOT, environment

_DIE_WITH_PARENT: Final = 1
ROWS, COLUMNS = 50, 200


class Nursery:
    """Starts command lines. ``reap`` are the seconds between an engine's looks for what a dead one beside it left."""

    def __init__(self, *, reap: float) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.proof.nursery", str(theirs.fileno()), str(reap)],
                cwd=ROOT,
                env={**environment(), "TERM": "xterm-256color", "COLORTERM": "truecolor"},
                pass_fds=[theirs.fileno()],
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Let the nursery end, and with it all its children."""
        self._line.close()
        self._process.wait()

    def start(self, *words: str) -> Life:
        """Start a command line whose words can be read."""
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        with Path(os.devnull).open("rb") as nothing:
            pid = self._ask({"words": words, "tty": False}, [nothing.fileno(), out_end, err_end])["pid"]
        os.close(out_end)
        os.close(err_end)
        return Life(pid, lambda: self._status(pid), out, err)

    def start_on_terminal(self, *words: str) -> tuple[Life, int]:
        """Start a command line on a terminal of its own; returns the terminal's other end too."""
        ours, theirs = os.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        pid = self._ask({"words": words, "tty": True}, [theirs])["pid"]
        os.close(theirs)
        return Life(pid, lambda: self._status(pid)), ours

    def _status(self, pid: int) -> int:
        return int(self._ask({"wait": pid}, [])["status"])

    def _ask(self, what: Mapping[str, Any], fds: Sequence[int]) -> Mapping[str, Any]:
        with self._turn:
            socket.send_fds(self._line, [json.dumps(what).encode()], list(fds))
            answer = self._line.recv(65536)
        assert answer, "the nursery is dead"
        found: Mapping[str, Any] = json.loads(answer)
        return found


# The other end --------------------------------------------------------------------------------------------------------


def main(fd: int, reap: float) -> None:
    """Obey until the socket is closed."""
    load(reap)
    line = socket.socket(fileno=fd)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    while True:
        asked, fds, _, _ = socket.recv_fds(line, 65536, 3)
        if not asked:
            return
        what = json.loads(asked)
        if "wait" in what:
            answer = {"status": os.waitstatus_to_exitcode(os.waitpid(what["wait"], 0)[1])}
        else:
            assert threading.active_count() == 1, "a process with threads must not fork"
            pid = os.fork()
            if pid == 0:
                prctl(_DIE_WITH_PARENT, signal.SIGKILL)
                line.close()
                _live(what["words"], fds, terminal=what["tty"])
            for each in fds:
                os.close(each)
            answer = {"pid": pid}
        line.send(json.dumps(answer).encode())


def load(reap: float) -> None:
    """Load all of the program, but the migrations, which nobody may need."""
    import adapters
    import core
    import data
    import tui

    for package in (core, data, adapters, tui):
        _load(package)
    for library in ("psycopg_binary", "apscheduler.schedulers.asyncio", "textual.drivers.linux_driver"):
        importlib.import_module(library)
    from core.engine import loop

    vars(loop)["REAP"] = reap
    gc.collect()
    gc.freeze()


def _load(package: ModuleType) -> None:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in found.name and ".contract" not in found.name:
            importlib.import_module(found.name)


def _live(words: Sequence[str], fds: Sequence[int], *, terminal: bool) -> NoReturn:
    """Be the program, in a child."""
    status = 70
    try:
        if terminal:
            os.login_tty(fds[0])
        else:
            for number, fd in enumerate(fds):
                os.dup2(fd, number)
                os.close(fd)
        for number, (name, mode) in enumerate({"stdin": "r", "stdout": "w", "stderr": "w"}.items()):
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - as a start makes it
            vars(sys).update({name: stream, f"__{name}__": stream})
        sys.argv = ["funil", *words]
        import funil

        status = funil.main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
