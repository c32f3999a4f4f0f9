"""Conditions: what holds, for every type and operator."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import conditions, fields
from core.views import Facts
from tests.core.sample_house import CUSTOM, DEAL, HOUSE, facts, house


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} if value is None else {"field": field, "op": op, "value": value}


def holds(tree: Any, about: Facts) -> bool:
    assert not [f.words.english() for f in conditions.check(tree, about.house) if f.error]
    verdict = conditions.judge(tree, about)
    assert conditions.compile_condition(tree, about.house).holds(about) is verdict.holds
    return verdict.holds


FULL = facts(
    fields={
        "tracking": "BR Café 123",
        "qty": 3,
        "budget": "0.30",
        "vip": True,
        "due": "2026-12-05",
        "visit": "2026-12-05T01:30:00Z",  # 22:30 on the 4th in São Paulo
        "size": "medium",
        "helper": "bia",
        "paper": {"name": "a.pdf", "digest": "00"},
        "tags": ["a", "b"],
        "words": ["Red", "green"],
        "prices": ["10.00", "20.50"],
    }
)

CASES: list[tuple[str, str, Any, bool]] = [
    # text
    ("title", "=", "Order 1001", True),
    ("title", "=", "order 1001", False),
    ("title", "!=", "order 1001", True),
    ("tracking", "contains", "Café", True),
    ("tracking", "contains", "Cafe\u0301", True),
    ("tracking", "contains", "café", False),
    ("tracking", "contains", 123, True),
    ("tracking", "not_contains", "XX", True),
    ("tracking", "not_contains", "BR", False),
    ("tracking", "filled", None, True),
    ("tracking", "empty", None, False),
    ("contact.first_name", "=", "Maria", True),
    ("contact.email", "contains", "@cliente.", True),
    ("contact.emails", "contains", "@casa.", True),
    ("constants.site", "contains", "loja", True),
    # money and numbers
    ("deal.amount", ">", 5000, True),
    ("amount", ">", "7500", False),
    ("amount", ">=", "7500", True),
    ("amount", "=", 7500.0, True),
    ("amount", "!=", 7500, False),
    ("amount", "<", 7500.01, True),
    ("amount", "<=", 7499.99, False),
    ("amount", "between", [7500, 8000], True),
    ("amount", "between", [1, 7500], True),
    ("amount", "between", [7501, 8000], False),
    ("budget", "=", 0.3, True),
    ("budget", "=", 0.30000000000000004, False),
    ("qty", "=", 3, True),
    ("qty", "between", ["2.5", "3.5"], True),
    ("age", "=", 10, True),
    ("constants.limit", ">=", 5000, True),
    # bool
    ("vip", "=", True, True),
    ("vip", "=", False, False),
    ("closed", "=", "false", True),
    # dates, in the company's zone
    ("due", "=", "2026-12-05", True),
    ("due", ">", "2026-12-04", True),
    ("due", "<", dt.date(2026, 12, 5), False),
    ("due", "between", ["2026-12-05", "2026-12-06"], True),
    ("due", ">", "2026-12-05T02:59Z", True),
    ("due", "=", "2026-12-05T03:00Z", True),
    ("due", "=", "2026-12-05T00:00", True),
    ("close_date", ">=", "2026-12-10", True),
    ("today", "=", "2026-12-01", True),
    ("visit", "=", "2026-12-04", True),
    ("visit", ">", "2026-12-04", False),
    ("visit", ">=", "2026-12-04", True),
    ("visit", "<", "2026-12-05", True),
    ("visit", "=", "2026-12-05T01:30Z", True),
    ("visit", "=", "2026-12-04T22:30", True),
    ("visit", "=", "2026-12-04T22:30:01", False),
    ("visit", "between", ["2026-12-01", "2026-12-04T22:30"], True),
    ("created_at", "<", "2026-11-21", True),
    # clock times
    ("now", "=", "09:00", True),
    ("now", ">=", "09:00", True),
    ("now", "<", "09:00:01", True),
    ("now", "between", ["08:00", "18:00"], True),
    ("now", "between", ["22:00", "06:00"], False),
    ("visit", "between", ["22:00", "06:00"], True),
    ("visit", "between", ["22:30", "22:00"], True),
    ("visit", "between", ["06:00", "22:00"], False),
    # choices
    ("size", "=", "medium", True),
    ("size", "in", ["small", "medium"], True),
    ("size", "not_in", ["small", "large"], True),
    ("size", "not_in", ["medium"], False),
    ("stage", "=", "new", True),
    ("deal.stage", "in", ["won", "lost"], False),
    ("pipeline", "=", "sales", True),
    ("responsible", "in", ["ana", "bia"], True),
    ("helper", "!=", "ana", True),
    ("weekday", "in", ["tue", "thu"], True),
    ("weekday", "=", "Tuesday", True),
    ("weekday", "not_in", ["sat", "sun"], True),
    ("weekday", "=", 2, True),
    # files
    ("paper", "filled", None, True),
    # several values: any element will do
    ("tags", "=", "b", True),
    ("tags", "=", "c", False),
    ("tags", "!=", "a", True),
    ("tags", "in", ["c", "b"], True),
    ("tags", "not_in", ["a", "b"], False),
    ("tags", "filled", None, True),
    ("words", "contains", "ree", True),
    ("words", "not_contains", "e", False),
    ("prices", ">", 20, True),
    ("prices", "between", [11, 20], False),
    ("constants.cities", "=", "Recife", True),
]


@pytest.mark.parametrize(("field", "op", "value", "expected"), CASES)
def test_comparisons_by_type(field: str, op: str, value: Any, expected: bool) -> None:
    assert holds(leaf(field, op, value), FULL) is expected


EMPTY = facts(contacts=(), company=None, responsible=None, amount=None, close_date=None, title="   ")
VALUES = {
    "text": "x", "number": 1, "money": 1, "date": "2026-12-01", "datetime": "2026-12-01T00:00Z", "user": "ana",
    "list": "a", "bool": True,
}  # fmt: skip
NULL = [
    (spec.id if spec.id != "title" else "deal.fields.title", VALUES.get(spec.type.value), spec)
    for spec in CUSTOM
    if spec.type.value not in ("bool", "file")
]


@pytest.mark.parametrize(("name", "value", "spec"), NULL)
def test_nothing_satisfies_only_what_denies(name: str, value: Any, spec: Any) -> None:
    field = fields.require(name, HOUSE)
    value = field.options[0] if field.options else value
    held = set()
    for op in conditions.operators_for(field):
        wanted = None if op in ("filled", "empty") else [value, value] if op in ("between", "in", "not_in") else value
        if holds(leaf(name, op, wanted), EMPTY):
            held.add(op)
    assert held == {"!=", "not_contains", "not_in", "empty"} & set(conditions.operators_for(field))


@pytest.mark.parametrize(
    "name", ["contact.name", "company.email", "responsible.name", "amount", "close_date", "title", "tags", "paper"]
)
def test_nothing_is_empty(name: str) -> None:
    assert holds(leaf(name, "empty"), EMPTY)
    assert not holds(leaf(name, "filled"), EMPTY)


def test_a_box_that_nobody_ticked_is_false() -> None:
    assert holds(leaf("vip", "=", False), EMPTY)
    assert not holds(leaf("vip", "=", True), EMPTY)


def test_no_condition_holds() -> None:
    assert conditions.judge(None, FULL) == conditions.Verdict(True)
    assert conditions.check(None, HOUSE) == []


YES, NO = leaf("stage", "=", "new"), leaf("stage", "=", "won")


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"all": [YES, YES]}, True),
        ({"all": [YES, NO]}, False),
        ({"all": [YES, YES, YES, NO]}, False),
        ({"any": [NO, YES]}, True),
        ({"any": [NO, NO, NO]}, False),
        ({"any": [NO, NO, YES]}, True),
        ({"not": NO}, True),
        ({"not": {"not": YES}}, True),
        ({"not": {"any": [NO, {"all": [YES, YES]}]}}, False),
        ({"all": [YES]}, True),
        ({"any": [{"not": YES}, {"all": [YES, {"not": NO}, {"any": [NO, YES]}]}]}, True),
    ],
)
def test_groups_nest(tree: Any, expected: bool) -> None:
    assert holds(tree, FULL) is expected


TREES = st.recursive(
    st.sampled_from([YES, NO]),
    lambda below: st.one_of(
        st.builds(lambda nodes: {"all": nodes}, st.lists(below, min_size=1, max_size=4)),
        st.builds(lambda nodes: {"any": nodes}, st.lists(below, min_size=1, max_size=4)),
        st.builds(lambda node: {"not": node}, below),
    ),
    max_leaves=12,
)


def truth(tree: Any) -> bool:
    if "all" in tree:
        return all(truth(each) for each in tree["all"])
    if "any" in tree:
        return any(truth(each) for each in tree["any"])
    return not truth(tree["not"]) if "not" in tree else tree is YES


def count(tree: Any) -> int:
    return str(tree).count("'field'")


@given(TREES)
def test_any_tree_means_what_logic_says_and_shows_every_comparison(tree: Any) -> None:
    verdict = conditions.judge(tree, FULL)
    assert verdict.holds is truth(tree)
    assert conditions.compile_condition(tree, HOUSE).holds(FULL) is truth(tree)
    assert len(verdict.comparisons) == count(tree)


@given(TREES)
def test_not_all_is_any_not(tree: Any) -> None:
    one = {"not": {"all": [tree, YES]}}
    other = {"any": [{"not": tree}, {"not": YES}]}
    assert conditions.judge(one, FULL).holds is conditions.judge(other, FULL).holds


def test_a_verdict_shows_what_was_compared() -> None:
    tree = {"all": [leaf("deal.amount", ">", 5000), {"not": leaf("contact.name", "empty")}, leaf("tags", "in", ["c"])]}
    verdict = conditions.judge(tree, FULL)
    rows = json.loads(verdict.dump())
    assert rows == [
        {"field": "deal.amount", "op": ">", "value": 5000, "actual": "7500.00", "holds": True},
        {"field": "contact.name", "op": "empty", "value": None, "actual": "Maria Lima", "holds": False},
        {"field": "tags", "op": "in", "value": ["c"], "actual": ["a", "b"], "holds": False},
    ]
    assert conditions.Verdict.load(verdict.dump()) == verdict.comparisons
    assert conditions.Verdict.load(None) == ()


def test_a_field_is_shown_as_it_was_written() -> None:
    verdict = conditions.judge(leaf("now", ">", "2026-01-01"), FULL)
    assert verdict.comparisons == (conditions.Comparison("now", ">", "2026-01-01", "2026-12-01T12:00:00Z", True),)


def test_a_huge_text_is_kept_short() -> None:
    verdict = conditions.judge(leaf("tracking", "filled"), facts(fields={"tracking": "x" * 100_000}))
    assert len(verdict.dump()) < 2_000


EVENT = facts(
    event={
        "subject": "Re: Order",
        "amount": "150.00",
        "n": 7,
        "auto": "true",
        "when": "2026-12-24",
        "at": "2026-12-01T12:00Z",
    },
    where=house(hours={"mon-fri": "09:00-18:00"}),
)


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("event.subject", "contains", "Order", True),
        ("event.subject", "=", "Re: Order", True),
        ("event.amount", ">", 100, True),
        ("event.amount", ">", "100", True),
        ("event.amount", "=", 150, True),
        ("event.amount", "=", "150", False),
        ("event.amount", "between", [100, 150], True),
        ("event.n", "<=", 7, True),
        ("event.n", "in", [6, 7], True),
        ("event.n", "not_in", ["7"], False),
        ("event.auto", "=", True, True),
        ("event.when", ">", "2026-12-01", True),
        ("event.subject", ">", 5, False),
        ("event.nothing", "empty", None, True),
        ("event.nothing", "!=", "x", True),
        ("event.nothing", "=", "x", False),
        ("event.at", "<", "2026-12-02", True),
        ("event.in_business_hours", "=", True, True),
        ("company.open", "=", True, True),
    ],
)
def test_data_of_an_event_is_compared_as_what_it_is_compared_with(
    field: str, op: str, value: Any, expected: bool
) -> None:
    assert holds(leaf(field, op, value), EVENT) is expected


@pytest.mark.parametrize("expected", [True, False])
def test_without_an_event_its_hours_are_neither(expected: bool) -> None:
    assert not holds(leaf("event.in_business_hours", "=", expected), FULL)


@pytest.mark.parametrize(
    ("at", "expected"), [("2026-12-01T12:00Z", True), ("2026-12-01T11:59Z", False), ("2026-12-05T15:00Z", False)]
)
def test_company_open_follows_the_calendar(at: str, expected: bool) -> None:
    where = house(hours={"mon-fri": "09:00-18:00"})
    assert holds(leaf("company.open", "=", True), facts(at=at, where=where)) is expected


def test_the_day_depends_on_the_company_s_zone() -> None:
    tokyo = house(timezone="Asia/Tokyo")
    late = "2026-12-01T15:30Z"
    assert holds(leaf("now", "=", "2026-12-02"), facts(at=late, where=tokyo))
    assert holds(leaf("now", "=", "2026-12-01"), facts(at=late))


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("=", "09:00", True),
        ("<=", "09:00", True),
        (">", "09:00", False),
        ("between", ["08:00", "09:00"], True),
        ("=", "09:00:20", True),
        ("<=", "09:00:19", False),
    ],
)
def test_a_clock_time_compares_as_exactly_as_it_is_written(op: str, value: Any, expected: bool) -> None:
    assert holds(leaf("now", op, value), facts(at="2026-12-01T12:00:20.500Z")) is expected


def test_a_compiled_condition_is_kept_for_its_house_only() -> None:
    tree = leaf("size", "=", "small")
    assert conditions.compile_condition(tree, HOUSE) is conditions.compile_condition(tree, HOUSE)
    assert conditions.compile_condition(tree, house()) is not conditions.compile_condition(tree, HOUSE)


GONE = [
    leaf("deal.fields.gone", "=", "x"),
    leaf("stage", "=", "gone"),
    leaf("size", "in", ["gone"]),
    leaf("amount", "contains", "1"),
    leaf("amount", ">", "much"),
    {"all": []},
    {"field": "amount"},
    {},
    [],
    "x",
]


@pytest.mark.parametrize("broken", GONE)
def test_what_cannot_be_judged_does_not_hold_even_when_denied(broken: Any) -> None:
    for tree in (broken, {"not": broken}, {"any": [YES, broken]}):
        verdict = conditions.judge(tree, FULL)
        assert not verdict.holds
        assert verdict.trouble.msg
        assert not conditions.compile_condition(tree, HOUSE).holds(FULL)


def test_a_gone_field_is_still_shown_among_the_comparisons() -> None:
    verdict = conditions.judge({"all": [leaf("gone", "=", "x"), YES]}, FULL)
    assert [(c.field, c.actual, c.holds) for c in verdict.comparisons] == [
        ("gone", None, False),
        ("stage", "new", True),
    ]


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5) | st.integers() | st.floats(),
        lambda each: (
            st.lists(each) | st.dictionaries(st.sampled_from(["all", "any", "not", "field", "op", "value"]), each)
        ),
    )
)
def test_any_json_at_all_is_judged_without_an_error(tree: Any) -> None:
    findings = conditions.check(tree, HOUSE)
    if tree is not None:
        assert conditions.judge(tree, facts(where=HOUSE)).holds in ((True, False) if not findings else (False,))


def test_the_deal_s_flags_are_texts() -> None:
    assert holds(leaf("flags", "=", "loop"), facts(flags=("loop",)))
    assert DEAL.flags == ()
