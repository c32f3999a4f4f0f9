"""What must hold when an engine takes a message, puts it on the wire and writes how that ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.model.delivery import Delivery, DeliveryStatus
from core.model.rule import Hours, Unknown
from core.plan import Plan
from core.ports import Reader
from core.views import DeliveryFilter

if TYPE_CHECKING:
    from tests.simulator.world import Attempt, World

ON_ITS_WAY = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING})


def at_claim(world: World, tx: Reader, connection: str, claimed: Sequence[Delivery]) -> None:
    """Judge what an engine leases, in the transaction that leases it: what holds here may be sent."""
    if not claimed:
        return
    house = tx.house()
    if house.connections[connection].paused is not None:
        world.violated(f"taken from {connection}, which is paused")
    for delivery in claimed:
        for problem in [*_order_problems(world, tx, delivery), *_retry_problems(tx, delivery)]:
            world.violated(f"{delivery.public_id} was taken: {problem}")


def _order_problems(world: World, tx: Reader, delivery: Delivery) -> Sequence[str]:
    others = [d for d in tx.deliveries(DeliveryFilter(deal=delivery.deal, statuses=ON_ITS_WAY)) if d.id != delivery.id]
    problems = []
    if any(d.worker is not None for d in others):
        problems.append("another message of its deal is on its way")
    mine = _place(delivery)
    if any(_place(d) < mine and _can_go(world, tx, d) for d in others):
        problems.append("it overtook an earlier message of its deal that could go")
    return problems


def _place(d: Delivery) -> tuple[int, int, int]:
    return d.moment, d.position, d.id


def _can_go(world: World, tx: Reader, d: Delivery) -> bool:
    now, open_line = tx.now(), tx.house().connections[d.connection].paused is None
    # A first try may go as soon as it is written; attempts and reason tell that it waits for a retry.
    first_try = d.attempts == 0 and d.worker is None and d.reason is None
    due = d.due_at is not None and (d.due_at <= now or not _may_be_put_off(world, tx, d))
    return d.status is DeliveryStatus.QUEUED and first_try and open_line and due and d.at < now


def _may_be_put_off(world: World, tx: Reader, d: Delivery) -> bool:
    """Return whether a message that was never tried may wait all the same: for its rule's hours, or a redo's grace."""
    run = tx.run(d.run) if d.run is not None else None
    return d.id in world.revived or (run is not None and tx.revision(run.revision).hours is not Hours.ANY)


def _retry_problems(tx: Reader, delivery: Delivery) -> Sequence[str]:
    problems = []
    entry = tx.entry(delivery.entry) if delivery.entry is not None else None
    if delivery.attempts and entry is not None and entry.ended_at is not None:
        problems.append("a retry although its deal has left the stage")
    return problems


def at_apply(world: World, tx: Reader, worker: str, plan: Plan) -> None:
    """Judge that an engine ends only what it still has."""
    for before, after in plan.deliveries_changed:
        if before.worker != worker:
            continue
        row = tx.delivery(before.id)
        if row is None or row.worker != worker:
            world.violated(f"{worker} was fenced off, and writes that {before.public_id} is {after.status.value}")


def at_send(world: World, attempt: Attempt, connection: str) -> None:
    """Judge a message at the moment it is put on the wire, by what the database says then."""
    for problem in world.look(lambda r: _wire_problems(world, r, attempt)):
        world.violated(f"{attempt.key} through {connection}: {problem}")


def _wire_problems(world: World, reader: Reader, attempt: Attempt) -> Sequence[str]:
    delivery = reader.delivery(attempt.delivery)
    if delivery is None:
        return ("sent without a row in the outbox",)
    life = attempt.life
    # Between lease (under “hold”: the durable mark) and wire an engine may have slept, and been taken for dead.
    hold = delivery.unknown is Unknown.HOLD
    marked = not hold or (delivery.id, life.worker) in world.marked
    attempt.stale = life.overtaken and delivery.worker != life.worker and marked
    problems = []
    if not attempt.stale:
        if delivery.status is DeliveryStatus.CANCELLED:
            problems.append("sent after it was cancelled")
        elif delivery.worker != life.worker:
            problems.append(f"sent by {life.worker}, {delivery.worker} has it")
        if any(a.life.worker in world.alive and not a.over and not a.stale for a in _of_deal(world, reader, delivery)):
            problems.append("two messages of one deal on the wire")
    if hold and not attempt.stale and delivery.status is not DeliveryStatus.SENDING:
        problems.append("a message that must not go out twice was sent before “sending” was durable")
    earlier = [a for a in world.wire if a.key == attempt.key]
    if hold and any(a.may_be_out for a in earlier):
        problems.append("“hold” went out twice")
    if not attempt.stale and any(_known_accepted(a) for a in earlier):
        problems.append("sent again although it was accepted")
    if any(a.message != attempt.message for a in earlier):
        problems.append("a retry sends other bytes")
    return problems


def _known_accepted(attempt: Attempt) -> bool:
    """Return whether an engine knows that a message was taken which neither died nor slept before it could write it."""
    return attempt.accepted and attempt.over and not attempt.life.dead and not attempt.life.overtaken


def _of_deal(world: World, reader: Reader, delivery: Delivery) -> Sequence[Attempt]:
    """Return the attempts at other messages of the deal."""
    ids = {d.id for d in reader.deliveries(DeliveryFilter(deal=delivery.deal)) if d.id != delivery.id}
    return [a for a in world.wire if a.delivery in ids]
