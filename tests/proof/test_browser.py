"""The board in a real browser: a real mouse carries a card, the rule acts, and the log on the page shows the e-mail."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Final

import pyte
import pytest
from playwright.async_api import Page, WebSocket, async_playwright

from tests.cli.cli_ground import Shell
from tests.proof.life import PATIENCE
from tests.proof.processes import ROOT, environment

CI = bool(os.environ.get("FUNIL_CI"))
CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--no-first-run", "--disable-quic")  # fmt: skip
BOARD: Final = """
funil: 1
company: {timezone: America/Sao_Paulo, grace: 1s}
users: [{id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}]
connections: [{id: mail, channel: email, adapter: simulated}]
pipelines:
  - id: sales
    name: Sales
    stages:
      - {id: new, name: New}
      - {id: delivery, name: Order delivery}
      - {id: won, name: Won, kind: success}
      - {id: lost, name: Lost, kind: failure}
    rules: [{id: r-mail, kind: email, stage: delivery, settings: {subject: On its way, body: "Hello"}}]
contacts: [{id: maria, name: Maria Lima, emails: [{type: WORK, value: maria@cliente.example}]}]
deals: [{id: D1, title: Order 1001, stage: new, responsible: ana, contacts: [maria], amount: 7500}]
"""


class Shown:
    """What the page's terminal shows: the bytes that reach it, drawn by another terminal of the same size."""

    def __init__(self, page: Page) -> None:
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._came)
        socket.on("framesent", self._went)

    def _came(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self._stream.feed(data)

    def _went(self, data: str | bytes) -> None:
        size = re.fullmatch(r'\["resize",\{"width":(\d+),"height":(\d+)\}\]', str(data))
        if size:
            self.screen.resize(lines=int(size[2]), columns=int(size[1]))

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def cell(self, words: str) -> tuple[int, int]:
        """Return the column and row of a text's beginning."""
        row, line = next((row, line) for row, line in enumerate(self.screen.display) if words in line)
        return line.index(words), row

    async def until(self, holds: Callable[[], bool]) -> None:
        limit = monotonic() + PATIENCE
        while not holds():
            assert monotonic() < limit, self.text
            await asyncio.sleep(0.05)


@asynccontextmanager
async def server(url: str) -> AsyncIterator[tuple[Process, str]]:
    """Run ``funil serve`` and return it with the address that it prints."""
    words = (sys.executable, "-m", "funil", "serve", "--port", "0", "--db", url)
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, env=environment(), stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        yield process, line.decode().strip()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.slow
async def test_a_drag_with_a_real_mouse_moves_the_deal_and_the_log_on_the_page_shows_the_mail(tmp_path: Path) -> None:
    if CHROMIUM is None:
        assert not CI, "where this runs for good, Chromium must be there"
        pytest.skip("Chromium is not installed")
    shell = Shell(f"sqlite:///{tmp_path}/funil.db")
    (tmp_path / "board.yaml").write_text(BOARD, encoding="utf-8")
    shell.ok("init")
    shell.ok("apply", str(tmp_path / "board.yaml"))
    async with server(shell.url) as (process, address), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = await browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(PATIENCE * 1_000)
        foreign: list[str] = []
        page.on("request", lambda request: foreign.append(request.url))
        shown = Shown(page)
        await page.goto(address)
        await shown.until(lambda: "Order 1001" in shown.text and "● engine" in shown.text)
        await page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        await drag(page, shown, "Order 1001", "Order delivery")
        await shown.until(lambda: re.search(r"maria@cliente\.example .* sent \d\d:\d\d", shown.text) is not None)
        assert shell.json("deal", "show", "D1")["stage"] == "delivery"
        assert [(row["to"], row["status"]) for row in shell.json("outbound")] == [("maria@cliente.example", "sent")]
        home = address.partition("?")[0]
        assert [url for url in foreign if not url.startswith((home, "data:"))] == []
        assert "token" not in page.url
        await page.keyboard.press("q")
        await page.get_by_text("The board is closed.").wait_for()
        await browser.close()
        process.terminate()
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0


async def drag(page: Page, shown: Shown, card: str, column: str) -> None:
    """Carry a card with the mouse to just below the head of a column."""
    box = await page.locator(".xterm-screen").bounding_box()
    assert box is not None
    wide, high = box["width"] / shown.screen.columns, box["height"] / shown.screen.lines

    def at(cell: tuple[int, int], right: int, down: int) -> tuple[float, float]:
        return box["x"] + (cell[0] + right + 0.5) * wide, box["y"] + (cell[1] + down + 0.5) * high

    await page.mouse.move(*at(shown.cell(card), 2, 0))
    await page.mouse.down()
    await page.mouse.move(*at(shown.cell(column), 2, 3), steps=12)
    await page.mouse.up()
