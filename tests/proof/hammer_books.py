"""What must hold after a storm: the database against itself, against the mail server, against what people were told."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from adapters.clock import RealClock
from core.model.deal import CauseKind, Deal, Entry
from core.model.delivery import Delivery, DeliveryStatus
from core.model.rule import Unknown
from core.model.run import Run, RunStatus
from core.model.timeline import TimelineKind
from core.ports import Reader
from core.views import DealFilter, DeliveryFilter
from data import opening
from data.postgres import conninfo
from tests.proof import ledger
from tests.proof.hammer_house import FAR, RULES, SWITCHED
from tests.proof.hammer_shell import Ledger
from tests.proof.post_office import Mail, PostOffice

SOON: Final = 10.0
"""Seconds after a kill in which the server may still read what the dead one had written."""
_GONE_OUT: Final = frozenset({DeliveryStatus.SENT, DeliveryStatus.UNKNOWN})
_ENDS: Final = _GONE_OUT | {DeliveryStatus.CANCELLED}
_OF_IMPORT: Final = re.compile(r"Import (\d+) row (\d+)")


@dataclass(slots=True)
class Found:
    """Counts, and what does not hold."""

    deals: int = 0
    imported: int = 0
    moves: int = 0
    by_boards: int = 0
    undone: int = 0
    runs: Counter[str] = field(default_factory=Counter)
    deliveries: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    repeated: int = 0
    cancelled_taken: int = 0
    problems: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Write it for people."""
        yield f"deals                      {self.deals}, of them imported: {self.imported}"
        yield f"moves by people            {self.moves}, of them on boards: {self.by_boards}; undone: {self.undone}"
        yield f"runs                       {_told(self.runs)}"
        yield f"messages                   {_told(self.deliveries)}"
        yield f"mails taken                {self.mails} ({self.repeated} repeats, with the first one's Message-ID)"
        yield f"  cancelled all the same   {self.cancelled_taken}"
        yield f"problems                   {len(self.problems)}"
        yield from (f"  {problem}" for problem in self.problems[:40])


def _told(counts: Counter[str]) -> str:
    return f"{sum(counts.values())}: " + " ".join(f"{name}:{n}" for name, n in sorted(counts.items()))


def leased_to(reader: Reader, pid: int) -> int:
    """Return how many messages are leased to the engine of a process."""
    underway = DeliveryFilter(statuses=frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING}))
    return sum(f"-{pid}-" in (delivery.worker or "") for delivery in reader.deliveries(underway))


def compare(url: str, office: PostOffice, shells: Sequence[Ledger], kills: Sequence[float], rows: int) -> Found:
    """Compare all books. ``kills`` are the moments at which engines died, ``rows`` the deals of one import."""
    store = opening.open_store(url, clock=RealClock())
    try:
        books = store.read(lambda reader: _Books(reader, office, shells, kills, rows))
    finally:
        store.close()
    books.found.problems += _damage(url)
    return books.found


class _Books:
    """One reading of everything."""

    def __init__(
        self, reader: Reader, office: PostOffice, shells: Sequence[Ledger], kills: Sequence[float], rows: int
    ) -> None:
        self.found = Found()
        self._reader, self._office, self._shells, self._kills, self._rows = reader, office, shells, kills, rows
        self._now = reader.now()
        self._deals: Sequence[Deal] = reader.deals(DealFilter())
        self._entries: Mapping[str, Sequence[Entry]] = {deal.id: reader.entries(deal.id) for deal in self._deals}
        log = list(reader.deliveries(DeliveryFilter()))
        self._log: Mapping[str, Delivery] = {ledger.message_id(reader.house().id, d): d for d in log}
        self._of_run: defaultdict[int, list[Delivery]] = defaultdict(list)
        for delivery in log:
            self._of_run[delivery.run or 0].append(delivery)
        self._copies: defaultdict[str, list[Mail]] = defaultdict(list)
        for mail in office.mails:
            self._copies[mail.id].append(mail)
        self._count(log)
        self.found.problems += [
            *self._totals(),
            *(problem for deal in self._deals for problem in self._life(deal)),
            *(problem for known, delivery in self._log.items() for problem in self._message(known, delivery)),
            *(f"the server took {known}, which nobody sent" for known in self._copies if known not in self._log),
            *(problem for known in self._copies for problem in self._repeats(known)),
            *self._order(),
            *self._imports(),
            *(problem for shell in shells for problem in self._told(shell)),
        ]

    def _count(self, log: Sequence[Delivery]) -> None:
        found = self.found
        found.deals = len(self._deals)
        found.imported = sum(bool(_OF_IMPORT.fullmatch(deal.title)) for deal in self._deals)
        people = [e for each in self._entries.values() for e in each if e.cause.kind is CauseKind.PERSON and e.previous]
        found.moves, found.by_boards = len(people), sum(e.by == "ana" for e in people)
        found.deliveries = Counter(delivery.status.value for delivery in log)
        found.mails = len(self._office.mails)
        found.repeated = found.mails - len(self._copies)

    # The database against itself --------------------------------------------------------------------------------------

    def _totals(self) -> Iterator[str]:
        counts, sums = Counter(d.stage for d in self._deals), Counter[str]()
        for deal in self._deals:
            sums[deal.stage] += int((deal.amount or 0) * 100)
        for stage, kept in self._reader.totals("sales").items():
            if (kept.count, sum(kept.sums.values())) != (counts[stage], sums[stage]):
                yield f"{stage}: kept are {kept}, there are {counts[stage]} with {sums[stage]}"

    def _life(self, deal: Deal) -> Iterator[str]:
        """One open stay, where the deal stands; of each stay exactly the runs of its rules."""
        entries = self._entries[deal.id]
        standing = [e for e in entries if e.ended_at is None]
        if [(e.id, e.stage) for e in standing] != [(deal.entry, deal.stage)]:
            yield f"{deal.id} stands in {deal.stage} ({deal.entry}), its open stays are {standing}"
        if len({e.id for e in entries if e.previous is None}) != 1:
            yield f"{deal.id} has begun {[e.stage for e in entries if e.previous is None]}"
        runs = self._reader.runs_of_entries([e.id for e in entries])
        for entry in entries:
            yield from self._stay(entry, runs.get(entry.id, ()))

    def _stay(self, entry: Entry, runs: Sequence[Run]) -> Iterator[str]:
        name = f"{entry.deal} in {entry.stage} ({entry.id})"
        wanted = () if entry.cause.kind is CauseKind.IMPORT else RULES.get(entry.stage, ())
        had = [run.rule for run in runs]
        if had != list(wanted) and had != [rule for rule in wanted if rule != SWITCHED]:
            yield f"{name} has runs of {had}"
        for run in runs:
            self.found.runs[run.status.value] += 1
            yield from self._run(name, entry, run)

    def _run(self, name: str, entry: Entry, run: Run) -> Iterator[str]:
        sent = self._of_run.get(run.id, [])
        told = f"{name}: {run.public_id} of {run.rule} is {run.status.value} ({run.reason})"
        if run.status is RunStatus.WAITING:
            if run.rule != FAR or entry.ended_at is not None or (run.due_at or 0) <= self._now:
                yield f"{told}, due {run.due_at}"
        elif run.status not in (RunStatus.DONE, RunStatus.CANCELLED):
            yield told
        if len(sent) > 1:
            yield f"{told} and has messages {[d.public_id for d in sent]}"
        gone = [d for d in sent if d.status in _GONE_OUT]
        if run.rule.startswith(("mail", SWITCHED)) and (run.status is RunStatus.DONE) != bool(gone):
            yield f"{told}, its messages are {[(d.public_id, d.status.value) for d in sent]}"

    # The database against the mail server -----------------------------------------------------------------------------

    def _message(self, known: str, delivery: Delivery) -> Iterator[str]:
        """Each message ends once; *sent* has been taken, and under ``hold`` nothing more than once."""
        name = f"{delivery.public_id} of {delivery.deal}, {delivery.status.value} ({delivery.reason}),"
        copies = self._copies.get(known, [])
        unknown = delivery.status is DeliveryStatus.UNKNOWN
        if delivery.status not in _ENDS or (unknown and delivery.unknown is Unknown.RESEND):
            yield f"{name} has not ended"
        if delivery.worker is not None:
            yield f"{name} is still leased to {delivery.worker}"
        if delivery.status is DeliveryStatus.SENT and not copies:
            yield f"{name} is lost: the server never took it"
        if delivery.unknown is Unknown.HOLD and len(copies) > 1:
            yield f"{name} went out {len(copies)} times under hold"
        if delivery.status is DeliveryStatus.CANCELLED and copies:
            self.found.cancelled_taken += 1
            if delivery.unknown is Unknown.HOLD or not self._died_after(copies[-1].at, float("inf")):
                yield f"{name} was taken by the server, and nobody died"
        lines = [t.data for t in self._reader.timeline(delivery.deal) if t.data.get("delivery") == delivery.public_id]
        said = [data["status"] for data in lines if data["status"] != DeliveryStatus.CANCELLED.value]
        if said != ([delivery.status.value] if delivery.status in _GONE_OUT else []):
            yield f"{name} stands in the timeline as {[data['status'] for data in lines]}"

    def _repeats(self, known: str) -> Iterator[str]:
        """A repeat is the same to the byte, and somebody was killed between the two."""
        first, *more = self._copies[known]
        for before, mail in zip((first, *more), more, strict=False):
            if mail.content != first.content:
                yield f"{known} came with other bytes"
            if not self._died_after(before.at, mail.at):
                yield f"{known} came twice, and nobody died in between"

    def _died_after(self, taken: float, until: float) -> bool:
        return any(taken - SOON <= kill <= until for kill in self._kills)

    def _order(self) -> Iterator[str]:
        """A deal's messages go out in the order of their moments and rules; those of one stay do, whatever was undone.

        An undo gives messages back that are older than some which went out meanwhile.
        """
        last: dict[tuple[str, int], Delivery] = {}
        undone = {deal for deal, entries in self._entries.items() if self._was_undone(deal)}
        for copies in sorted(self._copies.values(), key=lambda copies: copies[0].at):
            now = self._log.get(copies[0].id)
            if now is None:
                continue
            key = now.deal, (now.entry or 0) if now.deal in undone else 0
            before = last.get(key, now)
            if (before.moment, before.position, before.id) > (now.moment, now.position, now.id):
                yield f"{now.public_id} of {now.deal} went out after {before.public_id}"
            last[key] = now

    def _was_undone(self, deal: str) -> int:
        count = sum(t.kind is TimelineKind.UNDONE for t in self._reader.timeline(deal))
        self.found.undone += count
        return count

    # The database against what people were told -----------------------------------------------------------------------

    def _imports(self) -> Iterator[str]:
        """All of a file or nothing of it."""
        there = Counter(int(match[1]) for deal in self._deals if (match := _OF_IMPORT.fullmatch(deal.title)))
        certain = set[int]().union(*(shell.imported for shell in self._shells))
        perhaps = set[int]().union(*(shell.perhaps_imported for shell in self._shells))
        for number in certain | perhaps | set(there):
            allowed = {self._rows} if number in certain else {0, self._rows} if number in perhaps else {0}
            if there[number] not in allowed:
                yield f"{there[number]} of {self._rows} deals of import {number} are there"

    def _told(self, shell: Ledger) -> Iterator[str]:
        """What a command said is so; what was killed is so or not; nothing else is."""
        mine = f"Added by {shell.user} "
        added = Counter(deal.title for deal in self._deals if deal.title.startswith(mine))
        for title in {t for t in shell.added if t.startswith(mine)} | shell.perhaps_added | set(added):
            low, high = int(title in shell.added), int(title in shell.added or title in shell.perhaps_added)
            if not low <= added[title] <= high:
                yield f"“{title}” is there {added[title]} times, not {low} to {high}"
        moved = Counter((e.deal, e.stage) for each in self._entries.values() for e in each if _moved_by(e, shell.user))
        for move in {*shell.moved, *moved, *shell.perhaps_moved}:
            low, high = shell.moved[move], shell.moved[move] + shell.perhaps_moved[move]
            if not low <= moved[move] <= high:
                yield f"{shell.user} moved {move[0]} to {move[1]} {moved[move]} times, not {low} to {high}"
        fields: Mapping[str, Any] = {deal.id: deal.fields.get(shell.user) for deal in self._deals}
        for deal, values in shell.noted.items():
            if (fields[deal] or "") not in values:
                yield f"{deal}: {shell.user} noted {values}, there is {fields[deal]}"


def _moved_by(entry: Entry, user: str) -> bool:
    return entry.previous is not None and entry.by == user and entry.cause.kind is CauseKind.PERSON


# Corruption -----------------------------------------------------------------------------------------------------------


def _damage(url: str) -> list[str]:
    """Return what is wrong with the file or the server: pages, references, revision, leavings of an import."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as db:
            told = [str(row[0]) for row in db.execute("PRAGMA integrity_check")]
            found = [] if told == ["ok"] else told
            found += [f"broken reference {row}" for row in db.execute("PRAGMA foreign_key_check")]
            revision = db.execute("SELECT version_num FROM alembic_version").fetchall()
            left = db.execute("SELECT name FROM sqlite_master WHERE name LIKE 'staged%'").fetchall()
        found += [f"{path.name} is left" for path in Path(url.removeprefix("sqlite:///")).parent.glob("*.csv")]
    else:
        found = []
        with psycopg.connect(**conninfo(url), autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            revision = server.execute("SELECT version_num FROM alembic_version").fetchall()
            left = server.execute("SELECT relname FROM pg_class WHERE relname LIKE 'staged%'").fetchall()
    found += [f"{row[0]} is left of an import" for row in left]
    if revision != [(opening.HEAD,)]:
        found.append(f"the revision is {revision}, not {opening.HEAD}")
    return found
