"""What cards, heads and whole frames look like, whatever customers write into them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from core.model.moment import DAY, HOUR, Moment
from core.safe_text import safe_text
from tests.tui.board_fakes import NOW, WORDING, FakeSource, card, filled, sales
from tests.tui.board_pure import COLOURS, board_on
from tests.tui.golden import assert_golden
from tui.board.colours import mix, palette
from tui.board.painter import Head, Look, Painter
from tui.board.texts import Due, cut, downwards, pad, two_ends

HOSTILE = (
    "\x1b[31mred",
    "\x1b]52;c;cm0gLXJmIC8=\x07",
    "a\u202eb\u2066c\u2069",
    "[@click=app.quit]press[/]",
    "a[/]b",
    "\x9b2J\x90q\x9c",
    "two\nlines\r\n\ttab",
    "zero\u200bwidth\u200d\ufe0f",
    "日本語のとても長い題名です",
    "e\u0301\u0302\u0303\u0304\u0305\u0306",
    "👩‍👩‍👧‍👦 family 🇧🇷",
    "\ud800 half",
    "{{ deal.title }} %s {0}",
    "",
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60))
looks = st.builds(
    Look,
    st.sampled_from(["#39A8EF", "#FF5752", "", "red", "#12"]),
    st.sampled_from(["", "2d", "10 months"]),
    *([st.booleans()] * 5),
    st.builds(Due, st.sampled_from(["", "due 4 Dec", "3 d late"]), st.sampled_from(["", "3d"])),
    st.booleans(),
)
badges = st.fixed_dictionaries(
    {name: st.sampled_from([0, 1, 12, 345]) for name in "waiting failed held unread tasks".split()}
)


@given(
    texts,
    texts,
    texts,
    st.integers(1, 60),
    looks,
    st.one_of(st.none(), st.integers(-(10**14), 10**14)),
    badges,
    st.integers(1, 3),
)
def test_a_card_is_exactly_as_wide_as_its_column_and_carries_nothing_that_steers_a_terminal(
    title: str, client: str, who: str, width: int, look: Look, amount: int | None, waits: dict[str, int], rows: int
) -> None:
    row = replace(card("D1", title, client=client, responsible=who, amount=amount), **waits)  # type: ignore[arg-type]
    painter = Painter(COLOURS, WORDING)
    painted = painter.card(row, look, width, rows)
    assert len(painted) == rows
    for strip in (*painted, *painter.ghost(row, look.colour, title, width)):
        assert strip.cell_length == width == sum(cell_len(text) for text, _, _ in strip)
        assert not any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u202e\u2066\u200b" for char in strip.text)
        assert all(style is None or (not style.meta and style.link is None) for _, style, _ in strip)


@given(
    texts, texts, st.integers(1, 60), st.booleans(), st.booleans(), st.dictionaries(texts, st.integers(), max_size=4)
)
def test_a_head_is_exactly_as_wide_as_its_column(
    name: str, note: str, width: int, cursor: bool, target: bool, sums: dict[str, int]
) -> None:
    head = Head(name, "#39A8EF", 1234, sums, note, cursor, target)
    painter = Painter(COLOURS, WORDING)
    spine = [painter.spine(sign, head, width) for sign in downwards(safe_text(name))]
    for strip in (*painter.head(head, width), *painter.folded(head, width), *spine):
        assert strip.cell_length == width
        assert "\x1b" not in strip.text


@given(texts, texts, st.integers(0, 50))
def test_two_ends_fill_a_line_exactly(left: str, right: str, width: int) -> None:
    left, right = cut(left.replace("\n", " "), 60), cut(right.replace("\n", " "), 60)
    first, second = two_ends(left, right, width)
    assert cell_len(first) + cell_len(second) == width
    assert cell_len(cut(left, width)) <= width
    assert cell_len(pad(left, width)) == width


@pytest.mark.parametrize(
    ("changes", "width", "first", "second"),
    [
        ({}, 26, "▌Order 1001      R$ 7.500 ", "▌Maria Lima      Ana · 2d "),
        ({"waiting": 1}, 26, "▌Order 1001      R$ 7.500 ", "▌Maria Lima   Ana · 2d ◔1 "),
        ({"failed": 1}, 26, "▌Order 1001      R$ 7.500 ", "▌Maria Lima    Ana · 2d ✗ "),
        ({"failed": 2, "waiting": 1}, 26, "▌Order 1001      R$ 7.500 ", "▌Maria Lima Ana · 2d ◔1 ✗2 "[:26]),
        ({"amount": None, "responsible": ""}, 26, "▌Order 1001               ", "▌Maria Lima            2d "),
        ({"title": "A very long title of an order"}, 26, "▌A very long ti… R$ 7.500 ", "▌Maria Lima      Ana · 2d "),
        ({"client": "Ana Paula Albuquerque"}, 26, "▌Order 1001      R$ 7.500 ", "▌Ana Paula Albu… Ana · 2d "),
        ({"amount": 1_234_567_800}, 26, "▌Order 1001     R$ 12345k ", "▌Maria Lima      Ana · 2d "),
    ],
)
def test_what_stands_on_a_card(changes: dict[str, object], width: int, first: str, second: str) -> None:
    row = replace(card("D1", "Order 1001"), **changes)  # type: ignore[arg-type]
    painted = Painter(COLOURS, WORDING).card(row, Look("#39A8EF", "2d"), width)
    assert painted[0].text == first
    if changes.get("failed") != 2:
        assert painted[1].text == second


EVERYTHING = {"waiting": 1, "failed": 1, "unread": 2, "held": 1, "tasks": 4}


@pytest.mark.parametrize(
    ("changes", "due", "rows", "width", "shown"),
    [
        ({"held": 2}, Due(), 2, 30, "▌Maria Lima       Ana · 2d ◷2 "),
        ({"unread": 3}, Due(), 2, 30, "▌Maria Lima       Ana · 2d ❝3 "),
        ({"tasks": 1}, Due(), 2, 30, "▌Maria Lima       Ana · 2d ☐1 "),
        ({}, Due("3 d late", "3d"), 2, 30, "▌Maria Lima      Ana · 2d ⚑3d "),
        ({}, Due("due 4 Dec"), 2, 30, "▌Maria Lima          Ana · 2d "),
        (EVERYTHING, Due("", "9d"), 2, 30, "▌Maria Lima    2d ❝2 ☐4 ⚑9d ✗ "),
        ({"held": 1}, Due("due 4 Dec"), 3, 30, "▌due 4 Dec                 ◷1 "),
        ({"failed": 1}, Due("3 d late", "3d"), 3, 30, "▌3 d late                   ✗ "),
        ({}, Due(), 1, 30, "▌Order 1001       2d R$ 7.500 "),
        ({"failed": 1}, Due("", "3d"), 1, 30, "▌Order 1001 ⚑3d ✗ 2d R$ 7.500 "),
        ({"failed": 1}, Due(), 1, 24, "▌Order 1001  ✗ R$ 7.500 "),
    ],
)  # fmt: skip
def test_what_waits_on_a_card(changes: dict[str, int], due: Due, rows: int, width: int, shown: str) -> None:
    row = replace(card("D1", "Order 1001"), **changes)  # type: ignore[arg-type]
    assert Painter(COLOURS, WORDING).card(row, Look("#39A8EF", "2d", due=due), width, rows)[-1].text == shown


def test_what_is_late_differs_by_its_sign_and_its_ink() -> None:
    painter, row = Painter(COLOURS, WORDING), card("D1", tasks=1)
    calm = painter.card(row, Look("#39A8EF", "2d"), 30)[1]
    late = painter.card(row, Look("#39A8EF", "2d", task_late=True), 30)[1]
    assert "☐1!" in late.text and "!" not in calm.text
    assert next(str(look) for text, look, _ in late if "☐" in text).startswith(COLOURS.warning)


def test_state_is_told_by_signs_and_not_by_colour_alone() -> None:
    painter, row = Painter(COLOURS, WORDING), card("D1")
    bars = {
        painter.card(row, look, 26)[0].text[0]
        for look in (
            Look("#39A8EF", "2d"),
            Look("#39A8EF", "2d", cursor=True),
            Look("#39A8EF", "2d", marked=True),
            Look("#39A8EF", "2d", lifted=True),
        )
    }
    assert len(bars) == 4


def test_a_card_is_painted_once_for_what_it_looks_like() -> None:
    painter, row = Painter(COLOURS, WORDING), card("D1")
    look = Look("#39A8EF", "2d")
    assert painter.card(row, look, 26) is painter.card(row, look, 26)
    assert painter.card(row, look, 26) is not painter.card(row, replace(look, cursor=True), 26)
    assert painter.card(row, look, 26) is not painter.card(replace(row, failed=1), look, 26)


@given(st.sampled_from(["#000000", "#ffffff", "#39A8EF"]), st.floats(0, 1))
def test_colours_mix_into_colours(colour: str, share: float) -> None:
    assert mix(colour, colour, share) == colour.lower()
    assert mix(colour, "#123456", 0) == colour.lower()
    assert mix(colour, "#123456", 1) == "#123456"


@pytest.mark.parametrize("ground", ["#121212", "#ffffff", "#2e3440"])
def test_text_can_be_read_on_every_ground(ground: str) -> None:
    ink = "#000000" if ground == "#ffffff" else "#e0e0e0"
    colours = palette(ground, ink, "#0178d4", "#ba3c5b")
    for text in (colours.text, colours.muted):
        for below in (colours.ground, colours.raised, colours.high):
            assert _contrast(text, below) >= 3


def _contrast(one: str, two: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# Golden frames --------------------------------------------------------------------------------------------------------


def day_at_work() -> FakeSource:
    """Return a board as it looks on some day."""
    source = filled([9, 4, 3, 0, 30, 1])
    titles = [
        "Order 1001",
        "Festa Silva",
        "Loja Sol",
        "Bar do Zé",
        "Padaria Lua",
        "Escola Verde – 40 uniforms",
        "日本の注文",
    ]
    clients = ["Maria Lima", "Zé Silva", "Dona Rosa", "Ana Paula Albuquerque"]
    amounts = [750_000, 125_000, 5_432_100, None, 98_000]
    for place, (deal, row) in enumerate(source.rows.items()):
        source.rows[deal] = replace(
            row,
            title=titles[place % len(titles)],
            client=clients[place % len(clients)],
            amount=amounts[place % len(amounts)],
            responsible=("Ana Souza", "Rui Costa", "")[place % 3],
            entered_at=Moment(NOW - (3 * HOUR, 2 * DAY, 9 * DAY)[place % 3]),
            waiting=int(place % 7 == 2),
            failed=2 * int(place % 11 == 5),
            held=int(place % 9 == 0),
            unread=3 * int(place % 8 == 4),
            tasks=int(place % 6 == 3),
            close_date="2026-11-24" if place % 5 == 1 else "2026-12-04" if place % 5 == 2 else None,
        )
    return source


def test_frame_on_a_small_terminal() -> None:
    board, _ = board_on(day_at_work(), 80, 15)
    board.move_cursor("down")
    assert_golden("board_80x15", [board.frame.line(y) for y in range(15)])


def test_frame_on_a_wide_terminal_with_marks() -> None:
    board, _ = board_on(day_at_work(), 160, 24)
    board.toggle_mark()
    board.toggle_mark()
    board.move_cursor("right")
    assert_golden("board_160x24", [board.frame.line(y) for y in range(24)])


def test_frame_in_a_light_theme() -> None:
    board, _ = board_on(day_at_work(), 80, 9)
    board.paint_with(Painter(palette("#ffffff", "#202020", "#0a5ca8", "#b3123c"), WORDING))
    assert_golden("board_light", [board.frame.line(y) for y in range(9)])


def test_frame_during_a_drag() -> None:
    board, _ = board_on(day_at_work(), 120, 14)
    board.press(3, 2)
    board.motion(6, 4, pressed=True)
    board.motion(34, 6, pressed=True)
    assert_golden("board_drag", [board.frame.line(y) for y in range(14)])


@pytest.mark.parametrize("density", ["compact", "roomy"])
def test_frame_in_another_density(density: str) -> None:
    board, _ = board_on(day_at_work(), 120, 16)
    board.set_density(density)
    assert_golden(f"board_{density}", [board.frame.line(y) for y in range(16)])


def test_frame_with_folded_columns_during_a_drag_onto_one() -> None:
    board, _ = board_on(day_at_work(), 100, 20)
    for place in (1, 4, 5):
        board.fold(place)
    board.press(3, 2)
    board.motion(6, 4, pressed=True)
    board.motion(33, 9, pressed=True)
    assert_golden("board_folded", [board.frame.line(y) for y in range(20)])


def test_frame_of_a_drag_between_cards_without_a_gap() -> None:
    board, _ = board_on(day_at_work(), 80, 12)
    board.set_density("compact")
    board.press(3, 2)
    board.motion(6, 4, pressed=True)
    board.motion(34, 4, pressed=True)
    assert_golden("board_compact_drag", [board.frame.line(y) for y in range(12)])


def test_frame_of_an_empty_pipeline() -> None:
    board, _ = board_on(FakeSource(sales(3), {}), 80, 10)
    assert_golden("board_empty", [board.frame.line(y) for y in range(10)])
