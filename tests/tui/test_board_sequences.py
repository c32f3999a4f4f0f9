"""Whatever a person, the house and the window do in whatever order: no deal is lost, nothing is drawn wrong."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style

from tests.tui.board_fakes import NOW, card, filled
from tests.tui.board_pure import board_on, know_all
from tui.board.frame import Frame

Cell = tuple[str, Style | None]

xs, ys = st.integers(-2, 90), st.integers(-2, 26)
some = st.integers(0, 40)
ways = st.sampled_from(["left", "right", "up", "down", "page_up", "page_down", "home", "end"])
steps = st.one_of(
    st.tuples(st.just("press"), xs, ys, st.booleans(), st.booleans()),
    st.tuples(st.just("grab"), some, some),
    st.tuples(st.just("motion"), xs, ys, st.sampled_from([True, True, True, False])),
    st.tuples(st.just("release")),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("menu"), xs, ys),
    st.tuples(st.just("wheel"), xs, st.integers(-5, 5), st.booleans()),
    st.tuples(st.just("edge"), st.floats(0, 5)),
    st.tuples(st.just("cursor"), ways),
    st.tuples(st.just("carry"), st.sampled_from(["left", "right", "up", "down"])),
    st.tuples(st.just("mark"), st.sampled_from(["toggle_mark", "mark_range", "mark_visible", "clear_marks"])),
    st.tuples(st.just("resize"), st.integers(1, 90), st.integers(1, 26)),
    st.tuples(st.just("focus"), st.booleans()),
    st.tuples(st.just("fold"), some),
    st.tuples(st.just("unfold_all")),
    st.tuples(st.just("density"), st.sampled_from(["compact", "normal", "roomy"])),
    st.tuples(st.just("house_add"), some),
    st.tuples(st.just("house_move"), some, some, some),
    st.tuples(st.just("house_change"), some),
    st.tuples(st.just("house_remove"), some),
    st.tuples(st.just("feed"), st.sampled_from([1, 3, 90, 90, 90])),
    st.tuples(st.just("answer"), st.booleans()),
    st.tuples(st.just("ids")),
    st.tuples(st.just("ahead")),
    st.tuples(st.just("reload")),
    st.tuples(st.just("show")),
    st.tuples(st.just("go_to"), some),
)


class World:
    """A board, the store behind it, and the terminal in front of it that is only repainted where the board says so."""

    def __init__(self, counts: list[int], whole: bool) -> None:
        self.source = filled(counts)
        self.board, self.ear = board_on(self.source, 80, 16, whole=whole)
        self.feed: list[str] = []
        self.answered = 0
        self.in_time = True
        """Whether the board was always told of everything that the store had by then."""
        self.added = 0
        self.cells: list[list[Cell]] = []
        self.paint(everything=True)

    # The terminal

    def paint(self, *, everything: bool = False) -> None:
        rects = self.board.stale()
        if rects is None or everything:
            self.cells = [_cells(self.board.frame, y) for y in range(self.board.grid.height)]
            return
        for x, y, width, height in rects:
            for row in range(y, y + height):
                self.cells[row][x : x + width] = _cells(self.board.frame, row)[x : x + width]

    def check(self) -> None:
        self.paint()
        board = self.board
        fresh = Frame(board.model, board.grid, board.frame.painter, board.drag)
        fresh.now, fresh.focused = board.frame.now, board.frame.focused
        assert self.cells == [_cells(fresh, y) for y in range(board.grid.height)]
        assert all(fresh.line(y).cell_length == board.grid.width for y in range(board.grid.height))
        known = [deal for column in board.model.columns for deal in column.ids]
        assert len(known) == len(set(known))
        if board.model.is_folded(board.model.cursor):
            assert board.model.deal is None or board.model.deal in board.model.columns[board.model.cursor]
        assert all(column.count >= 0 and column.top >= 0 for column in board.model.columns)

    # The house

    def pick(self, number: int) -> str | None:
        deals = sorted(self.source.rows)
        return deals[number % len(deals)] if deals else None

    def stage(self, number: int) -> str:
        stages = self.source.pipeline.stages
        return stages[number % len(stages)].id

    def house_add(self, where: int) -> None:
        self.added += 1
        self.source.add(card(f"N{self.added}", stage=self.stage(where)), self.stage(where))
        self.feed.append(f"N{self.added}")

    def house_move(self, which: int, where: int, place: int) -> None:
        deal = self.pick(which)
        if deal:
            others = [other for other in self.source.columns[self.stage(where)] if other != deal]
            above = others[place % len(others)] if others and place % 3 else None
            self.source.move([deal], self.stage(where), above)
            self.feed.append(deal)

    def house_change(self, which: int) -> None:
        deal = self.pick(which)
        if deal:
            self.source.change(deal, title=f"Changed {self.source.rows[deal].version}", waiting=which % 3)
            self.feed.append(deal)

    def house_remove(self, which: int) -> None:
        deal = self.pick(which)
        if deal and which % 4 == 0:
            self.source.remove(deal)
            self.feed.append(deal)

    def deliver(self, most: int) -> None:
        self.in_time &= most >= len(self.feed)
        now, self.feed = self.feed[:most], self.feed[most:]
        self.board.apply_changes(set(now), NOW)

    def answer(self, agreed: bool) -> None:
        """Write or refuse the oldest drop that has had no answer."""
        drops = self.ear.all("dropped")
        if self.answered == len(drops):
            return
        deals, stage, above = drops[self.answered]
        self.answered += 1
        left = [deal for deal in deals if deal in self.source.rows]
        if agreed and left == list(deals) and above not in deals:
            self.source.move(deals, stage, above)
            self.feed += deals
        else:
            self.board.revert(deals)

    # The person

    def grab(self, which: int, row: int) -> None:
        place = self.board.grid.shown.start + which % max(1, len(self.board.grid.spans))
        rect = self.board.grid.card(place, row % self.board.grid.drawn)
        if rect:
            self.board.press(rect.x, rect.y)

    def do(self, step: tuple[object, ...]) -> None:
        board = self.board
        match step:
            case ("press", int(x), int(y), bool(add), bool(through)):
                board.press(x, y, add=add, through=through)
            case ("motion", int(x), int(y), bool(pressed)):
                board.motion(x, y, pressed)
                assert pressed or not board.held
            case ("release",):
                board.release()
                assert not board.held
            case ("cancel",):
                board.cancel()
                assert not board.held
            case ("menu", int(x), int(y)):
                board.menu(x, y)
            case ("wheel", int(x), int(by), bool(sideways)):
                board.wheel(x, by, sideways=sideways)
            case ("edge", float(now)):
                board.scroll_at_edge(now)
            case ("cursor", way):
                board.move_cursor(way)  # type: ignore[arg-type]
            case ("carry", way):
                board.carry(way)  # type: ignore[arg-type]
            case ("mark", str(verb)):
                getattr(board, verb)()
            case ("resize", int(width), int(height)):
                board.resize(width, height)
                assert not board.held
            case ("focus", bool(focused)):
                board.focus(focused)
            case ("fold", int(which)):
                board.fold(which % len(board.model.columns))
                assert not board.held
            case ("unfold_all",):
                board.unfold_all()
                assert not board.model.folded
            case ("density", str(name)):
                board.set_density(name)
            case ("feed", int(most)):
                self.deliver(most)
            case ("ids",):
                know_all(board, self.source)
            case ("ahead",):
                board.read_ahead()
            case ("reload",):
                board.reload(NOW)
            case ("show",):
                board.show(self.source.pipeline, NOW)
            case ("go_to", int(which)):
                board.go_to(self.pick(which) or "nobody")
            case (str(verb), *rest):
                getattr(self, verb)(*rest)

    def calm_down(self) -> None:
        """Answer every drop, deliver every change, read every id."""
        self.board.release()
        for _drop in self.ear.all("dropped"):
            self.answer(agreed=True)
        while self.feed:
            self.deliver(100)
        know_all(self.board, self.source)


def _cells(frame: Frame, y: int) -> list[Cell]:
    return [(char, look) for text, look, _ in frame.line(y) for char in text]


@given(
    st.lists(st.integers(0, 12), min_size=6, max_size=6),
    st.booleans(),
    st.lists(steps, max_size=40),
)
@settings(max_examples=150)
def test_any_sequence_loses_no_deal_draws_everything_and_lets_go_of_the_mouse(
    counts: list[int], whole: bool, acts: list[tuple[object, ...]]
) -> None:
    world = World(counts, whole)
    for act in acts:
        world.do(act)
        world.check()
    world.calm_down()
    world.check()
    assert not world.board.held
    columns = world.board.model.columns
    assert {column.stage.id: set(column.ids) for column in columns} == {
        stage: set(ids) for stage, ids in world.source.columns.items()
    }
    for column in columns if world.in_time else ():
        assert column.ids == world.source.columns[column.stage.id]
    totals = world.source.totals("sales")
    for column in columns:
        total = totals.get(column.stage.id)
        assert (column.count, dict(column.sums)) == ((total.count, total.sums) if total else (0, {}))
