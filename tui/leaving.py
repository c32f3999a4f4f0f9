"""Being told to go from outside the board: by a service manager, by ``kill``, by a terminal that is closed."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

HUNG_UP: Final = 129
STATUS: Final[dict[signal.Signals, int]] = {signal.SIGTERM: 0, signal.SIGINT: 130}
"""Exit status by signal: a service manager's word is obeyed, an interrupt interrupts, a terminal that is closed is
told as a shell would tell it."""
if sys.platform != "win32":
    STATUS[signal.SIGHUP] = HUNG_UP


def listen(leave: Callable[[int], object]) -> None:
    """Have ``leave`` called with an exit status, on the running loop, at the first signal that asks to go.

    The next signal ends the process the hard way. A signal that whoever started us ignores (``nohup``) stays ignored.
    """
    loop = asyncio.get_running_loop()

    def asked(number: signal.Signals) -> None:
        for each in STATUS:
            loop.remove_signal_handler(each)
        look_away()
        leave(STATUS[number])

    for number in STATUS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
                loop.add_signal_handler(number, asked, number)


def look_away() -> None:
    """Let what is still written go nowhere where the terminal is no more, since writing to it would fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        if _gone(stream):
            os.dup2(nowhere, stream)
    os.close(nowhere)


def _gone(stream: int) -> bool:
    """Return whether a stream led to a terminal that has hung up: whatever is asked of it fails with EIO."""
    try:
        os.ttyname(stream)
        os.tcgetpgrp(stream)
    except OSError as error:
        return error.errno == errno.EIO
    return False
