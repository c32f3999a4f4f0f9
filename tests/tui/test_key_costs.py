"""What each kind of key may cost with 100,000 deals, in counts: lines painted, bytes written, questions, layouts."""

from __future__ import annotations

from collections.abc import Sequence
from threading import get_ident
from typing import Any, Final

import pytest
from textual import events
from textual.screen import Screen

from tests.tui.app_world import app_of, driver, memory_world, until
from tests.tui.board_driver import board
from tests.tui.board_fakes import filled
from tui import filtering, source
from tui.board.model import BoardModel
from tui.panels import deal_sheet

MANY: Final = 100_000
COSTS: Final[Sequence[tuple[str, Sequence[str], int, int, int]]] = [
    # what, its keys one after the other, and for each of them at most: lines, bytes, questions
    ("cursor", ("j", "k", "l", "h"), 8, 2_048, 0),
    ("mark", ("space", "space", "backslash"), 8, 2_048, 0),
    ("range", ("v", "j", "j", "v"), 8, 2_048, 0),
    ("carry to the next column", ("L", "H"), 64, 8_192, 1),
    ("carry within the column", ("J", "K"), 24, 2_048, 0),
    ("page", ("pagedown", "pageup"), 48, 4_096, 1),
    ("end", ("end", "home"), 48, 4_096, 1),
]


@pytest.fixture
def layouts(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every layout of a screen."""
    done: list[object] = []
    real = Screen._refresh_layout

    def spy(screen: Screen[Any], *args: Any, **more: Any) -> None:
        done.append(args)
        real(screen, *args, **more)

    monkeypatch.setattr(Screen, "_refresh_layout", spy)
    return done


async def test_no_kind_of_key_or_wheel_costs_more_than_what_it_changes(layouts: list[object]) -> None:
    many = filled([MANY // 6 + 1] * 6)
    async with board(many, (160, 50)) as (app, person):
        await app.workers.wait_for_complete()
        await person.pilot.pause()
        written: list[str] = []
        app.watch_output(written.append)

        def within(what: str, lines: int, most: int, questions: int, before: tuple[int, int]) -> None:
            painted, asked = app.board.lines_painted - before[0], many.calls.total() - before[1]
            cost = (painted <= lines, len("".join(written).encode()) <= most, asked <= questions, not layouts)
            assert all(cost), (what, painted, len("".join(written)), asked, len(layouts))

        for what, keys, lines, most, questions in COSTS:
            for key in keys:
                before = app.board.lines_painted, many.calls.total()
                written.clear()
                layouts.clear()
                await person.press(key)
                within(f"{what}: {key}", lines, most, questions, before)
        for kind in (events.MouseScrollDown, events.MouseScrollUp):
            before = app.board.lines_painted, many.calls.total()
            written.clear()
            await person.mouse(kind, 40, 10, button=0)
            within(kind.__name__, 48, 4_096, 1, before)


def test_the_first_cards_are_one_question_a_column_and_one_for_all_totals() -> None:
    many = filled([5_000] * 6)
    model = BoardModel(many)
    model.view(0, 6, 15, 16)
    model.load(many.pipeline)
    assert dict(many.calls) == {"totals": 1, "cards": 6}


async def test_a_filter_is_searched_for_in_a_thread_and_a_deal_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    reads: list[object] = []
    search, read = source.search, deal_sheet.read

    def searching(*args: Any) -> Any:
        threads.append(get_ident())
        return search(*args)

    def reading(*args: Any) -> Any:
        reads.append(args)
        return read(*args)

    monkeypatch.setattr(filtering, "search", searching)
    monkeypatch.setattr(deal_sheet, "read", reading)
    world = memory_world(engine=False)
    for title in ("Tea", "Coffee", "Tea leaves"):
        world.deal(title)
    async with world.board() as pilot:
        await pilot.press("slash", *"tea", "enter")
        await until(pilot, lambda: driver(pilot).column("New").head().startswith("New 2"))
        await pilot.press("enter")
        await until(pilot, lambda: app_of(pilot).panel.display)
        assert threads and get_ident() not in threads
        assert len(reads) == 1
