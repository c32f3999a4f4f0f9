"""What must hold when an engine takes a message, puts it on the wire and writes how that ended."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from core import conditions, timing
from core.engine import lines
from core.model.delivery import Channel, Delivery, DeliveryStatus
from core.model.house import House
from core.model.moment import MINUTE, Moment
from core.model.rule import Hours, Unknown
from core.plan import Plan
from core.ports import Reader
from core.views import DeliveryFilter
from tests.simulator import accounts, addressing

if TYPE_CHECKING:
    from tests.simulator.world import Attempt, World

ON_ITS_WAY = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING})


def at_claim(world: World, tx: Reader, connection: str, claimed: Sequence[Delivery]) -> None:
    """Judge what an engine leases, in the transaction that leases it: what holds here may be sent."""
    house, now = tx.house(), tx.now()
    if house.connections[connection].paused is not None:
        world.violated(f"taken from {connection}, which is paused")
    if (world.rests.get(connection) or now) > now:
        world.violated(f"taken from {connection}, which rests")
    if world.opens.get(connection) and len(claimed) > 1:
        world.violated(f"{connection} is probed with {len(claimed)} messages")
    if world.probed.get(connection, now) > now:
        world.violated(f"{connection} is probed while a probe is under way")
    for delivery in claimed:
        for problem in _order_problems(world, tx, delivery):
            world.violated(f"{delivery.public_id} was taken: {problem}")


def _rate_problems(world: World, house: House, connection: str, now: Moment, count: int) -> Sequence[str]:
    """Count what goes within a minute: the rate, and what an idle line may catch up with. What was leased and then put
    off or ended uses nothing of it."""
    per_minute = house.connections[connection].settings.get("per_minute")
    if per_minute is None or world.set_back:
        return ()
    times = world.taken.setdefault(connection, [])
    times += [now] * count
    lately = sum(1 for at in times if at > now - MINUTE)
    most = per_minute + max(1, per_minute // 60)
    return () if lately <= most else (f"{lately} taken from {connection} within a minute, more than its rate",)


def at_leave(world: World, going: Sequence[Delivery]) -> None:
    """Judge what an engine, having looked at it again and committed that, is about to send."""
    if going:
        house, now, line = world.look(lambda r: r.house()), world.clock.at, going[0].connection
        for problem in _rate_problems(world, house, line, now, len(going)):
            world.violated(problem)
        if opens := world.opens.get(line):
            world.probed[line] = Moment(now + lines.rest(opens))
        found = world.look(lambda r: [(d, problem) for d in going for problem in _leave_problems(world, r, d)])
        for delivery, problem in found:
            world.violated(f"{delivery.public_id} is about to be sent: {problem}")


def _leave_problems(world: World, reader: Reader, delivery: Delivery) -> Sequence[str]:
    problems = []
    entry = reader.entry(delivery.entry) if delivery.entry is not None else None
    if delivery.attempts and entry is not None and entry.ended_at is not None:
        problems.append("a retry although its deal has left the stage")
    if delivery.attempts and delivery.id in world.stopped:
        problems.append("a retry although a person has stopped it")
    if entry is not None and entry.undone_at is not None:
        problems.append("it goes out although its move was undone")
    now = reader.now()
    if delivery.tried_at is None and now - delivery.at <= MINUTE and delivery.round == 1:
        return problems
    run, deal = reader.run(delivery.run or 0), reader.deal(delivery.deal)
    if deal is not None and addressing.opted_out(reader, deal, delivery):
        problems.append("its client has opted out since it was written")
    if run is None or deal is None:
        return problems
    rule = reader.revision(run.revision)
    facts = reader.facts(deal, now, entry)
    if rule.hours is not Hours.ANY and timing.open_from(rule.hours, facts, now) != now and run.id not in world.asked:
        problems.append("outside the hours of its rule")
    if delivery.tried_at is None and not conditions.judge(rule.when, facts).holds:
        problems.append("its condition is false by now")
    return problems


def _order_problems(world: World, tx: Reader, delivery: Delivery) -> Sequence[str]:
    of_deal = tx.deliveries(DeliveryFilter(deal=delivery.deal))
    others = [d for d in of_deal if d.status in ON_ITS_WAY and d.id != delivery.id]
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
    now, line = tx.now(), tx.line(d.connection)
    paced = line.rests(now) or (line.free_at or now) > now
    usable = not paced and tx.house().connections[d.connection].paused is None
    # A first try may go as soon as it is written; attempts and reason tell that it waits for a retry.
    first_try = d.attempts == 0 and d.worker is None and d.reason is None
    due = d.due_at is not None and (d.due_at <= now or not _may_be_put_off(world, tx, d))
    return d.status is DeliveryStatus.QUEUED and first_try and usable and due and d.at < now


def _may_be_put_off(world: World, tx: Reader, d: Delivery) -> bool:
    """Return whether a message that was never tried may wait all the same: for its rule's hours, or a redo's grace."""
    run = tx.run(d.run) if d.run is not None else None
    return d.id in world.revived or (run is not None and tx.revision(run.revision).hours is not Hours.ANY)


def at_apply(world: World, tx: Reader, worker: str, plan: Plan) -> None:
    """Judge that an engine ends only what it still has, and to whom it writes."""
    addressing.at_apply(world, tx, plan)
    for before, after in plan.deliveries_changed:
        if before.worker != worker:
            continue
        row = tx.delivery(before.id)
        if row is None or row.worker != worker:
            world.violated(f"{worker} was fenced off, and writes that {before.public_id} is {after.status.value}")
        elif after.message.channel is Channel.OPEN_CHANNEL and after.reason == "blocked":
            world.noted.append(partial(world.talk.blocked.add, after.message.data["chat"]))


def at_send(world: World, attempt: Attempt, connection: str) -> None:
    """Judge a message at the moment it is put on the wire, by what the database says then."""
    for problem in world.look(lambda r: _wire_problems(world, r, attempt)):
        world.violated(f"{attempt.key} through {connection}: {problem}")


def _wire_problems(world: World, reader: Reader, attempt: Attempt) -> Sequence[str]:
    delivery = reader.delivery(attempt.delivery)
    if delivery is None:
        return ("sent without a row in the outbox",)
    life, attempt.round = attempt.life, delivery.round
    if life.ended:
        return ("sent by an engine that has ended",)
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
        if _of_deal(reader, delivery, [a for a in world.wire if _in_the_air(world, a)]):
            problems.append("two messages of one deal on the wire")
    if hold and not attempt.stale and delivery.status is not DeliveryStatus.SENDING:
        problems.append("a message that must not go out twice was sent before “sending” was durable")
    earlier = [a for a in world.wire if a.key == attempt.key]
    if hold and any(a.may_be_out for a in earlier):
        problems.append("“hold” went out twice")
    if not attempt.stale and any(_known_accepted(a) for a in earlier):
        problems.append("sent again although it was accepted")
    # What never reached the peer is judged and written again when it comes late.
    if any(a.message != attempt.message for a in earlier if a.out or (a.settled and a.offered)):
        problems.append("a retry sends other bytes")
    problems += addressing.at_send(world, reader, attempt, delivery.connection)
    if delivery.message.channel is Channel.TELEPHONY and not attempt.stale:
        problems += accounts.at_send(world, delivery, earlier)
    return problems


def _known_accepted(attempt: Attempt) -> bool:
    """Return whether an engine knows that a message was taken which neither died nor slept before it could write it."""
    return attempt.accepted and attempt.settled


def _in_the_air(world: World, attempt: Attempt) -> bool:
    """Return whether an attempt is under way whose engine never slept: what a sleeper has begun others take over."""
    return attempt.life.worker in world.alive and not attempt.life.overtaken and not attempt.over


def _of_deal(reader: Reader, delivery: Delivery, attempts: Sequence[Attempt]) -> Sequence[Attempt]:
    """Return those of the attempts that are at other messages of the deal."""
    if not attempts:
        return ()
    ids = {d.id for d in reader.deliveries(DeliveryFilter(deal=delivery.deal)) if d.id != delivery.id}
    return [a for a in attempts if a.delivery in ids]
