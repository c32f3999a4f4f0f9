"""The deal's sheet: text that flows into lines, a cursor that stays on its item, a view that holds the cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.panels.flow import Knob, Para, flow
from tui.panels.sheet import Editing, Item, Section, Sheet

TEXTS = st.text(alphabet="ab 漢é\n", max_size=60)


def item(key: str, text: str = "x", section: Section = Section.FIELDS, spot: object = 1) -> Item:
    """Return an item with one paragraph."""
    return Item(key=key, section=section, paras=(Para(((text, "plain"),)),), spot=spot)


@given(
    st.lists(st.tuples(TEXTS, st.just("plain")), max_size=4), st.integers(0, 9), st.integers(0, 9), st.integers(8, 40)
)
def test_no_line_is_wider_than_the_sheet_and_nothing_is_lost(
    pieces: list[tuple[str, str]], indent: int, hang: int, width: int
) -> None:
    lines = flow(Para(tuple(pieces), indent, hang), width)
    assert all(cell_len(line.text) <= width for line in lines)
    shown = "".join("".join(line.text for line in lines).split())
    assert shown == "".join("".join(text for text, _style in pieces).split())


@pytest.mark.parametrize("width", [30, 40, 80])
def test_knobs_stand_at_the_right_end_and_are_hit_where_they_are_drawn(width: int) -> None:
    knobs = (Knob("run now", "panel.now"), Knob("stop", "panel.stop", enabled=False))
    line, *_rest = flow(Para((("A rule with a long name that goes on", "plain"),), 0, 2, knobs), width)
    assert line.text.endswith("run now  stop") and cell_len(line.text) == width
    for word, action in (("run now", "panel.now"), ("stop", "panel.stop")):
        assert line.action_at(line.text.index(word)) == action
    assert line.action_at(0) is None
    assert line.pieces[-1][1] == "off"


def test_a_live_change_leaves_cursor_and_view_on_their_item() -> None:
    sheet = Sheet()
    sheet.resize(40, 5)
    sheet.show([item(f"k{n}") for n in range(20)])
    for _ in range(12):
        sheet.move(1)
    row = sheet.starts[sheet.cursor] - sheet.top
    sheet.show([item("new", "one\ntwo\nthree"), *(item(f"k{n}") for n in range(20))])
    assert sheet.current is not None and sheet.current.key == "k12"
    assert sheet.starts[sheet.cursor] - sheet.top == row


def test_the_cursor_passes_over_headings_and_brings_them_into_view() -> None:
    sheet = Sheet()
    sheet.resize(40, 3)
    sheet.show([item("a"), item("#", "", Section.CLIENT, None), item("b", section=Section.CLIENT)])
    sheet.move(1)
    assert sheet.current is not None and sheet.current.key == "b"
    sheet.move(-1)
    assert sheet.current.key == "a" and sheet.top == 0
    sheet.turn(1)
    assert sheet.section is Section.CLIENT
    sheet.turn(1)
    assert sheet.section is Section.CLIENT, "parts without an item are not gone to"


def test_an_item_taller_than_the_view_is_read_to_its_end_before_the_next() -> None:
    sheet = Sheet()
    sheet.resize(40, 4)
    sheet.show([item("long", "\n".join("abcdefghij")), item("next")])
    seen: set[str] = set()
    for _ in range(9):
        seen.update(line.text.strip() for line in sheet.lines[sheet.top : sheet.top + 4])
        sheet.move(1)
    assert seen >= set("abcdefghij")
    assert sheet.current is not None and sheet.current.key == "next"


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.sampled_from([-1, 1])),
        st.tuples(st.just("page"), st.sampled_from([-1, 1])),
        st.tuples(st.just("end"), st.sampled_from([-1, 1])),
        st.tuples(st.just("turn"), st.sampled_from([-1, 1])),
        st.tuples(st.just("scroll"), st.integers(-9, 9)),
        st.tuples(st.just("show"), st.integers(0, 12)),
        st.tuples(st.just("size"), st.integers(1, 12)),
        st.tuples(st.just("edit"), st.integers(0, 12)),
    ),
    max_size=20,
)


@given(STEPS)
def test_whatever_is_pressed_the_view_shows_the_sheet_and_the_cursor_an_item(steps: list[tuple[str, int]]) -> None:
    sheet = Sheet()
    sheet.show([item(f"k{n}", "x\n" * (n % 4), list(Section)[n % 4], None if n % 5 == 0 else n) for n in range(9)])
    for what, n in steps:
        match what:
            case "show":
                sheet.show([item(f"k{m}", "y " * m, list(Section)[m % 4], None if m % 3 == 0 else m) for m in range(n)])
            case "size":
                sheet.resize(10 + n, n)
            case "edit":
                sheet.edit(Editing(f"k{n}", "what is wrong") if n % 2 else None)
            case _:
                getattr(sheet, what)(n)
        assert 0 <= sheet.top <= max(0, len(sheet.lines) - sheet.height)
        current = sheet.current
        assert current is None or current.spot is not None or all(each.spot is None for each in sheet.items)
