"""The rule that writes documents: what it plans, refuses, finds and says."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from core.effects import MakeDocument
from core.model.rule import Rule
from core.rules import catalogue
from core.rules.base import CannotAct, RuleKind
from core.rules.document import DocumentRule, DocumentSettings
from core.views import Facts
from tests.core.sample_house import HOUSE, NOW, facts

KIND: RuleKind[Any] = DocumentRule()
RULE = Rule(id="offer", pipeline="sales", stage="delivery", kind="document", name="Offer / 7", settings={})


def about(**changes: Any) -> Facts:
    given = facts()
    return replace(given, rule=RULE, deal=replace(given.deal, **changes))


def made(settings: dict[str, Any], where: Facts | None = None) -> MakeDocument:
    (effect,) = KIND.plan(where or about(), DocumentSettings(**settings), NOW, Random(0))
    assert isinstance(effect, MakeDocument)
    return effect


def test_the_kind_is_in_the_catalogue() -> None:
    assert catalogue.kinds()["document"].emits == {"field_changed"}


def test_a_page_of_its_own_with_values_escaped() -> None:
    document = made({"template": "<h1>{{ deal.title }}</h1>"}, about(title="<script>alert(1)</script> & Co"))
    assert "<h1>&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co</h1>" in document.html
    assert document.html.startswith("<!DOCTYPE html>")
    assert "default-src 'none'" in document.html
    assert (document.name, document.field, document.language) == ("Offer - 7", None, "en")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"name": "Offer {{ deal.title }}"}, "Offer Order 1001"),
        ({"name": "../../etc/{{ deal.id }}"}, "-..-etc-D1"),
        ({"name": " "}, "Offer - 7"),
    ],
)
def test_what_its_files_are_called(settings: dict[str, Any], name: str) -> None:
    assert made({"template": "x", **settings}).name == name


def test_plain_text_becomes_paragraphs_and_stays_data() -> None:
    document = made({"template": "Dear {{ deal.title }},\n\nbye"}, about(title="<b>x</b>"))
    assert "<p>Dear &lt;b&gt;x&lt;/b&gt;,</p>\n<p>bye</p>" in document.html


def test_a_whole_page_stays_as_it_is() -> None:
    page = "<!doctype html><html><body><p>{{ deal.id }}</p></body></html>"
    assert made({"template": page}).html == page.replace("{{ deal.id }}", "D1")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"template": "{{ nope }}"}, "template_error"),
        ({"template": "<p>{{ deal.begin_date }}</p>"}, "template_error"),
        ({"template": "x", "name": "{{ deal.begin_date }}"}, "template_error"),
        ({"template": "x" * 60_000 + "{{ deal.title }}" + "y" * 60_000}, "template_error"),
        ({"template": "x" * 60_000 + "{{ deal.title }}"}, "text_too_long"),
        ({"template": "x", "field": "nowhere"}, "misconfigured"),
        ({"template": "x", "field": "tracking"}, "misconfigured"),
    ],
)
def test_what_cannot_be_written(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(CannotAct) as caught:
        made(settings, about(title="z" * 50_000))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"template": "<p>{{ deal.title }}</p>", "field": "paper", "name": "{{ deal.id }}"}, []),
        ({"template": "{{ nope }}"}, [("template", True)]),
        ({"template": "x", "name": "{{ nope }}"}, [("name", True)]),
        ({"template": "x", "field": "papre"}, [("field", True)]),
        ({"template": "x", "field": "tracking"}, [("field", True)]),
        ({"template": "<p>x<IMG src=x><img><script>y</script></p>"}, [("template", False), ("template", False)]),
    ],
)
def test_what_would_not_work_is_found_before(settings: dict[str, Any], found: list[Any]) -> None:
    assert [(each.field, each.error) for each in KIND.lint(DocumentSettings(**settings), HOUSE)] == found


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "write a document"),
        ({"field": "paper"}, "write a document into “paper”"),
        ({"name": "Offer"}, "write the document “Offer”"),
        ({"name": "Offer", "field": "paper"}, "write the document “Offer” into “paper”"),
    ],
)
def test_its_sentence(settings: dict[str, Any], said: str) -> None:
    assert KIND.sentence(DocumentSettings(template="x", **settings)).english() == said


def test_it_changes_its_field_and_nothing_else() -> None:
    assert KIND.changes(DocumentSettings(template="x", field="paper")) == {"deal.fields.paper"}
    assert KIND.changes(DocumentSettings(template="x")) == frozenset()
