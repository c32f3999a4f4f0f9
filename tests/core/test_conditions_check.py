"""Conditions: what is found before they run, and how they read."""

from __future__ import annotations

from typing import Any

import pytest

from core import conditions
from tests.core.sample_house import HOUSE

AMOUNT = {"field": "amount", "op": ">", "value": 1}


def found(tree: Any) -> list[tuple[str | None, str]]:
    return [(f.field, f.words.english()) for f in conditions.check(tree, HOUSE)]


@pytest.mark.parametrize(
    ("comparison", "says"),
    [
        (("amuont", ">", 1), "there is no field “amuont”. Did you mean amount?"),
        (("deal.fields.traking", "filled", None), "Did you mean deal.fields.tracking?"),
        (("constants.sit", "=", "x"), "Did you mean constants.site?"),
        (("title", ">", "a"), "“deal.title” has no operator “>”; it has: = != contains not_contains filled empty"),
        (("amount", "contains", "1"), "“deal.amount” has no operator “contains”"),
        (("vip", "!=", True), "“deal.fields.vip” has no operator “!=”; it has: ="),
        (("stage", ">", "new"), "has no operator “>”"),
        (("paper", "=", "x"), "it has: filled empty"),
        (("amount", "==", 1), "has no operator “==”"),
        (("amount", ">", "much"), "compared with a number like 1250.50, not with “much”"),
        (("amount", ">", True), "compared with a number"),
        (("amount", ">", [1]), "is not one value to compare “deal.amount” with"),
        (("amount", ">", None), "needs a value; for nothing there is op empty"),
        (("title", "=", ""), "needs a value"),
        (("title", "=", 1.5), "put “1.5” in quotes"),
        (("vip", "=", "perhaps"), "true or false, not with “perhaps”"),
        (("due", "=", "5/12/2026"), "a date like 2026-12-01, not with “5/12/2026”"),
        (("due", "=", "12:00"), "a date like 2026-12-01"),
        (("now", ">", "soon"), "not with “soon”"),
        (("now", ">", "24:00"), "not with “24:00”"),
        (("stage", "=", "wonn"), "there is no stage “wonn”. There are: won"),
        (("stage", "in", ["new", "zzz"]), "there is no stage “zzz”. There are: new, delivery, won, lost"),
        (("pipeline", "=", "sale"), "There are: sales"),
        (("responsible", "=", "anna"), "there is no user “anna”. There are: ana"),
        (("size", "=", "huge"), "“huge” is none of the options of “deal.fields.size”: small, medium, large"),
        (("weekday", "=", "0"), "none of the options of “weekday”"),
        (("size", "in", "small"), "“in” of “deal.fields.size” takes a list of values"),
        (("size", "in", []), "takes a list of values"),
        (("amount", "between", 5), "takes two values: [from, to]"),
        (("amount", "between", [1, 2, 3]), "takes two values: [from, to]"),
        (("amount", "between", [2, 1]), "from the lesser value to the greater one"),
        (("due", "between", ["2026-12-02", "2026-12-01"]), "from the lesser value to the greater one"),
        (("now", "between", ["09:00", "2026-12-01"]), "two times of day or two dates"),
        (("title", "filled", "x"), "“filled” of “deal.title” takes no value"),
        (("event.x", ">", "b"), "neither a number nor a date"),
    ],
)
def test_a_comparison_that_would_not_work_is_found(comparison: tuple[str, str, Any], says: str) -> None:
    field, op, value = comparison
    tree = {"all": [AMOUNT, {"not": {"field": field, "op": op, "value": value}}]}
    ((where, words),) = found(tree)
    assert where == "when.all[1].not"
    assert says in words


@pytest.mark.parametrize(
    ("tree", "where", "says"),
    [
        ("x", "when", "all, any, not, or a field with op and value"),
        ([AMOUNT], "when", "all, any, not, or a field"),
        ({}, "when", "exactly one of all, any, not"),
        ({"all": [AMOUNT], "any": [AMOUNT]}, "when", "this one has: all, any"),
        ({"alle": [AMOUNT]}, "when", "this one has: alle"),
        ({"all": []}, "when", "“all” takes a list of at least one condition"),
        ({"any": AMOUNT}, "when", "“any” takes a list"),
        ({"not": None}, "when.not", "all, any, not, or a field"),
        ({"not": [AMOUNT]}, "when.not", "all, any, not, or a field"),
        ({"field": "amount"}, "when", "a comparison needs “op”"),
        ({"op": ">"}, "when", "a comparison needs “field”"),
        ({"field": 1, "op": ">"}, "when", "a comparison needs “field”"),
        ({**AMOUNT, "values": 1}, "when", "and no “values”"),
        ({"any": [AMOUNT, {"all": [3]}]}, "when.any[1].all[0]", "all, any, not, or a field"),
    ],
)
def test_a_malformed_tree_is_found_at_its_place(tree: Any, where: str, says: str) -> None:
    ((place, words),) = found(tree)
    assert place == where
    assert says in words


def nested(depth: int) -> Any:
    tree: Any = AMOUNT
    for _ in range(depth - 1):
        tree = {"not": tree}
    return tree


def test_depth_has_a_limit() -> None:
    assert found(nested(20)) == []
    ((_, words),) = found(nested(21))
    assert words == "the condition is nested deeper than 20 levels"
    assert len(found(nested(100_000))) == 1


def test_size_has_a_limit() -> None:
    assert found({"all": [AMOUNT] * 499}) == []
    ((_, words),) = found({"all": [AMOUNT] * 500})
    assert words == "the condition has more than 500 parts"
    bomb: Any = [AMOUNT] * 100
    for _ in range(10):
        bomb = [{"all": bomb}] * 100
    assert len(found({"any": bomb})) == 1


def test_a_tree_that_holds_itself_is_refused() -> None:
    tree: dict[str, Any] = {}
    tree["not"] = tree
    assert "deeper" in found(tree)[0][1]


def test_everything_wrong_is_found_at_once() -> None:
    tree = {"all": [{"field": "nope", "op": "="}, {"any": [7]}, {"field": "stage", "op": "=", "value": "nope"}]}
    assert {where for where, _ in found(tree)} == {"when.all[0]", "when.all[1].any[0]", "when.all[2]"}


def test_denying_one_of_several_values_is_a_warning() -> None:
    (finding,) = conditions.check({"field": "tags", "op": "not_in", "value": ["a"]}, HOUSE)
    assert not finding.error
    assert "any of them differs" in finding.words.english()


def test_a_sound_condition_has_no_findings() -> None:
    assert found({"all": [AMOUNT, {"any": [{"field": "event.subject", "op": "contains", "value": "x"}]}]}) == []


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        (None, "always"),
        (AMOUNT, "Amount is more than 1"),
        ({"field": "tracking", "op": "empty"}, "Tracking code is empty"),
        ({"field": "title", "op": "contains", "value": "{field}"}, "Title contains “{field}”"),
        ({"field": "stage", "op": "in", "value": ["new", "delivery"]}, "Stage is one of New, Order delivery"),
        ({"field": "responsible", "op": "!=", "value": "ana"}, "Responsible is not Ana Souza"),
        ({"field": "vip", "op": "=", "value": True}, "vip is yes"),
        ({"field": "close_date", "op": ">", "value": "2026-12-01"}, "Close date is after 2026-12-01"),
        ({"field": "now", "op": "between", "value": ["22:00", "06:00"]}, "Now is between 22:00 and 06:00"),
        ({"not": AMOUNT}, "not (Amount is more than 1)"),
        (
            {
                "all": [
                    AMOUNT,
                    {"any": [{"field": "qty", "op": "<", "value": 2}, {"field": "qty", "op": ">=", "value": 9}]},
                ]
            },
            "Amount is more than 1 and (qty is less than 2 or qty is 9 or more)",
        ),
        ({"any": [{"all": [AMOUNT]}, AMOUNT]}, "Amount is more than 1 or Amount is more than 1"),
        ({"field": "gone", "op": "=", "value": "x"}, "gone is “x”"),
        ({"all": 3}, "a condition that cannot be read"),
    ],
)
def test_a_condition_reads_as_a_sentence(tree: Any, sentence: str) -> None:
    assert conditions.read_back(tree, HOUSE) == sentence
