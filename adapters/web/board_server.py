"""The board in a browser: Textual's own web server behind a locked door, with nothing loaded from elsewhere."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any, Final

import aiohttp_jinja2
import jinja2
from aiohttp import WSMsgType, web
from textual_serve.server import Server, to_int

from adapters.web.board_session import BoardCommand, BoardSession
from adapters.web.door import Door
from core.i18n import gettext as _
from core.i18n import language

PAGE: Final = Path(__file__).parent / "page"
WIDTHS: Final = (20, 500)
HEIGHTS: Final = (5, 300)
"""Cells of a terminal that a browser may ask for."""
FONTS: Final = (6, 72)
HEARTBEAT: Final = 15.0
"""Seconds between two looks whether the browser is still there."""

_log = logging.getLogger(__name__)


class BoardServer(Server):
    """Serves one board process a tab to whoever comes through the door."""

    def __init__(self, board: BoardCommand, door: Door, *, title: str) -> None:
        super().__init__(board.arguments[0], title=title, public_url=door.url)
        self._board = board
        self._door = door
        self._sockets: set[web.WebSocketResponse] = set()

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[self._door.guard])
        aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(PAGE), autoescape=True)
        app.add_routes([
            web.get("/", self.handle_index, name="index"),
            web.get("/ws", self.handle_websocket, name="websocket"),
            web.get("/download/{key}", self.handle_download, name="download"),
            web.static("/page", PAGE / "static", name="page"),
            web.static("/static", self.statics_path, name="static"),
        ])  # fmt: skip
        app.on_shutdown.append(self.on_shutdown)
        return app

    @aiohttp_jinja2.template("index.html")
    async def handle_index(self, request: web.Request) -> dict[str, Any]:
        """Serve the page."""
        scheme = "wss" if self.public_url.startswith("https:") else "ws"
        return {
            "language": language().replace("_", "-"),
            "title": self.title,
            "socket": f"{scheme}://{request.host}/ws",
            "font_size": _within(request.query.get("fontsize", ""), 16, FONTS),
            "ended": _("The board is closed."),
            "again": _("Open it again"),
            "starts": _("The board opens …"),
        }

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a board for as long as its tab is there."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT)
        await socket.prepare(request)
        session = BoardSession(
            self._board,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=socket.close,
            download_manager=self.download_manager,
        )
        self._sockets.add(socket)
        try:
            width = _within(request.query.get("width", ""), 80, WIDTHS)
            height = _within(request.query.get("height", ""), 24, HEIGHTS)
            await session.start(width, height)
            await self._listen(socket, session)
        except ConnectionError as error:
            _log.info("a browser has gone: %s", error)
        finally:
            self._sockets.discard(socket)
            await asyncio.shield(session.stop())
            await socket.close()
        return socket

    async def on_shutdown(self, app: web.Application) -> None:
        """Close every tab's board."""
        await asyncio.gather(*(socket.close(code=1001) for socket in tuple(self._sockets)))

    async def _listen(self, socket: web.WebSocketResponse, session: BoardSession) -> None:
        """Hand what the browser says to the board; what is no word of this protocol is left out."""
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                match _read(message.data):
                    case ["stdin", str(text)]:
                        await session.send_bytes(text.encode("utf-8", "replace"))
                    case ["resize", {"width": int(width), "height": int(height)}]:
                        await session.set_terminal_size(_clamp(width, WIDTHS), _clamp(height, HEIGHTS))
                    case ["ping", str() | int() | float() | None as data]:
                        await socket.send_json(["pong", data])
                    case ["blur", *_]:
                        await session.blur()
                    case ["focus", *_]:
                        await session.focus()
                    case _:
                        _log.info("a browser said something unknown")


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _within(text: str, usual: int, bounds: tuple[int, int]) -> int:
    return _clamp(to_int(text[:9], usual), bounds)


def _clamp(number: int, bounds: tuple[int, int]) -> int:
    least, most = bounds
    return max(least, min(most, number))
