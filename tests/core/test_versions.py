"""The versions of a rule: who changed what, what is different now, and going back."""

from __future__ import annotations

import pytest

from core import commands, versions
from core.commands import automation
from core.errors import Refused, UnknownThing
from core.model.frozen import replace
from core.model.moment import MINUTE, Moment, parse_duration
from core.model.rule import NOW, RunTime, When
from tests.core.board_ground import HOUSE, START, Home

MADE = HOUSE.replace("name: Rui Reis}", "name: Rui Reis, role: admin}") + (
    "    rules: [{id: one, stage: new, kind: sms, run: {after: 2h}, settings: {text: Hi, provider: sms1}}]\n"
)


@pytest.fixture
def home() -> Home:
    """A rule that was made by a file, renamed by Rui, and given another text and condition."""
    home = Home(MADE, "deals: [{id: D1, title: T, stage: delivery, contacts: [maria]}]")
    home.write(commands.move(["D1"], "new"))
    for minutes, more in ((1, {"name": "Greeting"}), (2, {"settings": {"text": "Hello", "provider": "sms1"}})):
        home.clock.at = Moment(START + minutes * MINUTE)
        home.write(automation.save_rule(replace(home.house.rules["one"], **more), "rui"))
    return home


def test_every_save_is_a_version_with_author_and_moment(home: Home) -> None:
    found = home.read(versions.history("one"))
    assert [(each.author, each.at - START) for each in found.versions] == [
        ("rui", 2 * MINUTE),
        ("rui", MINUTE),
        ("system", 0),
    ]
    newest, middle, first = found.versions
    assert [(d.field, d.before, d.after) for d in found.changes(middle)] == [("name", "one", "Greeting")]
    assert [(d.name, d.before, d.after) for d in found.changes(newest)] == [("Text", "Hi", "Hello")]
    assert [d.field for d in found.until_now(first)] == ["name", "settings.text"]
    assert (found.changes(first), found.waiting) == ((), {first.number: 1})


def test_a_version_is_restored_as_a_new_one_and_stays_off(home: Home) -> None:
    first = home.read(versions.history("one")).versions[-1]
    home.write(automation.switch([("rule", "one")], False))
    changed = home.write(automation.restore_version("one", first.number, "rui"))
    rule = home.house.rules["one"]
    assert (rule.name, rule.settings["text"], rule.enabled) == ("one", "Hi", False)
    found = home.read(versions.history("one"))
    assert (len(found.versions), found.until_now(first)) == (4, [])
    home.write(automation.restore(changed))
    assert home.house.rules["one"].name == "Greeting"
    with pytest.raises(Refused):
        home.write(automation.restore_version("one", first.number, "ana"))
    with pytest.raises(UnknownThing):
        home.write(automation.restore_version("one", 999))


@pytest.mark.parametrize(
    ("more", "field", "before", "after"),
    [
        ({"run": NOW}, "run", "after: 2h", "now"),
        ({"run": RunTime(When.BEFORE, parse_duration("1d"), "visit")}, "run", "after: 2h", "before: 1d, of: visit"),
        ({"when": {"field": "deal.amount", "op": ">", "value": 5}}, "when", "", "Amount is more than 5"),
        ({"once": True}, "once", "", "yes"),
        ({"stage": "won"}, "stage", "new", "won"),
        ({"late": parse_duration("4h")}, "late", "", "4h"),
        ({"settings": {"text": "Hello"}}, "settings.provider", "sms1", ""),
    ],
)
def test_what_differs_is_told_field_by_field(
    home: Home, more: dict[str, object], field: str, before: str, after: str
) -> None:
    rule = home.house.rules["one"]
    found = versions.difference(rule, replace(rule, **more), home.house)
    assert [(d.field, d.before, d.after) for d in found] == [(field, before, after)]
