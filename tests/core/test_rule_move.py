"""The rule that moves the deal on."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from core.effects import Move
from core.model.pipeline import Pipeline, Stage
from core.rules import catalogue
from core.rules.base import CannotAct, RuleKind
from core.rules.move import MoveRule, MoveSettings
from tests.core.sample_house import HOUSE, NOW, SALES, facts

KIND: RuleKind[Any] = MoveRule()
SERVICE = Pipeline(id="service", name="Service", stages=(Stage(id="intake", name="Intake", color="#000000"),))
BOTH = replace(HOUSE, pipelines={"sales": SALES, "service": SERVICE})


def test_the_kind_is_in_the_catalogue_and_moves() -> None:
    kind = catalogue.kinds()["move"]
    assert kind.moves and kind.group == "in_house" and not kind.uses


@pytest.mark.parametrize(
    ("settings", "move"),
    [
        (MoveSettings(stage="won"), Move(stage="won")),
        (MoveSettings(stage="intake", pipeline="service"), Move(stage="intake", pipeline="service")),
    ],
)
def test_it_plans_one_move(settings: MoveSettings, move: Move) -> None:
    assert list(KIND.plan(facts(where=BOTH), settings, NOW, Random(0))) == [move]


@pytest.mark.parametrize(
    "settings",
    [MoveSettings(stage="gone"), MoveSettings(stage="won", pipeline="service"), MoveSettings(stage="intake")],
)
def test_a_stage_that_is_gone_is_no_place_to_move_to(settings: MoveSettings) -> None:
    with pytest.raises(CannotAct) as caught:
        KIND.plan(facts(where=BOTH), settings, NOW, Random(0))
    assert caught.value.reason == "not_allowed"


@pytest.mark.parametrize(
    ("settings", "findings"),
    [
        (MoveSettings(stage="won"), []),
        (MoveSettings(stage="intake", pipeline="service"), []),
        (MoveSettings(stage="won", pipeline="service"), [("stage", "there is no stage “won”; there are intake")]),
        (
            MoveSettings(stage="gone"),
            [("stage", "there is no stage “gone”; there are new, delivery, won, lost, intake")],
        ),
        (MoveSettings(stage="won", pipeline="x"), [("pipeline", "there is no pipeline “x”; there are sales, service")]),
    ],
)
def test_what_would_not_work_is_found_before(settings: MoveSettings, findings: list[tuple[str, str]]) -> None:
    assert [(each.field, each.words.english()) for each in KIND.lint(settings, BOTH)] == findings


def test_its_sentence_says_where_the_deal_goes() -> None:
    assert KIND.sentence(MoveSettings(stage="won")).english() == "move the deal to “won”"
    assert "of the pipeline “service”" in KIND.sentence(MoveSettings(stage="intake", pipeline="service")).english()
