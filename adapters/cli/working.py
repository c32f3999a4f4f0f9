"""Being the engine for as long as a command runs, and stopping cleanly when asked to."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

from adapters.cli.printing import note, trouble
from adapters.cli.roof import Engine, Roof
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.moment import Moment, iso
from core.model.run import Run
from core.ports import Reader, Store
from core.words import fill

Work = Callable[[Engine, "Stop"], Awaitable[int]]
STOPPED = {signal.SIGTERM: 0, signal.SIGINT: 130}
"""Exit status by signal: a service manager's word is obeyed, ctrl-c interrupts, a closed terminal hangs up."""
if sys.platform != "win32":
    STOPPED[signal.SIGHUP] = 129


class Stop(asyncio.Event):
    """Set when a signal asks to stop; the same signal again ends the process the hard way."""

    status: int | None = None

    def listen(self) -> None:
        """Take the signals over, inside the running loop."""
        loop = asyncio.get_running_loop()
        for number in STOPPED:
            if signal.getsignal(number) is signal.SIG_IGN:  # nohup
                continue
            with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
                loop.add_signal_handler(number, self._asked, number)

    def _asked(self, number: signal.Signals) -> None:
        self.status = STOPPED[number]
        for each in STOPPED:
            asyncio.get_running_loop().remove_signal_handler(each)
        self.set()


def work(store: Store, roof: Roof, name: str, task: Work) -> tuple[int, int]:
    """Become the engine, do a task, and give the engine's place back; returns what happened and the exit status.

    Raises ``Refused`` beside a living engine (SQLite).
    """
    engine = roof.engine(store, name, on_trouble=_tell_trouble)
    try:
        return asyncio.run(_work(engine, task))
    finally:
        engine.release()


def _tell_trouble(error: BaseException) -> None:
    trouble(str(error) or type(error).__name__)


async def _work(engine: Engine, task: Work) -> tuple[int, int]:
    stop = Stop()
    stop.listen()
    try:
        copied = await engine.move_in()
        if copied is not None:
            note(copied.local())
        unknown = await engine.start()
        if unknown:
            note(
                fill(
                    ngettext(
                        "an engine died while sending: {n} message is “unknown” now",
                        "an engine died while sending: {n} messages are “unknown” now",
                        unknown,
                    ),
                    {"n": unknown},
                )
            )
        done = await task(engine, stop)
    finally:
        await engine.close()
    return done, stop.status or 0


async def until_idle(engine: Engine, stop: Stop) -> int:
    """Pass after pass until nothing is due now, or somebody asks to stop."""
    done = 0
    while not stop.is_set() and (count := await engine.once()):
        done += count
    return done


async def serve(engine: Engine, stop: Stop) -> int:
    """Work until somebody asks to stop; returns how much happened."""
    await engine.serve(stop)
    return engine.happened


async def interruptible(task: Awaitable[object], stop: Stop) -> None:
    """Wait for a task, and drop it when somebody asks to stop: the rows tell the next engine where to go on."""
    working = asyncio.ensure_future(task)
    asked = asyncio.ensure_future(stop.wait())
    await asyncio.wait([working, asked], return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not working.done():
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
    else:
        working.result()


def tell_held(store: Store) -> list[dict[str, str | None]]:
    """Say on stderr what is held until when; returns the same for JSON."""
    now, held = store.read(_held)
    waiting = [run for run in held if run.due_at is not None and run.due_at > now]
    for run in waiting:
        place = {"rule": run.rule, "deal": run.deal, "until": iso(run.due_at), "id": run.public_id}
        note(fill(_("held until {until}: rule {rule} on deal {deal} ({id})"), place))
    return [{"id": r.public_id, "deal": r.deal, "rule": r.rule, "until": iso(r.due_at)} for r in waiting]


def _held(reader: Reader) -> tuple[Moment, list[Run]]:
    now = reader.now()
    return now, list(reader.held(now))
