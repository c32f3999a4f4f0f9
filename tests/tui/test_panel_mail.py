"""Writing to the client in the open deal: seen before it goes, wrong parts said beside them, nothing begun is lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Button, Input, TextArea

from core import commands
from core.model.delivery import Delivery
from core.model.event import Event
from core.model.file import NewFile
from core.model.frozen import replace
from core.views import DeliveryFilter
from tests.tui.app_world import World, app_of, driver, screen_text, toasts, until
from tests.tui.golden import assert_golden, frame_text
from tests.tui.panel_world import TITLE, DealDriver, rich_world
from tui import acts
from tui.form.fields import Knob, Line
from tui.form.mail import MailForm
from tui.form.mail_preview import MailPreview
from tui.panels.ask import Ask
from tui.panels.picker import Picker


class Writer:
    """A person who writes from the open deal."""

    def __init__(self, pilot: Pilot[None], world: World) -> None:
        self.pilot = pilot
        self.world = world
        self.deal = DealDriver(pilot)

    @property
    def form(self) -> MailForm:
        """The form."""
        return next(screen for screen in self.pilot.app.screen_stack if isinstance(screen, MailForm))

    async def begin(self, on: str | None = None) -> None:
        """Open the deal, go to a line of it, and begin a mail."""
        await driver(self.pilot).card(TITLE).click()
        await self.pilot.press("enter")
        await until(self.pilot, lambda: self.deal.panel.view is not None)
        if on is not None:
            await self.deal.go(on)
        await self.again()

    async def again(self) -> None:
        """Press the key from the open deal."""
        await self.pilot.press("M")
        await self.at(MailForm)

    async def at(self, screen: type) -> None:
        """Wait until a screen is there."""
        await until(self.pilot, lambda: isinstance(self.pilot.app.screen, screen))
        await self.pilot.pause()

    async def type(self, subject: str | None = None, text: str | None = None) -> None:
        """Have subject and text hold something."""
        if subject is not None:
            self.form.query_one(Line).value = subject
        if text is not None:
            self.form.query_one(TextArea).text = text
        await self.pilot.pause()

    async def ask(self, key: str) -> None:
        """Press enter on what is chosen, or on the place for one more."""
        next(knob for knob in self.form.query(Knob) if knob.key == key and knob.place is None).focus()
        await self.pilot.press("enter")

    async def choose(self, words: str) -> None:
        """Choose the first of a list that has these words."""
        await self.at(Picker)
        self.pilot.app.screen.query_one(Input).value = words
        await self.pilot.press("enter")

    async def send(self) -> None:
        """Look at the mail, and send it."""
        await self.pilot.press("ctrl+s")
        await self.at(MailPreview)
        await self.pilot.press("enter")
        await until(self.pilot, lambda: not any(isinstance(s, MailForm) for s in self.pilot.app.screen_stack))

    def notes(self) -> str:
        """Return what the form says of its fields, and of all of it."""
        return " ".join(str(label.render()) for label in self.form.query(".form-note") if label.display)


def mails(world: World) -> Sequence[Delivery]:
    """Return what people have written, newest first."""
    return [d for d in world.store.read(lambda reader: reader.deliveries(DeliveryFilter())) if d.rule is None]


def sent(world: World) -> Sequence[Event]:
    """Return the events by which triggers hear of it."""
    return [e for e in world.store.read(lambda reader: reader.events_of()) if e.kind == "email_sent"]


def wrote(world: World, **more: Any) -> None:
    """Let the client write a mail."""
    report = commands.Report(source="mail", id="letter-1")
    said = {"sender": "Maria Lima <maria@cliente.example>", "subject": "Order 1001", "text": "Where is it?\nI wait."}
    headers = {"message_id": "<7@cliente.example>"}
    world.write(commands.email_received(report, **{**said, **more}, headers=headers, deal=world.deals[TITLE]))


async def test_a_mail_is_seen_before_it_goes_and_triggers_hear_of_it() -> None:
    world = rich_world()
    async with world.board(size=(80, 24)) as pilot:
        writer = Writer(pilot, world)
        await writer.begin()
        await pilot.press("H", "i", "enter")
        await writer.type(text="It left: https://loja.example/p")
        await pilot.press("ctrl+s")
        await writer.at(MailPreview)
        shown = " ".join(screen_text(pilot).split())
        assert "To Maria Lima · maria@cliente.example" in shown
        assert "Tracking opening, 1 link" in shown
        assert mails(world) == [], "nothing goes out before it was seen"
        await pilot.press("escape")
        await writer.at(MailForm)
        await writer.send()
        (mail,) = mails(world)
        assert (mail.by, mail.message.to, mail.message.subject) == ("ana", "maria@cliente.example", "Hi")
        assert mail.message.text == "It left: https://loja.example/p"
        assert [event.data["delivery"] for event in sent(world)] == [mail.public_id]
        assert any(mail.public_id in told for told in toasts(pilot))
        assert app_of(pilot).desk.drafts.find((world.deals[TITLE], None)) is None


async def test_what_was_begun_is_kept_comes_back_and_quitting_asks_once() -> None:
    world = rich_world()
    async with world.board(size=(80, 24)) as pilot:
        writer = Writer(pilot, world)
        await writer.begin()
        await pilot.press(*"Half", "escape")
        await until(pilot, lambda: any("M goes on with it" in told for told in toasts(pilot)))
        app = app_of(pilot)
        assert [acts.drafts_ask(app), acts.drafts_ask(app)] == [True, False]
        await until(pilot, lambda: any("A mail that you have begun was not sent" in told for told in toasts(pilot)))
        await writer.again()
        assert writer.form.query_one(Line).value == "Half"
        await until(pilot, lambda: "This is what you had begun." in writer.notes())
        writer.form.query_one("#discard", Button).press()
        await writer.choose("Give it up")
        await until(pilot, lambda: app.desk.drafts.find((world.deals[TITLE], None)) is None)
        assert not acts.drafts_ask(app)


async def test_what_is_wrong_is_said_beside_its_field() -> None:
    world = rich_world()
    world.write(lambda tx: tx.put_user(replace(tx.house().users["ana"], mailboxes=())))
    async with world.board(size=(80, 24)) as pilot:
        writer = Writer(pilot, world)
        await writer.begin(on="news@cliente.example")
        await until(pilot, lambda: "Ana Souza has no connected mailbox" in writer.notes())
        await until(pilot, lambda: "Maria Lima does not want messages at news@cliente.example" in writer.notes())
        await writer.type("x" * 1001, " ")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "a mail needs a text" in writer.notes())
        assert "subject has 1001 characters; a mail has 1000 at most" in writer.notes()
        await writer.type(text="Hello")
        await until(pilot, lambda: "a mail needs a text" not in writer.notes())
        assert mails(world) == []


async def test_a_letter_of_the_client_is_answered_in_its_thread() -> None:
    world = rich_world()
    wrote(world)
    async with world.board(size=(80, 24)) as pilot:
        writer = Writer(pilot, world)
        await writer.begin(on="the client wrote: Order 1001")
        assert writer.form.query_one(Line).value == "Re: Order 1001"
        text = writer.form.query_one(TextArea)
        assert text.text.splitlines()[2:] == ["On 1 Dec 2026 09:00, Maria Lima wrote:", "> Where is it?", "> I wait."]
        assert text.has_focus
        await pilot.press(*"Here.", "escape")
        await until(pilot, lambda: any("on the client's mail goes on with it" in told for told in toasts(pilot)))
        await writer.again()
        await writer.send()
        (mail,) = mails(world)
        assert mail.message.text.startswith("Here.\n\nOn 1 Dec")
        assert mail.message.data["in_reply_to"] == "<7@cliente.example>"


async def test_files_of_the_deal_and_from_disk_go_along(tmp_path: Path) -> None:
    world = rich_world()
    world.write(commands.set_fields(world.deals[TITLE], {"contract": NewFile("contract.pdf", b"%PDF")}))
    (tmp_path / "plan.txt").write_text("plan")
    async with world.board(size=(80, 24)) as pilot:
        writer = Writer(pilot, world)
        await writer.begin()
        await writer.type("Papers", "Two files.")
        await writer.ask("files")
        await writer.choose("contract.pdf")
        await writer.at(MailForm)
        await writer.ask("files")
        await writer.at(Ask)
        line = pilot.app.screen.query_one(Input)
        line.value = str(tmp_path / "none.txt")
        await until(pilot, lambda: "There is no file" in screen_text(pilot))
        line.value = str(tmp_path / "plan.txt")
        await pilot.press("enter")
        await writer.at(MailForm)
        await writer.ask("track")
        await writer.send()
        (mail,) = mails(world)
        assert [each["name"] for each in mail.message.data["attachments"]] == ["contract.pdf", "plan.txt"]
        assert not (mail.message.data.get("tracking") or {}).get("opens")


async def test_without_a_mail_server_it_says_where_one_comes_from() -> None:
    world = rich_world()
    world.write(lambda tx: tx.archive("connections", ["mail"]))
    async with world.board(size=(80, 24)) as pilot:
        await driver(pilot).card(TITLE).click()
        await pilot.press("enter")
        await until(pilot, lambda: app_of(pilot).panel.view is not None)
        await pilot.press("M")
        await until(pilot, lambda: any("No mail server is connected" in told for told in toasts(pilot)))


async def settled(pilot: Pilot[None], part: str, *words: str) -> Sequence[Strip]:
    """Return what a part of the screen shows once these words are in it, with nothing of what lies behind it."""

    def strips() -> Sequence[Strip]:
        region = pilot.app.screen.query_one(part).region
        every = pilot.app.screen._compositor.render_strips()[region.y : region.bottom]
        return [strip.crop(region.x, region.right) for strip in every]

    await until(pilot, lambda: all(word in "\n".join(strip.text for strip in strips()) for word in words))
    before: Sequence[str] = ()
    while before != (now := [frame_text(strips())]):
        before = now
        await pilot.pause()
    return strips()


@pytest.mark.parametrize("lang", ["en", "pt_BR"])
async def test_the_form_and_the_preview_look_right(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", lang)
    world = rich_world()
    wrote(world)
    async with world.board(size=(80, 24)) as pilot:
        writer = Writer(pilot, world)
        await writer.begin(on=": Order 1001")
        writer.form.query_one(TextArea).cursor_blink = False
        await pilot.press(*"Soon.")
        assert_golden(f"mail_form_80_{lang}", await settled(pilot, "#form", "Soon.", "> I wait."))
        await pilot.press("ctrl+s")
        await writer.at(MailPreview)
        assert_golden(f"mail_preview_80_{lang}", await settled(pilot, "#message-box", "Soon.", "> I wait."))
