"""What causes what in a pipeline, and what lint has to say of each rule and trigger."""

from __future__ import annotations

import pytest

from core import automation_map
from core.commands.arranging import Key
from tests.core.board_ground import HOUSE, START, Home

THINGS = """
    rules:
      - {id: mail, stage: new, kind: email, settings: {subject: S, body: "See https://loja.example/a"}}
      - {id: blind, stage: new, kind: email, settings: {subject: S, body: B, track_opens: false, track_clicks: false}}
      - {id: on, stage: new, kind: move, run: {after: 3d}, settings: {stage: delivery}}
      - {id: back, stage: delivery, kind: move, settings: {stage: new}}
      - {id: price, stage: new, kind: set_field, settings: {field: price, value: 5}}
      - {id: off, stage: new, kind: email, enabled: false, settings: {subject: S, body: B}}
      - {id: talk, stage: new, kind: chat, settings: {text: Hi}}
    triggers:
      - {id: opened, stage: delivery, kind: email_opened}
      - {id: clicked, stage: won, kind: link_clicked, settings: {link: "https://loja.example/a"}}
      - {id: elsewhere, stage: won, kind: link_clicked, settings: {link: "https://loja.example/b"}}
      - {id: answered, stage: won, kind: email_received}
      - {id: here, stage: new, kind: email_opened}
      - {id: changed, stage: delivery, kind: field_changed, settings: {fields: [price]}}
      - {id: other, stage: delivery, kind: field_changed, settings: {fields: [visit]}}
      - {id: said, stage: delivery, kind: chat_message}
      - {id: idle, stage: won, kind: email_opened, enabled: false}
"""


@pytest.fixture(scope="module")
def survey() -> automation_map.Survey:
    """What is known of the house."""
    return automation_map.judged(Home(HOUSE + THINGS).house, START).counted({})


@pytest.mark.parametrize(
    ("rule", "triggers"),
    [
        ("mail", "opened clicked answered"),
        ("blind", "answered"),
        ("price", "changed"),
        ("talk", "said"),
        ("off", ""),
        ("on", ""),
    ],
)
def test_a_rule_can_cause_the_triggers_that_hear_of_it(survey: automation_map.Survey, rule: str, triggers: str) -> None:
    related = survey.related(("rule", rule))
    assert related == {("trigger", each) for each in triggers.split()}
    for key in related:
        assert ("rule", rule) in survey.related(key)


@pytest.mark.parametrize(
    ("key", "said", "circle"),
    [
        (("rule", "on"), "in a circle", True),
        (("rule", "back"), "in a circle", True),
        (("trigger", "here"), "it can never fire", False),
        (("rule", "talk"), "no open channel", False),
    ],
)
def test_circles_and_dead_ends_have_their_reason(
    survey: automation_map.Survey, key: Key, said: str, circle: bool
) -> None:
    doubts = survey.doubts[key]
    assert any(said in doubt.words.english() and doubt.circle is circle for doubt in doubts)


def test_what_is_right_raises_no_doubt(survey: automation_map.Survey) -> None:
    assert ("rule", "mail") not in survey.doubts
    assert ("trigger", "answered") not in survey.doubts


def test_the_counts_are_of_the_rules_in_view() -> None:
    home = Home(HOUSE + THINGS, "deals: [{id: D1, title: T, stage: new, contacts: [maria]}]")
    house, now, lately = home.read(automation_map.counts("sales"))
    assert (house.rules.keys() >= {"mail"}, now, lately) == (True, START, {})
