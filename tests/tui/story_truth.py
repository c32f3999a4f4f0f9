"""What the screen of a story must say, read anew from the database by ways of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from time import monotonic
from typing import Any, Final

from textual.geometry import Region

from core import inbox
from core.filtering import parse
from core.log_filter import NO_FILTER
from core.model.delivery import DeliveryStatus
from core.money import to_minor
from core.ports import Reader
from tests.tui.app_world import toasts
from tests.tui.story import MOST_ESCAPES, Story
from tui.outbound_rows import page
from tui.panels import deal_sheet
from tui.source import search

PATIENCE: Final = 30.0
"""Seconds until a screen that still says something else is wrong."""
BUGS: Final = ("Something went wrong", "The engine stopped")
"""What is only said when the program itself is at fault."""


async def settled(story: Story, patience: float = PATIENCE) -> None:
    """Let the board look, and wait until it says what the database says. Fails with the differences."""
    limit = monotonic() + patience
    while True:
        story.do_look()
        story.do_hand_over()
        await story.breathe()
        found = list(differences(story))
        if not found:
            return
        assert monotonic() < limit, "\n".join(found)
        await asyncio.sleep(0.005)


async def back_home(story: Story) -> None:
    """Press escape until the board is back: nothing is held or open, and it says what the database says."""
    assert await story.go_home() <= MOST_ESCAPES
    app = story.app
    assert app.board.display, "the board is hidden"


def unharmed(story: Story) -> None:
    """Fail where something broke, or the mouse is held by something that carries nothing."""
    app = story.app
    if app._exception is not None:
        raise app._exception
    assert app.is_running and not app._exit, "the board has ended"
    told = [note for note in toasts(story.pilot) if note.startswith(BUGS)]
    assert not told, told
    holder = app.mouse_captured
    if holder is app.board:
        assert app.board.board.held, "the board holds the mouse and no card"
        assert len(app.screen_stack) == 1, f"the board holds the mouse below {app.screen}"
    elif holder is app.log_view:
        assert app.log_view.sizing._held, "the log holds the mouse and not its head"
        assert len(app.screen_stack) == 1, f"the log holds the mouse below {app.screen}"


def differences(story: Story) -> Iterator[str]:
    """Yield what the screen says and the database does not."""
    read = story.world.store.read
    yield from read(lambda reader: [*_lost(story, reader)])
    yield from read(lambda reader: [*_columns(story, reader)])
    yield from read(lambda reader: [*_log(story, reader)])
    yield from read(lambda reader: [*_panel(story, reader)])
    yield from read(lambda reader: [*_inbox(story, reader)])
    yield from read(lambda reader: [*_counts(story, reader)])
    yield from _drawn(story)


def _lost(story: Story, reader: Reader) -> Iterator[str]:
    """Each deal that was not removed stands in one column, and those columns hold nothing else."""
    deals = reader.deals_by_id(story.known())
    standing = Counter(
        (deal, pipeline.id, stage.id)
        for pipeline in reader.house().pipelines.values()
        for stage in pipeline.stages
        for deal in reader.column_ids(pipeline.id, stage.id)
    )
    wanted = Counter((deal.id, deal.pipeline, deal.stage) for deal in deals.values() if not deal.removed)
    yield from _told("the database's columns", standing, wanted)


def _columns(story: Story, reader: Reader) -> Iterator[str]:
    """The columns of the board are the database's, filtered as the person asks. A hidden one reads when it comes up."""
    app = story.app
    if not app.board.size:
        return
    model, pipeline = app.board.model, app.desk.pipeline
    assert pipeline is not None
    ids = {stage.id: list(reader.column_ids(pipeline.id, stage.id)) for stage in pipeline.stages}
    if app.desk.search:
        fits = search(reader, pipeline.id, parse(app.desk.search, app.desk.asked()).terms).deals
        ids = {stage: [deal for deal in column if deal in fits] for stage, column in ids.items()}
    yield from _told("stages", [column.stage.id for column in model.columns], list(ids))
    if model.pending:
        yield f"moves that nobody has answered: {dict(model.pending)}"
    for column in model.columns:
        wanted = ids.get(column.stage.id, [])
        deals = reader.deals_by_id(wanted)
        sums: Counter[str] = Counter()
        for deal in deals.values():
            sums[deal.currency] += to_minor(deal.amount, deal.currency) if deal.amount else 0
        stage = column.stage.id
        yield from _told(f"deals of {stage}", column.ids, wanted)
        yield from _told(f"count of {stage}", column.count, len(wanted))
        yield from _told(f"sums of {stage}", dict(column.sums), {code: n for code, n in sums.items() if n})
    shown = [deal for column in model.columns for deal in column.ids]
    cards = app.source.cards_by_id(shown)
    for name in shown:
        row = model.rows.get(name)
        if row is not None:
            yield from _told(f"card of {name}", row, cards.get(name))
    wrong = model.marks.difference(shown)
    if wrong:
        yield f"marked, but not there: {wrong}"


def _log(story: Story, reader: Reader) -> Iterator[str]:
    app = story.app
    rows = app.log_view.rows
    where = app.finder.where or NO_FILTER
    wanted = list(page(reader, (), max(1, len(rows.lines)) + 1, where))
    if rows.complete:
        yield from _told("the log", rows.lines, wanted)
    else:
        yield from _told("the log's beginning", rows.lines, wanted[: len(rows.lines)])


def _panel(story: Story, reader: Reader) -> Iterator[str]:
    panel = story.app.panel
    if panel.display and panel.deal is not None:
        wanted = frozenset(each for each in panel._unfolded.values() if each)
        yield from _told(f"the open deal {panel.deal}", panel.view, deal_sheet.read(reader, panel.deal, wanted))


def _inbox(story: Story, reader: Reader) -> Iterator[str]:
    view = story.app.inbox
    if view.open:
        yield from _told("the inbox", view.rows.inbox, inbox.read(reader))


def _counts(story: Story, reader: Reader) -> Iterator[str]:
    desk = story.app.desk
    yield from _told("waiting runs", desk.waiting, reader.waiting_runs_count())
    yield from _told("there is something to undo", desk.undoable, reader.last_batch() is not None)
    yield from _told("there is something to redo", desk.redoable, reader.last_undone() is not None)
    yield from _told("what waits in the inbox", desk.inbox, reader.waiting_count(100))
    yield from _told("the clock", desk.now, reader.now())
    yield from _told("moving messages", [d.id for d in _moving(reader)], [])


def _moving(reader: Reader) -> list[Any]:
    from core.views import DeliveryFilter

    return [d for d in reader.deliveries(DeliveryFilter()) if d.status is DeliveryStatus.SENDING]


def _drawn(story: Story) -> Iterator[str]:
    """The cards in view bear the titles that the deals have."""
    app = story.app
    board, model = app.board, app.board.model
    if not board.region or board.board.held:
        return
    lines = [strip.text for strip in board.render_lines(Region(0, 0, *board.size))]
    for place in model.open_view:
        for slot in range(model.slots):
            rect, card = board.board.grid.card(place, slot), model.card_at(place, slot)
            if rect is None or card is None or rect.width < 10:
                continue
            text = lines[rect.y][rect.x + 1 : rect.x + rect.width]
            if not text.startswith(card.title[: min(6, len(card.title))]):
                yield f"on the screen at {place}/{slot}: {text!r} instead of {card.title!r}"


def _told(what: str, shown: object, wanted: object) -> Iterator[str]:
    if shown != wanted:
        yield f"{what}: the screen says\n  {shown!r}\nand the database\n  {wanted!r}"
