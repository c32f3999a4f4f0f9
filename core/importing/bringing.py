"""Bringing a file's deals in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from core import silence
from core.commands import lookup
from core.engine import entering
from core.errors import BadInput, Refused
from core.i18n import N_
from core.importing import deals
from core.importing.deals import DealReader
from core.importing.intake import Tell, Wish, refuse_taken, take_in
from core.importing.report import Report
from core.importing.source import Source
from core.model.deal import Cause, CauseKind, Deal
from core.model.house import House
from core.ports import Job, Reader, Staging, Store, Tx
from core.staged import Arrival, Arrivals, Brought, StagedDeal

__all__ = ["Report", "Tell", "Wish", "import_deals"]

IMPORT: Final = Cause(CauseKind.IMPORT)
_LARGEST: Final = 2**63 - 1


def import_deals(
    store: Store,
    source: Source,
    wish: Wish,
    tell: Tell = lambda rows, share: None,
    at_last: Callable[[], None] = lambda: None,
) -> Report:
    """Make a deal of each row; they start no rules and fire no triggers, and now is when they came and were last
    touched. New ones stand on top of their columns in the file's order. See :func:`core.importing.intake.take_in`.
    """
    house = store.read(lambda reader: reader.house())
    if wish.by is not None:
        lookup.user(house, wish.by)
    return take_in(store, source, wish, _Deals(store, house, wish.by), tell, at_last)


class _Deals:
    """Rows that become deals."""

    already = N_("there is a deal “{id}” already")

    def __init__(self, store: Store, house: House, by: str | None) -> None:
        self._store = store
        self._house = house
        self._by = by
        self._counts: dict[tuple[str, str], int] = {}
        self._columns: dict[tuple[str, str], int] = {}

    def meaning(self, name: str) -> str | None:
        """Return what a column's name means."""
        return deals.meaning(name, self._house)

    def suggest(self, name: str) -> str | None:
        """Return the column that a misspelt name may have meant."""
        return deals.suggest(name, self._house)

    def reader(self, names: Sequence[str], columns: Sequence[str | None]) -> DealReader:
        """Return who reads the rows, with all whom they may name: by anything."""
        people = self._store.read(lambda reader: _people(reader, self._house, columns))
        return DealReader(self._house, people, names, columns)

    def id(self, thing: Deal) -> str:
        """Return a deal's id, empty for a fresh one."""
        return thing.id

    def taken(self, staging: Staging, ids: Sequence[str]) -> Mapping[str, int]:
        """Return which ids are taken."""
        return staging.taken(ids)

    def set_aside(self, staging: Staging, things: Sequence[tuple[int, Deal]]) -> None:
        """Set deals aside, each behind those of its column."""
        staging.add([self._staged(line, deal) for line, deal in things])

    def finishing(self, staging: Staging, at_last: Callable[[], None]) -> Job[Brought]:
        """Return the job that brings the staged deals in. Raises ``Refused`` where the house has changed meanwhile."""
        return _finishing(self._house, self._counts, staging.totals(), at_last)

    def ids(self, staging: Staging, brought: Brought) -> Sequence[str]:
        """Return the ids of the deals made."""
        return staging.ids(brought)

    def _staged(self, line: int, deal: Deal) -> StagedDeal:
        column = deal.pipeline, deal.stage
        place = self._counts[column] = self._counts.get(column, 0) + 1
        number = self._columns.setdefault(column, len(self._columns))
        return StagedDeal(line, number, place, self._by or deal.responsible or "system", deal)


def _people(reader: Reader, house: House, columns: Sequence[str | None]) -> deals.People:
    clients = "contact" in columns or "company" in columns
    companies = reader.all_companies() if "company" in columns else ()
    return deals.people(house, reader.all_contacts() if clients else (), companies)


def _finishing(
    seen: House,
    counts: Mapping[tuple[str, str], int],
    sums: Mapping[tuple[int, str], tuple[int, int]],
    at_last: Callable[[], None],
) -> Job[Brought]:
    places = list(counts)
    totals = {(*places[number], currency): total for (number, currency), total in sums.items()}

    def job(tx: Tx) -> Brought:
        if not _still(seen, tx.house()):
            raise Refused(N_("the fields, stages or users were changed while the file was read; try again"))
        _check_totals(tx, totals)
        columns = [_arrival(tx, seen, *column, count) for column, count in counts.items()]
        brought = tx.bring_in(Arrivals(tx.now(), IMPORT, columns, totals))
        words = N_("somebody else made deals with these ids meanwhile: {ids}; try again")
        refuse_taken(brought, words, lookup.names(brought.taken))
        if silence.sweeps(tx.house()):
            tx.put_timers([silence.sweep(tx.now())])
        at_last()
        return brought

    return job


def _still(seen: House, house: House) -> bool:
    """Return whether all that rows were judged by is as it was."""
    if seen.version == house.version:
        return True
    then, now = ((h.pipelines, h.users, h.fields, h.company) for h in (seen, house))
    return then == now


def _arrival(tx: Tx, house: House, pipeline: str, stage_id: str, count: int) -> Arrival:
    stage = house.stage(pipeline, stage_id)
    assert stage is not None, "the house is as it was"
    text, data = entering.created(pipeline, stage, IMPORT)
    ceiling = tx.top_rank(pipeline, stage_id) + (count + 1) * entering.RANK_GAP
    return Arrival(pipeline, stage_id, stage.closed, ceiling, entering.RANK_GAP, text, data)


def _check_totals(tx: Tx, totals: Mapping[tuple[str, str, str], tuple[int, int]]) -> None:
    """Refuse amounts whose sum the totals of a column could not hold."""
    for pipeline in {pipeline for pipeline, _, _ in totals}:
        kept = tx.totals(pipeline)
        for (of, stage, currency), (_, more) in totals.items():
            if of == pipeline and abs(kept[stage].sums.get(currency, 0) + more) > _LARGEST:
                raise BadInput(
                    N_("the amounts in {stage} sum up to more {currency} than can be kept"),
                    stage=stage,
                    currency=currency,
                )
