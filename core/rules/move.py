"""The rule that moves the deal on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from pydantic import Field

from core.effects import Effect, Move
from core.i18n import N_
from core.model.house import House
from core.model.moment import Moment
from core.ports import Facts, Random
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.words import Words


class MoveSettings(Settings):
    """Where the deal goes."""

    stage: str = Field(
        min_length=1,
        title=N_("Stage"),
        description=N_("The stage that the deal is moved to."),
        json_schema_extra={"picker": "stage"},
    )
    pipeline: str | None = Field(
        default=None,
        title=N_("Pipeline"),
        description=N_("The pipeline of that stage; the deal's own when left out."),
        json_schema_extra={"picker": "pipeline", "none": N_("the deal's own")},
    )


class MoveRule(RuleKind[MoveSettings]):
    """Bring the deal into another stage, whose rules then act."""

    id = "move"
    name = N_("Change stage")
    about = N_("Moves the deal to another stage or pipeline; the rules of that stage start.")
    icon = "→"
    Settings: ClassVar[type[MoveSettings]] = MoveSettings
    moves = True

    def plan(self, facts: Facts, settings: MoveSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the move. Raises ``CannotAct("not_allowed")`` when the stage is gone."""
        if facts.house.stage(settings.pipeline or facts.deal.pipeline, settings.stage) is None:
            raise CannotAct("not_allowed", Words(N_("there is no stage “{stage}” any more"), {"stage": settings.stage}))
        return (Move(stage=settings.stage, pipeline=settings.pipeline),)

    def sentence(self, settings: MoveSettings) -> Words:
        """Say where the deal goes."""
        if settings.pipeline:
            args = {"stage": settings.stage, "pipeline": settings.pipeline}
            return Words(N_("move the deal to “{stage}” of the pipeline “{pipeline}”"), args)
        return Words(N_("move the deal to “{stage}”"), {"stage": settings.stage})

    def lint(self, settings: MoveSettings, house: House) -> Iterable[Finding]:
        """Find a stage or pipeline that does not exist."""
        if settings.pipeline and settings.pipeline not in house.pipelines:
            known = ", ".join(house.pipelines)
            args = {"pipeline": settings.pipeline, "known": known}
            yield Finding("pipeline", Words(N_("there is no pipeline “{pipeline}”; there are {known}"), args))
            return
        pipelines = [house.pipelines[settings.pipeline]] if settings.pipeline else list(house.pipelines.values())
        if not any(pipeline.stage(settings.stage) for pipeline in pipelines):
            known = ", ".join(stage.id for pipeline in pipelines for stage in pipeline.stages)
            args = {"stage": settings.stage, "known": known}
            yield Finding("stage", Words(N_("there is no stage “{stage}”; there are {known}"), args))
