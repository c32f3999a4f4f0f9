"""Building conditions: what is read comes back the same, and whatever acts make of it a board file takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import conditions, fields
from core.conditions import editing, offering
from core.conditions.editing import Group, Part, Row
from core.conditions.operators import operators_for
from core.errors import BadInput, Refused
from core.fields import Kind
from tests.core.sample_house import HOUSE

VALUES: Mapping[Kind, tuple[Any, ...]] = {
    Kind.TEXT: ("BR123", "a b", 5),
    Kind.NUMBER: (5, 5.5, "1250.50", -1),
    Kind.MONEY: (5000, "0.01"),
    Kind.DATE: ("2026-12-01", "2026-12-02T10:00"),
    Kind.DATETIME: ("2026-12-01", "2026-12-01T14:30"),
    Kind.LIST: (),
    Kind.STAGE: ("new", "won"),
    Kind.PIPELINE: ("sales",),
    Kind.USER: ("ana", "bia"),
    Kind.BOOL: (True, False, "true"),
    Kind.FILE: (),
    Kind.ANY: (5, 7.5, 12),
}
SPECS = offering.offered(HOUSE, ("subject", "from"))


def values_of(spec: fields.Spec) -> tuple[Any, ...]:
    """Return values that the field may be compared with, the lesser ones first."""
    return spec.options or VALUES[spec.kind]


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """A comparison that the board file takes, written in one of the ways there are."""
    spec = draw(st.sampled_from(SPECS))
    op = draw(st.sampled_from(operators_for(spec)))
    name = draw(st.sampled_from([spec.path, f" {spec.path}", *([spec.id] if spec.path == "deal.amount" else [])]))
    row: dict[str, Any] = {"op": op, "field": name} if draw(st.booleans()) else {"field": name, "op": op}
    if op in offering.PRESENCE:
        return row | draw(st.sampled_from([{}, {"value": None}, {"value": ""}]))
    known = values_of(spec)
    if op in offering.LISTED:
        return row | {"value": draw(st.lists(st.sampled_from(known), min_size=1, max_size=3))}
    one = st.sampled_from(known)
    if op == offering.RANGE:
        value = draw(one)
        return row | {"value": [value, value]}
    return row | {"value": draw(one)}


trees = st.recursive(
    rows(),
    lambda below: st.one_of(
        below.map(lambda tree: {"not": tree}),
        st.tuples(st.sampled_from(["all", "any"]), st.lists(below, min_size=1, max_size=3)).map(
            lambda pair: {pair[0]: pair[1]}
        ),
    ),
    max_leaves=8,
)


@given(trees)
def test_what_a_board_file_takes_comes_back_the_same(tree: dict[str, Any]) -> None:
    assert not [finding for finding in conditions.check(tree, HOUSE) if finding.error]
    built = editing.dump(editing.load(tree))
    assert built == tree
    assert repr(built) == repr(tree)  # in the same order too, so that an export does not change
    assert offering.judged(editing.load(tree), HOUSE)


ACTS = ("add", "remove", "group", "ungroup", "deny", "turn", "up", "down", "field", "op", "value")


def act(draw: st.DrawFn, root: Part | None, name: str) -> Part | None:
    """Do what a person can do at a part of a condition, with what the builder offers there."""
    path = draw(st.sampled_from([path for path, _part in editing.walk(root)] or [editing.TOP]))
    if name == "add" or root is None:
        return editing.add(root, path, filled(draw, offering.begun(draw(st.sampled_from(SPECS)).path, HOUSE)))[0]
    if name in ("up", "down"):
        return editing.move(root, path, -1 if name == "up" else 1)[0]
    part = editing.at(root, path)
    if name not in ("field", "op", "value"):
        return {
            "remove": editing.remove,
            "group": editing.group,
            "ungroup": editing.ungroup,
            "deny": editing.deny,
            "turn": editing.turn,
        }[name](root, path)[0]
    if isinstance(part, Group):
        return root
    if name == "field":
        part = offering.with_field(part, draw(st.sampled_from(SPECS)).path, HOUSE)
    elif name == "op":
        spec = fields.find(part.field, HOUSE)
        assert spec is not None
        part = offering.with_op(part, draw(st.sampled_from(operators_for(spec))), HOUSE)
    return editing.put(root, path, filled(draw, part, again=name == "value"))


def filled(draw: st.DrawFn, row: Row, *, again: bool = False) -> Row:
    """Answer what a comparison still needs: never more than a value."""
    needs = offering.missing(row, HOUSE)
    assert needs in (None, "value")
    spec = fields.find(row.field, HOUSE)
    assert spec is not None
    if (needs is None and not again) or row.op in offering.PRESENCE:
        return row
    value = draw(st.sampled_from(values_of(spec)))
    several = {"between": [value, value], "in": [value], "not_in": [value]}
    return offering.with_value(row, several.get(row.op, value))


@given(st.data(), trees)
@settings(max_examples=60)
def test_whatever_acts_make_a_board_file_takes_it(data: st.DataObject, tree: dict[str, Any]) -> None:
    @st.composite
    def story(draw: st.DrawFn) -> None:
        root = editing.load(tree)
        for name in draw(st.lists(st.sampled_from(ACTS), max_size=10)):
            try:
                root = act(draw, root, name)
            except Refused:
                continue
            made = editing.dump(root)
            assert [each.words.english() for each in conditions.check(made, HOUSE) if each.error] == []
            assert editing.load(made) == root

    data.draw(story())


A, B, C = ({"field": name, "op": "filled"} for name in ("amount", "title", "company"))


@pytest.mark.parametrize(
    ("tree", "act", "path", "after", "cursor"),
    [
        (None, "add", (), C, ()),
        (A, "add", (), {"all": [A, C]}, (1,)),
        ({"any": [A, B]}, "add", (0,), {"any": [A, C, B]}, (1,)),
        ({"any": [A, B]}, "add", (), {"any": [A, B, C]}, (2,)),
        (A, "remove", (), None, ()),
        ({"all": [A, {"any": [B]}]}, "remove", (1, 0), {"all": [A]}, (0,)),
        ({"all": [A, B]}, "remove", (1,), {"all": [A]}, (0,)),
        ({"all": [A, B]}, "group", (1,), {"all": [A, {"any": [B]}]}, (1, 0)),
        (A, "group", (), {"any": [A]}, (0,)),
        ({"all": [A, {"any": [B, C]}]}, "ungroup", (1,), {"all": [A, B, C]}, (1,)),
        ({"all": [A, {"not": {"any": [B]}}]}, "ungroup", (1, 0), {"all": [A, {"not": B}]}, (1,)),
        (A, "deny", (), {"not": A}, ()),
        ({"not": {"not": A}}, "deny", (), {"not": A}, ()),
        ({"all": [A, B]}, "turn", (1,), {"any": [A, B]}, (1,)),
        ({"all": [A, B]}, "down", (0,), {"all": [B, A]}, (1,)),
        ({"all": [A, {"any": [B, C]}]}, "down", (0,), {"all": [{"any": [A, B, C]}]}, (0, 0)),
        ({"all": [{"any": [B, C]}, A]}, "up", (1,), {"all": [{"any": [B, C, A]}]}, (0, 2)),
        ({"all": [{"any": [B, C]}]}, "down", (0, 1), {"all": [{"any": [B]}, C]}, (1,)),
        ({"all": [{"any": [B]}, A]}, "up", (0, 0), {"all": [B, A]}, (0,)),
    ],
)
def test_an_act_and_where_the_cursor_is_then(tree: Any, act: str, path: Any, after: Any, cursor: Any) -> None:
    root = editing.load(tree)
    if act == "add":
        done = editing.add(root, path, Row(C))
    else:
        assert root is not None
        steps = {"up": -1, "down": 1}
        done = editing.move(root, path, steps[act]) if act in steps else getattr(editing, act)(root, path)
    assert (editing.dump(done[0]), done[1]) == (after, cursor)


@pytest.mark.parametrize(
    ("tree", "act", "path", "says"),
    [
        (A, "up", (), "It is the only one."),
        ({"all": [A, B]}, "up", (0,), "It is the first one already."),
        ({"all": [A, B]}, "down", (1,), "It is the last one already."),
        (A, "ungroup", (), "It stands in no group."),
        ({"all": [A, B]}, "ungroup", (0,), "There is no group around it."),
        ({"all": [A, {"not": {"any": [B, C]}}]}, "ungroup", (1,), "Take the “not” away first."),
        (A, "turn", (), "It stands in no group."),
    ],
)
def test_what_cannot_be_done_says_why(tree: Any, act: str, path: Any, says: str) -> None:
    root, steps = editing.load(tree), {"up": -1, "down": 1}
    assert root is not None
    with pytest.raises(Refused, match=says):
        editing.move(root, path, steps[act]) if act in steps else getattr(editing, act)(root, path)


def test_no_act_goes_beyond_the_limits_of_a_board_file() -> None:
    root = editing.load(A)
    assert root is not None
    with pytest.raises(Refused, match="deeper than 20"):
        for _each in range(20):
            root = editing.group(root, ())[0] or root
    wide = editing.load({"all": [A] * 499})
    with pytest.raises(Refused, match="more than 500"):
        editing.add(wide, (0,), Row(B))


def test_what_is_no_condition_is_not_taken_apart() -> None:
    with pytest.raises(BadInput, match="exactly one of all, any, not"):
        editing.load({"alle": []})


@pytest.mark.parametrize(
    ("row", "field", "after"),
    [
        ({"field": "amount", "op": ">", "value": 5}, "qty", {"field": "qty", "op": ">", "value": 5}),
        ({"field": "amount", "op": ">", "value": 5}, "stage", {"field": "stage", "op": "="}),
        ({"field": "stage", "op": "in", "value": ["new"]}, "helper", {"field": "helper", "op": "in"}),
        ({"field": "title", "op": "filled"}, "vip", {"field": "vip", "op": "="}),
    ],
)
def test_another_field_keeps_of_a_comparison_what_it_can(row: Any, field: str, after: Any) -> None:
    assert offering.with_field(Row(row, 1), field, HOUSE) == Row(after, 1)


@pytest.mark.parametrize(
    ("value", "op", "after"),
    [
        ("new", "in", ["new"]),
        (["new", "won"], "=", "new"),
        (["new"], "not_in", ["new"]),
        ("new", "filled", offering.NO_VALUE),
    ],
)
def test_another_operator_takes_the_value_along(value: Any, op: str, after: Any) -> None:
    row = offering.with_op(Row({"field": "stage", "op": "=", "value": value}), op, HOUSE)
    assert offering.value_of(row) == after


def test_what_is_wrong_is_told_of_the_part_that_it_is_about() -> None:
    tree = {"all": [A, {"not": {"any": [{"field": "amuont", "op": "=", "value": 1}, {"field": "stage", "op": "="}]}}]}
    root = editing.load(tree)
    told = {path: [each.words.english() for each in said] for path, said in offering.complaints(root, HOUSE).items()}
    assert told == {
        (1, 0): ["there is no field “amuont”. Did you mean amount?"],
        (1, 1): ["the comparison with “deal.stage” needs a value; for nothing there is op empty"],
    }
    new = Group(True, (Row({"field": "", "op": "="}), Row({"field": "tags", "op": "!=", "value": "a"})))
    found = offering.complaints(new, HOUSE)
    assert [(path, each.error) for path, (each,) in found.items()] == [((0,), True), ((1,), False)]
    assert found[(0,)][0].words.english() == "choose a field to compare"


def test_every_field_that_is_offered_can_be_found_once() -> None:
    paths = [spec.path for spec in SPECS]
    assert len(paths) == len(set(paths))
    assert {"deal.fields.tags", "event.subject", "constants.site", "weekday", "company.open"} <= set(paths)
    assert all(fields.find(path, HOUSE) for path in paths)
