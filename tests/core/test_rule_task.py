"""The rules that put a task or a note on the deal."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from core.effects import Comment, CreateTask
from core.model.moment import parse_iso
from core.rules import catalogue
from core.rules.base import CannotAct, RuleKind
from core.rules.comment import CommentRule, CommentSettings
from core.rules.task import TaskRule, TaskSettings
from tests.core.sample_house import HOUSE, NOW, facts

TASK: RuleKind[Any] = TaskRule()
COMMENT: RuleKind[Any] = CommentRule()


def task(about: dict[str, Any] | None = None, **settings: Any) -> CreateTask:
    """Return the task that a rule with these settings makes."""
    given = TaskSettings.model_validate({"title": "Ring {{ contact.first_name }}", **settings})
    (effect,) = TASK.plan(facts(**(about or {})), given, NOW, Random(0))
    assert isinstance(effect, CreateTask)
    return effect


def test_the_kinds_are_in_the_catalogue() -> None:
    assert {"task", "comment"} <= catalogue.kinds().keys()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"title": "Ring Maria", "text": "", "assignee": "ana", "due_at": None}),
        ({"assignee": "responsible"}, {"assignee": "ana"}),
        ({"assignee": "bia", "text": "about\r\n{{ deal.title }}"}, {"assignee": "bia", "text": "about\nOrder 1001"}),
        ({"title": " two\nlines "}, {"title": "two lines"}),
        ({"due": "2h"}, {"due_at": parse_iso("2026-12-01T14:00Z")}),
        ({"due": "1d"}, {"due_at": parse_iso("2026-12-02T12:00Z")}),
        ({"due": "now + 30m"}, {"due_at": parse_iso("2026-12-01T12:30Z")}),
        ({"due": "today"}, {"due_at": parse_iso("2026-12-02T02:59Z")}),
        ({"due": "close_date"}, {"due_at": parse_iso("2026-12-11T02:59Z")}),
        ({"due": "deal.close_date - 1d"}, {"due_at": parse_iso("2026-12-10T02:59Z")}),
        ({"due": "begin_date"}, {"due_at": None}),
        ({"due": "2026-12-24T10:00"}, {"due_at": parse_iso("2026-12-24T13:00Z")}),
    ],
)
def test_what_a_task_is(settings: dict[str, Any], expected: dict[str, Any]) -> None:
    made = task(**settings)
    assert {name: getattr(made, name) for name in expected} == expected


def test_without_a_responsible_it_is_nobodys_in_particular() -> None:
    about = facts()
    orphan = replace(about, deal=replace(about.deal, responsible=None), responsible=None)
    (made,) = TASK.plan(orphan, TaskSettings(title="x"), NOW, Random(0))
    assert made == CreateTask(title="x")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"title": "{{ deal.begin_date }}"}, "template_error"),
        ({"title": "{{ nope }}"}, "template_error"),
        ({"title": "x" * 301}, "text_too_long"),
        ({"assignee": "zoe"}, "not_allowed"),
        ({"due": "tracking"}, "misconfigured"),
        ({"due": "soon"}, "misconfigured"),
    ],
)
def test_what_cannot_be_a_task(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(CannotAct) as caught:
        task(**settings)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"title": "Ring", "due": "close_date - 1d", "assignee": "bia"}, []),
        ({"title": "{{ deal.titel }}"}, ["title"]),
        ({"title": "x", "text": "{{ nope }}"}, ["text"]),
        ({"title": "x", "assignee": "bai"}, ["assignee"]),
        ({"title": "x", "due": "soon"}, ["due"]),
        ({"title": "x", "due": "tracking + 1d"}, ["due"]),
    ],
)
def test_what_would_not_work_is_found_before(settings: dict[str, Any], found: list[str]) -> None:
    assert [each.field for each in TASK.lint(TaskSettings.model_validate(settings), HOUSE)] == found


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "task for the responsible: “Ring”"),
        ({"due": "2d"}, "task for the responsible, due 2d: “Ring”"),
        ({"assignee": "bia"}, "task for bia: “Ring”"),
        ({"assignee": "bia", "due": "close_date"}, "task for bia, due close_date: “Ring”"),
    ],
)
def test_its_sentence(settings: dict[str, Any], said: str) -> None:
    assert TASK.sentence(TaskSettings.model_validate({"title": "Ring", **settings})).english() == said


def test_a_note_is_data_and_no_markup() -> None:
    settings = CommentSettings(text="[b]{{ deal.title }}[/b]\x07 {{ '{{' }}")
    assert list(COMMENT.plan(facts(), settings, NOW, Random(0))) == [Comment(text="[b]Order 1001[/b] {{")]
    assert COMMENT.sentence(CommentSettings(text="x")).english() == "note on the deal: “x”"


@pytest.mark.parametrize("text", ["{{ deal.begin_date }}", "{{ nope }}"])
def test_a_note_that_says_nothing_fails(text: str) -> None:
    with pytest.raises(CannotAct) as caught:
        COMMENT.plan(facts(), CommentSettings(text=text), NOW, Random(0))
    assert caught.value.reason == "template_error"


def test_mistakes_in_a_note_are_found_before() -> None:
    assert [each.field for each in COMMENT.lint(CommentSettings(text="{{ nope }}"), HOUSE)] == ["text"]
