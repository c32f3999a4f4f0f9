"""Exactly one engine per database: this board takes the seat when it is free and watches while another has it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.errors import FunilError, Refused
from tui.bridge import EngineHandle

LOOK_AGAIN: Final = 3.0
"""Seconds between two looks at a seat that another process has."""

_log = logging.getLogger(__name__)


class Seat(StrEnum):
    """Who is the engine; *asking*: this board, as soon as a person has said what becomes of what is overdue."""

    STARTING = "starting"
    ASKING = "asking"
    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOBODY = "nobody"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class EngineState:
    """Who is the engine; ``process`` is the other one's number where it is known, ``trouble`` what stopped ours."""

    seat: Seat
    process: str | None = None
    trouble: str | None = None


async def _at_once() -> None:
    return


class EngineSeat:
    """Runs the engine in this process while no other one does, and takes over when the other one has gone.

    ``settled`` returns when the engine may begin to work.
    """

    def __init__(
        self,
        make_engine: Callable[[], EngineHandle | None],
        changed: Callable[[EngineState], None],
        settled: Callable[[], Awaitable[None]] = _at_once,
    ) -> None:
        self._make_engine = make_engine
        self._changed = changed
        self._settled = settled
        self._stop = asyncio.Event()
        self._look = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._engine: EngineHandle | None = None
        self.state = EngineState(Seat.STARTING)

    def start(self) -> None:
        """Begin to look for the seat; returns at once."""
        self._task = asyncio.create_task(self._sit(), name="engine")

    def wake(self) -> None:
        """Have our own engine look whether something is due; nothing where another process is the engine."""
        if self._engine is not None:
            self._engine.wake()

    def look_now(self) -> None:
        """See at once whether the seat is free."""
        self._look.set()

    async def leave(self) -> None:
        """Let the engine finish what it is doing and give the seat back."""
        self._stop.set()
        self._look.set()
        if self._task is not None:
            await self._task

    async def _sit(self) -> None:
        while not self._stop.is_set():
            self._look.clear()
            if await self._try() is Seat.NOBODY:
                return
            await self._pause()

    async def _try(self) -> Seat:
        try:
            engine = await asyncio.to_thread(self._make_engine)
        except Refused as refused:
            process = refused.words.args.get("pid")
            return self._say(EngineState(Seat.ELSEWHERE, None if process is None else str(process)))
        except Exception as error:
            return self._stopped(error)
        if engine is None:
            return self._say(EngineState(Seat.NOBODY))
        return await self._serve(engine)

    async def _serve(self, engine: EngineHandle) -> Seat:
        try:
            self._say(EngineState(Seat.ASKING))
            if not await self._may_work():
                return self.state.seat
            self._engine = engine
            self._say(EngineState(Seat.HERE))
            await engine.serve(self._stop)
        except Exception as error:
            return self._stopped(error)
        finally:
            self._engine = None
            with suppress(FunilError):  # what cannot be given back now is lost with the trouble that says so
                engine.release()
        return self.state.seat

    async def _may_work(self) -> bool:
        """Wait until all is settled; False when the board is left before."""
        settled, left = asyncio.ensure_future(self._settled()), asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({settled, left}, return_when=asyncio.FIRST_COMPLETED)
        left.cancel()
        if not settled.done():
            settled.cancel()
            return False
        settled.result()
        return True

    def _stopped(self, error: Exception) -> Seat:
        if isinstance(error, FunilError):
            return self._say(EngineState(Seat.BROKEN, trouble=str(error)))
        _log.exception("the engine stopped")
        return self._say(EngineState(Seat.BROKEN, trouble=f"{type(error).__name__}: {error}"))

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._look.wait(), LOOK_AGAIN)

    def _say(self, state: EngineState) -> Seat:
        if state != self.state:
            self.state = state
            self._changed(state)
        return state.seat
