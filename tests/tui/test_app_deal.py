"""The open deal: fields edited in place, people, rules steered, history read; live, at any size, in both languages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from core import commands
from core.model.people import Contact
from core.model.run import RunStatus
from tests.tui.app_world import World, app_of, driver, screen_text, toasts, until
from tests.tui.golden import assert_golden
from tests.tui.panel_world import TITLE, DealDriver, rich_world
from tui.panels import deal_sheet


def deal(world: World) -> Any:
    """Return the deal as it is stored."""
    return world.store.read(lambda reader: reader.deal(world.deals[TITLE]))


def maria(world: World) -> Contact:
    """Return the contact as she is stored."""
    found: Mapping[str, Contact] = world.store.read(lambda reader: reader.contacts(["maria"]))
    return found["maria"]


def statuses(world: World) -> Mapping[str, RunStatus]:
    """Return how the runs stand, by rule."""
    return {run.rule: run.status for run in world.store.read(lambda reader: reader.runs_of())}


async def settled(pilot: Pilot[None]) -> None:
    """Wait until nothing is being typed any more."""
    await until(pilot, lambda: app_of(pilot).panel.edit is None)


@asynccontextmanager
async def opened(size: tuple[int, int] = (110, 40)) -> AsyncIterator[tuple[World, DealDriver]]:
    """Give the house and a person in its one deal."""
    world = rich_world()
    async with world.board(size=size) as pilot:
        person = DealDriver(pilot)
        await person.open()
        yield world, person


TYPED: list[tuple[str, str, str, Any]] = [
    ("Amount", "4,300.5", "amount", "4300.50"),
    ("Tracking code", "[bold]BR9[/]", "tracking", "[bold]BR9[/]"),
    ("Weight", "2.5", "weight", 2.5),
    ("Meeting", "2026-12-08 14:30", "meeting", "2026-12-08T17:30:00Z"),
]


async def test_what_is_typed_into_a_field_is_saved_as_the_command_line_would() -> None:
    async with opened() as (world, person):
        pilot = person.pilot
        for words, text, field, stored in TYPED:
            await person.type(words, text)
            await settled(pilot)
            found = deal(world)
            value = found.fields.get(field) if field != "amount" else found.amount
            assert (str(value) if field == "amount" else value) == stored, field
        assert "Tracking code [bold]BR9[/]" in person.text(), "text is data"


async def test_lists_users_boxes_and_several_values_are_chosen_ticked_and_emptied(tmp_path: Path) -> None:
    world = rich_world()
    paper = tmp_path / "contract.pdf"
    paper.write_bytes(b"%PDF")
    async with world.board(size=(110, 40)) as pilot:
        person = DealDriver(pilot)
        await person.open()
        await person.go("Gift")
        await pilot.press("space")
        await until(pilot, lambda: deal(world).fields.get("gift") is True)
        for words, wanted, field, stored in (
            ("Machine", "grind", "machine", "grinder"),
            ("Helper", "rui", "helper", "rui"),
            ("Colours", "blue", "colours", ["blue"]),
        ):
            await person.go(words)
            await pilot.press("enter")
            await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
            await pilot.press(*wanted, "enter")
            await until(pilot, lambda field=field, stored=stored: deal(world).fields.get(field) == stored)  # type: ignore[misc]
        await person.go("Tags")
        await pilot.press("j", "j", "enter")
        person.panel.editor.value = "c, with a comma"
        await pilot.press("enter")
        await until(pilot, lambda: deal(world).fields["tags"] == ["a", "b", "c, with a comma"])
        await person.go("Tags")
        await pilot.press("delete")
        await until(pilot, lambda: deal(world).fields["tags"] == ["b", "c, with a comma"])
        await person.type("Contract", str(paper))
        await until(pilot, lambda: (deal(world).fields.get("contract") or {}).get("name") == "contract.pdf")
        await person.go("Machine")
        await pilot.press("delete")
        await until(pilot, lambda: "machine" not in deal(world).fields)


async def test_what_is_wrong_stands_below_the_line_and_esc_asks_before_it_gives_up() -> None:
    async with opened() as (world, person):
        pilot = person.pilot
        await person.go("Amount")
        await pilot.press("enter", *"abc")
        await until(pilot, lambda: "Not an amount like 1,250.50." in screen_text(pilot))
        await pilot.press("enter")
        await pilot.pause()
        assert person.panel.edit is not None, "what is wrong is not saved"
        await pilot.press("escape")
        await until(pilot, lambda: "Not saved: enter keeps it, esc again gives it up." in person.text())
        await pilot.press("escape")
        await settled(pilot)
        assert str(deal(world).amount) == "4200.00"
        await pilot.press("escape")
        await until(pilot, lambda: not app_of(pilot).panel.display)


async def test_an_empty_title_is_refused_in_words_and_a_file_that_is_not_there_too() -> None:
    async with opened() as (_world, person):
        pilot = person.pilot
        await person.type("Title", "")
        await until(pilot, lambda: "field “title” cannot be empty" in person.text())
        await pilot.press("escape", "escape")
        await person.type("Contract", "/nowhere/at/all.pdf")
        await until(pilot, lambda: "There is no file “/nowhere/at/all.pdf”." in person.text())


async def test_a_half_typed_value_outlives_what_happens_meanwhile_and_a_change_by_others_is_told() -> None:
    async with opened() as (world, person):
        pilot = person.pilot
        await person.go("Tracking code")
        await pilot.press("enter")
        person.panel.editor.value = "half"
        world.write(commands.set_fields(world.deals[TITLE], {"weight": 7}))
        await until(pilot, lambda: "Weight 7" in person.text())
        assert person.panel.editor.value == "half" and person.panel.editor.has_focus
        world.write(commands.set_fields(world.deals[TITLE], {"tracking": "THEIRS"}))
        await until(pilot, lambda: "Meanwhile it has become “THEIRS”" in person.text())
        app_of(pilot).board.focus()
        await pilot.press("escape")
        assert person.panel.display and person.panel.editor.value == "half", "closing asks first"
        await pilot.press("enter")
        await until(pilot, lambda: deal(world).fields["tracking"] == "half")


async def test_a_change_that_the_board_has_not_heard_of_is_not_written_over() -> None:
    async with opened() as (world, person):
        pilot = person.pilot
        await person.go("Tracking code")
        await pilot.press("enter")
        app_of(pilot).live.bridge.behind = lambda: False  # type: ignore[method-assign]
        app_of(pilot).live.woken = lambda: None  # type: ignore[method-assign]
        world.write(commands.set_fields(world.deals[TITLE], {"tracking": "THEIRS"}))
        person.panel.editor.value = "mine"
        await pilot.press("enter")
        await until(pilot, lambda: "Somebody has changed it meanwhile" in person.text())
        assert deal(world).fields["tracking"] == "THEIRS"
        await pilot.press("enter")
        await until(pilot, lambda: deal(world).fields["tracking"] == "mine")


async def test_people_with_their_addresses_types_and_opt_outs() -> None:
    async with opened() as (world, person):
        pilot = person.pilot
        await pilot.press("2")
        assert "news@cliente.example newsletter wants no messages here" in person.text()
        await person.type("+ e-mail or phone", "HOME:maria@casa.example")
        await until(pilot, lambda: [each.type for each in maria(world).emails] == ["WORK", "MAILING", "HOME"])
        await settled(pilot)
        await person.type("maria@cliente.example", "maria@")
        await until(pilot, lambda: "is not an e-mail address" in person.text())
        await pilot.press("escape", "escape")
        await person.go("(11) 98765-0001")
        await pilot.press("space")
        await until(pilot, lambda: maria(world).phones[0].opted_out)
        await person.go("(11) 98765-0001")
        await pilot.press("y", *"work", "enter")
        await until(pilot, lambda: maria(world).phones[0].type == "WORK")
        assert maria(world).phones[0].opted_out, "another type leaves the opt-out"
        await person.type("+ contact", "joão")
        await until(pilot, lambda: deal(world).contacts == ("maria", "joao"))
        await settled(pilot)
        await person.type("+ contact", "nobody")
        await until(pilot, lambda: "Nobody is called that" in person.text())
        await pilot.press("escape", "escape")
        await person.go("João Reis")
        await pilot.press("delete")
        await until(pilot, lambda: "Take “João Reis” off this deal?" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: deal(world).contacts == ("maria",))


REASONS = (
    "Tracking number done · delivered 09:00",
    "Thanks to the family failed: Maria Lima has no e-mail address of type home",
    "Call the big ones not started: amount 4,200 is not > 5,000",
    "Short note waiting until 11:00",
    "After the note waits for “Short note”",
    "Evening greeting waiting until Wed 09:00, business hours",
    "The day before waiting for a date: close date is empty",
)


async def test_rules_tell_how_they_stand_and_are_run_and_stopped_by_keys_and_mouse() -> None:
    async with opened((140, 50)) as (world, person):
        pilot = person.pilot
        sheet = person.text()
        for knob in ("try again stop ", "run now stop "):
            sheet = sheet.replace(knob, "")
        assert [reason for reason in REASONS if reason not in sheet] == []
        await person.go("Short note")
        await pilot.press("x")
        await until(pilot, lambda: statuses(world)["short-note"] is RunStatus.CANCELLED)
        await person.go("Call the big ones")
        await pilot.press("r")
        assert toasts(pilot)[-1] == "It has ended: not started."
        await person.go("Evening greeting")
        body = person.panel.body
        row = person.panel.sheet.starts[person.panel.sheet.cursor] - person.panel.sheet.top
        line = person.panel.sheet.lines[person.panel.sheet.top + row]
        await pilot.click(body, offset=(1 + line.text.index("run now"), row))
        await until(pilot, lambda: "“Evening greeting” is tried now." in toasts(pilot))
        assert "somebody asked for it" in person.text()


async def test_history_unfolds_whole_messages_and_takes_a_change_of_a_field_back() -> None:
    async with opened((110, 50)) as (world, person):
        pilot = person.pilot
        assert "maria@cliente.example Your order delivered 09:00 · opened" in person.text()
        assert "the client opened “Your order”" in person.text()
        await person.go("maria@cliente.example Your order")
        await pilot.press("enter")
        for words in ("your order 1001 has left our roastery", "Opened", "1 Dec 2026 09:00"):
            assert words in person.text(), words
        await person.go("chat web")
        await pilot.press("enter")
        shown = [line.strip() for line in person.lines()]
        assert shown.index("I am waiting.") == shown.index("Where is my order?") + 1
        await person.type("Weight", "9")
        await until(pilot, lambda: deal(world).fields.get("weight") == 9)
        await settled(pilot)
        await person.go("Weight: – → 9")
        await pilot.press("z")
        await until(pilot, lambda: "weight" not in deal(world).fields)
        await person.go("Weight: – → 9")
        await pilot.press("z")
        assert toasts(pilot)[-1] == "It has been changed again since."


async def test_what_happens_outside_leaves_cursor_and_unfolded_entries_in_place() -> None:
    async with opened((110, 30)) as (world, person):
        pilot = person.pilot
        await person.go("maria@cliente.example Your order")
        await pilot.press("enter")
        sheet = person.panel.sheet
        key, row = sheet.items[sheet.cursor].key, sheet.starts[sheet.cursor] - sheet.top
        world.write(commands.note(world.deals[TITLE], "Called her: all is well.", "ana"))
        await until(pilot, lambda: "Called her" in person.text())
        assert (sheet.items[sheet.cursor].key, sheet.starts[sheet.cursor] - sheet.top) == (key, row)
        assert "has left our roastery" in person.text()


async def test_a_narrow_screen_gives_the_deal_all_of_it_and_a_wide_one_shows_it_beside_the_board() -> None:
    async with opened((80, 24)) as (_world, person):
        pilot = person.pilot
        await until(pilot, lambda: screen_text(pilot).splitlines()[1].startswith(" Order 1001"))
        await pilot.resize_terminal(160, 50)
        await until(pilot, lambda: "Order delivery" in screen_text(pilot).splitlines()[1])
        assert TITLE in screen_text(pilot).splitlines()[1]
        await pilot.resize_terminal(80, 24)
        await pilot.press("escape")
        await until(pilot, lambda: "Order 1001" in " ".join(driver(pilot).column("Order delivery").titles()))


async def test_what_is_done_in_the_open_deal_is_done_to_it_and_not_to_marked_ones() -> None:
    world = rich_world()
    world.deal("Another", "delivery")
    async with world.board(size=(140, 40)) as pilot:
        await pilot.press("l", "space", "k", "enter")
        opened = app_of(pilot).panel.deal
        other = next(title for title, number in world.deals.items() if number != opened)
        await pilot.press("L")
        stayed = world.stage_of(other)
        await until(pilot, lambda: world.stage_of(TITLE if other == "Another" else "Another") == "invoice")
        assert stayed == "delivery" and world.stage_of(other) == "delivery"


async def test_moving_in_the_open_deal_lays_nothing_out_and_asks_the_database_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with opened((140, 40)) as (_world, person):
        pilot = person.pilot
        await pilot.press("escape", "enter")
        await pilot.pause()
        screen = pilot.app.screen
        done: list[object] = []
        original = screen._refresh_layout
        read = deal_sheet.read

        def laying(*args: Any, **more: Any) -> None:
            done.append(args)
            original(*args, **more)

        def reading(*args: Any) -> Any:
            done.append(args)
            return read(*args)

        monkeypatch.setattr(deal_sheet, "read", reading)
        monkeypatch.setattr(screen, "_refresh_layout", laying)
        await pilot.press("j", "j", "tab", "k", "pagedown", "G")
        assert done == []


FRAMES = [
    ("deal_80x24", (80, 24), "en", "funil-dark", ("3",)),
    ("deal_80x24_pt_light", (80, 24), "pt_BR", "funil-light", ("2",)),
    ("deal_160x50", (160, 50), "en", "funil-light", ()),
    ("deal_edit_160x50_pt", (160, 50), "pt_BR", "funil-dark", ("j", "j", "j", "enter", "a")),
]


@pytest.mark.parametrize(("name", "size", "language", "look", "keys"), FRAMES, ids=[frame[0] for frame in FRAMES])
async def test_the_open_deal_looks_as_it_did(
    name: str, size: tuple[int, int], language: str, look: str, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    world = rich_world()
    async with world.board(size=size) as pilot:
        app_of(pilot).dress(look)
        await DealDriver(pilot).open()
        app_of(pilot).panel.editor.cursor_blink = False
        await pilot.press(*keys)
        await pilot.pause()
        panel = app_of(pilot).panel
        strips = pilot.app.screen._compositor.render_strips(pilot.app.size)
        region = panel.region
        assert_golden(name, [row.crop(region.x, region.right) for row in strips[region.y : region.bottom]])
