"""What core needs from outside, all in one place: Store, Adapter, Clock, Random, Waker.

A *job* is a plain function of a :class:`Tx`. The Store runs each job inside one write transaction and may group several
jobs into one commit, each behind its own savepoint: a job that raises leaves no trace and harms no other.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from core.client_ports import ClientReader, ClientTx
from core.clockwork import Clock, EngineLease, Priority, Waker
from core.event_ports import EventReader, EventTx
from core.file_ports import NO_FILES, FileReader, Files, FileTx
from core.find_ports import FindReader
from core.line_ports import LineReader, LineTx
from core.model.deal import Deal, Entry
from core.model.delivery import Delivery
from core.model.house import CompanySettings, Connection, FieldDef, House
from core.model.moment import Moment
from core.model.people import Company, Contact, User
from core.model.pipeline import Pipeline
from core.model.rule import Rule, Trigger
from core.model.run import Run
from core.peers import (
    Adapter,
    AdapterFactory,
    Backing,
    Capabilities,
    Fetched,
    Fetcher,
    Health,
    Ledger,
    TrackingKeys,
)
from core.plan import Plan
from core.staged import Arrivals, Brought, Staging
from core.survey_ports import SurveyReader
from core.talk_ports import TalkReader, TalkTx
from core.task_ports import TaskReader, TaskTx
from core.views import (
    Applied,
    Card,
    Change,
    ColumnTotal,
    DealFilter,
    DeliveryFilter,
    Facts,
    Overdue,
    Stuck,
    TimelineEntry,
)

__all__ = [
    "NO_FILES",
    "Adapter",
    "AdapterFactory",
    "Applied",
    "Backing",
    "Capabilities",
    "Card",
    "Change",
    "Clock",
    "ColumnTotal",
    "DealFilter",
    "DeliveryFilter",
    "EngineLease",
    "Facts",
    "Fetched",
    "Fetcher",
    "Files",
    "Health",
    "Job",
    "Ledger",
    "Overdue",
    "Priority",
    "Random",
    "Reader",
    "Staging",
    "Store",
    "Stuck",
    "TimelineEntry",
    "TrackingKeys",
    "Tx",
    "Waker",
]

T = TypeVar("T")
Random = random.Random


class Reader(
    ClientReader, FindReader, LineReader, TalkReader, EventReader, FileReader, SurveyReader, TaskReader, Protocol
):
    """Reads of one consistent moment. Every method is one indexed statement or a small fixed number of them."""

    def house(self) -> House:
        """Return the configuration in force; the same object as long as its version stands."""

    def revision(self, revision: int) -> Rule:
        """Return a stored revision of a rule (cached: revisions never change)."""

    def deal(self, deal_id: str) -> Deal | None:
        """Return a deal, removed ones included."""

    def deals_by_id(self, ids: Iterable[str]) -> Mapping[str, Deal]:
        """Return deals by id in one statement, removed ones included; unknown ids are left out."""

    def deals(self, where: DealFilter) -> Sequence[Deal]:
        """Return deals in board order."""

    def contacts(self, ids: Iterable[str]) -> Mapping[str, Contact]:
        """Return contacts by id; unknown ids are left out."""

    def company(self, company_id: str) -> Company | None:
        """Return a company."""

    def all_contacts(self, limit: int | None = None) -> Sequence[Contact]:
        """Return every contact in use (the first ``limit``), by id."""

    def all_companies(self, limit: int | None = None) -> Sequence[Company]:
        """Return every company in use (the first ``limit``), by id."""

    def facts(self, deal: Deal, now: Moment, entry: Entry | None = None) -> Facts:
        """Return what is known of a deal; ``entry`` None reads its open one."""

    def entry(self, entry_id: int) -> Entry | None:
        """Return one stay of a deal."""

    def entries_by_id(self, ids: Iterable[int]) -> Mapping[int, Entry]:
        """Return stays by id in one statement."""

    def entries(self, deal_id: str) -> Sequence[Entry]:
        """Return all stays of a deal, oldest first."""

    def runs_of_entries(self, ids: Iterable[int]) -> Mapping[int, Sequence[Run]]:
        """Return the runs of many stays in rule order, by stay, in one statement."""

    def runs(self, entry_id: int) -> Sequence[Run]:
        """Return the runs of one stay in rule order."""

    def run(self, run_id: int) -> Run | None:
        """Return one run."""

    def runs_by_id(self, ids: Iterable[int]) -> Mapping[int, Run]:
        """Return runs by id in one statement."""

    def runs_of(self, deal: str | None = None, rule: str | None = None) -> Sequence[Run]:
        """Return runs, oldest first, for ``explain``."""

    def held(self, now: Moment) -> Sequence[Run]:
        """Return waiting runs with reason ``grace``, soonest first."""

    def cancelled_by(self, entry_id: int) -> tuple[Sequence[Run], Sequence[Delivery]]:
        """Return what the coming of that entry cancelled."""

    def deliveries_of_entry(self, entry_id: int) -> Sequence[Delivery]:
        """Return the deliveries that runs of one stay made, oldest first."""

    def ran_once(self, deal_id: str, rule_id: str, but: int = 0) -> bool:
        """Return whether a run of the rule on the deal, other than ``but``, is done or has its message on the way."""

    def automatic_moves(self, deal_id: str, since: Moment) -> int:
        """Return how many entries of the deal since then no person asked for (undone ones count)."""

    def batch(self, batch: str) -> Sequence[Entry]:
        """Return the entries of one act."""

    def last_batch(self) -> str | None:
        """Return the newest act of a person that has not been undone, for ``u`` after a restart. If its deal has moved
        on since, that is said, and no older act is undone in its place."""

    def last_undone(self) -> str | None:
        """Return the act of a person that was undone last, even if its deal has moved on since: that is then said."""

    def last_undo_number(self) -> int:
        """Return the number of the act that was undone last, 0 when none is undone."""

    def top_rank(self, pipeline: str, stage: str) -> int:
        """Return the greatest rank in a column, 0 when it is empty."""

    def neighbours(self, pipeline: str, stage: str, above: str | None) -> tuple[int | None, int | None]:
        """Return the ranks just above and just below the place right under the deal ``above`` (None: the top)."""

    def delivery(self, delivery_id: int) -> Delivery | None:
        """Return one row of the outbox."""

    def deliveries(self, where: DeliveryFilter) -> Sequence[Delivery]:
        """Return rows of the outbound log, newest first."""

    def newest_delivery(self) -> int:
        """Return the greatest id in the outbox, 0 when it is empty."""

    def outbound_counts(self, since: Moment) -> Mapping[str, int]:
        """Return how many messages written since a moment stand in each status."""

    def timeline(self, deal_id: str, limit: int | None = None) -> Sequence[TimelineEntry]:
        """Return a deal's history, newest first."""

    def totals(self, pipeline: str) -> Mapping[str, ColumnTotal]:
        """Return the kept totals of a pipeline's columns by stage id."""

    def cards(self, pipeline: str, stage: str, offset: int, limit: int) -> Sequence[Card]:
        """Return slim rows of a column, top first."""

    def column_ids(self, pipeline: str, stage: str) -> Sequence[str]:
        """Return the ids of a whole column, top first."""

    def cards_by_id(self, ids: Iterable[str]) -> Mapping[str, Card]:
        """Return slim rows of given deals."""

    def changes_since(self, cursor: int, limit: int = 1000) -> tuple[int, Sequence[Change]]:
        """Return the change feed after a cursor: what the screen must repaint."""

    def cursor(self) -> int:
        """Return the newest position of the change feed."""

    def now(self) -> Moment:
        """Return the present moment: the simulated clock's row, else the store's own clock port."""

    def simulated_now(self) -> Moment | None:
        """Return the simulated clock, or None when the clock is real."""

    def home(self) -> str | None:
        """Return the fingerprint of where an engine last ran on this database; None before the first."""

    def tracking_key(self) -> str | None:
        """Return the fingerprint of the key that the house's tracking tokens are made with; None before the first."""

    def due_connections(self, now: Moment) -> Sequence[str]:
        """Return the ids of connections with a queued, unleased delivery that is due and may go now: those that are
        paused, rest after failures or wait for their rate are left out."""

    def waiting_runs_count(self, rule_id: str | None = None) -> int:
        """Return how many runs have not happened yet (``waiting``, ``no_date``), for the header and at quitting; or
        those of one rule."""

    def waiting_runs(self, rule_id: str, limit: int | None = None) -> Sequence[Run]:
        """Return the runs of a rule that have not happened (the first ``limit``)."""

    def left_runs(self, rule_id: str, limit: int) -> Sequence[Run]:
        """Return the first runs of a rule that have not happened and that no person has asked for."""

    def lacking(self, pipeline: str, stage: str, rule_id: str) -> Sequence[str]:
        """Return the deals of a stage whose open stay has no run of the rule, top of the column first."""

    def stuck(self, now: Moment) -> Stuck:
        """Return how many messages wait for another attempt, and behind paused connections, for the header."""

    def next_due(self, after: Moment | None = None) -> Moment | None:
        """Return the earliest moment (later than ``after``) at which a run, a timer, or a delivery whose connection may
        then be used is due; None when nothing waits."""

    def notifications(self, user: str | None = None) -> Sequence[Mapping[str, Any]]:
        """Return what users were told in the app, newest first."""

    def files(self, deal_id: str) -> Sequence[Mapping[str, Any]]:
        """Return a deal's files, oldest first."""

    def timers(self) -> Sequence[Mapping[str, Any]]:
        """Return the durable timers that have not fired, soonest first."""


class Tx(Reader, ClientTx, LineTx, TalkTx, EventTx, FileTx, TaskTx, Protocol):
    """One write transaction (behind a savepoint): reads that see its own writes, and the writes."""

    def apply(self, plan: Plan) -> Applied:
        """Write a plan. Raises ``StaleDeal`` when a deal is no longer as the planner saw it."""

    def hold(self, deals: Iterable[str]) -> None:
        """Keep other transactions from taking runs and messages of these deals until the commit: to be called before
        what is planned on is read. SQLite has one writer anyway."""

    def new_deal_id(self) -> str:
        """Return a fresh readable id (``D1001``) that no deal has."""

    def bring_in(self, arrivals: Arrivals) -> Brought:
        """Make real deals of all that this transaction's :class:`Staging` has set aside, unless their ids are taken
        by now. No rule starts."""

    def renumber(self, pipeline: str, stage: str, gap: int) -> None:
        """Give a column's deals new ranks, ``gap`` apart, in the order they stand in."""

    def due_runs(self, now: Moment, limit: int) -> Sequence[Run]:
        """Return runs that are due: earliest moment first, then rule order, movers last within one stay and moment.

        On PostgreSQL the deals are locked and those that another engine holds are skipped.
        """

    def claim(self, connection: str, now: Moment, worker: str, limit: int) -> Sequence[Delivery]:
        """Lease queued deliveries of one connection: at most one per deal, none for a deal that has one leased or
        ``sending``, and of each deal the first in (moment, position, id) among those that can go now."""

    def mark_sending(self, deliveries: Iterable[int], worker: str, now: Moment) -> Sequence[int]:
        """Turn leased rows into the durable state ``sending`` (policy ``hold``), tried now; returns the ids still
        ours."""

    def leased(self, deliveries: Iterable[int], worker: str) -> Collection[int]:
        """Return which of these rows the worker still has: another engine may have taken them over meanwhile."""

    def release(self, deliveries: Iterable[int], worker: str) -> None:
        """Give leased rows back untouched."""

    def reap(self, worker_alive: Callable[[str], bool] | None = None) -> Sequence[Delivery]:
        """Take over what dead engines left (those without an engine's lease, unless ``worker_alive`` knows better):
        queued rows are given back; all of them are returned to be judged, as they stand now."""

    def upsert_pipeline(self, pipeline: Pipeline) -> None:
        """Make or change a pipeline with its whole list of stages; stages not listed are removed (the caller has
        checked that no deal stands there)."""

    def archive(self, what: str, ids: Iterable[str]) -> None:
        """Put things out of use that a board file no longer lists (``users connections constants fields pipelines
        contacts companies``; deals: :mod:`core.engine.removing`)."""

    def put_company_settings(self, company: CompanySettings) -> None:
        """Change the house's calendar and manners."""

    def put_user(self, user: User) -> None:
        """Make or change a user."""

    def put_connection(self, connection: Connection) -> None:
        """Make or change a connection; its line is tried anew."""

    def put_constant(self, name: str, value: Any) -> None:
        """Make or change a constant."""

    def put_field(self, definition: FieldDef) -> None:
        """Make or change a custom field."""

    def put_rule(self, rule: Rule, author: str, now: Moment) -> None:
        """Make a rule or a new revision of it; a position alone makes no revision."""

    def remove_rule(self, rule_id: str) -> None:
        """Put a rule out of use; its revisions stay for the runs that keep them."""

    def put_trigger(self, trigger: Trigger) -> None:
        """Make or change a trigger."""

    def remove_trigger(self, trigger_id: str) -> None:
        """Put a trigger out of use."""

    def put_contact(self, contact: Contact) -> None:
        """Make or change a contact."""

    def put_company(self, company: Company) -> None:
        """Make or change a client company."""

    def pause_connection(self, connection: str, reason: str | None) -> None:
        """Hold back everything behind a connection (a reason code), or let it go again (None); its line is tried
        anew."""

    def set_clock(self, moment: Moment | None) -> None:
        """Set the simulated clock, or go back to the real one (None)."""

    def set_home(self, home: str, before: str | None) -> bool:
        """Note where the engine runs now; False when another engine has changed ``before`` meanwhile."""

    def set_tracking_key(self, fingerprint: str | None, before: str | None) -> bool:
        """Note which key tracking tokens are made with (None: whichever comes first); False when another process has
        changed ``before`` meanwhile."""

    def has_runs(self) -> bool:
        """Return whether any run exists: from then on the clock only goes forward."""


Job = Callable[[Tx], T]


class Store(Protocol):
    """The one place where things are kept."""

    def write(self, job: Job[T], priority: Priority = Priority.SCREEN) -> Awaitable[T]:
        """Run a job on the writer and wait for its commit without blocking the loop."""

    def write_now(self, job: Job[T], priority: Priority = Priority.SCREEN) -> T:
        """Run a job and block until it is committed: for the command line."""

    def submit(self, job: Job[T], priority: Priority = Priority.SCREEN) -> Future[T]:
        """Hand a job to the writer."""

    def read(self, query: Callable[[Reader], T]) -> T:
        """Run a short read on a connection of its own, in one snapshot."""

    def staging(self) -> AbstractContextManager[Staging]:
        """Open a place where a long write sets its rows aside before it makes one short transaction of them."""

    def take_engine_lease(self, name: str) -> EngineLease:
        """Become the engine of this database. Raises ``Refused`` naming the process that already is (SQLite)."""

    def changed_elsewhere(self) -> bool:
        """Return whether another process has written since the last call."""

    def close(self) -> None:
        """Finish what is queued and let go of the files."""
