"""The person's process: moves, undoes, edits, pauses; turns the clock; fills the disk. All of it at any point."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from core import commands
from core.commands.receipts import receive
from core.errors import FunilError
from core.model.deal import Deal
from core.model.delivery import DeliveryStatus
from core.model.moment import DAY, HOUR, MINUTE, SECOND, Moment
from core.model.rule import Hours
from core.model.run import Run, RunStatus, Waiting
from core.ports import Job, Reader, Tx
from core.views import DealFilter, DeliveryFilter
from tests.simulator import invariants
from tests.simulator.houses import STAGES, lines_of
from tests.simulator.process import fill, watched_store
from tests.simulator.world import World

_STEPS: Final = (SECOND, 5 * SECOND, 6 * SECOND, MINUTE, 11 * MINUTE, HOUR, DAY, -7 * SECOND, -HOUR)
_EDITS: Final = ({"due": "2026-12-02"}, {"due": ""}, {"flags": ""}, {"amount": ""})
CANCELLED: Final = DeliveryFilter(statuses=frozenset({DeliveryStatus.CANCELLED}))
PENDING: Final = frozenset({RunStatus.WAITING, RunStatus.NO_DATE})


@dataclass
class Before:
    """How a deal stood before a move: what its undo must bring back."""

    deal: Deal
    runs: Sequence[Run]
    edited: bool = False


Acts: TypeAlias = "Mapping[Callable[[Person], object], float]"
"""What a person does, and how often."""


@dataclass
class Person:
    """Somebody with a board of their own, acting by dice."""

    world: World
    acts: Acts
    before: dict[tuple[str, int], Before] = field(default_factory=dict)
    """By deal and stay that a move, or a redo, ended."""
    undone: dict[tuple[str, int], Before] = field(default_factory=dict)
    """By deal and stay that an undo ended."""
    taken_back: bool = False

    def __post_init__(self) -> None:
        world = self.world
        self.store = watched_store(world, None, before_commit=lambda: fill(world))

    def act(self) -> None:
        """Do one thing, and look at the house afterwards."""
        self.world.acts -= 1
        # Who has just taken something back often wants it after all.
        again, self.taken_back = self.taken_back and self.world.chance(0.5), False
        self.do(Person.redo if again else self.world.rng.choices(list(self.acts), list(self.acts.values()))[0])

    def do(self, act: Callable[[Person], object]) -> None:
        """Do this, and look at the house afterwards."""
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
        standing = {d: self.store.read(lambda r: _as_it_stands(r, d)) for d in self.deals()}  # noqa: B023
        done = self.command(f"undo {deal}", commands.undo(deal=deal))
        self.taken_back = done is not None
        for deal_id in done.deals if done else ():
            self._compare("undo", deal_id, self.before)
            self.undone[deal_id, standing[deal_id].deal.entry or 0] = standing[deal_id]

    def redo(self) -> None:
        """Do again what was undone last, or last of one deal."""
        deal = self.world.rng.choice((None, *sorted({of for of, _ in self.undone})))
        standing = {d: self.store.read(lambda r: _as_it_stands(r, d)) for d in self.deals()}  # noqa: B023
        gone = {d.id for d in self.store.read(lambda r: r.deliveries(CANCELLED))}
        done = self.command(f"redo {deal}", commands.redo(deal=deal))
        for deal_id in done.deals if done else ():
            self._compare("redo", deal_id, self.undone)
            for problem in self.store.read(lambda r: self._too_early(r, deal_id, gone)):  # noqa: B023
                self.world.violated(problem)
            self.before[deal_id, standing[deal_id].deal.entry or 0] = standing[deal_id]

    def _compare(self, act: str, deal_id: str, then: Mapping[tuple[str, int], Before]) -> None:
        """Compare a deal with how it stood before what has just been taken back."""
        now = self.store.read(lambda r: _as_it_stands(r, deal_id))
        was = then.get((deal_id, now.deal.entry or 0))
        if was is None:
            return
        place = [(d.pipeline, d.stage, d.rank, d.entered_at, d.closed) for d in (was.deal, now.deal)]
        if place[0] != place[1]:
            self.world.violated(f"{act} did not restore {deal_id}: it stood at {place[0]}, now at {place[1]}")
        after = {run.id: run for run in now.runs}
        for run in was.runs:
            asked = run.status is RunStatus.WAITING and run.reason == Waiting.ASKED and not was.edited
            if asked and after[run.id].reason != Waiting.ASKED:
                self.world.violated(f"{act} forgets that {run.public_id} is wanted now")
        for run in was.runs:
            # What waits for a rule above goes on as that one ended meanwhile; a changed date moves what hangs on it.
            if run.status in PENDING and not (run.waits or was.edited or run.id in self.world.asked):
                courses = [_course(run), _course(after[run.id])]
                # A redo comes with a new grace, and what was due outside the hours is put off at once.
                hours = self.store.read(lambda r: r.revision(run.revision)).hours  # noqa: B023
                exact = act == "undo" and hours is Hours.ANY
                same = courses[0] == courses[1] if exact else courses[0][:2] == courses[1][:2]
                if not same:
                    self.world.violated(f"{act} did not restore {run.public_id}: {courses[0]} is now {courses[1]}")

    def _too_early(self, reader: Reader, deal_id: str, gone: Set[int]) -> Sequence[str]:
        """Look for what a redo has brought back without a new grace; ``gone`` are the messages cancelled before."""
        now = _as_it_stands(reader, deal_id)
        held = Moment(self.world.clock.at + reader.house().company.grace)
        problems = []
        for run in now.runs:
            any_hours = reader.revision(run.revision).hours is Hours.ANY
            if run.status in PENDING and any_hours and (run.due_at or held) < held:
                problems.append(f"redo lets {run.public_id} act within the new grace")
        for delivery in reader.deliveries_of_entry(now.deal.entry or 0):
            if delivery.id in gone and delivery.status is DeliveryStatus.QUEUED:
                self.world.revived.add(delivery.id)
                if (delivery.due_at or held) < held:
                    problems.append(f"redo lets {delivery.public_id} go within the new grace")
        return problems

    def edit(self) -> None:
        """Change a field that conditions, run times or the loop guard look at."""
        rng = self.world.rng
        values: dict[str, Any] = rng.choice(({"amount": str(rng.randint(0, 9))}, *_EDITS))
        self._set(rng.choice(self.deals()), values)

    def change_all(self) -> None:
        """Change every deal's amount, which conditions and messages look at; it takes an hour."""
        amount = str(self.world.rng.randint(5, 9))
        for deal in self.deals():
            self._set(deal, {"amount": amount})
        self.world.turn(Moment(self.world.clock.at + HOUR))
        self.world.say("an hour later")

    def _set(self, deal: str, values: dict[str, Any]) -> None:
        self.command(f"set {deal} {values}", commands.set_fields(deal, values))
        for (of, _), before in [*self.before.items(), *self.undone.items()]:
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
        world.turn(Moment(world.clock.at + step))
        world.set_back = world.set_back or step < 0
        world.say(f"clock {step:+} ms")

    def let_time_pass(self) -> None:
        """Wait until something is due, or until a moment after."""
        world = self.world
        due = self.store.read(lambda r: r.next_due(after=r.now()))
        if due is not None:
            world.turn(Moment(due + world.rng.choice((0, 0, SECOND, MINUTE))))
            world.say("time passes")

    def pause(self) -> None:
        """Pause a connection."""
        line = self.world.rng.choice(lines_of(self.world.seed))
        self.command(f"pause {line}", lambda tx: tx.pause_connection(line, "paused"))

    def resume(self) -> bool:
        """Let paused connections go again; returns whether there were any."""

        def job(tx: Tx) -> list[str]:
            paused = [connection.id for connection in tx.house().connections.values() if connection.paused is not None]
            for connection in paused:
                tx.pause_connection(connection, None)
            return paused

        if not any(c.paused for c in self.store.read(lambda r: r.house()).connections.values()):
            return False
        return bool(self.command("resume all", job))

    def receive(self) -> None:
        """Take in one of the receipts that the peers have sent; some come twice, in any order, or early."""
        world = self.world
        if not world.post:
            return
        report = world.rng.choice(world.post)
        if world.chance(0.6):
            world.post.remove(report)
        new = self.command(
            f"receipt {report.outside_id}: {report.status}",
            receive(report.connection, report.outside_id, report.provider_id, report.status, report.at),
        )
        if new and report in world.received:
            world.violated(f"receipt {report.outside_id} acted twice")
        if new is not None:
            world.received.append(report)

    def break_line(self) -> None:
        """Break a line: the next attempts do not reach the peer."""
        line = self.world.rng.choice(lines_of(self.world.seed))
        self.world.down[line] = self.world.rng.choice((1, 6, 12))
        self.world.say(f"the line of {line} breaks")

    def fill_disk(self) -> None:
        """Fill the disk: the next commits fail, whoever makes them."""
        self.world.full = self.world.rng.choice((1, 2, 3, 6))


def _as_it_stands(reader: Reader, deal_id: str) -> Before:
    deal = reader.deal(deal_id)
    assert deal is not None
    return Before(deal, reader.runs(deal.entry or 0))


def _course(run: Run) -> tuple[Any, ...]:
    return run.status.value, run.moment, run.due_at
