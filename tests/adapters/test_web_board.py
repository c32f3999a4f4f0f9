"""The board's web server: who comes in, and how a tab's board lives and ends. The board itself is a stand-in here."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from adapters.web import board_session, serving
from adapters.web.board_session import BoardCommand
from adapters.web.door import Door
from core.errors import Refused

KEY = "a-key-that-nobody-guesses"
BOARD = """
import json, os, sys
out = sys.stdout.buffer
def say(text):
    data = text.encode()
    out.write(b"D" + len(data).to_bytes(4, "big") + data)
    out.flush()
out.write(b"__GANGLION__\\n")
say(f"pid {os.getpid()} size {os.environ['COLUMNS']}x{os.environ['ROWS']} db {os.environ['FUNIL_DB']}")
while head := sys.stdin.buffer.read(5):
    body = sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))
    if head[:1] == b"D":
        say("typed " + body.decode())
    elif (said := json.loads(body))["type"] == "quit":
        if STUBBORN:
            import time
            time.sleep(600)
        break
    else:
        say(f"{said['type']} {said.get('width')}x{said.get('height')}")
"""
"""Speaks to the web server as Textual's driver does: packets of a letter, a length and a payload."""


@dataclass(frozen=True)
class Served:
    """A running server, and a browser's bare ways to it."""

    door: Door
    session: aiohttp.ClientSession

    @property
    def cookie(self) -> Mapping[str, str]:
        return {"Cookie": f"{self.door.cookie}={KEY}"}

    async def get(self, path: str, **headers: str) -> tuple[int, Mapping[str, str], str]:
        async with self.session.get(self.door.url + path, headers=headers, allow_redirects=False) as answer:
            return answer.status, answer.headers, await answer.text(errors="replace")

    def tab(self, query: str = "?width=100&height=30") -> Any:
        return self.session.ws_connect(
            f"{self.door.url}/ws{query}", headers={**self.cookie, "Origin": self.door.url}, timeout=_QUICK
        )


_QUICK = aiohttp.ClientWSTimeout(ws_close=20.0)


@asynccontextmanager
async def served(*, stubborn: bool = False) -> AsyncIterator[Served]:
    """Serve the stand-in on loopback."""
    listening = serving.bound("127.0.0.1", 0)
    door = Door(url=serving.url_of(listening, "127.0.0.1"), token=KEY)
    board = BoardCommand((sys.executable, "-c", f"STUBBORN = {stubborn}\n{BOARD}"), {"FUNIL_DB": "the-database"})
    stop, ready = asyncio.Event(), asyncio.Event()
    server = asyncio.create_task(serving.serve(listening, door, board, title="Funil", ready=ready.set, stop=stop))
    try:
        await ready.wait()
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield Served(door, session)
    finally:
        stop.set()
        await server


async def test_the_key_opens_once_and_then_stands_in_a_cookie_that_no_script_and_no_other_site_reads() -> None:
    async with served() as house:
        status, headers, _ = await house.get(f"/?token={KEY}")
        assert (status, headers["Location"]) == (303, "/")
        for word in (f"{house.door.cookie}={KEY}", "HttpOnly", "SameSite=Strict"):
            assert word in headers["Set-Cookie"]
        status, _, text = await house.get("/", **house.cookie)
        assert status == 200
        assert "textual-terminal" in text
        assert KEY not in text


@pytest.mark.parametrize("path", ["/", "/ws", "/static/js/textual.js", "/page/board.js", "/download/x", "/nowhere"])
async def test_without_the_key_nothing_is_shown(path: str) -> None:
    async with served() as house:
        for headers in ({}, {"Cookie": f"{house.door.cookie}=wrong"}, {"Cookie": f"{house.door.cookie}={KEY}x"}):
            status, answered, text = await house.get(path, Origin=house.door.url, **headers)
            assert (status, text) == (
                403, "Open the address that “funil serve” printed: it holds the key to this board.\n",
            )  # fmt: skip
            assert "Set-Cookie" not in answered
        status, *_ = await house.get("/?token=wrong")
        assert status == 403


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Host": "evil.example"}, "This is not the address"),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, "This is not the address"),
        ({"Host": "127.0.0.1:1"}, "This is not the address"),
        ({"Origin": "http://evil.example"}, "A page of another site"),
        ({"Origin": "null"}, "A page of another site"),
        ({"Origin": "https://127.0.0.1"}, "A page of another site"),
        ({"Origin": "http://127.0.0.1:1"}, "A page of another site"),
        ({}, "A page of another site"),
    ],
)
async def test_a_page_from_elsewhere_reaches_no_board_even_with_the_cookie(
    headers: Mapping[str, str], said: str
) -> None:
    async with served() as house:
        status, _, text = await house.get("/ws", **{**house.cookie, **headers})
        assert status == 403
        assert text.startswith(said)


async def test_other_names_of_loopback_are_ours() -> None:
    async with served() as house:
        port = house.door.url.rpartition(":")[2]
        for name in ("localhost", "LOCALHOST", "127.0.0.1", "[::1]"):
            status, *_ = await house.get("/", **{**house.cookie, "Host": f"{name}:{port}"})
            assert status == 200, name


async def test_nothing_is_loaded_from_elsewhere_and_no_site_may_frame_the_board() -> None:
    async with served() as house:
        pages = [await house.get(path, **house.cookie) for path in ("/", "/page/board.css", "/page/board.js")]
        for status, headers, text in pages:
            assert status == 200
            assert "//" not in text.replace(f"ws://{house.door.url[7:]}", "").replace("// ", "")
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Referrer-Policy"] == "no-referrer"
        font = await house.get("/static/fonts/RobotoMono-VariableFont_wght.ttf", **house.cookie)
        assert font[0] == 200


@pytest.mark.parametrize(
    "path", ["/static/", "/page/", "/static/%2e%2e/server.py", "/page/..%2findex.html", "/download/x"]
)
async def test_no_folder_is_listed_and_no_file_beside_is_served(path: str) -> None:
    async with served() as house:
        status, _, text = await house.get(path, **house.cookie)
        assert status in (403, 404)
        assert "import" not in text


@pytest.mark.parametrize(
    ("query", "size"),
    [("?width=100&height=30", "100x30"), ("", "80x24"), ("?width=9999999999999&height=1", "500x5"),
     ("?width=-3&height=x", "20x24")],
)  # fmt: skip
async def test_a_tab_gets_a_board_of_its_size_within_reason(query: str, size: str) -> None:
    async with served() as house, house.tab(query) as tab:
        hello = (await tab.receive_bytes()).decode()
        assert f"size {size} db the-database" in hello


async def test_what_is_typed_reaches_the_board_and_what_makes_no_sense_does_no_harm() -> None:
    async with served() as house, house.tab() as tab:
        await tab.receive_bytes()
        for junk in ("", "{", "[" * 50_000, "null", "[]", '["stdin"]', '["stdin", 5]', '["resize", {"width": "x"}]',
                     '["resize", []]', '["ping", {"a": 1}]', '["what", "is", "this"]'):  # fmt: skip
            await tab.send_str(junk)
        await tab.send_bytes(b"\x00\xff")
        await tab.send_json(["stdin", "olá"])
        assert await tab.receive_bytes() == "typed olá".encode()
        await tab.send_json(["resize", {"width": 5_000, "height": 40}])
        assert await tab.receive_bytes() == b"resize 500x40"
        await tab.send_json(["focus"])
        assert await tab.receive_bytes() == b"focus NonexNone"
        await tab.send_json(["ping", "17"])
        assert await tab.receive_json() == ["pong", "17"]


async def test_each_tab_has_a_process_of_its_own_that_ends_with_it() -> None:
    async with served() as house:
        async with house.tab() as one, house.tab() as other:
            first, second = [int((await tab.receive_bytes()).split()[1]) for tab in (one, other)]
            assert first != second
            await one.close()
            await gone(first)
            await other.send_json(["stdin", "still here"])
            assert await other.receive_bytes() == b"typed still here"
        await gone(second)


async def test_when_the_server_ends_every_tab_is_closed_and_no_board_stays() -> None:
    async with served() as house:
        tab = await house.tab()
        pid = int((await tab.receive_bytes()).split()[1])
    await gone(pid)


async def test_a_board_that_does_not_leave_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_session, "PATIENCE", 0.05)
    async with served(stubborn=True) as house:
        async with house.tab() as tab:
            pid = int((await tab.receive_bytes()).split()[1])
        await gone(pid)


def test_a_port_that_is_taken_is_refused_in_a_sentence() -> None:
    listening = serving.bound("127.0.0.1", 0)
    with listening, pytest.raises(Refused, match="is taken by another program"):
        serving.bound("127.0.0.1", listening.getsockname()[1])


async def gone(pid: int) -> None:
    """Wait until a process has ended."""
    for _round in range(3_000):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"process {pid} lives on")
