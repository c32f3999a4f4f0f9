"""The inbox: what waits in one list by urgency, taken one by one, opened at its place, handled, taken back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.pilot import Pilot

from core import commands
from core.engine import listening
from core.model.event import Event
from core.model.moment import MINUTE, Moment
from core.ports import Tx
from tests.tui.app_world import START, World, app_of, memory_world, screen_text, toasts, until
from tests.tui.panel_world import DealDriver, rich_world

LATER = Moment(START + 6_000)


def happens(world: World, kind: str, id: str, at: Moment = LATER, **data: str) -> None:
    """Record an event of Maria's and have the engine take it up."""

    def job(tx: Tx) -> None:
        tx.record(Event(kind=kind, source="reported", outside_id=id, at=at, data=data))

    world.write(job)
    world.write(listening.expand())


def busy_world() -> World:
    """Return a house with a chat that waits, a missed call and a reply of the same client."""
    world = rich_world()
    happens(
        world,
        "email_received",
        "m1",
        Moment(LATER - 2 * MINUTE),
        **{"from": "maria@cliente.example", "subject": "Thanks, and a question"},
    )
    happens(world, "call_missed", "c1", Moment(LATER - MINUTE), phone="+5511987650001", line="line1")
    return world


def listed(pilot: Pilot[None]) -> Sequence[str]:
    """Return what the list shows, by id."""
    return [item.id for item in app_of(pilot).inbox.rows.shown]


async def opened(pilot: Pilot[None]) -> None:
    """Open the inbox and wait until it is read."""
    await pilot.press("i")
    await until(pilot, lambda: app_of(pilot).inbox.rows.loaded)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_what_waits_is_listed_by_urgency_and_enter_opens_the_deal_at_its_place(size: tuple[int, int]) -> None:
    world = busy_world()
    async with world.board(size=size) as pilot:
        await opened(pilot)
        assert [app_of(pilot).inbox.rows.shown[n].sort.value for n in range(3)] == ["chat", "call", "reply"]
        text = screen_text(pilot)
        assert "3 things wait" in text and "Maria Lima" in text and "Thanks, and a" in text
        await pilot.press("j", "enter")
        await until(pilot, lambda: app_of(pilot).panel.display)
        await until(pilot, lambda: "was not answered" in screen_text(pilot))
        item = app_of(pilot).panel.sheet.current
        assert item is not None and item.section.value == "history"
        await pilot.press("escape")
        await until(pilot, lambda: app_of(pilot).inbox.list.has_focus)
        await pilot.press("g", "enter")
        await until(pilot, lambda: app_of(pilot).panel.talk.text.has_focus)


async def test_next_takes_the_first_and_an_answer_leads_on_to_the_one_after_it() -> None:
    world = busy_world()
    async with world.board(size=(160, 50)) as pilot:
        await pilot.press("N")
        await until(pilot, lambda: app_of(pilot).panel.talk.text.has_focus)
        await pilot.press(*"It left", "ctrl+s", "escape")
        await until(pilot, lambda: len(listed(pilot)) == 2)
        await pilot.press("N")
        await until(pilot, lambda: "was not answered" in DealDriver(pilot).text())
        assert app_of(pilot).inbox.taken == listed(pilot)[0]


async def test_a_thing_is_marked_as_handled_and_taken_back() -> None:
    world = busy_world()
    async with world.board(size=(110, 30)) as pilot:
        await opened(pilot)
        before = listed(pilot)
        await pilot.press("x")
        await until(pilot, lambda: len(listed(pilot)) == 2)
        assert any("takes it back" in told for told in toasts(pilot))
        await pilot.press("z")
        await until(pilot, lambda: listed(pilot) == before and app_of(pilot).inbox.rows.cursor == 0)
        await pilot.press("x")
        await until(pilot, lambda: len(listed(pilot)) == 2)
        report = commands.Report(source="web", id="2")
        world.write(commands.advance_clock(60_000))
        world.write(commands.chat_message(report, "v1", "Hello?", channel="web"))
        await until(pilot, lambda: listed(pilot) == before)


async def test_later_calls_and_letters_settle_what_waited() -> None:
    world = busy_world()
    async with world.board(size=(110, 30)) as pilot:
        await opened(pilot)
        assert len(listed(pilot)) == 3
        happens(world, "call_received", "c2", phone="+5511987650001", line="line1")
        await until(pilot, lambda: len(listed(pilot)) == 2)
        mail = commands.NewMail(subject="Re", text="Here you are")
        world.write(commands.write_mail(world.deals["Order 1001"], mail, "ana"))
        await until(pilot, lambda: listed(pilot) == ["web:v1"])


async def test_an_empty_inbox_says_what_comes_into_it_and_esc_goes_back() -> None:
    world = memory_world(engine=False)
    async with world.board(size=(80, 24)) as pilot:
        await opened(pilot)
        await until(pilot, lambda: "Nothing waits for anybody." in screen_text(pilot))
        await pilot.press("enter", "x", "z", "N")
        await until(pilot, lambda: any("Nothing was marked" in told for told in toasts(pilot)))
        await pilot.press("escape")
        await until(pilot, lambda: app_of(pilot).board.has_focus and app_of(pilot).board.display)


async def test_the_list_is_narrowed_by_words_and_esc_shows_all_again() -> None:
    world = busy_world()
    async with world.board(size=(110, 30)) as pilot:
        await opened(pilot)
        await pilot.press("slash", *"thanks", "enter")
        await until(pilot, lambda: len(listed(pilot)) == 1)
        await pilot.press("escape")
        await until(pilot, lambda: len(listed(pilot)) == 3)
        await pilot.press("slash", *"zzz", "enter")
        await until(pilot, lambda: "Nothing here fits the filter." in screen_text(pilot))


async def test_the_mouse_points_opens_and_shows_the_menu() -> None:
    world = busy_world()
    async with world.board(size=(110, 30)) as pilot:
        await opened(pilot)
        await pilot.click("#inbox-list", offset=(10, 2))
        assert app_of(pilot).inbox.rows.cursor == 2
        await pilot.click("#inbox-list", offset=(10, 1), button=3)
        await until(pilot, lambda: "Mark as handled" in screen_text(pilot))
        await pilot.press("escape")
        await pilot.click("#inbox-list", offset=(10, 1), times=2)
        await until(pilot, lambda: app_of(pilot).panel.display)


async def test_a_thing_without_a_deal_says_so() -> None:
    world = memory_world(engine=False)
    happens(world, "email_received", "m1", LATER, **{"from": "stranger@else.example", "subject": "Hi [b]"})
    async with world.board(size=(110, 30)) as pilot:
        await opened(pilot)
        assert "stranger@else.exa" in screen_text(pilot) and "Hi [b]" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: any("belongs to no deal" in told for told in toasts(pilot)))
