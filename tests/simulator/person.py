"""The person's process: moves, takes it back, stops, edits, pauses; turns the clock; fills the disk; at any point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core import commands
from core.errors import FunilError
from core.model.deal import Deal
from core.model.delivery import DeliveryStatus
from core.model.moment import DAY, HOUR, MINUTE, SECOND, Moment
from core.model.rule import Hours
from core.model.run import Run, RunStatus
from core.ports import Job, Reader, Tx
from core.views import DealFilter, DeliveryFilter
from tests.simulator import invariants
from tests.simulator.database import inline_store
from tests.simulator.houses import STAGES
from tests.simulator.process import fill
from tests.simulator.world import World

_STEPS: Final = (SECOND, 5 * SECOND, 6 * SECOND, MINUTE, 11 * MINUTE, HOUR, DAY, -7 * SECOND, -HOUR)
_EDITS: Final = ({"due": "2026-12-02"}, {"due": ""}, {"flags": ""}, {"amount": ""})
_PENDING: Final = frozenset({RunStatus.WAITING, RunStatus.NO_DATE})


@dataclass
class Before:
    """How a deal stood before a move: what its undo must bring back."""

    deal: Deal
    runs: Sequence[Run]
    edited: bool = False


@dataclass
class Person:
    """Somebody with a board of their own, acting by dice."""

    world: World
    before: dict[tuple[str, int], Before] = field(default_factory=dict)
    """By deal and stay that a move ended."""
    undone: dict[tuple[str, int], Before] = field(default_factory=dict)
    """By deal and stay that an undo ended."""
    taken_back: bool = False

    def __post_init__(self) -> None:
        world = self.world
        self.store = inline_store(world.connection, world.clock, before_commit=lambda: fill(world), memory=world.memory)

    def act(self) -> None:
        """Do one thing, and look at the house afterwards."""
        self.world.acts -= 1
        # Who has just taken something back often wants it after all.
        again, self.taken_back = self.taken_back and self.world.chance(0.5), False
        act = Person.redo if again else self.world.rng.choices(_ACTS, _WEIGHTS)[0]
        act(self)
        invariants.after_commit(self.world)

    def command(self, what: str, job: Job[Any]) -> Any:
        """Have a command done; None when it is refused."""
        try:
            answer = self.store.write_now(job)
        except FunilError as error:
            self.world.say(f"{what}: refused, {error.words.english()}")
            return None
        self.world.say(what)
        return answer

    def deals(self) -> list[str]:
        """Return the ids of all deals."""
        return [d.id for d in self.store.read(lambda r: r.deals(DealFilter()))]

    def move(self) -> None:
        """Move one deal or two, mostly with the rules of the new stage."""
        rng, ids = self.world.rng, self.deals()
        chosen = rng.sample(ids, k=min(len(ids), rng.choice((1, 1, 1, 2))))
        stage = rng.choice(STAGES)
        rules = not self.world.chance(0.1)
        above = rng.choice((None, None, *ids))
        seen = self.store.read(lambda r: [_as_it_stands(r, deal) for deal in chosen])
        done = self.command(f"move {chosen} to {stage}", commands.move(chosen, stage, above=above, rules=rules))
        if done is not None:
            self.before.update({(b.deal.id, b.deal.entry or 0): b for b in seen if b.deal.id in done.moved})

    def undo(self) -> None:
        """Take a move back: the newest, or the newest of one deal."""
        deal = self.world.rng.choice((None, *self.deals()))
        seen = self.store.read(lambda r: [_as_it_stands(r, each) for each in self.deals()])
        done = self.command(f"undo {deal}", commands.undo(deal=deal))
        self.taken_back = done is not None
        for deal_id in done.deals if done else ():
            self.undone.update({(b.deal.id, b.deal.entry or 0): b for b in seen if b.deal.id == deal_id})
            for problem in self.store.read(lambda r: self._not_restored(r, deal_id)):  # noqa: B023
                self.world.violated(problem)

    def _not_restored(self, reader: Reader, deal_id: str) -> Sequence[str]:
        now = _as_it_stands(reader, deal_id)
        was = self.before.get((deal_id, now.deal.entry or 0))
        if was is None:
            return ()
        problems = []
        place = [(d.pipeline, d.stage, d.rank, d.entered_at, d.closed) for d in (was.deal, now.deal)]
        if place[0] != place[1]:
            problems.append(f"undo did not restore {deal_id}: it stood at {place[0]}, now at {place[1]}")
        after = {run.id: run for run in now.runs}
        for run in was.runs:
            # What waits for a rule above goes on as that one ended meanwhile; a changed date moves what hangs on it.
            pending = run.status in _PENDING and not run.waits and run.id not in self.world.asked
            if pending and not was.edited and _course(run) != _course(after[run.id]):
                problems.append(f"undo did not restore {run.public_id}: {_course(run)} is now {_course(after[run.id])}")
        return problems

    def redo(self) -> None:
        """Do an undone move again: the one undone last, or one of one deal."""
        deal = self.world.rng.choice((None, *sorted({of for of, _ in self.undone})))
        seen = self.store.read(lambda r: [_as_it_stands(r, each) for each in self.deals()])
        done = self.command(f"redo {deal}", commands.redo(deal=deal))
        for deal_id in done.deals if done else ():
            self.before.update({(b.deal.id, b.deal.entry or 0): b for b in seen if b.deal.id == deal_id})
            for problem in self.store.read(lambda r: self._not_redone(r, deal_id)):  # noqa: B023
                self.world.violated(problem)

    def _not_redone(self, reader: Reader, deal_id: str) -> Sequence[str]:
        """Compare a deal with how it stood before the undo; what comes back does so behind a new grace."""
        now = _as_it_stands(reader, deal_id)
        was = self.undone[deal_id, now.deal.entry or 0]
        place = [(d.pipeline, d.stage, d.rank, d.entered_at, d.closed) for d in (was.deal, now.deal)]
        problems = [] if place[0] == place[1] else [f"redo put {deal_id} at {place[1]}, it stood at {place[0]}"]
        house, after = reader.house(), {run.id: run for run in now.runs}
        held = Moment(self.world.clock.at + house.company.grace)
        for run in was.runs:
            came = after[run.id]
            if run.status in _PENDING and came.status not in _PENDING and not run.waits:
                problems.append(f"redo did not bring {run.public_id} back: it is {came.status.value}")
            any_hours = reader.revision(run.revision).hours is Hours.ANY
            early = came.status in _PENDING and came.due_at is not None and came.due_at < held and any_hours
            problems += [f"redo lets {run.public_id} act within the new grace"] if early else []
        for delivery in reader.deliveries_of_entry(now.deal.entry or 0):
            if delivery.status is DeliveryStatus.QUEUED and delivery.worker is None:
                self.world.revived.add(delivery.id)
                early = delivery.due_at is not None and delivery.due_at < held
                problems += [f"redo lets {delivery.public_id} go within the new grace"] if early else []
        return problems

    def stop(self) -> None:
        """Stop what waits in a deal's stage."""
        deal = self.world.rng.choice(self.deals())
        self.command(f"stop {deal}", commands.stop_deal(deal))

    def cancel(self) -> None:
        """Cancel a message that is queued, or a run that waits."""
        thing = self._something(waiting=self.world.chance(0.5))
        if thing is not None:
            self.command(f"cancel {thing}", commands.cancel(thing))

    def ask(self) -> None:
        """Have a waiting run at once."""
        thing = self._something(waiting=True)
        if thing is None:
            return
        done = self.command(f"now {thing}", commands.run_now(thing))
        if done is not None:
            self.world.asked.add(done.id)

    def _something(self, *, waiting: bool) -> str | None:
        if waiting:
            found = [r.public_id for r in self.store.read(lambda r: r.runs_of()) if r.status in _PENDING]
        else:
            queued = DeliveryFilter(statuses=frozenset({DeliveryStatus.QUEUED}))
            found = [d.public_id for d in self.store.read(lambda r: r.deliveries(queued))]
        return self.world.rng.choice(found) if found else None

    def edit(self) -> None:
        """Change a field that conditions, run times or the loop guard look at."""
        rng = self.world.rng
        deal = rng.choice(self.deals())
        values: dict[str, Any] = rng.choice(({"amount": str(rng.randint(0, 9))}, *_EDITS))
        self.command(f"set {deal} {values}", commands.set_fields(deal, values))
        for (of, _), before in self.before.items():
            before.edited = before.edited or of == deal

    def add(self) -> None:
        """Make a deal."""
        stage = self.world.rng.choice(STAGES)
        new = commands.NewDeal(title="New", stage=stage, responsible="ana", contacts=("maria",))
        self.command(f"add in {stage}", commands.add_deal(new))

    def turn_clock(self) -> None:
        """Turn the clock: mostly forward, by little or much; sometimes the machine's clock is set back."""
        world = self.world
        step = world.rng.choice(_STEPS)
        world.clock.at = Moment(world.clock.at + step)
        world.set_back = world.set_back or step < 0
        world.say(f"clock {step:+} ms")

    def pause(self) -> None:
        """Pause a connection."""
        line = self.world.rng.choice(("mail", "sms1"))
        self.command(f"pause {line}", lambda tx: tx.pause_connection(line, "paused"))

    def resume(self) -> bool:
        """Let paused connections go again; returns whether there were any."""

        def job(tx: Tx) -> list[str]:
            paused = [connection.id for connection in tx.house().connections.values() if connection.paused is not None]
            for connection in paused:
                tx.pause_connection(connection, None)
            return paused

        return bool(self.command("resume all", job))

    def fill_disk(self) -> None:
        """Fill the disk: the next commits fail, whoever makes them."""
        self.world.full = self.world.rng.choice((1, 2, 3, 6))


def _as_it_stands(reader: Reader, deal_id: str) -> Before:
    deal = reader.deal(deal_id)
    assert deal is not None
    return Before(deal, reader.runs(deal.entry or 0))


def _course(run: Run) -> tuple[Any, ...]:
    return run.status.value, run.moment, run.due_at, run.revision


_ACTS: Final[Sequence[Callable[[Person], object]]] = (
    Person.move,
    Person.undo,
    Person.redo,
    Person.edit,
    Person.add,
    Person.turn_clock,
    Person.pause,
    Person.resume,
    Person.fill_disk,
    Person.stop,
    Person.cancel,
    Person.ask,
)
_WEIGHTS: Final = (6, 3, 1, 2, 1, 5, 0.5, 1, 1, 0.3, 0.5, 0.5)
