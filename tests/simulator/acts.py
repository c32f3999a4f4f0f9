"""What else the person does: to runs, to lines of the outbound log, to rules."""

from __future__ import annotations

from typing import Final

from core import commands
from core.model.delivery import Delivery, DeliveryStatus
from core.model.house import House
from core.model.run import Run, RunStatus
from core.views import DeliveryFilter
from tests.simulator import invariants
from tests.simulator.person import PENDING, Acts, Person

_AGAIN: Final = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.FAILED, DeliveryStatus.UNDELIVERED})
_UNKNOWN: Final = frozenset({DeliveryStatus.UNKNOWN})


def stop(person: Person) -> None:
    """Stop what has not happened of a deal's stage."""
    deal = person.world.rng.choice(person.deals())
    if person.command(f"stop {deal}", commands.stop_deal(deal)) is None:
        return
    where = DeliveryFilter(deal=deal, statuses=frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING}))
    stay, left = person.store.read(lambda r: (r.deal(deal), r.deliveries(where)))
    assert stay is not None
    person.world.stopped.update(message.id for message in left if message.entry == stay.entry)


def run_now(person: Person) -> None:
    """Have a run now that waits, or that failed before it had a message."""
    runs: list[Run] = [
        r for r in person.store.read(lambda r: r.runs_of()) if r.status in PENDING or r.status is RunStatus.FAILED
    ]
    if runs:
        run = person.world.rng.choice(runs)
        if person.command(f"run now {run.public_id}", commands.run_now(run.public_id)) is not None:
            person.world.asked.add(run.id)


def cancel(person: Person) -> None:
    """Cancel a message that is on its way."""
    message = _one(person, frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING}))
    if message is not None:
        person.command(f"cancel {message.public_id}", commands.cancel(message.public_id))


def retry(person: Person) -> None:
    """Have a message tried again now, in a new round if it had ended."""
    message = _one(person, _AGAIN)
    if message is None:
        return
    if person.command(f"retry {message.public_id}", commands.retry(message.public_id)) is not None:
        person.world.stopped.discard(message.id)
        person.world.hurried.add(message.id)


def resolve(person: Person) -> None:
    """Say what became of a message of which nobody knew; the person may be wrong."""
    message = _one(person, _UNKNOWN)
    if message is None:
        return
    became = "sent" if person.world.chance(0.5) else "failed"
    done = person.command(
        f"{message.public_id} is {became}",
        commands.resolve(message.public_id, "sent" if became == "sent" else "failed"),
    )
    if done is not None:
        person.world.judged.add(message.id)


def _one(person: Person, statuses: frozenset[DeliveryStatus]) -> Delivery | None:
    found = person.store.read(lambda r: r.deliveries(DeliveryFilter(statuses=statuses)))
    return person.world.rng.choice(found) if found else None


def switch(person: Person) -> None:
    """Switch a rule off or on; what was promised to entries before is noted first."""
    world = person.world
    invariants.after_commit(world)
    house: House = person.store.read(lambda r: r.house())
    if not house.rules:
        return
    off = [r for r in house.rules.values() if not r.enabled]
    rule = world.rng.choice(off or list(house.rules.values()))
    done = person.command(
        f"{rule.id} {'off' if rule.enabled else 'on'}", commands.switch_rule(rule.id, not rule.enabled)
    )
    if done is None:
        return
    for before in [*person.before.values(), *person.undone.values()]:
        before.edited = True
    if rule.enabled and person.store.read(lambda r: r.waiting_runs_count(rule.id)):
        world.violated(f"{rule.id} is off, and still runs of it wait")


def apply(person: Person) -> None:
    """Apply a rule to the deals that are in its stage, or its newest revision to the runs that wait."""
    world = person.world
    invariants.after_commit(world)
    house: House = person.store.read(lambda r: r.house())
    rules = [r for r in house.rules.values() if r.enabled]
    if not rules:
        return
    rule, to = world.rng.choice(rules), "present" if world.chance(0.6) else "waiting"
    world.applied.add(rule.id)
    for job in person.store.read(commands.apply_rule(rule.id, "present" if to == "present" else "waiting")):
        person.command(f"apply {rule.id} to those {to}", job)
    for before in [*person.before.values(), *person.undone.values()]:
        before.edited = True


ACTS: Final[Acts] = {
    Person.move: 9,
    Person.undo: 3,
    Person.redo: 1.2,
    Person.edit: 2,
    Person.add: 1,
    Person.turn_clock: 6,
    Person.pause: 0.5,
    Person.resume: 1,
    Person.fill_disk: 1,
    Person.receive: 2,
    Person.let_time_pass: 3,
    Person.break_line: 2,
    stop: 0.8,
    run_now: 0.7,
    cancel: 0.5,
    retry: 1,
    resolve: 2.5,
    switch: 0.7,
    apply: 0.5,
}
