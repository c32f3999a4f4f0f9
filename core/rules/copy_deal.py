"""The rule that makes a new deal from this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from pydantic import Field, field_validator

from core import context, templates
from core.effects import CreateDeal, Effect
from core.i18n import N_
from core.model.house import House
from core.model.moment import Moment
from core.naming import LONGEST_NAME
from core.ports import Facts, Random
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.safe_text import header_text
from core.words import Words

_TOO_LONG: Final = N_("the deal's title has {length} characters; {most} is the most")


class CopyDealSettings(Settings):
    """What the new deal is called, and where it begins."""

    title: str | None = Field(
        default=None,
        title=N_("Title"),
        description=N_("What the new deal is called; like this one when left out."),
        json_schema_extra={"template": "text", "line": True, "none": N_("like this one")},
    )
    pipeline: str | None = Field(
        default=None,
        title=N_("Pipeline"),
        description=N_("The pipeline that the new deal begins in; the deal's own when left out."),
        json_schema_extra={"picker": "pipeline", "none": N_("the deal's own")},
    )
    stage: str | None = Field(
        default=None,
        title=N_("Stage"),
        description=N_("The stage that the new deal enters; the pipeline's first when left out."),
        json_schema_extra={"picker": "stage", "none": N_("the first one")},
    )

    @field_validator("title", "pipeline", "stage")
    @classmethod
    def _blank_is_none(cls, value: str | None) -> str | None:
        return value if value is not None and value.strip() else None


class CopyDealRule(RuleKind[CopyDealSettings]):
    """Make a new deal with this one's client, responsible, amount, fields and files; its stage's rules start."""

    id = "copy_deal"
    name = N_("Copy deal")
    about = N_("Makes a new deal with the same client, responsible, amount and fields; the rules of its stage start.")
    icon = "⧉"
    Settings: ClassVar[type[CopyDealSettings]] = CopyDealSettings
    needs = frozenset({"contacts", "company", "responsible"})
    copies = True

    def plan(self, facts: Facts, settings: CopyDealSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the new deal. Raises ``CannotAct``: ``not_allowed`` when the stage is gone, ``template_error`` and
        ``text_too_long`` for its title."""
        pipeline = settings.pipeline or facts.deal.pipeline
        there = facts.house.pipelines.get(pipeline)
        stage = settings.stage or (there.stages[0].id if there and there.stages else "")
        if facts.house.stage(pipeline, stage) is None:
            raise CannotAct("not_allowed", Words(N_("there is no stage “{stage}” any more"), {"stage": stage}))
        return (CreateDeal(title=_title(settings, facts), pipeline=pipeline, stage=stage),)

    def sentence(self, settings: CopyDealSettings) -> Words:
        """Say where the new deal begins, and what it is called."""
        args = {"stage": settings.stage, "pipeline": settings.pipeline, "title": settings.title}
        where = Words(_WHERE[settings.stage is not None, settings.pipeline is not None], args)
        if settings.title is None:
            return Words(N_("copy the deal to {where}"), {"where": where})
        return Words(N_("copy the deal to {where} as “{title}”"), {"where": where, "title": settings.title})

    def lint(self, settings: CopyDealSettings, house: House) -> Iterable[Finding]:
        """Find mistakes in the title, a stage or pipeline that does not exist."""
        if settings.title is not None:
            yield from templates.check(settings.title, house, field="title")
        if settings.pipeline is not None and settings.pipeline not in house.pipelines:
            args = {"pipeline": settings.pipeline, "known": ", ".join(house.pipelines)}
            yield Finding("pipeline", Words(N_("there is no pipeline “{pipeline}”; there are {known}"), args))
            return
        pipelines = [house.pipelines[settings.pipeline]] if settings.pipeline else list(house.pipelines.values())
        if settings.stage is not None and not any(pipeline.stage(settings.stage) for pipeline in pipelines):
            known = ", ".join(stage.id for pipeline in pipelines for stage in pipeline.stages)
            words = N_("there is no stage “{stage}”; there are {known}")
            yield Finding("stage", Words(words, {"stage": settings.stage, "known": known}))


_WHERE: Final = {
    (False, False): N_("the first stage"),
    (True, False): N_("“{stage}”"),
    (False, True): N_("the first stage of the pipeline “{pipeline}”"),
    (True, True): N_("“{stage}” of the pipeline “{pipeline}”"),
}


def _title(settings: CopyDealSettings, facts: Facts) -> str:
    if settings.title is None:
        return facts.deal.title
    title = header_text(templates.render(settings.title, context.of(facts)))
    if not title:
        raise CannotAct("template_error", Words(N_("the title has come out empty")))
    if len(title) > LONGEST_NAME:
        raise CannotAct("text_too_long", Words(_TOO_LONG, {"length": len(title), "most": LONGEST_NAME}))
    return title
