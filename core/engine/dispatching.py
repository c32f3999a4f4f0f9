"""Deliveries leave the house: leased in a batch, sent outside any transaction, finished behind a fence.

A connection's line may rest after failures or be paced (:mod:`core.engine.lines`): then less is leased, or nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from core.engine import (
    abandoning,
    bundling,
    calling,
    chaining,
    charging,
    happening,
    outcomes,
    receiving,
    reconciling,
    rejudging,
)
from core.engine.enclosing import refusal
from core.engine.finishing import Result, finished, ours, strain
from core.engine.leasing import Claim, Work, claim, due_work, in_use, mark, release, then
from core.engine.sealing import Sealer
from core.engine.talking import block
from core.errors import FunilError
from core.i18n import N_
from core.model.delivery import Delivery, DeliveryStatus, Outcome, OutcomeKind
from core.model.frozen import replace
from core.model.house import Connection
from core.model.line import Line
from core.model.rule import Unknown
from core.ports import Adapter, AdapterFactory, Capabilities, Clock, Job, Priority, Random, Store, Tx
from core.words import Words

_BREAKS: Final = frozenset({OutcomeKind.MISCONFIGURED})
IN_A_ROW: Final = 10
"""Batches that an instant peer takes one behind the other before anything else is looked at."""


def key_of(house_id: str, delivery: Delivery) -> str:
    """Return the delivery's key: the same for every attempt of a round, different in every house."""
    if delivery.round == 1:  # nearly always, and asked for each message
        return f"{house_id}-M{delivery.id}"
    return f"{house_id}-{delivery.public_id}-r{delivery.round}"


@dataclass(slots=True)
class Lane:
    """One connection's way out: its adapter stays open between batches."""

    connection: Connection
    adapter: Adapter
    capabilities: Capabilities


@dataclass(slots=True)
class Dispatcher:
    """Sends what is due through all connections at once; one connection's trouble does not hold up another's.

    ``attempts`` counts all that were made.
    """

    store: Store
    adapters: AdapterFactory
    worker: str
    rng: Random
    clock: Clock
    sealer: Sealer | None = None
    attempts: int = 0
    _leaving: bool = False
    _lanes: dict[str, Lane] = field(default_factory=dict)
    _owed: list[tuple[Lane, Line, list[Result]]] = field(default_factory=list)
    _untried: list[Delivery] = field(default_factory=list)
    _busy: dict[str, asyncio.Task[int]] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)
    _failed: list[BaseException] = field(default_factory=list)

    async def once(self) -> int:
        """Send one batch a connection; returns how many attempts were made, put off or asked about."""
        await self.settle()
        due = self.store.read(due_work)
        if not due:
            return 0
        lanes = [self._batch(work) for work in due]
        if len(lanes) == 1:
            return await lanes[0]
        ended = await asyncio.gather(*lanes, return_exceptions=True)
        for each in ended:
            if isinstance(each, BaseException):
                raise each
        return sum(each for each in ended if isinstance(each, int))

    async def begin(self, wake: Callable[[], None], *, news: bool = True) -> int:
        """Start a batch on every connection that is due and idle, and wait for none: a dead mail server holds back
        neither the rules nor the SMS. Returns how many began.

        ``wake`` is called as each ends, unless it found nothing that could go (the rest are of deals that have a
        message on the wire): whoever puts an end to that wakes. ``news``: something may have happened since the batches
        under way began, which then wake all the same.
        """
        self._leaving = False
        await self.settle()
        due = self.store.read(due_work)
        if news:
            self._asked.update(work.connection.id for work in due if work.connection.id in self._busy)
        idle = [work for work in due if work.connection.id not in self._busy]
        for work in idle:
            task = asyncio.create_task(self._batch(work))
            self._busy[work.connection.id] = task
            task.add_done_callback(partial(self._ended, work.connection.id, wake))
        return len(idle)

    async def rest(self, patience: float) -> None:
        """Wait until nothing is on its way, at most ``patience`` seconds, and note what can be noted; the reaper gets
        the rest."""
        self._leaving = True
        if self._busy:
            _, hanging = await asyncio.wait(list(self._busy.values()), timeout=patience)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
        self._failed.clear()
        with suppress(FunilError):
            await self.settle()

    def _ended(self, connection: str, wake: Callable[[], None], task: asyncio.Task[int]) -> None:
        self._busy.pop(connection, None)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failed.append(error)
        asked = connection in self._asked
        self._asked.discard(connection)
        if asked or task.cancelled() or error is not None or task.result():
            wake()

    async def settle(self) -> None:
        """Write what the store refused before (a full disk): how attempts ended, and leases that nobody uses.

        Raises what a batch in the background has failed with: soon, for later it would tell of trouble that is over.
        """
        if self._failed:
            raise self._failed.pop()
        while self._owed:
            lane, line, results = self._owed[0]
            await self._finish(lane, line, results)
            del self._owed[0]
        if untried := list(self._untried):
            await self.store.write(release(untried, self.worker), Priority.DELIVERIES)
            del self._untried[: len(untried)]

    async def close(self) -> None:
        """Close all adapters."""
        lanes, self._lanes = self._lanes, {}
        for lane in lanes.values():
            await lane.adapter.close()

    async def _batch(self, work: Work) -> int:
        lane = await self._lane(work.connection, work.house_id)
        if isinstance(lane, Outcome):
            return await self._refuse(work, lane)
        done = 0
        taken = await self._claim(work.connection.id, lane.capabilities.batch) if work.sends else None
        for left in reversed(range(IN_A_ROW)):
            if taken is None:
                break
            done += taken.settled
            sent, taken = await self._send_all(lane, taken, work.house_id, left) if taken.deliveries else (0, None)
            done += sent
        return done + (await self._ask(lane, work.house_id) if work.asks else 0)

    async def _claim(self, connection: str, limit: int) -> Claim:
        return await self.store.write(claim(connection, self.worker, limit, self.rng), Priority.DELIVERIES)

    async def _finish(self, lane: Lane, line: Line, results: Sequence[Result]) -> Line:
        job = finish(results, self.rng, self.worker, lane.capabilities, line)
        return await self.store.write(job, Priority.DELIVERIES) or line

    async def _finish_and_claim(self, lane: Lane, line: Line, results: Sequence[Result]) -> Claim | None:
        ended = finish(results, self.rng, self.worker, lane.capabilities, line)
        more = claim(lane.connection.id, self.worker, lane.capabilities.batch, self.rng)
        return await self.store.write(then(ended, lane.connection, more), Priority.DELIVERIES)

    async def _ask(self, lane: Lane, house_id: str) -> int:
        """Ask the peer what became of messages that nobody knows of; returns how many were asked for."""
        connection = lane.connection.id
        asked = await self.store.write(reconciling.ask(connection), Priority.DELIVERIES)
        answers: list[Result] = []
        for delivery in asked:
            said = await self._reconcile(lane, delivery, house_id)
            if said is not None and reconciling.decides(said):
                answers.append((delivery, said))
        if answers:
            await self.store.write(reconciling.answered(connection, answers), Priority.DELIVERIES)
        return len(asked)

    async def _reconcile(self, lane: Lane, delivery: Delivery, house_id: str) -> Outcome | None:
        try:
            return await lane.adapter.reconcile(delivery.message, key_of(house_id, delivery))
        except Exception:  # an adapter may be a plug-in: it is asked again later
            return None

    async def _lane(self, connection: Connection, house_id: str) -> Lane | Outcome:
        known = self._lanes.get(connection.id)
        if known and known.connection == connection:
            return known
        if known:
            await known.adapter.close()
            del self._lanes[connection.id]
        try:
            adapter = self.adapters.open(connection, self.clock, house_id, charging.backing(self.store))
        except FunilError as error:
            return Outcome(kind=OutcomeKind.MISCONFIGURED, reason="misconfigured", detail=error.words)
        except Exception as error:  # a plug-in that cannot even be opened stops its own connection only
            words = Words(N_("the adapter broke: {error}"), {"error": f"{type(error).__name__}: {error}"[:300]})
            return Outcome(kind=OutcomeKind.MISCONFIGURED, reason="misconfigured", detail=words)
        lane = Lane(connection, adapter, adapter.capabilities)
        self._lanes[connection.id] = lane
        return lane

    async def _refuse(self, work: Work, outcome: Outcome) -> int:
        """End a message with why its connection cannot even be opened, and pause that; questions are put off."""
        if work.asks:
            await self.store.write(reconciling.ask(work.connection.id), Priority.DELIVERIES)
        if not work.sends:
            return 0
        taken = await self._claim(work.connection.id, 1)
        if taken.deliveries:
            ends = [(d, outcome) for d in taken.deliveries]
            try:
                await self.store.write(finish(ends, self.rng, self.worker), Priority.DELIVERIES)
            except Exception:
                # Leased by an engine that lives: nobody else would ever give them back.
                self._untried += taken.deliveries
                raise
            self.attempts += len(ends)
        return taken.settled + len(taken.deliveries)

    async def _send_all(self, lane: Lane, taken: Claim, house_id: str, left: int) -> tuple[int, Claim | None]:
        """Send in groups of the adapter's concurrency. When the connection turns out broken the rest is given back.

        ``left`` batches may follow. Where the peer is instant the next is leased as this one is finished, and returned.
        """
        results: list[Result] = []
        tried: set[int] = set()
        try:
            sent, line = await self._send_groups(lane, taken, house_id, results, tried)
            if not results:
                return sent, None
            if left and not self._leaving and len(taken.deliveries) == lane.capabilities.batch:
                return sent, await self._finish_and_claim(lane, line, results)
            await self._finish(lane, line, results)
            return sent, None
        except Exception:
            # The rows stay leased, by an engine that lives: it must end them itself when the store works again.
            if results:
                self._owed.append((lane, taken.line, results))
            self._untried += [d for d in taken.deliveries if d.id not in tried]
            raise
        except asyncio.CancelledError:  # told to stop while a peer hangs: what the others have answered is known
            if results:
                self._owed.append((lane, taken.line, results))
            raise

    async def _send_groups(
        self, lane: Lane, taken: Claim, house_id: str, results: list[Result], tried: set[int]
    ) -> tuple[int, Line]:
        size = max(1, lane.capabilities.concurrency)
        claimed, line, attempts = taken.deliveries, taken.line, 0
        for start in range(0, len(claimed), size):
            group = await self._marked(claimed[start : start + size])
            sent = await self._send_group(lane, group, house_id, results)
            attempts += len(sent)
            self.attempts += len(sent)
            tried.update(d.id for d, _ in sent)
            broken = any(outcome.kind in _BREAKS for _, outcome in sent)
            failed = any(outcome.line_failed for _, outcome in sent)
            # An instant adapter's results are finished together, all at last; a slow one's are made durable as they
            # come.
            last = start + size >= len(claimed)
            if results and (broken or failed or size == 1 or (last and not lane.capabilities.instant)):
                line = await self._finish(lane, line, results)
                results.clear()
            if broken or (failed and line.opens):
                rest = claimed[start + size :]
                await self.store.write(release(rest, self.worker, broken=True), Priority.DELIVERIES)
                break
        return attempts, line

    async def _marked(self, group: Sequence[Delivery]) -> Sequence[Delivery]:
        """Make *sending* durable before a message that must not go out twice is put on the wire."""
        hold = [d.id for d in group if d.unknown is Unknown.HOLD]
        if not hold:
            return group
        ours = set(await self.store.write(mark(hold, self.worker), Priority.DELIVERIES))
        return [
            replace(d, status=DeliveryStatus.SENDING) if d.id in ours else d
            for d in group
            if d.unknown is not Unknown.HOLD or d.id in ours
        ]

    async def _send_group(
        self, lane: Lane, group: Sequence[Delivery], house_id: str, results: list[Result]
    ) -> Sequence[Result]:
        """Send some messages at once and add how they ended to the results, also where the others are cancelled."""
        if len(group) == 1 or lane.capabilities.instant:
            before = len(results)
            for delivery in group:  # each as it comes: who is told to stop at one knows of those before it
                results.append((delivery, await self._send(lane, delivery, house_id)))
            return results[before:]
        tasks = [asyncio.ensure_future(self._send(lane, d, house_id)) for d in group]
        try:
            await asyncio.gather(*tasks)
        finally:
            back = [(d, t) for d, t in zip(group, tasks, strict=True) if t.done() and not t.cancelled()]
            sent = [(d, t.result()) for d, t in back if t.exception() is None]
            results += sent
        return sent

    async def _send(self, lane: Lane, delivery: Delivery, house_id: str) -> Outcome:
        message = delivery.message
        if message.attachments and (refused := refusal(self.store, message, lane.capabilities)):
            return refused
        try:
            message = message if self.sealer is None else await self.sealer.sealed(lane.connection, delivery)
        except FunilError as error:
            return Outcome(kind=OutcomeKind.MISCONFIGURED, reason="misconfigured", detail=error.words)
        try:
            return await lane.adapter.send(message, key_of(house_id, delivery))
        except Exception as error:  # an adapter may be a plug-in: its bug must not stop the engine
            words = Words(N_("the adapter broke: {error}"), {"error": f"{type(error).__name__}: {error}"[:300]})
            return Outcome(kind=OutcomeKind.UNKNOWN, reason="timeout", detail=words)


def finish(
    results: Sequence[Result], rng: Random, worker: str, peer: Capabilities | None = None, line: Line | None = None
) -> Job[Line | None]:
    """Return a job that writes what became of attempts of one connection: deliveries, their runs, history, and whom
    that lets go on. It answers how the line stands then; ``line`` is how it stood when the messages were leased.

    The fence: of a row that another engine has taken over meanwhile nothing is written, it is that engine's to end.
    """

    def job(tx: Tx) -> Line | None:
        now = tx.now()
        connection = results[0][0].connection
        strained = any(o.line_failed for _, o in results) or not (line is None or line.clean)
        reports = peer is not None and bool(peer.receipts)
        if strained or reports:
            tx.hold_line(connection)
        tx.hold(d.deal for d, _ in results)
        fenced = ours(tx, results, worker)
        troubled = outcomes.troubled(fenced)
        runs = tx.runs_by_id(d.run for d, _ in troubled if d.run is not None)
        plan = finished(fenced, runs, now, rng, calling.rung(tx, troubled))
        plan.deliveries_changed = [
            (d, rejudging.in_hours(tx, after, runs, now)) for d, after in plan.deliveries_changed
        ]
        if peer is not None and peer.reconciles:
            reconciling.to_be_asked(plan, now)
        abandoning.stop_retries(tx, plan, runs, now)
        bundling.settle(tx, plan, now)
        applied = tx.apply(plan)
        for delivery, outcome in troubled:
            if outcome.kind in _BREAKS and in_use(tx, delivery.connection):
                tx.pause_connection(delivery.connection, "misconfigured")
        chaining.after(tx, plan.runs_changed, now, applied.held)
        bundling.finish(tx, applied.unended, now)
        block(tx, troubled)
        if foreseen := happening.foreseen(fenced):
            tx.plan_happenings(foreseen)
        if reports:
            receiving.catch_up(tx, connection, [o.provider_id for _, o in fenced if o.provider_id is not None])
        return strain(tx, connection, results, line, now) if strained else line

    return job
