"""Rules and triggers as they shall be, laid over the present ones and written as one change that can be undone.

Rules and triggers of a pipeline are one list each, numbered without gaps, as a board file has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core import hooks, silence
from core.engine import disabling
from core.model.frozen import replace
from core.model.house import House
from core.model.rule import Rule, Trigger
from core.ports import Tx
from core.rule_ports import What
from core.words import Words

Thing = Rule | Trigger
Key = tuple[What, str]
"""A rule or trigger by its id."""
ListOf = tuple[What, str]
"""The rules or triggers of a pipeline."""

RULE: Final[What] = "rule"
TRIGGER: Final[What] = "trigger"


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did: each thing before and after (None: there was, or is, none), and the order of the lists in
    which they stand. ``doubts`` are what would not work although it is stored; ``cancelled`` counts the runs that the
    change has cancelled, and of the rules ``more`` some may be left for :func:`core.commands.rules.cancel_left`."""

    before: Mapping[Key, Thing | None]
    after: Mapping[Key, Thing | None]
    order_before: Mapping[ListOf, tuple[str, ...]]
    order_after: Mapping[ListOf, tuple[str, ...]]
    doubts: tuple[Words, ...] = ()
    cancelled: int = 0
    more: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return any(not same(self.before[key], self.after[key]) for key in self.before) or (
            self.order_before != self.order_after
        )

    @property
    def things(self) -> tuple[Thing, ...]:
        """The things that were changed and are there, as they stand now."""
        return tuple(thing for thing in self.after.values() if thing is not None)


def key_of(thing: Thing) -> Key:
    """Return what a thing is known by."""
    return (RULE if isinstance(thing, Rule) else TRIGGER), thing.id


def find(house: House, key: Key) -> Thing | None:
    """Return a thing of the house, or None."""
    what, thing_id = key
    return house.rules.get(thing_id) if what == RULE else house.triggers.get(thing_id)


def same(one: Thing | None, other: Thing | None) -> bool:
    """Return whether two things say the same, wherever they stand in their list."""
    return _bare(one) == _bare(other)


def _bare(thing: Thing | None) -> Thing | None:
    if isinstance(thing, Rule):
        return replace(thing, position=0, revision=0)
    return None if thing is None else replace(thing, position=0)


@dataclass(slots=True)
class Draft:
    """The lists as they shall be. Nothing is written before :meth:`write`."""

    house: House
    things: dict[Key, Thing | None] = field(default_factory=dict)
    """What was touched."""
    lists: dict[ListOf, list[str]] = field(default_factory=dict)

    def list_of(self, what: What, pipeline: str) -> list[str]:
        """Return the ids of a list, to be changed in place."""
        if (what, pipeline) not in self.lists:
            self.lists[what, pipeline] = order(self.house, what, pipeline)
        return self.lists[what, pipeline]

    def find(self, key: Key) -> Thing | None:
        """Return a thing as it shall be."""
        return self.things[key] if key in self.things else find(self.house, key)

    def put(self, thing: Thing) -> None:
        """Put a thing: a known one keeps its place in its stage, a new one stands last there."""
        key, before = key_of(thing), self.find(key_of(thing))
        if before is not None and (before.pipeline, before.stage) == (thing.pipeline, thing.stage):
            self.list_of(key[0], thing.pipeline)
            self.things[key] = thing
        else:
            self.insert(thing, None)

    def insert(self, thing: Thing, above: str | None) -> None:
        """Put a thing right above another one of its stage, or last in its stage."""
        self.take(key_of(thing))
        ids = self.list_of(key_of(thing)[0], thing.pipeline)
        ids.insert(ids.index(above) if above in ids else self._end(thing, ids), thing.id)
        self.things[key_of(thing)] = thing

    def follow(self, thing: Thing, wanted: Sequence[str]) -> None:
        """Put a thing behind the nearest of those that stood before it in an order."""
        self.take(key_of(thing))
        ids = self.list_of(key_of(thing)[0], thing.pipeline)
        ahead = [each for each in wanted[: wanted.index(thing.id)] if each in ids]
        ids.insert(ids.index(ahead[-1]) + 1 if ahead else 0, thing.id)
        self.things[key_of(thing)] = thing

    def take(self, key: Key) -> None:
        """Take a thing out."""
        before = self.find(key)
        if before is not None:
            self.list_of(key[0], before.pipeline).remove(key[1])
        self.things[key] = None

    def _end(self, thing: Thing, ids: Sequence[str]) -> int:
        """Return the place behind the last thing of its stage, or of the stages before it."""
        pipeline = self.house.pipelines[thing.pipeline]
        places = {stage.id: place for place, stage in enumerate(pipeline.stages)}
        here, end = places.get(thing.stage, len(places)), 0
        for place, each in enumerate(ids):
            found = self.find((key_of(thing)[0], each))
            if found is not None and places.get(found.stage, len(places)) == here:
                end = place + 1
        if end:
            return end
        earlier = [
            place + 1
            for place, each in enumerate(ids)
            if (found := self.find((key_of(thing)[0], each))) and places.get(found.stage, len(places)) < here
        ]
        return max(earlier, default=0)

    def write(self, tx: Tx, author: str, doubts: Iterable[Words] = ()) -> Changed:
        """Write all that differs, cancel what waits of rules that are off or gone, and say what was done."""
        before = {key: find(self.house, key) for key in self.things}
        cancelled, more = 0, []
        for key, thing in self.things.items():
            old = before[key]
            if thing is None and old is not None:
                _remove(tx, key)
            if isinstance(old, Rule) and old.enabled and not (isinstance(thing, Rule) and thing.enabled):
                self._write(tx, author, [key])
                count = disabling.cancel_waiting(tx, old.id, disabling.PART)
                cancelled += count
                more += [old.id] if count == disabling.PART else []
        self._write(tx, author, [(what, each) for (what, _), ids in self.lists.items() for each in ids])
        house = tx.house()
        return Changed(
            before,
            {key: find(house, key) for key in self.things},
            {which: tuple(order(self.house, *which)) for which in self.lists},
            {which: tuple(order(house, *which)) for which in self.lists},
            tuple(doubts),
            cancelled,
            tuple(more),
        )

    def _write(self, tx: Tx, author: str, keys: Iterable[Key]) -> None:
        """Put those that differ from what stands there, each at its place."""
        places = {(what, each): place for (what, _), ids in self.lists.items() for place, each in enumerate(ids)}
        for key in keys:
            thing, present = self.find(key), find(tx.house(), key)
            if thing is None:
                continue
            placed = replace(thing, position=places[key])
            if not same(placed, present) or (present is not None and present.position != placed.position):
                _put(tx, placed, present, author)


def order(house: House, what: What, pipeline: str) -> list[str]:
    """Return the ids of a list in order."""
    things: Iterable[Thing] = house.rules.values() if what == RULE else house.triggers.values()
    return [each.id for each in sorted(things, key=lambda t: (t.position, t.id)) if each.pipeline == pipeline]


def _remove(tx: Tx, key: Key) -> None:
    if key[0] == RULE:
        tx.remove_rule(key[1])
    else:
        tx.remove_trigger(key[1])


def _put(tx: Tx, thing: Thing, present: Thing | None, author: str) -> None:
    """Write a thing. What somebody left waiting of a rule that was off stays off; the first webhook rule gets its way
    out; a trigger that begins to wait for silence lets all deals get their timers."""
    if isinstance(thing, Rule):
        off = present is None or not present.enabled
        while thing.enabled and off and disabling.cancel_left(tx, thing.id):
            pass
        tx.put_rule(thing, author, tx.now())
        way = hooks.missing_way(tx.house()) if thing.kind == hooks.KIND else None
        if way is not None:
            tx.put_connection(way)
        return
    tx.put_trigger(thing)
    if thing.kind == silence.STALE and thing.enabled and not same(thing, present):
        tx.put_timers([silence.sweep(tx.now())])
