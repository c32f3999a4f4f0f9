"""Whether an effect can be applied. One that cannot ends its run, where the Store would refuse the whole batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import documents, fields
from core.effects import (
    Assign,
    CreateDeal,
    CreateTask,
    Deliver,
    Effect,
    MakeDocument,
    Move,
    Notify,
    SetField,
    StoreFile,
)
from core.errors import BadInput, FunilError, UnknownThing
from core.i18n import N_
from core.model.deal import Deal
from core.model.house import House
from core.words import Words


def problem(effects: Sequence[Effect], deal: Deal, house: House) -> Words | None:
    """Return why one of the effects cannot be applied to the deal; None when all can."""
    try:
        for effect in effects:
            _check(effect, deal, house)
    except FunilError as error:
        return error.words
    return None


def _check(effect: Effect, deal: Deal, house: House) -> None:
    match effect:
        case Deliver():
            _connection(effect, house)
        case Move():
            _stage(house, effect.pipeline or deal.pipeline, effect.stage)
        case SetField():
            _value(effect.field, effect.value, deal, house)
        case Assign() | Notify():
            _user(house, effect.user)
        case CreateTask() if effect.assignee is not None:
            _user(house, effect.assignee)
        case StoreFile() if effect.field is not None:
            file = {"name": effect.name, "digest": effect.digest, "size": effect.size, "media_type": effect.media_type}
            _file(effect.field, file, deal, house)
        case MakeDocument() if effect.field is not None:
            file = {"name": effect.name, "digest": "0" * 64, "size": 1, "media_type": documents.PDF}
            _file(effect.field, file, deal, house)
        case CreateDeal():
            _stage(house, effect.pipeline, effect.stage)
            filled(deal, effect.fields, house)


def filled(deal: Deal, values: Mapping[str, Any], house: House) -> Deal:
    """Return the deal with fields set to what the values mean. Raises ``BadInput`` or ``UnknownThing``."""
    for name, value in values.items():
        deal = _value(name, value, deal, house)
    return deal


def _value(field: str, value: Any, deal: Deal, house: House) -> Deal:
    return fields.put(deal, field, fields.parse(field, value, house, deal.currency), house)


def _file(field: str, file: Mapping[str, Any], deal: Deal, house: House) -> None:
    _value(field, [file] if fields.require(field, house).multiple else file, deal, house)


def _connection(effect: Deliver, house: House) -> None:
    connection = house.connections.get(effect.connection)
    if connection is None:
        raise UnknownThing(N_("there is no connection “{id}”"), id=effect.connection)
    if connection.channel != effect.message.channel:
        raise BadInput(
            N_("connection “{id}” sends {channel}, not {wanted}"),
            id=connection.id,
            channel=str(connection.channel),
            wanted=effect.message.channel.value,
        )


def _stage(house: House, pipeline: str, stage: str) -> None:
    if house.stage(pipeline, stage) is None:
        raise UnknownThing(N_("pipeline {pipeline} has no stage “{id}”"), pipeline=pipeline, id=stage)


def _user(house: House, user: str) -> None:
    if user not in house.users:
        raise UnknownThing(N_("there is no user “{id}”"), id=user)
