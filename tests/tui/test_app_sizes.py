"""The screen at every size, through resizes, in both languages and looks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.model.moment import parse_iso
from tests.tui.app_world import World, app_of, driver, memory_world, screen_text, until
from tui import format as fmt
from tui.line import Part, action_at, spread, squeeze, total

SIZES = [(80, 24), (100, 30), (160, 50), (200, 60)]


@pytest.fixture
def world() -> World:
    """A house with twenty deals."""
    world = memory_world()
    for number in range(20):
        world.deal(f"Order {number}", ("new", "delivery", "won")[number % 3], amount=str(100 * number))
    return world


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("look", ["funil-dark", "funil-light"])
async def test_the_board_fills_any_terminal(world: World, size: tuple[int, int], look: str) -> None:
    async with world.board(size=size) as pilot:
        app_of(pilot).dress(look)
        await pilot.pause()
        lines = screen_text(pilot).splitlines()
        assert len(lines) == size[1]
        assert lines[0].startswith(" Funil · Sales")
        assert lines[1].lstrip(" ▾").startswith("New")
        assert lines[-1].rstrip().endswith("? help")
        assert any("Outbound" in line for line in lines)


async def test_a_storm_of_resizes_leaves_cursor_and_deal_panel_in_place(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("j", "j", "enter")
        chosen = app_of(pilot).board.model.deal
        for width, height in ((200, 60), (80, 24), (40, 10), (20, 5), (131, 33), (80, 24), (160, 50)):
            await pilot.resize_terminal(width, height)
        await pilot.pause()
        assert app_of(pilot).board.model.deal == chosen
        assert app_of(pilot).panel.deal == chosen
        assert app_of(pilot).panel.display
        await pilot.press("escape", "L")
        await until(pilot, lambda: "held" in screen_text(pilot))


async def test_the_screen_speaks_portuguese_money(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    world.deal("Pedido", amount="7500.50")
    async with world.board(size=(180, 40)) as pilot:
        assert "R$ 7.500,50" in screen_text(pilot)


@pytest.mark.parametrize("language", ["en", "pt_BR"])
async def test_a_narrow_head_keeps_its_sum(world: World, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    for number in range(12):
        world.deal(f"Pedido {number}", ("new", "delivery")[number % 2], amount="84321")
    async with world.board(size=(80, 24)) as pilot:
        head = screen_text(pilot).splitlines()[1]
        shown = head.replace("\u2502", "|").split("|")
        assert [column for column in shown[:3] if column.strip() and "R$" not in column] == []
        assert "Order" in head
        assert "13" in shown[0]


async def test_moving_the_cursor_asks_the_database_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world.board() as pilot:
        await pilot.press("j", "k")
        asked: list[object] = []
        read = world.store.read
        app = app_of(pilot)
        monkeypatch.setattr(app.live.bridge, "behind", lambda: False)
        monkeypatch.setattr(app.live, "tick", lambda: None)

        def counted(query: Any) -> Any:
            asked.append(query)
            return read(query)

        monkeypatch.setattr(world.store, "read", counted)
        await pilot.press("j", "j", "l", "k", "h")
        assert asked == []


async def test_a_drag_in_the_app_causes_no_layout(world: World) -> None:
    async with world.board() as pilot:
        layouts: list[object] = []
        screen = pilot.app.screen
        original = screen._refresh_layout

        def counted(*args: object, **more: object) -> None:
            layouts.append(args)
            original(*args, **more)  # type: ignore[arg-type]

        screen._refresh_layout = counted  # type: ignore[method-assign]
        await driver(pilot).card("Order 18").drag_to("Order delivery", release=False)
        assert layouts == []
        await pilot.press("escape")


# Pure pieces ----------------------------------------------------------------------------------------------------------

ZONE = fmt.zone("America/Sao_Paulo")
MOMENT = parse_iso("2026-12-01T13:02:03Z")


@pytest.mark.parametrize(
    ("language", "amount", "short"),
    [
        ("en", "R$7,500", "R$84K"),
        ("pt_BR", "R$ 7.500", "R$ 84 mil"),
    ],
)
def test_money_is_written_as_the_language_has_it(
    language: str, amount: str, short: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    assert fmt.minor(750_000, "BRL") == amount
    assert fmt.minor_short(8_432_100, "BRL") == short
    assert fmt.minor(5, "JPY").endswith("5")


@pytest.mark.parametrize(
    ("language", "typed", "amount"),
    [("en", "1,250.50", "1250.50"), ("pt_BR", "1.250,50", "1250.50"), ("en", "7500", "7500"), ("pt_BR", "0,5", "0.5")],
)
def test_money_is_read_as_the_language_has_it(
    language: str, typed: str, amount: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    assert fmt.parse_money(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["", "abc", "1e3", "12..5", "1,2,3", "١٢"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        fmt.parse_money(typed)


def test_moments_are_written_in_the_reader_s_zone() -> None:
    today = date(2026, 12, 1)
    assert fmt.clock_time(MOMENT, ZONE) == "10:02:03"
    assert fmt.short_time(MOMENT, ZONE, today) == "10:02"
    assert fmt.short_time(MOMENT, ZONE, date(2026, 12, 2)) == "1 Dec 10:02"
    assert fmt.short_time(MOMENT, ZONE, date(2027, 1, 2)) == "1 Dec 2026 10:02"
    assert fmt.log_time(MOMENT, ZONE, date(2026, 12, 2)) == "   1 Dec"
    assert fmt.weekday_time(MOMENT, ZONE) == "Tue 1 Dec 10:02"


@pytest.mark.parametrize(
    ("millis", "left", "age"),
    [
        (0, "0 s", "now"),
        (3_001, "4 s", "now"),
        (90_000, "90 s", "1min"),
        (7_200_000, "2 h", "2h"),
        (3 * 86_400_000, "3 d", "3d"),
        (8 * 86_400_000, "8 d", "1w"),
    ],
)
def test_spans_count_down_rounded_up_and_age_rounded_down(millis: int, left: str, age: str) -> None:
    assert fmt.countdown(millis) == left
    assert fmt.age(millis) == age


@pytest.mark.parametrize("width", range(1, 40))
def test_a_line_never_grows_beyond_its_width(width: int) -> None:
    left = [Part("Funil"), Part(" · 漢字", rank=2), Part("filter", "dim", "filter.open", 6)]
    right = [Part("clock", rank=4), Part("engine")]
    assert total(squeeze(left, width)) <= width
    assert total(spread(left, right, width)) <= width


def test_what_matters_equally_little_goes_together() -> None:
    parts = [Part("Funil"), Part("   ", rank=2), Part("Ana Souza", rank=2), Part("  ", rank=1), Part("3 runs", rank=1)]
    assert "".join(part.text for part in squeeze(parts, 24)) == "Funil  3 runs"
    assert "".join(part.text for part in squeeze(parts, 12)) == "Funil"


def test_a_click_finds_the_part_under_it() -> None:
    parts = [Part("漢字"), Part("filter", action="filter.open"), Part("x")]
    assert [action_at(parts, x) for x in (0, 3, 4, 9, 10, 99)] == [None, None, "filter.open", "filter.open", None, None]
