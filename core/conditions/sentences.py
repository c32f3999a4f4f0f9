"""A condition read back as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core import fields
from core.conditions.tree import Group, Leaf, Node, Not, Parser
from core.fields import Kind, Spec
from core.i18n import N_
from core.i18n import gettext as _
from core.model.house import House
from core.words import Words

_PATTERNS: Final[Mapping[str, str]] = {
    "=": N_("{field} is {value}"),
    "!=": N_("{field} is not {value}"),
    ">": N_("{field} is more than {value}"),
    ">=": N_("{field} is {value} or more"),
    "<": N_("{field} is less than {value}"),
    "<=": N_("{field} is {value} or less"),
    "contains": N_("{field} contains {value}"),
    "not_contains": N_("{field} does not contain {value}"),
    "in": N_("{field} is one of {value}"),
    "not_in": N_("{field} is none of {value}"),
    "between": N_("{field} is between {value} and {end}"),
    "filled": N_("{field} is filled"),
    "empty": N_("{field} is empty"),
}
_TIMES: Final[Mapping[str, str]] = {
    ">": N_("{field} is after {value}"),
    ">=": N_("{field} is {value} or later"),
    "<": N_("{field} is before {value}"),
    "<=": N_("{field} is {value} or earlier"),
}


def read_back(tree: Any, house: House) -> str:
    """Return a condition as a sentence in the language of the screen: what a person checks against their intent.

    No condition reads as *always*. Names of fields, stages and people are data and stay as they are.
    """
    if tree is None:
        return _("always")
    root = Parser().node(tree)
    return _sentence(root, house) if root else _("a condition that cannot be read")


def _sentence(node: Node, house: House) -> str:
    if isinstance(node, Leaf):
        return _leaf(node, house)
    if isinstance(node, Not):
        return Words(N_("not ({condition})"), {"condition": _sentence(node.node, house)}).local()
    parts = [_part(each, house) for each in node.nodes]
    return (_(" and ") if node.all else _(" or ")).join(parts)


def _part(node: Node, house: House) -> str:
    text = _sentence(node, house)
    return f"({text})" if isinstance(node, Group) and len(node.nodes) > 1 else text


def _leaf(leaf: Leaf, house: House) -> str:
    spec = fields.find(leaf.field, house)
    pattern = _PATTERNS.get(leaf.op, "{field} {op} {value}")
    if spec and spec.kind in (Kind.DATE, Kind.DATETIME):
        pattern = _TIMES.get(leaf.op, pattern)
    args = {"field": spec.label() if spec else leaf.field, "op": leaf.op}
    if leaf.op == "between" and isinstance(leaf.value, list | tuple) and len(leaf.value) == 2:
        start, end = (_value(spec, each, house) for each in leaf.value)
        return Words(pattern, {**args, "value": start, "end": end}).local()
    return Words(pattern, {**args, "value": _values(spec, leaf.value, house)}).local()


def _values(spec: Spec | None, value: Any, house: House) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_value(spec, each, house) for each in value)
    return _value(spec, value, house)


def _value(spec: Spec | None, value: Any, house: House) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    kind = spec.kind if spec else Kind.ANY
    if kind is Kind.USER and value in house.users:
        return house.users[value].name
    if kind is Kind.PIPELINE and value in house.pipelines:
        return house.pipelines[value].name
    if kind is Kind.STAGE:
        return _stage(value, house)
    return f"“{value}”" if kind in (Kind.TEXT, Kind.LIST, Kind.ANY) and isinstance(value, str) else str(value)


def _stage(value: Any, house: House) -> str:
    for pipeline in house.pipelines.values():
        stage = pipeline.stage(value)
        if stage:
            return stage.name
    return str(value)
