"""What a person does to the runs of a deal: stop them, or have one now."""

from __future__ import annotations

from dataclasses import dataclass

from core.commands import lookup
from core.engine import acting, chaining, entering, outcomes, running
from core.errors import Refused
from core.i18n import N_
from core.model.deal import Deal
from core.model.delivery import Delivery
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.run import Run, RunStatus
from core.plan import Plan
from core.ports import Job, Tx


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a person's stop has cancelled: runs and messages by the ids that people see."""

    runs: tuple[str, ...]
    messages: tuple[str, ...]


def stop_deal(deal_id: str, by: str | None = None) -> Job[Stopped]:
    """Return a job that stops what has not happened of the deal's stage (Bitrix24): its waiting runs, and its messages
    that wait for a retry or behind a paused connection. One on its way to its first attempt goes out, and what is on
    the wire at this moment ends as it ends; neither is tried once more. By default the deal's responsible acts. Raises
    ``UnknownThing``.
    """

    def job(tx: Tx) -> Stopped:
        house, now = tx.house(), tx.now()
        tx.hold([deal_id])
        deal = lookup.deal(tx, deal_id)
        author = lookup.author(house, by, deal.responsible)
        stay = entering.stay_of(tx, deal)
        runs, messages = entering.leaving(house, stay, now, acting.STOPPED, acting.stopped_by(author))
        _write(tx, runs, messages, author, now)
        ended = {r.id for r, _ in runs}
        on_their_way = [r for r in stay.runs if r.status is RunStatus.SENDING and r.id not in ended]
        if on_their_way:
            tx.apply(Plan(runs_changed=[(r, acting.last_attempt(r)) for r in on_their_way]))
        return Stopped(tuple(r.public_id for r, _ in runs), tuple(d.public_id for d, _ in messages))

    return job


def _write(
    tx: Tx, runs: list[tuple[Run, Run]], messages: list[tuple[Delivery, Delivery]], author: str, now: Moment
) -> None:
    """Write what was stopped, with a line of history each: a run that has a message is told by its message."""
    told = {d.run for d, _ in messages}
    rows = [running.run_row(tx.revision(r.revision), r, now) for _, r in runs if r.id not in told]
    rows += [outcomes.row(d, now) for _, d in messages]
    lines = [replace(row, by=author) for row in rows]
    tx.apply(Plan(runs_changed=runs, deliveries_changed=messages, timeline=lines))
    chaining.after(tx, runs, now)


def stop_run(run_id: str, by: str | None = None) -> Job[Run]:
    """Return a job that stops one run that has not happened (``R12``); the rules below that wait for it go on.

    Raises ``UnknownThing``, and ``Refused`` for a run that has acted or ended.
    """

    def job(tx: Tx) -> Run:
        house, deal, run = of_open_stay(tx, run_id)
        author, now = lookup.author(house, by, deal.responsible), tx.now()
        if run.status not in acting.NOT_HAPPENED:
            raise _too_late(run)
        after = acting.stopped(run, author, now)
        _write(tx, [(run, after)], [], author, now)
        return after

    return job


def run_now(run_id: str, by: str | None = None) -> Job[Run]:
    """Return a job that makes a waiting run due at once (``R12``), or tries a failed one again that has no message.

    A person's *now* sets aside its time, the rules above it, the grace and the hours of its first attempt; its
    condition is judged as ever. Raises ``UnknownThing``, and ``Refused`` when it has ended or the deal has moved on.
    """

    def job(tx: Tx) -> Run:
        house, deal, run = of_open_stay(tx, run_id)
        author, now = lookup.author(house, by, deal.responsible), tx.now()
        if run.status is RunStatus.FAILED:
            refuse_message(tx, run)
        elif run.status not in acting.NOT_HAPPENED:
            raise _too_late(run)
        after = acting.asked(run, now)
        line = acting.wish_row(tx.revision(run.revision), after, author, now)
        tx.apply(Plan(runs_changed=[(run, after)], timeline=[line]))
        return after

    return job


def of_open_stay(tx: Tx, run_id: str) -> tuple[House, Deal, Run]:
    """Read a run for a person's act, its deal held. Raises ``Refused`` when the deal has left the run's stage."""
    tx.hold([lookup.run(tx, run_id).deal])
    run = lookup.run(tx, run_id)
    deal = lookup.deal(tx, run.deal)
    if deal.entry != run.entry:
        raise Refused(N_("{id}: deal {deal} has left that stage"), id=run_id, deal=deal.id)
    return tx.house(), deal, run


def refuse_message(tx: Tx, run: Run) -> None:
    """Refuse to act on a run that has a message: that is named by its own id."""
    message = next((d for d in tx.deliveries_of_entry(run.entry) if d.run == run.id), None)
    if message is not None:
        raise Refused(
            N_("{id} has a message in the outbound log: {message}"), id=run.public_id, message=message.public_id
        )


def _too_late(run: Run) -> Refused:
    if run.status is RunStatus.SENDING:
        return Refused(N_("{id} is acting already: see its message in the outbound log"), id=run.public_id)
    return Refused(N_("{id} has ended already: {status}"), id=run.public_id, status=run.status.value)
