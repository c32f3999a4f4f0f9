"""A drag as a machine of states, and where what is carried would land."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.board_fakes import filled
from tests.tui.board_pure import board_on, shown, text
from tui.board.drag import CARD_EVERY, COLUMN_EVERY, EDGE_DELAY, THRESHOLD, Drag, Step
from tui.board.geometry import HEAD, NORMAL, lay_out

cells = st.tuples(st.integers(-3, 90), st.integers(-3, 40))


@given(cells, cells)
def test_a_drag_begins_only_beyond_the_threshold(start: tuple[int, int], end: tuple[int, int]) -> None:
    drag = Drag()
    drag.press(*start, ("D1",))
    far = max(abs(end[0] - start[0]), abs(end[1] - start[1])) >= THRESHOLD
    assert drag.motion(*end, pressed=True) is (Step.LIFTED if far else Step.NOTHING)
    assert drag.lifted is far


@given(st.lists(st.tuples(cells, st.booleans())))
def test_motion_without_a_press_is_nothing(motions: list[tuple[tuple[int, int], bool]]) -> None:
    drag = Drag()
    assert all(drag.motion(x, y, pressed) is Step.NOTHING for (x, y), pressed in motions)


@given(st.integers(0, 79), st.integers(HEAD, 15), st.integers(0, 12), st.integers(0, 30))
def test_a_drop_lands_right_under_the_nearest_card_above_that_is_not_carried(
    x: int, y: int, count: int, top: int
) -> None:
    board, _ = board_on(filled([count + 1, 12, 30], 3), 80, 16)
    for place in range(3):
        board.model.scroll(place, top)
    carried = board.model.columns[0].ids[0]
    board.drag.press(0, 0, (carried,))
    board.drag.motion(x, y, pressed=True)
    board.drag.aim(board.model, board.grid)
    target = board.drag.target
    assert target is not None
    column = board.model.columns[target.place]
    others = [deal for deal in column.ids if deal != carried]
    gap = min((y - HEAD + 2) // NORMAL.pitch, board.grid.drawn) + column.top
    above = [deal for deal in column.ids[:gap] if deal != carried]
    assert target.above == (above[-1] if above else None)
    assert target.above is None or target.above in others


@pytest.mark.parametrize(
    ("x", "y", "moves"),
    [
        (40, 15, (0, 3)),
        (40, 13, (0, 3)),
        (40, 12, (0, 0)),
        (40, 8, (0, 0)),
        (79, 8, (1, 0)),
        (77, 8, (1, 0)),
        (76, 8, (0, 0)),
        (77, 15, (1, 0)),
    ],
)
def test_resting_at_an_edge_scrolls_after_a_delay_and_then_steadily(x: int, y: int, moves: tuple[int, int]) -> None:
    board, _ = board_on(filled([30] * 6), 80, 16)
    board.press(3, HEAD)
    board.motion(x, y, pressed=True)
    board.scroll_at_edge(100.0)
    board.scroll_at_edge(100.0 + EDGE_DELAY * 0.9)
    assert (board.model.first, board.model.columns[1].top) == (0, 0)
    every = COLUMN_EVERY if moves[0] else CARD_EVERY
    for step in range(3 if moves[1] else 1):
        board.scroll_at_edge(100.0 + EDGE_DELAY + step * every * 1.01)
    assert (board.model.first, board.model.columns[1].top) == moves


@pytest.mark.parametrize(("x", "y", "moves"), [(0, 15, 3), (2, 13, 3), (2, 8, 0)])
def test_an_edge_with_no_column_behind_it_does_not_keep_cards_from_scrolling(x: int, y: int, moves: int) -> None:
    board, _ = board_on(filled([30] * 6), 80, 16)
    board.press(3, HEAD)
    board.motion(40, 8, pressed=True)
    board.motion(x, y, pressed=True)
    board.scroll_at_edge(100.0)
    for step in range(3):
        board.scroll_at_edge(100.0 + EDGE_DELAY + step * CARD_EVERY * 1.01)
    assert (board.model.first, board.model.columns[0].top) == (0, moves)


def test_leaving_the_edge_starts_the_delay_anew() -> None:
    drag, grid = Drag(), lay_out(80, 16, 6)
    drag.press(0, 5, ("D1",))
    drag.motion(40, 15, pressed=True)
    assert not any(drag.edge(grid, 10.0))
    drag.motion(40, 10, pressed=True)
    assert not any(drag.edge(grid, 10.2))
    drag.motion(40, 15, pressed=True)
    assert not any(drag.edge(grid, 10.4))
    assert not any(drag.edge(grid, 10.7))
    assert any(drag.edge(grid, 10.8))


@given(st.integers(0, 79), st.integers(0, 15))
def test_the_ghost_stays_on_the_board_and_leaves_the_mark_in_sight(x: int, y: int) -> None:
    board, _ = board_on(filled([8, 3, 0], 3), 80, 16)
    board.press(3, HEAD)
    board.motion(x, y, pressed=True)
    ghost, mark = board.frame.ghost(), board.frame.drop_mark()
    if not board.drag.lifted:
        assert ghost is None
        return
    assert ghost is not None
    assert ghost.x >= 0 <= ghost.y
    assert ghost.x + ghost.width <= 80
    assert ghost.y + ghost.height <= 16
    assert mark is None or not ghost.y <= mark.y < ghost.y + ghost.height


def test_dropping_a_marked_group_into_its_own_column_closes_it_up() -> None:
    board, ear = board_on(filled([6], 1), 40, 22)
    board.model.marks = {"D1", "D3", "D5"}
    board.press(3, HEAD + NORMAL.pitch * 2)
    board.motion(3, HEAD + NORMAL.pitch * 6, pressed=True)
    board.release()
    assert ear.all("dropped") == [(("D1", "D3", "D5"), "new", "D6")]
    assert shown(board, "new") == ["D2", "D4", "D6", "D1", "D3", "D5"]


def test_an_empty_column_invites_a_drop() -> None:
    board, _ = board_on(filled([2, 0], 2), 60, 12)
    board.press(3, HEAD)
    board.motion(40, 8, pressed=True)
    assert any("Drop here" in line for line in text(board))
