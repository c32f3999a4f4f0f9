"""The rule that writes a field: what a value means for each type, and the law that it comes out as it went in."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import fields
from core.effects import SetField
from core.model.moment import iso
from core.rules import catalogue
from core.rules.base import CannotAct, RuleKind
from core.rules.set_field import SetFieldRule, SetFieldSettings
from tests.core.sample_house import HOUSE, NOW, facts

KIND: RuleKind[Any] = SetFieldRule()


def set_to(field: str, value: Any, **about: Any) -> Any:
    """Return what a rule writes."""
    settings = SetFieldSettings.model_validate({"field": field, "value": value})
    (effect,) = KIND.plan(facts(**about), settings, NOW, Random(0))
    assert isinstance(effect, SetField)
    return effect.value


def test_the_kind_is_in_the_catalogue() -> None:
    kind = catalogue.kinds()["set_field"]
    assert (kind.group, kind.moves, kind.uses) == ("in_house", False, frozenset())
    assert kind.emits == {"field_changed", "responsible_changed"}
    assert KIND.changes(SetFieldSettings(field="amount")) == {"deal.amount"}


@pytest.mark.parametrize(
    ("field", "value", "written"),
    [
        ("tracking", "BR{{ deal.id }}", "BRD1"),
        ("deal.fields.tracking", "x", "x"),
        ("tracking", None, None),
        ("tracking", " ", None),
        ("tracking", "{{ deal.begin_date }}", None),
        ("tracking", "{{ contact.name }} & {{ '{{' }}", "Maria Lima & {{"),
        ("amount", 12.5, "12.50"),
        ("amount", "{{ deal.amount * 2 }}", "15000.00"),
        ("qty", "{{ deal.age }}", 10),
        ("qty", 3, 3),
        ("vip", True, True),
        ("vip", "no", False),
        ("size", "small", "small"),
        ("due", "today", "2026-12-01"),
        ("due", "today + 3d", "2026-12-04"),
        ("due", "2w", "2026-12-15"),
        ("due", "close_date - 1d", "2026-12-09"),
        ("due", "{{ deal.close_date }} + 1d", "2026-12-11"),
        ("due", "begin_date + 1d", None),
        ("due", "now - 10h", "2026-11-30"),
        ("due", "2026-12-24", "2026-12-24"),
        ("visit", "now + 2h", "2026-12-01T14:00:00Z"),
        ("visit", "today", "2026-12-01T03:00:00Z"),
        ("visit", "close_date + 10h", "2026-12-10T13:00:00Z"),
        ("visit", "2026-12-24T10:00", "2026-12-24T13:00:00Z"),
        ("helper", "bia", "bia"),
        ("helper", "Bia Reis", "bia"),
        ("helper", "{{ responsible }}", "ana"),
        ("responsible", "bia", "bia"),
        ("responsible", None, None),
        ("tags", ["a", "{{ 'b' }}"], ["a", "b"]),
        ("tags", "a, c", ["a", "c"]),
        ("words", [], None),
    ],
)
def test_what_a_value_means(field: str, value: Any, written: Any) -> None:
    assert set_to(field, value) == written


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("nowhere", "x", "misconfigured"),
        ("stage", "won", "misconfigured"),
        ("title", "{{ deal.begin_date }}", "misconfigured"),
        ("amount", "{{ contact.name }}", "misconfigured"),
        ("due", "soon", "misconfigured"),
        ("due", "tracking + 1d", "misconfigured"),
        ("due", "2026-12-01 + 999999w", "misconfigured"),
        ("helper", "zoe", "misconfigured"),
        ("size", "huge", "misconfigured"),
        ("tracking", "{{ deal.nope }}", "template_error"),
    ],
)
def test_what_cannot_be_written(field: str, value: Any, reason: str) -> None:
    with pytest.raises(CannotAct) as caught:
        set_to(field, value)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("tracking", "{{ deal.title }}", []),
        ("due", "close_date - 1d", []),
        ("visit", "now + 2h", []),
        ("helper", "Bia Reis", []),
        ("amount", "{{ deal.fields.budget }}", []),
        ("trackin", "x", ["field"]),
        ("stage", "won", ["field"]),
        ("title", None, ["value"]),
        ("size", "huge", ["value"]),
        ("due", "whenever", ["value"]),
        ("tracking", "{{ deal.titel }}", ["value"]),
    ],
)
def test_what_would_not_work_is_found_before(field: str, value: Any, found: list[str]) -> None:
    settings = SetFieldSettings.model_validate({"field": field, "value": value})
    assert [each.field for each in KIND.lint(settings, HOUSE)] == found


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"field": "tracking", "value": "x"}, "set “tracking” to “x”"),
        ({"field": "vip", "value": True}, "set “vip” to “true”"),
        ({"field": "tags", "value": ["a", "b"]}, "set “tags” to “a, b”"),
        ({"field": "tracking"}, "empty the field “tracking”"),
    ],
)
def test_its_sentence(settings: dict[str, Any], said: str) -> None:
    assert KIND.sentence(SetFieldSettings.model_validate(settings)).english() == said


VALUES = {
    "tracking": st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1).filter(str.strip),
    "qty": st.integers(-(10**9), 10**9) | st.decimals("-9999", "9999", places=2).map(float),
    "budget": st.decimals("0", "99999", places=2).map(lambda amount: f"{amount:f}"),
    "vip": st.booleans(),
    "due": st.dates().map(str),
    "visit": st.integers(0, 4_000_000).map(lambda minutes: iso(type(NOW)(NOW + minutes * 60_000))),
    "size": st.sampled_from(["small", "medium", "large"]),
    "helper": st.sampled_from(["ana", "bia"]),
}


@given(st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name])))
def test_a_field_copied_into_itself_stays_as_it_is(case: tuple[str, Any]) -> None:
    """Whatever a field holds, a text that names it writes it again: values survive being shown and read."""
    name, raw = case
    held = fields.parse(name, raw, HOUSE, "BRL")
    assert set_to(name, f"{{{{ deal.fields.{name} }}}}", fields={name: held}) == held
