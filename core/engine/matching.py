"""Matching: which one trigger an event at a deal applies, and why no other. Pure.

A house's triggers are put in order once, by pipeline and event kind: an event costs what its own candidates cost,
however many other triggers there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from pydantic import ValidationError

from core import conditions
from core.engine import guarding
from core.engine.judging import why_not
from core.i18n import N_
from core.model.deal import LOOP_FLAG, CauseKind, Deal, Link
from core.model.event import Candidate, Verdict
from core.model.frozen import replace
from core.model.house import House
from core.model.pipeline import Stage
from core.model.rule import Trigger
from core.triggers import catalogue
from core.triggers.base import NOT_LISTENING, Heard, Miss, TriggerKind
from core.words import Words

DISABLED: Final = "disabled"
DEAL_CLOSED: Final = "deal_closed"
SAME_STAGE: Final = "same_stage"
NOT_LATER: Final = "not_later"
CONDITION_FALSE: Final = "condition_false"
LOOP_GUARD: Final = "loop_guard"
EARLIER_TARGET_WON: Final = "earlier_target_won"
_HOUSES: Final = 8
"""Houses whose triggers stay in order in memory: one process has one, tests have more."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A trigger ready to be asked. ``place`` is its target's in the pipeline; ``settings`` None: ``trouble`` says why
    it can never match."""

    trigger: Trigger
    kind: TriggerKind[Any]
    stage: Stage
    place: int
    settings: Any = None
    trouble: Words | None = None

    @property
    def link(self) -> Link:
        """The automatic move that it would make."""
        return Link(CauseKind.TRIGGER, self.trigger.id, self.trigger.pipeline, self.trigger.stage)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an event comes to at a deal: the verdict on every candidate, the one that is applied, and the circle that
    was stopped instead."""

    candidates: tuple[Candidate, ...] = ()
    applied: Listener | None = None
    stopped: guarding.Stopped | None = None


@dataclass(slots=True)
class _Listening:
    """A house's listeners by pipeline and kind of event, and by all kinds of one event, filled as it is asked."""

    house: House
    by_kind: dict[tuple[str, str], list[Listener]]
    by_kinds: dict[tuple[str, tuple[str, ...]], tuple[Listener, ...]] = field(default_factory=dict)


_known: list[_Listening] = []


def listeners(house: House, pipeline: str, kinds: tuple[str, ...]) -> Sequence[Listener]:
    """Return the triggers of a pipeline that an event of these kinds may be for: earliest target first, then in the
    admin's order."""
    found = next((each for each in _known if each.house is house), None) or _ordered(house)
    key = (pipeline, kinds)
    if key not in found.by_kinds:
        several = {each.trigger.id: each for kind in kinds for each in found.by_kind.get((pipeline, kind), ())}
        found.by_kinds[key] = tuple(sorted(several.values(), key=_order))
    return found.by_kinds[key]


def _order(listener: Listener) -> tuple[int, int, str]:
    return listener.place, listener.trigger.position, listener.trigger.id


def _ordered(house: House) -> _Listening:
    made: dict[tuple[str, str], list[Listener]] = {}
    for trigger in house.triggers.values():
        listener = _listener(trigger, house)
        for kind in listener.kind.listens if listener else ():
            assert listener is not None
            made.setdefault((trigger.pipeline, kind), []).append(listener)
    found = _Listening(house, made)
    _known.insert(0, found)
    del _known[_HOUSES:]
    return found


def _listener(trigger: Trigger, house: House) -> Listener | None:
    kind, stage = catalogue.kinds().get(trigger.kind), house.stage(trigger.pipeline, trigger.stage)
    if kind is None or stage is None:
        return None
    place = house.pipelines[trigger.pipeline].stages.index(stage)
    try:
        return Listener(trigger, kind, stage, place, kind.Settings.model_validate(dict(trigger.settings)))
    except ValidationError:
        words = Words(N_("its settings are not what this kind of trigger takes: save it anew"))
        return Listener(trigger, kind, stage, place, trouble=words)


def decide(heard: Heard, asked: Sequence[Listener], moves_last_hour: Callable[[], int]) -> Decision:
    """Judge every candidate, in the order of :func:`listeners`, by the first reason that holds; of those that are left
    the first is applied, unless the loop guard stops it.

    ``moves_last_hour`` counts the deal's automatic moves; it is asked only when one would come about.
    """
    deal, here = heard.facts.deal, _place(heard)
    judged: list[Candidate] = []
    applied: Listener | None = None
    stopped: guarding.Stopped | None = None
    for each in asked:
        reason, words = _rejection(heard, each, here) or (None, None)
        if reason is None:
            halt = _guarded(heard, each, deal, moves_last_hour())
            if halt is not None:
                reason, words = LOOP_GUARD, halt.why
                if applied is None and stopped is None:
                    stopped = halt
                    deal = replace(deal, flags=(*deal.flags, LOOP_FLAG)) if halt.flags else deal
            elif applied is not None:
                reason, words = EARLIER_TARGET_WON, _won(applied, each)
            else:
                applied, words = each, Words(N_("it moves the deal to {stage}"), {"stage": each.stage.name})
        verdict = Verdict.REJECTED if reason else Verdict.APPLIED
        judged.append(Candidate(each.trigger.id, each.trigger.stage, verdict, reason, words or Words("")))
    return Decision(tuple(judged), applied, stopped if applied is None else None)


def _place(heard: Heard) -> int:
    deal, house = heard.facts.deal, heard.facts.house
    stages = house.pipelines[deal.pipeline].stages if deal.pipeline in house.pipelines else ()
    return next((place for place, stage in enumerate(stages) if stage.id == deal.stage), -1)


def _guarded(heard: Heard, listener: Listener, deal: Deal, moves: int) -> guarding.Stopped | None:
    return guarding.check(deal, guarding.follow(heard.event.chain, listener.link), moves)


def _rejection(heard: Heard, listener: Listener, here: int) -> tuple[str, Words] | None:
    """Return the first reason that keeps a trigger from moving the deal, whatever the others do."""
    trigger, deal = listener.trigger, heard.facts.deal
    if not trigger.enabled:
        return DISABLED, _OFF
    if deal.closed and not listener.kind.closed_deals:
        return DEAL_CLOSED, _closed(_stage_name(heard))
    miss = _missed(heard, listener)
    if miss is not None:
        return miss.reason, miss.detail
    if deal.stage == trigger.stage:
        return SAME_STAGE, _same(listener.stage.name)
    if listener.place < here and not trigger.back:
        return NOT_LATER, _before(listener.stage.name, _stage_name(heard))
    verdict = conditions.judge(trigger.when, heard.facts)
    return None if verdict.holds else (CONDITION_FALSE, why_not(verdict))


def _missed(heard: Heard, listener: Listener) -> Miss | None:
    if listener.settings is None:
        return Miss(listener.trouble or Words(""), NOT_LISTENING)
    try:
        return listener.kind.matches(heard, listener.settings)
    except Exception as error:  # a kind is a plug-in: its bug moves no deal, and stops no engine
        words = Words(N_("the trigger kind broke: {error}"), {"error": f"{type(error).__name__}: {error}"[:300]})
        return Miss(words, NOT_LISTENING)


def _stage_name(heard: Heard) -> str:
    stage = heard.facts.house.stage(heard.facts.deal.pipeline, heard.facts.deal.stage)
    return stage.name if stage else heard.facts.deal.stage


def _won(winner: Listener, other: Listener) -> Words:
    if winner.place == other.place:
        msg = N_("“{trigger}” stands before it, with the same target")
    else:
        msg = N_("“{trigger}” leads to an earlier stage: {stage}")
    return Words(msg, {"trigger": winner.trigger.name, "stage": winner.stage.name})


_OFF: Final = Words(N_("the trigger is switched off"))


@lru_cache(maxsize=256)
def _closed(stage: str) -> Words:
    return Words(N_("the deal is closed ({stage}), and this kind of event moves open deals only"), {"stage": stage})


@lru_cache(maxsize=256)
def _same(stage: str) -> Words:
    return Words(N_("the deal stands in {stage} already"), {"stage": stage})


@lru_cache(maxsize=1024)
def _before(target: str, here: str) -> Words:
    return Words(
        N_("{target} lies before {stage}, and the trigger does not move deals back"), {"target": target, "stage": here}
    )


def author(trigger: Trigger, deal: Deal, users: Mapping[str, Any]) -> str:
    """Return in whose name a trigger moves a deal: *change stage as*, else the responsible, else the house itself."""
    return trigger.as_user if trigger.as_user in users else deal.responsible or "system"
