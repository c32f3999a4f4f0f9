"""The board on a pseudo-terminal: somebody who types, and reads what is painted."""

from __future__ import annotations

import os
import re
import threading
from typing import Final

from tests.proof.life import PATIENCE, Life
from tests.proof.nursery import Nursery

HERE: Final = "● engine"
ELSEWHERE: Final = "engine elsewhere"
_LATE: Final = "became due while nothing ran"
_SEND: Final = b"kk\r"
_KEPT: Final = 150_000
_ESCAPES: Final = re.compile(rb"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[\]P][^\x07\x1b]*(\x07|\x1b\\)|\x1b.")


class Screen:
    """One board. A thread reads what it paints, or it would stand still when the terminal is full."""

    def __init__(self, nursery: Nursery, url: str) -> None:
        self.life, self._fd = nursery.start_on_terminal("--db", url)
        self._seen = b""
        self._change = threading.Condition()
        self._over = False
        self._reader = threading.Thread(target=self._read, name="screen", daemon=True)
        self._reader.start()

    def type(self, keys: bytes) -> None:
        """Press keys."""
        if not self._over:
            os.write(self._fd, keys)

    def forget(self) -> None:
        """Look only at what is painted from now on."""
        with self._change:
            self._seen = b""

    def text(self) -> str:
        """Return what has been painted."""
        return _ESCAPES.sub(b"", self._seen).decode(errors="replace")

    def shows(self, *words: str, seconds: float = PATIENCE) -> str | None:
        """Wait until one of these has been painted, and return it; None when the board ends before."""
        with self._change:
            assert self._change.wait_for(lambda: self._over or self._found(words), seconds), (
                f"the board never showed {words}: {self.text()[-2000:]}"
            )
            return self._found(words)

    def settles(self) -> bool:
        """Wait until the board is the engine, or knows that another process is; whether it is this one.

        What was left undone by the killed may be more than goes out without a question: it shall go out.
        """
        found = self.shows(HERE, ELSEWHERE, _LATE)
        if found == _LATE:
            self.type(_SEND)
            found = self.shows(HERE)
        return found == HERE

    def takes_over(self) -> bool:
        """Wait until the board is the engine; False when it ends before."""
        found = self.shows(HERE, _LATE)
        if found == _LATE:
            self.type(_SEND)
            found = self.shows(HERE)
        return found == HERE

    def end(self) -> int:
        """Leave nothing of it behind, and return the exit status."""
        self.life.kill()
        return self._closed()

    def quit(self) -> int:
        """Leave the board as a person does, and return the exit status."""
        self.type(b"q")
        assert self.life.ended_within(PATIENCE), f"the board does not end: {self.text()[-2000:]}"
        return self._closed()

    def _closed(self) -> int:
        status = self.life.finish()
        self._reader.join(PATIENCE)
        os.close(self._fd)
        return status

    def _found(self, words: tuple[str, ...]) -> str | None:
        text = self.text()
        return next((word for word in words if word in text), None)

    def _read(self) -> None:
        while True:
            try:
                more = os.read(self._fd, 65536)
            except OSError:  # nobody is at the terminal's other end any more
                more = b""
            with self._change:
                self._seen = (self._seen + more)[-_KEPT:]
                self._over = not more
                self._change.notify_all()
            if not more:
                return


def life_of(actor: Life | Screen) -> Life:
    """Return the process of a worker or a board."""
    return actor.life if isinstance(actor, Screen) else actor
