"""The rule that makes a new deal from the present one: what it plans, refuses and says."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from core.effects import CreateDeal
from core.model.pipeline import Pipeline, Stage
from core.rules import catalogue
from core.rules.base import CannotAct, RuleKind
from core.rules.copy_deal import CopyDealRule, CopyDealSettings
from tests.core.sample_house import HOUSE, NOW, SALES, facts

KIND: RuleKind[Any] = CopyDealRule()
SERVICE = Pipeline(id="service", name="Service", stages=(Stage(id="intake", name="Intake", color="#000000"),))
BOTH = replace(HOUSE, pipelines={"sales": SALES, "service": SERVICE})


def test_the_kind_is_in_the_catalogue_and_copies() -> None:
    kind = catalogue.kinds()["copy_deal"]
    assert kind.copies and not kind.moves and not kind.uses


@pytest.mark.parametrize(
    ("settings", "made"),
    [
        ({}, CreateDeal(title="Order 1001", pipeline="sales", stage="new")),
        ({"stage": "won"}, CreateDeal(title="Order 1001", pipeline="sales", stage="won")),
        ({"pipeline": "service"}, CreateDeal(title="Order 1001", pipeline="service", stage="intake")),
        (
            {"title": " Service for\n{{ deal.title }} ", "pipeline": "service", "stage": "intake"},
            CreateDeal(title="Service for Order 1001", pipeline="service", stage="intake"),
        ),
        ({"title": " ", "pipeline": "", "stage": ""}, CreateDeal(title="Order 1001", pipeline="sales", stage="new")),
    ],
)
def test_it_plans_one_deal(settings: dict[str, Any], made: CreateDeal) -> None:
    assert list(KIND.plan(facts(where=BOTH), CopyDealSettings(**settings), NOW, Random(0))) == [made]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"stage": "gone"}, "not_allowed"),
        ({"pipeline": "gone"}, "not_allowed"),
        ({"pipeline": "service", "stage": "won"}, "not_allowed"),
        ({"title": "{{ deal.begin_date }}"}, "template_error"),
        ({"title": "{{ nope }}"}, "template_error"),
        ({"title": "x" * 301}, "text_too_long"),
    ],
)
def test_what_cannot_be_copied(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(CannotAct) as caught:
        KIND.plan(facts(where=BOTH), CopyDealSettings(**settings), NOW, Random(0))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("settings", "findings"),
    [
        ({}, []),
        ({"title": "Again: {{ deal.title }}", "pipeline": "service", "stage": "intake"}, []),
        ({"stage": "gone"}, [("stage", "there is no stage “gone”; there are new, delivery, won, lost, intake")]),
        (
            {"pipeline": "service", "stage": "won"},
            [("stage", "there is no stage “won”; there are intake")],
        ),
        ({"pipeline": "x"}, [("pipeline", "there is no pipeline “x”; there are sales, service")]),
    ],
)
def test_what_would_not_work_is_found_before(settings: dict[str, Any], findings: list[tuple[str, str]]) -> None:
    found = KIND.lint(CopyDealSettings(**settings), BOTH)
    assert [(each.field, each.words.english()) for each in found] == findings


def test_mistakes_in_the_title_are_found_before() -> None:
    assert [each.field for each in KIND.lint(CopyDealSettings(title="{{ deal.titel }}"), BOTH)] == ["title"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "copy the deal to the first stage"),
        ({"stage": "won"}, "copy the deal to “won”"),
        ({"pipeline": "service"}, "copy the deal to the first stage of the pipeline “service”"),
        (
            {"pipeline": "service", "stage": "intake", "title": "{{ deal.title }}"},
            "copy the deal to “intake” of the pipeline “service” as “{{ deal.title }}”",
        ),
    ],
)
def test_its_sentence(settings: dict[str, Any], said: str) -> None:
    assert KIND.sentence(CopyDealSettings(**settings)).english() == said
