"""Finding what a person names, with a sentence when there is no such thing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from core.errors import UnknownThing
from core.i18n import N_
from core.model.deal import Deal
from core.model.house import House
from core.model.people import User
from core.model.pipeline import Pipeline, Stage
from core.ports import Reader


def deal(reader: Reader, deal_id: str, *, removed: bool = False) -> Deal:
    """Return a deal. Raises ``UnknownThing``."""
    found = reader.deal(deal_id)
    if found is None or (found.removed and not removed):
        raise UnknownThing(N_("there is no deal “{id}”"), id=deal_id)
    return found


def deals(reader: Reader, ids: Iterable[str]) -> list[Deal]:
    """Return deals in the order given, each once. Raises ``UnknownThing``."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) == 1:
        return [deal(reader, wanted[0])]
    known = reader.deals_by_id(wanted)
    return [known[i] if i in known and not known[i].removed else deal(reader, i) for i in wanted]


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


def names(ids: Iterable[str]) -> str:
    """Join ids for a sentence, at most twelve of them."""
    known = list(ids)
    return ", ".join(known[:12]) + (" …" if len(known) > 12 else "") if known else "-"
