"""Being the web server of the board for as long as a command runs."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from contextlib import closing
from socket import AF_INET, AF_INET6, SOCK_STREAM, socket
from typing import Final

from aiohttp import web

from adapters.web.board_server import BoardServer
from adapters.web.board_session import BoardCommand
from adapters.web.door import Door, bracketed
from core.errors import Refused
from core.i18n import N_

LEAVE: Final = 30.0
"""Seconds that the boards of all tabs may take to finish what is on the wire."""


def bound(host: str, port: int) -> socket:
    """Return a socket that listens on an IP address; port 0 takes any free one. Raises ``Refused`` where that cannot
    be."""
    found = socket(AF_INET6 if ":" in host else AF_INET, SOCK_STREAM)
    try:
        if os.name == "posix":
            from socket import SO_REUSEADDR, SOL_SOCKET

            found.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(16)
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRINUSE:
            raise Refused(
                N_("port {port} is taken by another program: choose one with --port, or any free one with --port 0"),
                port=port,
            ) from None
        raise Refused(
            N_("nothing can listen on {host}, port {port}: {why}"), host=host, port=port, why=_why(error)
        ) from None
    return found


def url_of(listening: socket, host: str) -> str:
    """Return the address by which a browser on this machine, or beside it, reaches a listening socket."""
    port = listening.getsockname()[1]
    shown = "127.0.0.1" if host == "0.0.0.0" else "[::1]" if host == "::" else bracketed(host)  # noqa: S104
    return f"http://{shown}:{port}"


async def serve(
    listening: socket, door: Door, board: BoardCommand, *, title: str, ready: Callable[[], None], stop: asyncio.Event
) -> None:
    """Show boards on a listening socket until ``stop`` is set; then close every tab's, properly."""
    with closing(listening):
        server = BoardServer(board, door, title=title)
        runner = web.AppRunner(await server._make_app(), shutdown_timeout=LEAVE, access_log=None)
        await runner.setup()
        try:
            await web.SockSite(runner, listening).start()
            ready()
            await stop.wait()
        finally:
            await runner.cleanup()


def _why(error: OSError) -> str:
    return error.strerror or str(error)
