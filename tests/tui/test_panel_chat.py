"""Chats in the open deal: read whole, taken, answered, closed; what was typed is kept, what is wrong stands beside."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from core import commands
from core.model.file import NewFile
from core.model.talk import Chat, ChatStatus
from core.ports import Tx
from tests.tui.app_world import World, app_of, driver, screen_text, toasts, until
from tests.tui.panel_world import DealDriver, rich_world
from tui.panels.answer import AnswerBox


def chat(world: World) -> Chat:
    """Return the one chat as it is stored."""
    found = world.store.read(lambda reader: reader.chats_named("v1"))
    return found[0]  # type: ignore[no-any-return]


def said(world: World) -> list[str]:
    """Return what was said in it."""
    lines = world.store.read(lambda reader: reader.said(chat(world).id))
    return [each.text for each in lines]


def box(pilot: Pilot[None]) -> AnswerBox:
    """Return the box in which one answers."""
    return app_of(pilot).panel.talk


async def opened(pilot: Pilot[None], title: str) -> None:
    """Open a deal by its card."""
    await driver(pilot).card(title).click()
    await pilot.press("enter")


def writes(world: World, id: str, text: str) -> None:
    """Let the client write."""
    world.write(commands.chat_message(commands.Report(source="web", id=id), "v1", text, channel="web"))


async def test_a_chat_is_taken_answered_in_several_lines_and_closed() -> None:
    world = rich_world()
    async with world.board(size=(110, 40)) as pilot:
        person = DealDriver(pilot)
        await person.open()
        await pilot.press("A")
        await until(pilot, lambda: chat(world).status is ChatStatus.ACCEPTED)
        assert chat(world).accepted_by == "ana"
        await until(pilot, lambda: box(pilot).text.has_focus)
        await until(pilot, lambda: "Where is my order?" in screen_text(pilot))
        assert box(pilot).heading.state == "taken by Ana Souza"
        await pilot.press(*"It left.", "enter", *"Ana", "ctrl+s")
        await until(pilot, lambda: said(world)[-1] == "It left.\nAna")
        assert box(pilot).text.text == "", "what has gone out is taken away"
        await until(pilot, lambda: "Ana Souza" in person.text() and "queued" in person.text())
        assert chat(world).answered_at is not None
        await pilot.press("escape")
        await until(pilot, lambda: person.panel.body.has_focus)
        await pilot.press("X")
        await until(pilot, lambda: chat(world).status is ChatStatus.CLOSED)
        assert any("begins again when the client writes" in told for told in toasts(pilot))


async def test_what_was_typed_is_kept_on_leaving_and_quitting_asks_once() -> None:
    world = rich_world()
    world.deal("Other", "delivery")
    async with world.board(size=(110, 40)) as pilot:
        person = DealDriver(pilot)
        await opened(pilot, "Order 1001")
        await pilot.press("a")
        await until(pilot, lambda: box(pilot).text.has_focus)
        await pilot.press(*"half", "escape", "escape")
        await until(pilot, lambda: not person.panel.display)
        await opened(pilot, "Other")
        assert not box(pilot).display
        await pilot.press("escape", "q")
        await until(pilot, lambda: any("was not sent" in told for told in toasts(pilot)))
        await opened(pilot, "Order 1001")
        await pilot.press("a")
        await until(pilot, lambda: box(pilot).text.has_focus)
        assert box(pilot).text.text == "half"
        assert len(said(world)) == 1


async def test_what_the_client_writes_meanwhile_appears_and_leaves_the_half_typed_answer() -> None:
    world = rich_world()
    async with world.board(size=(110, 40)) as pilot:
        person = DealDriver(pilot)
        await person.open()
        await pilot.press("a", *"I am")
        await until(pilot, lambda: box(pilot).text.text == "I am")
        writes(world, "2", "[bold]Hurry[/]")
        await until(pilot, lambda: "[bold]Hurry[/]" in screen_text(pilot))
        assert box(pilot).text.text == "I am" and box(pilot).text.has_focus


async def test_what_cannot_be_sent_is_told_below_the_text_which_stays() -> None:
    world = rich_world()
    async with world.board(size=(80, 24)) as pilot:
        await DealDriver(pilot).open()
        await pilot.press("a")
        await until(pilot, lambda: box(pilot).text.has_focus)
        box(pilot).text.load_text("x" * 200_000)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "a chat message has" in screen_text(pilot))
        assert len(box(pilot).text.text) == 200_000
        box(pilot).text.load_text("Hello")
        await until(pilot, lambda: "a chat message has" not in screen_text(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: said(world)[-1] == "Hello")


async def test_a_closed_or_blocked_chat_says_why_nothing_can_be_done() -> None:
    world = rich_world()
    world.write(commands.close_chat("v1", "ana"))
    async with world.board(size=(110, 40)) as pilot:
        await DealDriver(pilot).open()
        await pilot.press("A")
        await until(pilot, lambda: any("it begins again when the client writes" in told for told in toasts(pilot)))
        await pilot.press("X", "ctrl+s")
        await until(pilot, lambda: any("No answer is being written." in told for told in toasts(pilot)))


async def test_files_of_a_chat_can_be_opened_and_older_words_are_asked_for() -> None:
    world = rich_world()
    for number in range(2, 230):
        writes(world, str(number), f"line {number}")
    world.write(_with_picture)
    async with world.board(size=(110, 40)) as pilot:
        person = DealDriver(pilot)
        await person.open()
        await pilot.press("a", "escape")
        await until(pilot, lambda: person.panel.body.has_focus)
        assert "Where is my order?" not in person.text() and "line 229" in person.text()
        await person.go("roastery.png")
        await pilot.press("enter")
        await until(pilot, lambda: "Save as…" in screen_text(pilot))
        await pilot.press("escape")
        await person.go("show what was said before")
        await pilot.press("enter")
        await until(pilot, lambda: "Where is my order?" in person.text())


def _with_picture(tx: Tx) -> None:
    from core.commands.files import keep
    from core.model.talk import Author, ChatMessage

    found = tx.chats_named("v1")[0]
    file: Any = keep(tx, NewFile("roastery.png", b"\x89PNG"))
    tx.say(
        ChatMessage(
            id=0,
            chat=found.id,
            session=1,
            at=tx.now(),
            author=Author.CLIENT,
            by=found.peer,
            text="Look",
            data={"attachments": [dict(file)]},
        )
    )
