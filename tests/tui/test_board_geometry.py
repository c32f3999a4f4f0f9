"""Cells to parts of the board and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.board.geometry import (
    DENSITIES,
    FOLDED,
    HEAD,
    NARROWEST,
    WIDEST,
    Grid,
    Part,
    clamp_top,
    last_first,
    lay_out,
    reveal,
)

grids = st.builds(
    lay_out,
    st.integers(1, 260),
    st.integers(1, 90),
    st.integers(0, 14),
    st.integers(-3, 20),
    st.sampled_from(list(DENSITIES.values())),
    st.frozensets(st.integers(0, 13), max_size=6),
)
counts = st.integers(0, 20_000)


@given(grids)
def test_columns_stand_side_by_side_without_a_hole_and_inside_the_board(grid: Grid) -> None:
    x = 0
    for span in grid.spans:
        assert span.x == x
        x = span.end
        assert span.width <= WIDEST
    assert x <= grid.width
    widths = {span.width for place, span in zip(grid.shown, grid.spans, strict=True) if place not in grid.folded}
    assert not widths or max(widths) - min(widths) <= 1


@given(grids)
def test_as_many_whole_columns_are_in_view_as_have_room(grid: Grid) -> None:
    if not grid.folded.intersection(range(grid.columns)):
        assert len(grid.spans) == min(grid.columns, max(1, grid.width // NARROWEST))
    assert 0 <= grid.shown.start <= grid.shown.stop <= grid.columns
    if not grid.columns:
        return
    assert len(grid.spans) == grid.reach[grid.first] >= 1
    assert grid.first <= last_first(grid.reach)
    further = grid.shown.stop
    if further < grid.columns:
        used = sum(FOLDED if place in grid.folded else NARROWEST for place in range(grid.first, further + 1))
        assert used > grid.width or len(grid.spans) == 1


@given(grids)
def test_a_folded_column_takes_a_few_cells_and_shows_no_card(grid: Grid) -> None:
    for place, span in zip(grid.shown, grid.spans, strict=True):
        if place in grid.folded:
            assert span.width == min(FOLDED, grid.width)
            assert grid.card(place, 0) is None and grid.track(place) == []
            assert {grid.hit(span.x, y).part for y in range(grid.height)} == {Part.FOLD}
        elif grid.width >= NARROWEST:
            assert span.width >= NARROWEST


@given(grids, st.data())
def test_a_hit_is_the_inverse_of_where_cards_and_heads_are_drawn(grid: Grid, data: st.DataObject) -> None:
    if not grid.columns:
        return
    column = data.draw(st.sampled_from(grid.shown))
    slot = data.draw(st.integers(0, grid.drawn - 1))
    card, head = grid.card(column, slot), grid.head(column)
    if card:
        x = data.draw(st.integers(card.x, card.x + card.width - 1)) if card.width else None
        y = data.draw(st.integers(card.y, card.y + card.height - 1))
        if x is not None:
            assert grid.hit(x, y) == (Part.CARD, column, slot)
    if head:
        y = data.draw(st.integers(head.y, head.y + head.height - 1))
        assert grid.hit(head.x, y).column == column
        if column not in grid.folded:
            assert grid.hit(head.x, y).part is (Part.HEAD if y else Part.FOLD)


@given(grids, st.integers(-5, 300), st.integers(-5, 100))
def test_every_cell_of_a_card_part_lies_in_that_card(grid: Grid, x: int, y: int) -> None:
    part, column, slot = grid.hit(x, y)
    if part is Part.CARD:
        card = grid.card(column, slot)
        assert card is not None
        assert card.x <= x < card.x + card.width
        assert card.y <= y < card.y + card.height
    if part is not Part.NOTHING:
        assert column in grid.shown


@given(grids, counts, st.integers(-50, 30_000))
def test_scrolling_never_leaves_room_below_while_cards_are_above(grid: Grid, count: int, top: int) -> None:
    clamped = clamp_top(top, count, grid.slots)
    assert 0 <= clamped <= max(0, count - grid.slots)
    assert clamp_top(clamped, count, grid.slots) == clamped
    if 0 <= top <= count - grid.slots:
        assert clamped == top


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 30))
def test_revealing_brings_a_card_into_view_and_moves_no_further_than_needed(top: int, index: int, slots: int) -> None:
    moved = reveal(top, index, slots)
    assert moved <= index < moved + slots
    if top <= index < top + slots:
        assert moved == top


@given(grids, counts, st.data())
def test_the_thumb_stays_on_its_track_and_reaches_both_ends(grid: Grid, count: int, data: st.DataObject) -> None:
    most = max(0, count - grid.slots)
    top = data.draw(st.integers(0, most))
    thumb = grid.thumb(count, top)
    if count <= grid.slots or not grid.body:
        assert not thumb
        return
    assert HEAD <= thumb.start < thumb.stop <= grid.height
    assert grid.thumb(count, 0).start == HEAD
    assert grid.thumb(count, most).stop == grid.height


@given(grids, counts, st.integers(-10, 100))
def test_a_press_on_the_track_scrolls_to_a_place_that_exists(grid: Grid, count: int, y: int) -> None:
    assert 0 <= grid.top_at(y, count) <= max(0, count - grid.slots)


@given(st.sampled_from(sorted(DENSITIES)), st.integers(8, 90), st.integers(1, 8), st.integers(0, 100))
def test_the_mark_of_a_place_is_drawn_next_to_the_row_pointed_at(name: str, height: int, columns: int, y: int) -> None:
    density = DENSITIES[name]
    grid = lay_out(120, height, columns, 0, density)
    y = min(y, height - 1)
    boundary = grid.boundary(y)
    assert 0 <= boundary <= grid.drawn
    if y >= HEAD:
        assert abs(grid.boundary_row(boundary) - y) <= (density.pitch + 1) // 2


@pytest.mark.parametrize(("name", "slots"), [("compact", 22), ("normal", 7), ("roomy", 5)])
def test_how_many_cards_a_small_terminal_shows(name: str, slots: int) -> None:
    assert lay_out(80, 24, 6, 0, DENSITIES[name]).slots == slots


def test_eight_stages_fit_a_small_terminal_when_five_are_folded() -> None:
    grid = lay_out(100, 24, 8, 0, DENSITIES["normal"], frozenset({3, 4, 5, 6, 7}))
    assert [span.width for span in grid.spans] == [25, 25, 25, 5, 5, 5, 5, 5]


@pytest.mark.parametrize(
    ("width", "height", "columns", "shown", "widths", "slots"),
    [
        (80, 24, 6, 3, {26, 27}, 7),
        (160, 50, 6, 6, {26, 27}, 16),
        (200, 60, 8, 8, {25}, 19),
        (200, 60, 3, 3, {40}, 19),
        (20, 10, 6, 1, {20}, 3),
    ],
)
def test_usual_terminals(width: int, height: int, columns: int, shown: int, widths: set[int], slots: int) -> None:
    grid = lay_out(width, height, columns)
    assert len(grid.shown) == shown
    assert {span.width for span in grid.spans} == widths
    assert grid.slots == slots
    assert HEAD + slots * grid.density.rows <= height
