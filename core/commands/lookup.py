"""Finding what a person names, with a sentence when there is no such thing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from core.errors import Refused, UnknownThing
from core.i18n import N_
from core.model.deal import Deal
from core.model.delivery import Delivery
from core.model.event import Event
from core.model.house import Connection, House
from core.model.people import User
from core.model.pipeline import Pipeline, Stage
from core.model.rule import Rule
from core.model.run import Run
from core.model.task import Task
from core.ports import Reader

REPORTED: Final = "reported"
"""The source of what somebody records by hand: such ids are one family, whatever they tell of."""
_DIGITS: Final = 19
"""A database counts no further."""


def deal(reader: Reader, deal_id: str, *, removed: bool = False) -> Deal:
    """Return a deal. Raises ``UnknownThing``, and ``Refused`` for one that is out of use, unless ``removed`` ones will
    do."""
    return _in_use(deal_id, reader.deal(deal_id), removed)


def deals(reader: Reader, ids: Iterable[str], *, removed: bool = False) -> list[Deal]:
    """Return deals in the order given, each once. Raises like :func:`deal`."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) == 1:
        return [deal(reader, wanted[0], removed=removed)]
    known = reader.deals_by_id(wanted)
    return [_in_use(each, known.get(each), removed) for each in wanted]


def _in_use(deal_id: str, found: Deal | None, removed: bool) -> Deal:
    if found is None:
        raise UnknownThing(N_("there is no deal “{id}”"), id=deal_id)
    if found.removed and not removed:
        raise Refused(N_("deal “{id}” was removed: “funil deal restore {id}” brings it back"), id=deal_id)
    return found


def pipeline(house: House, pipeline_id: str) -> Pipeline:
    """Return a pipeline. Raises ``UnknownThing`` with the nearest id."""
    found = house.pipelines.get(pipeline_id)
    if found is None:
        raise UnknownThing(
            N_("there is no pipeline “{id}” (there are: {known})"), id=pipeline_id, known=names(house.pipelines)
        )
    return found


def stage(house: House, pipeline_id: str, stage_id: str) -> Stage:
    """Return a stage of a pipeline. Raises ``UnknownThing`` with the nearest id."""
    in_pipeline = pipeline(house, pipeline_id)
    found = in_pipeline.stage(stage_id)
    if found is None:
        known = [s.id for s in in_pipeline.stages]
        near = difflib.get_close_matches(stage_id, known, 1)
        if near:
            raise UnknownThing(
                N_("pipeline {pipeline} has no stage “{id}”: did you mean “{near}”?"),
                pipeline=pipeline_id,
                id=stage_id,
                near=near[0],
            )
        raise UnknownThing(
            N_("pipeline {pipeline} has no stage “{id}” (it has: {known})"),
            pipeline=pipeline_id,
            id=stage_id,
            known=names(known),
        )
    return found


def user(house: House, user_id: str) -> User:
    """Return a user. Raises ``UnknownThing``."""
    found = house.users.get(user_id)
    if found is None:
        raise UnknownThing(N_("there is no user “{id}” (there are: {known})"), id=user_id, known=names(house.users))
    return found


def rule(house: House, rule_id: str) -> Rule:
    """Return a rule. Raises ``UnknownThing``."""
    found = house.rules.get(rule_id)
    if found is None:
        raise UnknownThing(N_("there is no rule “{id}” (there are: {known})"), id=rule_id, known=names(house.rules))
    return found


def connection(house: House, connection_id: str) -> Connection:
    """Return a connection. Raises ``UnknownThing``."""
    found = house.connections.get(connection_id)
    if found is None:
        raise UnknownThing(
            N_("there is no connection “{id}” (there are: {known})"), id=connection_id, known=names(house.connections)
        )
    return found


def run(reader: Reader, run_id: str) -> Run:
    """Return a run by the id that people see (``R12``). Raises ``UnknownThing``."""
    number = _number(run_id, "R")
    found = reader.run(number) if number is not None else None
    if found is None:
        raise UnknownThing(N_("there is no run “{id}”"), id=run_id)
    return found


def delivery(reader: Reader, delivery_id: str) -> Delivery:
    """Return a message of the outbox by the id that people see (``M12``). Raises ``UnknownThing``."""
    number = _number(delivery_id, "M")
    found = reader.delivery(number) if number is not None else None
    if found is None:
        raise UnknownThing(N_("there is no message “{id}” (ids of the outbound log look like M12)"), id=delivery_id)
    return found


def event(reader: Reader, event_id: str) -> Event:
    """Return an event by the id that people see (``E12``), or by the id under which it was reported. Raises
    ``UnknownThing``."""
    number = _number(event_id, "E")
    found = reader.event_of(REPORTED, event_id) or (reader.event(number) if number is not None else None)
    if found is None:
        raise UnknownThing(N_("there is no event “{id}”"), id=event_id)
    return found


def task(reader: Reader, task_id: str) -> Task:
    """Return a task by the id that people see (``T12``, or its bare number). Raises ``UnknownThing``."""
    text = task_id.strip()
    number = _number(text if text.startswith("T") else f"T{text}", "T")
    found = reader.task(number) if number is not None else None
    if found is None:
        raise UnknownThing(N_("there is no task “{id}”"), id=task_id)
    return found


def is_run(thing_id: str) -> bool:
    """Return whether an id of the outbound log is a run's: a held line goes by its run."""
    return _number(thing_id, "R") is not None


def _number(public_id: str, letter: str) -> int | None:
    digits = public_id.removeprefix(letter)
    fits = digits != public_id and digits.isascii() and digits.isdigit() and len(digits) < _DIGITS
    return int(digits) if fits else None


def author(house: House, by: str | None, responsible: str | None) -> str:
    """Return who acts: the user named, else the deal's responsible, else the house itself. Raises ``UnknownThing``."""
    if by is not None:
        return user(house, by).id
    return responsible or "system"


def names(ids: Iterable[str]) -> str:
    """Join ids for a sentence, at most twelve of them."""
    known = list(ids)
    return ", ".join(known[:12]) + (" …" if len(known) > 12 else "") if known else "-"
