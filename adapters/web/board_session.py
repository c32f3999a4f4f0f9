"""One browser tab's board: a process of its own, as in a terminal, that ends with the tab."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from textual_serve.app_service import AppService

from adapters.web import IN_BROWSER

PATIENCE: Final = 20.0
"""Seconds that a board may take to finish what is on the wire and to leave, before it is ended."""


@dataclass(frozen=True, slots=True)
class BoardCommand:
    """The command of one tab's board. What holds a secret stands in ``environment``: arguments are public."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


class BoardSession(AppService):
    """Runs the board for one tab, without a shell between, and never waits for ever for its end."""

    def __init__(self, board: BoardCommand, **more: Any) -> None:
        super().__init__(board.arguments[0], **more)
        self._board = board

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return {**super()._build_environment(width, height), **self._board.environment, IN_BROWSER: "1"}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = process = await asyncio.create_subprocess_exec(
            *self._board.arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._build_environment(width=width, height=height),
            start_new_session=True,
        )
        self._stdin = process.stdin
        return process

    async def stop(self) -> None:
        """Have the board leave as a person would; one that does not is ended."""
        process = self._process
        if process is None:
            return
        leaving = asyncio.create_task(super().stop())
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()
        await leaving
