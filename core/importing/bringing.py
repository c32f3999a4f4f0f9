"""Bringing a file's deals in: row by row beside the house, then all in one short transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from core.commands import lookup
from core.engine import entering
from core.errors import BadInput, Refused
from core.i18n import N_
from core.importing import deals
from core.importing.deals import DealReader
from core.importing.header import meanings
from core.importing.report import Problem, Report
from core.importing.source import Source
from core.importing.table import Record, Table
from core.model.deal import Cause, CauseKind, Deal
from core.model.house import House
from core.ports import Job, Reader, Staging, Store, Tx
from core.staged import Arrival, Arrivals, Brought, StagedDeal

IMPORT: Final = Cause(CauseKind.IMPORT)
_ROWS: Final = 1_000
_CHARACTERS: Final = 4_000_000
"""Rows, or characters of them, that are set aside at a time."""
_LARGEST: Final = 2**63 - 1

Tell: TypeAlias = Callable[[int, float], None]
"""Is told now and then how many rows have been read, and which share of the file."""

Column: TypeAlias = "tuple[str, str]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks for. ``mapped`` are columns by name and what they mean (empty: nothing); ``by`` None means
    each deal's responsible; ``problems`` is how many wrong rows are told of (None: all)."""

    mapped: Mapping[str, str] = field(default_factory=dict)
    by: str | None = None
    skip_bad: bool = False
    dry_run: bool = False
    problems: int | None = 20


def import_deals(
    store: Store,
    source: Source,
    wish: Wish,
    tell: Tell = lambda rows, share: None,
    at_last: Callable[[], None] = lambda: None,
) -> Report:
    """Make a deal of each row; they start no rules and fire no triggers, and now is when they came and were last
    touched. New ones stand on top of their columns in the file's order.

    Where a row is wrong nothing is written, unless ``skip_bad``. ``at_last`` is called just before the one commit.
    Raises ``BadInput``, ``UnknownThing`` and ``Refused`` for what is wrong with the file as a whole.
    """
    house = store.read(lambda reader: reader.house())
    if wish.by is not None:
        lookup.user(house, wish.by)
    table = Table(source, lambda name: bool(name) and _means(name, house))
    columns = meanings(
        table.names,
        wish.mapped,
        lambda name: deals.meaning(name, house),
        lambda name: deals.suggest(name, house),
    )
    reader = DealReader(house, store.read(lambda r: _people(r, house, columns)), table.names, columns)
    with store.staging() as staging:
        intake = _Intake(staging, wish, _name_of("id", columns, table), Report(kept=wish.problems))
        for number, record in enumerate(table.records(), 1):
            intake.take(record, reader.read(record))
            if number % _ROWS == 0:
                tell(number, source.share())
        intake.flush()
        report = intake.report
        if report.good and not wish.dry_run and (wish.skip_bad or not report.bad):
            report.ids = staging.ids(staging.write(_finishing(house, intake, at_last)))
    return report


def _means(name: str, house: House) -> bool:
    try:
        return deals.meaning(name, house) is not None
    except BadInput:
        return True


def _people(reader: Reader, house: House, columns: list[str | None]) -> deals.People:
    """Read whom the file may name: all of them, since rows name them by anything."""
    clients = "contact" in columns or "company" in columns
    companies = reader.all_companies() if "company" in columns else ()
    return deals.people(house, reader.all_contacts() if clients else (), companies)


def _name_of(meaning: str, columns: list[str | None], table: Table) -> str:
    return table.names[columns.index(meaning)] if meaning in columns else meaning


class _Intake:
    """Takes rows one after another, and sets the good ones aside."""

    def __init__(self, staging: Staging, wish: Wish, id_column: str, report: Report) -> None:
        self.report = report
        self.counts: dict[Column, int] = {}
        self._staging = staging
        self._by = wish.by
        self._id_column = id_column
        self._waiting: list[tuple[int, Deal | Problem]] = []
        self._characters = 0
        self._columns: dict[Column, int] = {}

    def totals(self) -> Mapping[tuple[int, str], tuple[int, int]]:
        """Return how many deals were set aside, and their sum, by column and currency."""
        return self._staging.totals()

    def take(self, record: Record, found: Deal | Problem) -> None:
        """Take what was read of a row."""
        self._waiting.append((record.line, found))
        self._characters += sum(map(len, record.cells))
        if len(self._waiting) >= _ROWS or self._characters > _CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Set aside what waits, apart from rows whose id is taken."""
        ids = [found.id for _, found in self._waiting if isinstance(found, Deal) and found.id]
        taken = dict(self._staging.taken(ids)) if ids else {}
        staged: list[StagedDeal] = []
        for line, found in self._waiting:
            if isinstance(found, Problem):
                self.report.refuse(found)
            elif found.id and found.id in taken:
                self.report.refuse(deals.taken(line, self._id_column, found.id, taken[found.id]))
            else:
                staged.append(self._staged(line, found))
                if found.id:
                    taken[found.id] = line
        self.report.good += len(staged)
        self._staging.add(staged)
        self._waiting.clear()
        self._characters = 0

    def _staged(self, line: int, deal: Deal) -> StagedDeal:
        column = deal.pipeline, deal.stage
        place = self.counts[column] = self.counts.get(column, 0) + 1
        number = self._columns.setdefault(column, len(self._columns))
        return StagedDeal(line, number, place, self._by or deal.responsible or "system", deal)


def _finishing(seen: House, intake: _Intake, at_last: Callable[[], None]) -> Job[Brought]:
    """Return the job that brings the staged deals in. Raises ``Refused`` where the house has changed meanwhile."""

    places = list(intake.counts)
    totals = {(*places[number], currency): total for (number, currency), total in intake.totals().items()}

    def job(tx: Tx) -> Brought:
        if not _still(seen, tx.house()):
            raise Refused(N_("the fields, stages or users were changed while the file was read; try again"))
        _check_totals(tx, totals)
        columns = [_arrival(tx, seen, *column, count) for column, count in intake.counts.items()]
        brought = tx.bring_in(Arrivals(tx.now(), IMPORT, columns, totals))
        if brought.taken:
            known = lookup.names(brought.taken)
            raise Refused(N_("somebody else made deals with these ids meanwhile: {ids}; try again"), ids=known)
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
