"""The map of a pipeline's automation: looked at, walked through, and changed by keys and by mouse."""

from __future__ import annotations

import pytest
from textual import events
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.strip import Strip

from core.commands import automation
from core.model.frozen import replace
from core.model.rule import Rule
from tests.tui.app_world import app_of, memory_world, screen_text, toasts, until
from tests.tui.golden import assert_golden
from tests.tui.map_world import at, map_world, names, opened, rule_named, view_of
from tui.editor import map_acts
from tui.editor.map_model import HEAD
from tui.editor.screen import EditorScreen


def pointed(pilot: Pilot[None]) -> str:
    """Return the name of the card under the cursor."""
    card = view_of(pilot).model.card
    return card.name if card else ""


def frame(pilot: Pilot[None]) -> list[Strip]:
    """Return what the terminal shows between header and footer, which tell of other things too."""
    return list(pilot.app.screen._compositor.render_strips(pilot.app.size))[1:-1]


@pytest.mark.parametrize(
    ("name", "size", "language", "keys"),
    [
        ("map_80x24", (80, 24), "en", ()),
        ("map_120x40", (120, 40), "en", ("l",)),
        ("map_120x40_pt", (120, 40), "pt_BR", ("l", "l", "space")),
    ],
)
async def test_what_the_map_looks_like(
    name: str, size: tuple[int, int], language: str, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    world = map_world()
    async with world.board(size=size) as pilot:
        await opened(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        assert_golden(name, frame(pilot))


async def test_an_empty_pipeline_says_what_to_do() -> None:
    world = memory_world(engine=False, user=None)
    async with world.board(size=(80, 24)) as pilot:
        app_of(pilot).show_pipeline("service")
        await opened(pilot)
        assert_golden("map_empty", frame(pilot))
        await pilot.press("x", "escape")
        assert toasts(pilot)[-1:] == ["There is no rule or trigger under the cursor."]
        assert app_of(pilot).board.has_focus


async def test_the_cursor_goes_through_stages_and_lights_what_causes_what() -> None:
    world = map_world()
    async with world.board(size=(150, 40)) as pilot:
        view = await opened(pilot)
        waiting = {rule: each.waiting for rule, each in view.model.survey.counts.items()}
        assert waiting == {"tracking-mail": 1, "short-note": 1, "on-to-invoice": 1}
        await pilot.press("l")
        assert pointed(pilot) == "Tracking number"
        assert "can cause: Track e-mail view" in screen_text(pilot)
        await pilot.press("l")
        assert "can be caused by: Tracking number" in screen_text(pilot)
        await pilot.press("j")
        assert "rules may move a deal in a circle" in screen_text(pilot)
        assert view.model.lit_stage == "delivery"
        await pilot.press("h", "G")
        assert pointed(pilot) == "On to invoice"
        await pilot.press("l", "l", "G", "l", "l", "h", "g")
        assert pointed(pilot) == "Paid"


async def test_a_cursors_step_asks_the_database_nothing_and_draws_only_what_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = map_world()
    async with world.board(size=(120, 40)) as pilot:
        view = await opened(pilot)
        app, store = app_of(pilot), world.store._store
        for act in ("right", "down", "up", "left", "mark", "clear"):
            before = view.map.lines_painted
            with monkeypatch.context() as patched:
                patched.setattr(store, "read", forbidden)
                app.perform(f"editor.{act}")
                view.hint.tell()
                assert app.footer.parts(120)
            await pilot.pause()
            assert view.map.lines_painted - before <= 24, act


def forbidden(_query: object) -> None:
    """Refuse to read."""
    raise AssertionError("the database was asked")


async def test_rules_are_carried_within_the_stage_and_into_the_next_and_it_is_undone() -> None:
    world = map_world()
    before = names(world, "delivery")
    async with world.board(size=(150, 40)) as pilot:
        await opened(pilot)
        await pilot.press("l", "J")
        await until(pilot, lambda: names(world, "delivery") == ["Short note", "Tracking number", "On to invoice"])
        await until(pilot, lambda: view_of(pilot).model.index == 1)
        await pilot.press("J")
        await until(pilot, lambda: names(world, "delivery")[-1] == "Tracking number")
        await pilot.press("K")
        await until(pilot, lambda: names(world, "delivery")[1] == "Tracking number")
        await pilot.press("L")
        await until(pilot, lambda: names(world, "invoice") == ["Back to delivery", "Tracking number"])
        await until(pilot, lambda: view_of(pilot).model.place == 2)
        for _ in range(4):
            count = len(app_of(pilot).editing.done)
            await pilot.press("u")
            await until(pilot, lambda n=count: len(app_of(pilot).editing.done) < n)  # type: ignore[misc]
        await until(pilot, lambda: names(world, "delivery") == before)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: names(world, "delivery")[0] == "Short note")
        await pilot.press("u", "u")
        await until(pilot, lambda: "Nothing was changed here that could be undone." in toasts(pilot))


async def test_several_marked_ones_are_switched_and_carried_together() -> None:
    world = map_world()
    async with world.board(size=(150, 40)) as pilot:
        view = await opened(pilot)
        await pilot.press("l", "space", "j", "space")
        assert len(view.model.marks) == 2
        await pilot.press("L")
        await until(pilot, lambda: names(world, "delivery") == ["Short note"])
        assert names(world, "invoice") == ["Back to delivery", "Tracking number", "On to invoice"]
        await pilot.press("escape")
        assert not view.model.marks and app_of(pilot).editing.open


async def test_switching_off_and_removing_say_first_what_waits() -> None:
    world = map_world()
    async with world.board(size=(120, 40)) as pilot:
        await opened(pilot)
        await at(pilot, "Short note")
        await pilot.press("x")
        await until(pilot, lambda: "cancels 1 waiting run" in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        assert rule_named(world, "Short note").enabled
        await pilot.press("x")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.press("enter")
        await until(pilot, lambda: not rule_named(world, "Short note").enabled)
        await until(pilot, lambda: "“Short note” is off. 1 waiting run was cancelled." in toasts(pilot))
        await at(pilot, "Tell Ana")
        await pilot.press("delete")
        await until(pilot, lambda: names(world, "new") == [])
        await pilot.press("u")
        await until(pilot, lambda: names(world, "new") == ["Tell Ana"])


async def test_a_copy_is_off_and_goes_to_another_pipeline_by_the_menu() -> None:
    world = map_world()
    async with world.board(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("y")
        await until(pilot, lambda: names(world, "new") == ["Tell Ana", "Tell Ana (copy)"])
        await until(pilot, lambda: view_of(pilot).model.index == 1)
        assert not rule_named(world, "Tell Ana (copy)").enabled
        app_of(pilot).perform("editor.move")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.press(*"Asked", "enter")
        await until(pilot, lambda: names(world, "asked", "service") == ["Tell Ana (copy)"])
        await pilot.press("p")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.press(*"Service", "enter")
        await until(pilot, lambda: "Automation · Service" in screen_text(pilot))
        assert "Tell Ana (copy)" in screen_text(pilot)


async def test_a_card_is_found_by_its_name() -> None:
    world = map_world()
    async with world.board(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("slash")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.press(*"paid", "enter")
        await until(pilot, lambda: pointed(pilot) == "Paid")
        assert "stages 2–4 of 5" in screen_text(pilot)


async def drag(pilot: Pilot[None], start: Offset, end: Offset, *, drop: bool = True) -> None:
    """Press, move and let go as a mouse does."""
    view = view_of(pilot).map

    async def event(kind: type[events.MouseEvent], cell: Offset, button: int) -> None:
        where = view.region.offset + cell
        pilot.app.post_message(kind(None, *where, 0, 0, button, False, False, False, *where))
        await pilot.pause()

    await event(events.MouseDown, start, 1)
    for share in range(1, 5):
        step = start + Offset((end.x - start.x) * share // 4, (end.y - start.y) * share // 4)
        await event(events.MouseMove, step, 1)
    if drop:
        await event(events.MouseUp, end, 1)


async def test_the_mouse_points_drags_and_shows_the_menu() -> None:
    world = map_world()
    async with world.board(size=(150, 40)) as pilot:
        view = await opened(pilot)
        width = view.model.span(0)[1]
        third = Offset(width + 4, HEAD + view.model.columns[1].first_row(2))
        await drag(pilot, third, Offset(width + 4, HEAD), drop=False)
        assert "On to invoice → Order delivery" in screen_text(pilot)
        assert_golden("map_drag", frame(pilot))
        await pilot.press("escape")
        assert view.model.held == () and names(world, "delivery")[0] == "Tracking number"
        await drag(pilot, third, Offset(width + 4, HEAD))
        await until(pilot, lambda: names(world, "delivery")[0] == "On to invoice")
        await drag(pilot, Offset(3, HEAD), Offset(width * 4 + 5, HEAD + 5))
        await until(pilot, lambda: names(world, "lost") == ["Tell Ana"])
        await pilot.click("#map", offset=(width + 4, HEAD), button=3)
        await until(pilot, lambda: "Move to stage or pipeline…" in screen_text(pilot))
        await pilot.press("escape")


async def test_managers_look_and_may_not_touch() -> None:
    world = map_world(user="ana")
    async with world.board(size=(120, 40)) as pilot:
        await opened(pilot)
        assert "only an admin changes it" in screen_text(pilot)
        before = names(world, "new")
        for key in ("x", "delete", "y", "L", "n"):
            await pilot.press(key)
            assert toasts(pilot)[-1] == "Only an admin changes rules and triggers.", key
        assert names(world, "new") == before


async def test_what_is_changed_elsewhere_appears() -> None:
    world = map_world()
    async with world.board(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("l", "j")
        note = rule_named(world, "Short note")
        world.write(automation.save_rule(replace(note, name="Shorter note")))
        await until(pilot, lambda: "Shorter note" in screen_text(pilot))
        world.write(automation.remove([("rule", "tracking-mail")]))
        await until(pilot, lambda: "Tracking number" not in screen_text(pilot))
        assert pointed(pilot) == "Shorter note"
        await pilot.press("o")
        await until(pilot, lambda: app_of(pilot).log_view.has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: view_of(pilot).map.has_focus)


async def test_the_versions_of_a_rule_are_compared_and_one_is_restored() -> None:
    world = map_world()
    note = rule_named(world, "Short note")
    world.write(automation.save_rule(replace(note, name="Long note"), "rui"))
    async with world.board(size=(120, 40)) as pilot:
        await opened(pilot)
        await at(pilot, "Long note")
        await pilot.press("v")
        await until(pilot, lambda: "Versions of “Long note”" in screen_text(pilot))
        shown = screen_text(pilot)
        assert "Rui Reis   in force · Name" in shown and "as it was made · 1 run waits with it" in shown
        await pilot.press("down", "enter")
        await until(pilot, lambda: "What is different now" in screen_text(pilot))
        assert "Short note → Long note" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: names(world, "delivery")[1] == "Short note")
        await until(pilot, lambda: "“Short note” says again what it said then." in toasts(pilot))
        await pilot.press("u")
        await until(pilot, lambda: names(world, "delivery")[1] == "Long note")


async def test_a_rule_is_opened_and_another_added_and_taken_back() -> None:
    world = map_world()
    async with world.board(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EditorScreen))
        await pilot.press("escape")
        await until(pilot, lambda: view_of(pilot).map.has_focus and len(pilot.app.screen_stack) == 1)
        await pilot.press("n")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.press("escape")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        note = Rule(id="", pipeline="sales", stage="new", kind="comment", name="Note", settings={"text": "Hi"})
        changed = await map_acts.write(app_of(pilot), automation.save_rule(note))
        assert changed
        await until(pilot, lambda: "Note" in screen_text(pilot))
        await pilot.press("u")
        await until(pilot, lambda: names(world, "new") == ["Tell Ana"])
