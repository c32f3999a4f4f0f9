"""How the board follows the change feed: deals change, move, come and go, and nothing jumps that is being looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from core.ports import Card
from tui.board.column import Column
from tui.board.model import BoardModel

BURST: Final = 64
"""More changed deals than this are followed by reading what is in view anew."""
PROBES: Final = 16


def apply_changes(model: BoardModel, ids: Collection[str]) -> None:
    """Show these deals as the store has them now. A move of our own counts as done once the store shows it."""
    if not model.columns:
        return
    if len(ids) > BURST:
        reload(model)
        return
    rows = model.source.cards_by_id({*ids, *_beside(model, ids)})
    _forget_pending(model, ids, rows)
    model.read_totals_only()
    moved = _follow(model, [deal for deal in ids if deal not in model.pending], rows)
    _mend(model, moved)


def revert(model: BoardModel, ids: Collection[str]) -> None:
    """Give up moves that the store has refused: the deals stand again where it has them, and so does the cursor."""
    for deal in ids:
        model.pending.pop(deal, None)
        model.rows.drop(deal)
        model.touched.card(deal)
    held = model.deal if model.deal in ids else None
    apply_changes(model, ids)
    place = model.place_of(held) if held else None
    if held and place is not None:
        model.put_cursor(place, model.columns[place].find(held) or 0, scroll=False)


def reload(model: BoardModel) -> None:
    """Read totals and what is in view anew, and keep the cards in view where they are as far as they still exist."""
    model.pending.clear()
    model.doubtful.clear()
    model.rows.clear()
    model.read_totals()
    for place in range(len(model.columns)):
        _read_again(model, place)
    model.touched.everything = True
    model.settle()


def _forget_pending(model: BoardModel, ids: Collection[str], rows: Mapping[str, Card]) -> None:
    for deal in ids:
        moved, row = model.pending.get(deal), rows.get(deal)
        if moved and (row is None or row.stage == moved.target or row.version != moved.version):
            del model.pending[deal]
            model.rows.drop(deal)
            model.touched.card(deal)


def _beside(model: BoardModel, ids: Collection[str]) -> Iterator[str]:
    """Yield the deals next to these: between them they still stand right, or not."""
    for deal in ids:
        place = model.place_of(deal)
        if place is not None:
            index = model.columns[place].find(deal) or 0
            yield from model.columns[place].between(index - 1, index + 1)


def _follow(model: BoardModel, ids: Collection[str], rows: Mapping[str, Card]) -> list[int]:
    """Take over rows; return the columns whose order may be another now.

    All that stand elsewhere are taken out first: among the others the ranks are in order.
    """
    leaving = [deal for deal in ids if not _stays(model, deal, ids, rows)]
    before: dict[int, tuple[list[str], int]] = {}
    for deal in leaving:
        for at in (model.place_of(deal), _column_of(model, rows.get(deal))):
            if at is not None and at not in before:
                before[at] = list(model.columns[at].ids), model.columns[at].top
    for deal in leaving:
        former = model.place_of(deal)
        if former is not None:
            model.columns[former].remove(deal)
    for deal in ids:
        _take_over(model, deal, rows.get(deal))
    for deal in leaving:
        place = _column_of(model, rows.get(deal))
        if place is not None:
            column = model.columns[place]
            column.insert(_index_for(model, column, rows[deal]), deal, scrolled=before[place][1] > 0)
    for place, (order, top) in before.items():
        _note_order(model, place, order, top)
    return list(before)


def _stays(model: BoardModel, deal: str, ids: Collection[str], rows: Mapping[str, Card]) -> bool:
    """Return whether a deal stands where its rank belongs, as the deals next to it prove."""
    row, former = rows.get(deal), model.place_of(deal)
    if row is None or former is None or _column_of(model, row) != former:
        return False
    column = model.columns[former]
    index = column.find(deal) or 0
    above, below = (column.at(index - 1), column.at(index + 1))
    if (above is None and index > 0) or (below is None and index + 1 < column.count):
        return False
    if above is not None and (above in ids or not _ranks(rows, above, row.stage, row.rank + 1, None)):
        return False
    return below is None or (below not in ids and _ranks(rows, below, row.stage, None, row.rank - 1))


def _ranks(rows: Mapping[str, Card], deal: str, stage: str, least: int | None, most: int | None) -> bool:
    row = rows.get(deal)
    if row is None or row.stage != stage:
        return False
    return (least is None or row.rank >= least) and (most is None or row.rank <= most)


def _take_over(model: BoardModel, deal: str, row: Card | None) -> None:
    """Keep a row, or forget a deal that is not shown any more."""
    if row is None or _column_of(model, row) is None:
        model.rows.drop(deal)
        model.marks.discard(deal)
    else:
        model.rows.put([row])
        model.touched.card(deal)


def _note_order(model: BoardModel, place: int, ids: list[str], top: int) -> None:
    """Draw a column again from where its order differs from the former one; nothing if it does not."""
    column = model.columns[place]
    if column.ids == ids:
        column.top = top
        return
    pairs = zip(column.ids, ids, strict=False)
    same = next((at for at, (now, then) in enumerate(pairs) if now != then), min(len(column.ids), len(ids)))
    model.touched.column(place, column.start + same if column.top == top else 0)


def _column_of(model: BoardModel, row: Card | None) -> int | None:
    if row is None or model.pipeline is None or row.pipeline not in ("", model.pipeline.id):
        return None
    return model.column_of(row.stage)


def _index_for(model: BoardModel, column: Column, row: Card) -> int:
    """Return the place of a deal among the known ones, whose ranks are read: a renumbering changes them unsaid.

    Of equal ranks, which an undo can bring about, the lesser id stands above, as in the store.
    """
    low, high = column.start, column.end
    while low < high:
        places = range(low, high, -(-(high - low) // PROBES))
        ids = [column.ids[place - column.start] for place in places]
        ranks = zip(_ranks_now(model, column, ids), ids, strict=True)
        passed = next((at for at, (rank, deal) in enumerate(ranks) if _below(row, rank, deal)), len(places))
        if passed == 0:
            return low
        low, high = places[passed - 1] + 1, places[passed] if passed < len(places) else high
    return low


def _below(row: Card, rank: int | None, deal: str) -> bool:
    return rank is not None and (rank < row.rank or (rank == row.rank and deal > row.id))


def _ranks_now(model: BoardModel, column: Column, ids: Sequence[str]) -> list[int | None]:
    """Return the ranks of deals; None for those that the store has elsewhere, which prove nothing."""
    rows = model.source.cards_by_id(ids)
    here = [rows.get(deal) if deal not in model.pending else None for deal in ids]
    return [row.rank if row and row.stage == column.stage.id else None for row in here]


def _mend(model: BoardModel, moved: Collection[int]) -> None:
    """Read a column anew whose known deals cannot be what the store has: other ones in view, or another number."""
    counts = [column.count for column in model.columns]
    model.recount()
    doubtful = set() if model.pending else model.doubtful
    for place, column in enumerate(model.columns):
        wrong = column.count != counts[place] or column.stage.id in doubtful
        if wrong or (place in moved and not _shows_the_truth(model, place)):
            model.doubtful.discard(column.stage.id)
            _read_again(model, place)
    model.settle()


def _shows_the_truth(model: BoardModel, place: int) -> bool:
    """Return whether the cards in view are those of the store, in its order; taken as true while moves are pending."""
    column = model.columns[place]
    if model.pending or place not in model.open_view:
        return True
    seen = column.between(column.top, column.top + model.drawn - 1)
    return list(seen) == model.read(column, column.top, model.drawn)


def _read_again(model: BoardModel, place: int) -> None:
    """Read the part of a column in view, and find the card that stood on top of it."""
    column = model.columns[place]
    anchor = column.at(column.top) if column.top else None
    first = max(0, column.top - BURST)
    model.touched.column(place)
    if place not in model.open_view:
        column.adopt([])
        return
    column.adopt(model.read(column, first, 2 * BURST + model.drawn), first)
    index = column.find(anchor)
    column.top = column.top if index is None else index
