"""The open message: all that is known of it, live, with what can be done about it; files leave it safely."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser
from textual.pilot import Pilot
from textual.widgets import Static

from core import commands
from core.files import digest_of
from core.log_filter import LogFilter
from core.model.delivery import DeliveryStatus, OutcomeKind
from core.model.event import Event
from core.model.frozen import replace
from core.model.line import Attempt
from core.model.moment import Moment
from core.plan import Plan
from core.ports import Tx
from core.words import Words
from tests.tui.app_world import START, World, app_of, memory_world, screen_text, toasts, until
from tests.tui.golden import assert_golden
from tests.tui.log_ground import FAILED, HOSTILE, MAIL, a_row, cropped, in_the_log, written
from tui import log_acts, log_files
from tui.panels.message import MessagePanel

PDF = b"%PDF-1.7 offer"
FILE: dict[str, Any] = {"name": "Offer.pdf", "digest": digest_of(PDF), "size": 14, "media_type": "application/pdf"}
REFUSED = {**FAILED, "connection": "sms1"}


@pytest.fixture
def world() -> World:
    """A house with a deal."""
    world = memory_world(engine=False)
    world.deal("Order 1001", "delivery")
    return world


@asynccontextmanager
async def opened(world: World, **more: Any) -> AsyncIterator[Pilot[None]]:
    """Open the board, and over it the newest message."""
    async with world.board(**more) as pilot:
        await until(pilot, lambda: bool(app_of(pilot).log_view.rows.lines))
        await in_the_log(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, MessagePanel))
        yield pilot


def record(event: Event, tx: Tx) -> None:
    """Keep an event."""
    tx.record(event)


class Desktop:
    """A desktop that shows files, and keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Path] = []

    def __call__(self, path: Path) -> bool:
        """Show a file."""
        self.shown.append(path)
        return True


def said(pilot: Pilot[None]) -> str:
    """Return the open message's head and text."""
    return "\n".join(str(each.render()) for each in pilot.app.screen.query(Static))


async def test_it_tells_where_why_each_attempt_and_what_came_back(world: World) -> None:
    deal = world.deals["Order 1001"]
    (made,) = written(world, deal, {"attempts": 2, "provider_id": "abc-1"})
    bad = Attempt(
        delivery=made,
        round=1,
        number=1,
        at=Moment(START - 60_000),
        outcome=OutcomeKind.DEFERRED,
        reason="timeout",
        detail=Words("450 4.2.1 try later"),
    )
    world.write(lambda tx: tx.apply(Plan(attempts=[bad])))
    clicked = {"link": "https://loja.example/p"}
    for kind, data in (("email_opened", {}), ("email_opened", {"machine": True}), ("link_clicked", clicked)):
        event = Event(
            kind=kind, source="t", outside_id=repr(data), at=START, deal=deal, delivery=made, data=dict[str, Any](data)
        )
        world.write(partial(record, event))
    async with opened(world) as pilot:
        lines = [re.sub(r" {2,}", ": ", line) for line in said(pilot).splitlines()]
        assert "To: Maria Lima · maria@cliente.example" in lines
        assert "Why there: Maria Lima, the first address" in lines
        assert "From: Ana Souza · ana@loja.example" in lines
        assert "Attempt 1: 08:59:00 · put off · timeout · 450 4.2.1 try later" in lines
        assert "Sent: 09:00:00 · attempt 2 · abc-1" in lines
        assert "Opened: 1 time · last 09:00:00 · 1 by a machine" in lines
        assert "Clicked: 1 time · last 09:00:00 · https://loja.example/p" in lines
        assert "Rule: Tracking number" in lines
        assert "your order is on its way." in lines
        await pilot.press("t")
        assert "<script>alert(1)</script>" in said(pilot)


async def test_a_held_message_is_followed_to_the_one_that_it_becomes() -> None:
    world = memory_world()
    world.deal("Order 1001")
    world.write(commands.move(list(world.deals.values()), "delivery"))
    async with opened(world) as pilot:
        assert "held" in said(pilot)
        world.write(commands.advance_clock(6_000))
        await until(pilot, lambda: "sent 09:00" in said(pilot))
        panel = pilot.app.screen
        assert isinstance(panel, MessagePanel)
        assert panel.line.row.id.startswith("M")


async def test_an_unknown_message_is_resolved_from_where_it_is_read_and_told_what_follows(world: World) -> None:
    written(world, world.deals["Order 1001"], {"status": DeliveryStatus.UNKNOWN, "sent_at": None, "reason": "timeout"})
    async with opened(world) as pilot:
        await pilot.press("r")
        await until(pilot, lambda: toasts(pilot)[-1:] == ["It may have gone out: say first what became of it."])
        await pilot.press("w")
        await until(pilot, lambda: "nothing is sent again" in screen_text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "failed" in said(pilot))
        assert toasts(pilot)[-1] == "M1 counts as failed. It can be tried again now: r."
        await pilot.press("x")
        await until(pilot, lambda: toasts(pilot)[-1] == "It is failed.")


async def test_what_is_clicked_at_its_foot_is_done_to_the_open_message_whatever_the_log_shows(world: World) -> None:
    written(world, world.deals["Order 1001"], {"message": MAIL}, REFUSED)
    async with opened(world) as pilot:
        app = app_of(pilot)
        app.finder.where = LogFilter(words=("nothing",))
        app.log_view.rows.move(1, 5)
        foot = pilot.app.screen.query_one("#message-acts")
        await until(pilot, lambda: foot.region.width > 0)
        at = foot.region
        await pilot.click(offset=(at.x + 2, at.y))
        await until(pilot, lambda: bool(toasts(pilot)))
        assert toasts(pilot) == ["The message to (11) 98765-0001 is tried now."]
        await until(pilot, lambda: "queued" in said(pilot) or "again" in said(pilot))


async def test_a_mail_is_shown_in_the_browser_where_it_can_neither_act_nor_call_home(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(world, world.deals["Order 1001"], {})
    desktop = Desktop()
    async with opened(world) as pilot:
        monkeypatch.setattr(log_files, "show", desktop)
        await pilot.press("v")
        await until(pilot, lambda: bool(desktop.shown))
        page = LexborHTMLParser(desktop.shown[0].read_text(encoding="utf-8"))
        assert desktop.shown[0].stat().st_mode & 0o077 == 0
        assert page.css("script, img, link") == []
        (frame,) = page.css("iframe")
        assert frame.attributes["sandbox"] in ("", None)
        assert frame.attributes["srcdoc"] == MAIL.data["html"]
        (meta,) = page.css("meta[http-equiv=Content-Security-Policy]")
        policy = meta.attributes["content"] or ""
        assert policy.startswith("default-src 'none'")
        monkeypatch.setattr(log_files, "show", lambda path: False)
        await pilot.press("v")
        await until(pilot, lambda: bool(toasts(pilot)))
        assert "No program of this machine can show it here. It lies in /" in toasts(pilot)[-1]


async def test_an_attachment_is_saved_under_a_name_of_ones_own_and_opened_as_a_copy(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    world.write(lambda tx: tx.keep_content(FILE["digest"], PDF))
    written(world, world.deals["Order 1001"], {"message": replace(MAIL, data={**MAIL.data, "attachments": [FILE]})})
    desktop = Desktop()
    async with opened(world) as pilot:
        assert "Offer.pdf · 14 B" in said(pilot)
        monkeypatch.setattr(log_files, "show", desktop)
        await pilot.press("a")
        await until(pilot, lambda: "Save as…" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Save as" in screen_text(pilot) and "Save as…" not in screen_text(pilot))
        await pilot.press("ctrl+u", *str(tmp_path / "mine.pdf"), "enter")
        await until(pilot, lambda: bool(toasts(pilot)))
        assert (tmp_path / "mine.pdf").read_bytes() == PDF
        await pilot.press("a")
        await until(pilot, lambda: "Save as…" in screen_text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: [path.read_bytes() for path in desktop.shown] == [PDF])


@pytest.mark.parametrize(
    ("judge", "status", "words"),
    [
        (log_acts.why_not_retry, "held", None),
        (log_acts.why_not_retry, "undelivered", None),
        (log_acts.why_not_retry, "sent", "It is sent."),
        (log_acts.why_not_retry, "unknown", "It may have gone out: say first what became of it."),
        (log_acts.why_not_cancel, "queued", None),
        (log_acts.why_not_cancel, "delivered", "It is delivered."),
        (log_acts.why_not_resolve, "unknown", None),
        (log_acts.why_not_browse, "sent", None),
        (log_acts.why_not_files, "sent", "No file goes with it."),
    ],
)
def test_what_cannot_be_done_says_why(judge: Callable[[Any], str | None], status: str, words: str | None) -> None:
    assert judge(a_row(1, status)) == words
    assert (judge(None) or "").endswith(".")


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("a.pdf", True),
        ("b.JPG", True),
        ("a.svg", False),
        ("a.html", False),
        ("a.exe", False),
        ("a.pdf.lnk", False),
    ],
)
def test_only_files_that_do_nothing_are_opened(name: str, opens: bool) -> None:
    assert (log_files.why_not_open({"name": name}) is None) is opens


def test_a_file_leaves_under_a_harmless_name_and_goes_over_nothing(tmp_path: Path) -> None:
    copied = log_files.copy("../../etc/pass\x1bwd", b"x")
    assert (copied.name, copied.parent.parent) == ("passwd", log_files.folder())
    assert os.path.commonpath([copied, log_files.folder()]) == str(log_files.folder())
    (tmp_path / "taken").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        log_files.save(str(tmp_path / "taken"), b"x")
    assert 'srcdoc="&quot;&gt;&lt;script&gt;' in log_files.page('"><script>', "<b>").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["en", "pt_BR"])
async def test_the_open_message_looks_as_agreed(world: World, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", lang)
    evil = replace(MAIL, subject=HOSTILE, text=HOSTILE, data={**MAIL.data, "to_name": HOSTILE, "attachments": [FILE]})
    written(world, world.deals["Order 1001"], {"message": evil, "why": Words(HOSTILE)})
    async with opened(world, size=(80, 24)) as pilot:
        await pilot.pause()
        strips = cropped(pilot, pilot.app.screen.query_one("#message-box"))
        assert not any(char in strip.text for strip in strips for char in "\x1b\x07\u202e")
        assert_golden(f"message_80_{lang}", strips)
