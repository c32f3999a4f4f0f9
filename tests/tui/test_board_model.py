"""What the board knows, asks and remembers, without a terminal."""

from __future__ import annotations

import pytest

from core.model.moment import DAY, Moment
from core.model.pipeline import Pipeline
from tests.tui.board_fakes import NOW, WORDING, FakeSource, card, filled, sales
from tests.tui.board_pure import COLOURS, Ear, board_on, head, know_all, shown, text
from tui.board.board import Board


def test_the_first_paint_asks_once_for_totals_and_once_a_column_for_its_first_page() -> None:
    source = filled([20_000, 20_000, 20_000, 0, 20_000, 20_000])
    board, _ = board_on(source, whole=False)
    text(board)
    assert source.calls == {"totals": 1, "cards": 5}


def test_columns_out_of_view_are_not_asked_for() -> None:
    source = filled([50] * 6)
    board, _ = board_on(source, 80, 24, whole=False)
    assert source.calls == {"totals": 1, "cards": 3}
    for _step in range(3):
        board.move_cursor("right")
    assert source.calls["cards"] == 4
    assert "Final invoice" in text(board)[0]


def test_a_step_of_the_cursor_inside_the_view_asks_nothing_and_makes_two_cards_stale() -> None:
    source = filled([20_000] * 6)
    board, _ = board_on(source)
    board.read_ahead()
    for way in ("down", "down", "right", "up", "left"):
        board.stale()
        assert source.asked(lambda way=way: board.move_cursor(way)) == 0  # type: ignore[misc]
        rects = board.stale()
        assert rects is not None
        assert len({y for rect in rects for y in range(rect.y, rect.y + rect.height)}) <= 8


def test_scrolling_on_asks_only_now_and_then() -> None:
    source = filled([20_000])
    board, _ = board_on(source)

    def walk() -> None:
        for _step in range(300):
            board.move_cursor("down")
            board.read_ahead()

    assert source.asked(walk) < 60
    assert board.model.deal == "D301"


def test_scrolling_before_the_ids_are_known_shows_the_right_cards() -> None:
    board, _ = board_on(filled([20_000]), whole=False)
    board.move_cursor("end")
    assert board.model.deal == "D20000"
    board.move_cursor("home")
    assert (board.model.deal, shown(board, "new")[0]) == ("D1", "D1")


def test_a_list_of_ids_read_before_a_change_is_not_taken_over() -> None:
    source = filled([500])
    board, _ = board_on(source, whole=False)
    ((column, epoch),) = board.model.incomplete()
    old = source.column_ids("sales", "new")
    source.move(["D2"], "won")
    board.apply_changes(["D2"], NOW)
    board.complete(column, epoch, old)
    assert "D2" not in column
    know_all(board, source)
    assert column.ids == source.columns["new"]


# The change feed ------------------------------------------------------------------------------------------------------


def test_a_new_deal_above_the_view_moves_nothing_that_is_looked_at() -> None:
    source = filled([100])
    board, _ = board_on(source)
    board.wheel(3, 10)
    before = shown(board, "new")
    source.add(card("N1"))
    board.apply_changes(["N1"], NOW)
    assert shown(board, "new") == before
    assert board.model.columns[0].ids == source.columns["new"]
    assert head(board, "new") == "New 101 · R$ 757k"


def test_a_new_deal_shows_at_the_top_of_a_column_that_is_not_scrolled() -> None:
    source = filled([3])
    board, _ = board_on(source)
    source.add(card("N1"))
    board.apply_changes(["N1"], NOW)
    assert shown(board, "new") == ["N1", "D1", "D2", "D3"]
    assert board.model.deal == "D1"


def test_a_deal_moved_by_a_trigger_changes_column_count_and_sum() -> None:
    source = filled([3, 2])
    board, _ = board_on(source)
    source.move(["D2"], "preparation")
    board.apply_changes(["D2"], NOW)
    assert shown(board, "new") == ["D1", "D3"]
    assert shown(board, "preparation") == ["D2", "D4", "D5"]
    assert head(board, "preparation") == "Preparation 3 · R$ 22k"


def test_a_change_of_content_makes_only_that_card_and_the_head_stale() -> None:
    source = filled([100, 5])
    board, _ = board_on(source)
    source.change("D2", title="Renamed", failed=1)
    board.apply_changes(["D2"], NOW)
    assert board.stale() == {board.frame.card("D2")}
    assert "Renamed" in text(board)[5]
    assert "✗" in text(board)[6]


def test_a_removed_deal_leaves_column_marks_and_cursor() -> None:
    source = filled([3])
    board, _ = board_on(source)
    board.toggle_mark()
    source.remove("D1")
    source.remove("D2")
    board.apply_changes(["D1", "D2"], NOW)
    assert shown(board, "new") == ["D3"]
    assert board.model.deal == "D3"
    assert board.model.chosen() == ("D3",)


def test_the_cursor_stays_in_its_place_when_a_rule_moves_its_deal_away() -> None:
    source = filled([3, 1])
    board, _ = board_on(source)
    board.move_cursor("down")
    source.move(["D2"], "preparation")
    board.apply_changes(["D2"], NOW)
    assert (board.model.deal, board.model.cursor) == ("D3", 0)


def test_a_renumbered_column_moves_nothing() -> None:
    source = filled([100])
    board, _ = board_on(source)
    board.wheel(3, 7)
    before = text(board)
    for place, deal in enumerate(source.columns["new"]):
        source.rows[deal] = card(deal, rank=5_000_000 - place)
    board.apply_changes(["D50", "D8", "D3"], NOW)
    assert text(board) == before
    assert board.stale() is not None


@pytest.mark.parametrize("top", [0, 1, 30, 90])
def test_a_burst_is_followed_by_reading_the_view_anew_without_a_jump(top: int) -> None:
    source = filled([100, 100])
    board, _ = board_on(source)
    board.wheel(3, top)
    first = shown(board, "new")[0]
    for number in range(80):
        source.add(card(f"N{number}"), "preparation")
    source.add(card("N99"))
    board.apply_changes([f"N{number}" for number in range(100)], NOW)
    assert shown(board, "new")[0] == (first if top else "N99")
    know_all(board, source)
    assert board.model.columns[1].ids == source.columns["preparation"]


def test_changes_below_the_known_stretch_only_count() -> None:
    source = filled([5_000])
    board, _ = board_on(source, whole=False)
    before = shown(board, "new")
    source.move(["D4000"], "won")
    board.apply_changes(["D4000"], NOW)
    assert shown(board, "new") == before
    assert board.model.columns[0].count == 4_999
    assert shown(board, "won") == ["D4000"]


def test_a_deal_of_another_pipeline_is_not_shown() -> None:
    source = filled([1])
    board, _ = board_on(source)
    source.rows["X"] = card("X", pipeline="service")
    board.apply_changes(["X"], NOW)
    assert shown(board, "new") == ["D1"]


# Moves of our own -----------------------------------------------------------------------------------------------------


def test_a_move_shows_at_once_and_stays_when_the_store_has_written_it() -> None:
    source = filled([3, 2])
    board, ear = board_on(source)
    assert board.carry("right")
    assert ear.all("dropped") == [(("D1",), "preparation", None)]
    assert shown(board, "preparation") == ["D1", "D4", "D5"]
    assert head(board, "new") == "New 2 · R$ 15k"
    assert head(board, "preparation") == "Preparation 3 · R$ 22k"
    source.move(["D1"], "preparation")
    board.apply_changes(["D1"], NOW)
    assert not board.model.pending
    assert head(board, "preparation") == "Preparation 3 · R$ 22k"


def test_other_changes_do_not_take_back_a_move_that_is_not_written_yet() -> None:
    source = filled([3, 2])
    board, _ = board_on(source)
    board.carry("right")
    source.change("D1", failed=0, version=0)
    source.rows["D1"] = card("D1", stage="new", rank=source.rows["D1"].rank)
    board.apply_changes(["D1", "D5"], NOW)
    assert shown(board, "preparation") == ["D1", "D4", "D5"]
    assert head(board, "preparation") == "Preparation 3 · R$ 22k"


def test_a_refused_move_goes_back_with_the_cursor() -> None:
    source = filled([3, 2])
    board, _ = board_on(source)
    board.carry("right")
    board.revert(["D1"])
    assert shown(board, "new") == ["D1", "D2", "D3"]
    assert shown(board, "preparation") == ["D4", "D5"]
    assert (board.model.deal, board.model.cursor) == ("D1", 0)
    assert head(board, "new") == "New 3 · R$ 22k"


@pytest.mark.parametrize(
    ("way", "start", "expected", "order"),
    [
        ("down", 0, (("D1",), "new", "D2"), ["D2", "D1", "D3", "D4"]),
        ("up", 1, (("D2",), "new", None), ["D2", "D1", "D3", "D4"]),
        ("up", 3, (("D4",), "new", "D2"), ["D1", "D2", "D4", "D3"]),
        ("up", 0, None, ["D1", "D2", "D3", "D4"]),
        ("down", 3, None, ["D1", "D2", "D3", "D4"]),
        ("left", 0, None, ["D1", "D2", "D3", "D4"]),
    ],
)
def test_carrying_inside_a_column(way: str, start: int, expected: object, order: list[str]) -> None:
    board, ear = board_on(filled([4]))
    for _step in range(start):
        board.move_cursor("down")
    assert board.carry(way) is (expected is not None)  # type: ignore[arg-type]
    assert ear.all("dropped") == ([expected] if expected else [])
    assert shown(board, "new") == order


def test_carrying_sideways_keeps_the_height_on_the_screen() -> None:
    board, ear = board_on(filled([10, 10]))
    for _step in range(3):
        board.move_cursor("down")
    board.carry("right")
    board.carry("left")
    assert ear.all("dropped") == [(("D4",), "preparation", "D13"), (("D4",), "new", "D3")]
    assert shown(board, "new")[:5] == ["D1", "D2", "D3", "D4", "D5"]


# Marks ----------------------------------------------------------------------------------------------------------------


def test_marks_toggle_range_all_in_view_and_clear() -> None:
    board, ear = board_on(filled([20, 2], 2), 80, 11)
    board.toggle_mark()
    assert board.model.marks == {"D1"}
    board.move_cursor("down")
    board.mark_range()
    board.move_cursor("down")
    board.move_cursor("down")
    assert board.model.marks == {"D1", "D3", "D4", "D5"}
    board.move_cursor("up")
    assert board.model.marks == {"D1", "D3", "D4"}
    board.mark_range()
    board.move_cursor("up")
    assert board.model.marks == {"D1", "D3", "D4"}
    board.clear_marks()
    assert board.model.chosen() == ("D3",)
    board.mark_visible()
    assert board.model.marks == {*shown(board, "new")[:3], "D21", "D22"}
    assert len(ear.all("marks_changed")) == 7


def test_a_range_over_a_column_whose_ids_are_not_known_yet() -> None:
    board, _ = board_on(filled([3_000]), whole=False)
    board.mark_range()
    board.move_cursor("end")
    assert len(board.model.marks) == 3_000


def test_what_is_chosen_comes_in_board_order() -> None:
    board, _ = board_on(filled([3, 3]))
    board.model.marks = {"D5", "D2", "D1", "D6"}
    assert board.model.chosen() == ("D1", "D2", "D5", "D6")


def test_a_marked_group_is_carried_together() -> None:
    board, ear = board_on(filled([4, 2]))
    board.toggle_mark()
    board.toggle_mark()
    board.carry("right")
    assert ear.all("dropped") == [(("D1", "D2"), "preparation", "D6")]
    assert board.model.marks == {"D1", "D2"}


# The pipeline ---------------------------------------------------------------------------------------------------------


def test_showing_the_same_pipeline_again_keeps_cursor_marks_and_scrolling() -> None:
    source = filled([50, 50])
    board, _ = board_on(source)
    board.move_cursor("right")
    for _step in range(12):
        board.move_cursor("down")
    board.toggle_mark()
    before = text(board)
    board.show(source.pipeline, NOW)
    assert text(board) == before
    assert (board.model.deal, board.model.marks) == ("D64", {"D63"})


def test_another_pipeline_starts_anew() -> None:
    source = filled([5])
    board, _ = board_on(source)
    board.toggle_mark()
    other = Pipeline(id="service", name="Service", stages=source.pipeline.stages[:2])
    board.show(other, NOW)
    assert (board.model.cursor, board.model.index, board.model.marks) == (0, 0, set())
    assert board.grid.columns == 2


def test_go_to_finds_a_deal_anywhere_and_brings_it_into_view() -> None:
    board, _ = board_on(filled([50, 50, 50, 50, 50, 3_000]), 80, 20, whole=False)
    assert board.go_to("D2250")
    assert "D2250" in shown(board, "lost")
    assert board.model.deal == "D2250"
    assert 5 in board.grid.shown
    assert not board.go_to("unknown")


def test_ages_are_drawn_again_only_where_they_read_otherwise() -> None:
    source = filled([3])
    source.change("D2", entered_at=Moment(NOW - 2 * DAY + 1_000))
    board, _ = board_on(source)
    board.tick(Moment(NOW + 500))
    assert board.stale() == set()
    board.tick(Moment(NOW + 1_000))
    assert board.stale() == {board.frame.card("D2")}


def test_nothing_to_show_says_what_to_do() -> None:
    empty, _ = board_on(filled([0] * 6), 80, 20)
    assert any("Press n to add the first one." in line for line in text(empty))
    bare, _ = board_on(FakeSource(Pipeline(id="sales", name="Sales"), {}), 80, 20)
    assert any("no stages" in line for line in text(bare))
    nothing = Board(filled([1]), COLOURS, WORDING, Ear())
    nothing.resize(30, 5)
    assert all(nothing.frame.line(y).cell_length == 30 for y in range(5))


def test_an_empty_column_says_so_calmly() -> None:
    board, _ = board_on(filled([1, 0], 2), 60, 12)
    assert "No deals here" in text(board)[3]
    assert sum("No deals here" in line for line in text(board)) == 1
    assert sales(2).stages[1].name in text(board)[0]
