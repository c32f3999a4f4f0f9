"""The reference page says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core import context, templates
from core.jinja_env import FILTERS, LOOP_NAMES, TESTS
from tests.core.sample_house import HOUSE, facts, house

PAGE = (Path(__file__).parents[2] / "docs" / "TEMPLATES.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]*\\\|[^`]*)` \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("source", "english", "portuguese"), ROWS)
def test_each_example_of_a_filter_is_true(source: str, english: str, portuguese: str) -> None:
    text = "{{ " + source.replace("\\|", "|") + " }}"
    assert templates.render(text, context.of(facts())) == english
    assert templates.render(text, context.of(facts(where=house(language="pt_BR")))) == portuguese


def test_every_filter_has_an_example() -> None:
    assert {re.split(r"[|(]", row[0])[1].strip() for row in ROWS} == set(FILTERS)


def test_the_first_text_of_the_page_can_be_used() -> None:
    (text,) = re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)
    assert templates.check(text, HOUSE) == []
    written = templates.render(text, context.of(facts(fields={"tracking": "BR1"})))
    assert written == "Hi Maria,\nyour order Order 1001 of R$7,500.00 is on its way: BR1.\nAna Souza"


def test_every_name_stands_on_the_page() -> None:
    names = {
        name
        for name in templates.known_names(HOUSE)
        if not name.startswith(("deal.fields.", "constants.", "pipeline.", "stage."))
    }
    for name in names:
        group, _, last = name.rpartition(".")
        assert f"`{name}`" in PAGE or (f"`{group}.id`" in PAGE and f"`.{last}`" in PAGE) or f"`{name}." in PAGE, name
    for word in (*TESTS, *LOOP_NAMES):
        assert word in PAGE
