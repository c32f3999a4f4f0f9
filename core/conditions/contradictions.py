"""Conditions that can never hold: comparisons that must all hold and exclude one another, or what is known already.

Only what is certain is told: comparisons below ``any`` and ``not`` are left out, and so are types whose values compare
through a clock or a zone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core import fields
from core.conditions.literals import literal
from core.conditions.operators import Test, test_for
from core.conditions.tree import Group, Leaf, Node, Parser
from core.errors import FunilError
from core.fields import Kind, Spec
from core.fields.paths import CONSTANT, EVENT
from core.i18n import N_
from core.model.house import House
from core.rules.base import Finding
from core.words import Arg, Words

Known = Mapping[str, Collection[str | bool]]
"""Which values a field can only have, by its path."""

_COMPARABLE: Final = frozenset(
    {Kind.TEXT, Kind.NUMBER, Kind.MONEY, Kind.BOOL, Kind.DATE, Kind.LIST, Kind.USER, Kind.STAGE, Kind.PIPELINE}
)
_LOWER, _UPPER = frozenset({">", ">=", "between"}), frozenset({"<", "<=", "between"})
_NEVER: Final = N_("it never holds: “{field}” {op} {value}, but {why}; change the condition")


@dataclass(frozen=True, slots=True)
class _Ready:
    leaf: Leaf
    spec: Spec
    test: Test


def check(tree: Any, house: House, known: Known, why: Words) -> Iterator[Finding]:
    """Yield a warning for each comparison that keeps a condition from ever holding; ``why`` says what makes ``known``
    so. A condition with other mistakes is left to :func:`core.conditions.check`."""
    parser = Parser()
    root = parser.node(tree) if tree is not None else None
    if root is None or parser.findings:
        return
    by_field: dict[str, list[_Ready]] = {}
    for ready in _needed(root, house):
        by_field.setdefault(ready.spec.path, []).append(ready)
    for path, several in by_field.items():
        if path in known:
            yield from _against(several, known[path], why)
        elif path.startswith(CONSTANT):
            given = house.constants[path.removeprefix(CONSTANT)]
            told = Words(N_("{field} is {value}"), {"field": path, "value": str(given)})
            yield from _against(several, [given], told)
        else:
            yield from _against_each_other(several, house)


def reads_event(tree: Any) -> str | None:
    """Return the place of a comparison that needs an event's data, if any must hold."""
    parser = Parser()
    root = parser.node(tree) if tree is not None else None
    leaves = _conjunction(root) if root is not None and not parser.findings else ()
    return next((leaf.where for leaf in leaves if leaf.field.startswith(EVENT) and leaf.op != "empty"), None)


def _conjunction(node: Node) -> Iterator[Leaf]:
    """Yield the comparisons that must all hold."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Group) and (node.all or len(node.nodes) == 1):
        for each in node.nodes:
            yield from _conjunction(each)


def _needed(root: Node, house: House) -> Iterator[_Ready]:
    for leaf in _conjunction(root):
        spec = fields.find(leaf.field, house)
        if spec is None or spec.multiple or spec.kind not in _COMPARABLE:
            continue
        try:
            test = test_for(spec, leaf.op, leaf.value, house)
        except FunilError:
            continue
        yield _Ready(leaf, spec, test)


def _against(several: Sequence[_Ready], values: Collection[Any], why: Words) -> Iterator[Finding]:
    left = list(values)
    for ready in several:
        left = [value for value in left if _passes(ready.test, value)]
        if not left:
            yield _finding(ready, why)
            return


def _passes(test: Test, value: Any) -> bool:
    """Whether a value passes; one of another type than the test was made for is let pass: it is not certain."""
    try:
        return test(value)
    except (TypeError, ValueError, ArithmeticError):
        return True


def _against_each_other(several: Sequence[_Ready], house: House) -> Iterator[Finding]:
    for index, ready in enumerate(several):
        for other in several[:index]:
            if _exclude(ready, other, house) or _exclude(other, ready, house):
                yield _finding(ready, _said(other))
                return


def _exclude(one: _Ready, other: _Ready, house: House) -> bool:
    """Return whether no value for which ``one`` holds lets ``other`` hold."""
    if one.leaf.op == "empty":
        return not other.test(None)
    values = _values(one, house)
    if values is not None:
        return not any(_passes(other.test, value) for value in values)
    if one.leaf.op in _LOWER and other.leaf.op in _UPPER and one.spec.kind in (Kind.NUMBER, Kind.MONEY, Kind.DATE):
        return _apart(one, other, house)
    return False


def _values(ready: _Ready, house: House) -> Sequence[Any] | None:
    """Return the only values for which a comparison holds; None where there are more than can be listed."""
    op, raw = ready.leaf.op, ready.leaf.value
    if op not in ("=", "in"):
        return None
    literals = [literal(ready.spec, each, house) for each in (raw if op == "in" else [raw])]
    plain = all(each.view is None or ready.spec.kind is Kind.TEXT for each in literals)
    return [each.value for each in literals] if plain else None


def _apart(low: _Ready, high: _Ready, house: House) -> bool:
    """Return whether a lower bound lies above an upper one: neither bound itself, nor any between them, passes both."""
    lowest = literal(low.spec, low.leaf.value[0] if low.leaf.op == "between" else low.leaf.value, house)
    highest = literal(high.spec, high.leaf.value[1] if high.leaf.op == "between" else high.leaf.value, house)
    if lowest.view is not None or highest.view is not None:
        return False
    if lowest.value == highest.value:
        return not (low.test(lowest.value) and high.test(lowest.value))
    return bool(lowest.value > highest.value)


def _said(ready: _Ready) -> Words:
    leaf = ready.leaf
    return Words(
        N_("it must also be that “{field}” {op} {value}"), {"field": leaf.field, "op": leaf.op, "value": _shown(leaf)}
    )


def _finding(ready: _Ready, why: Words) -> Finding:
    leaf = ready.leaf
    args: dict[str, Arg] = {"field": leaf.field, "op": leaf.op, "value": _shown(leaf), "why": why}
    return Finding(leaf.where, Words(_NEVER, args), error=False)


def _shown(leaf: Leaf) -> str:
    if leaf.value is None:
        return ""
    return ", ".join(map(str, leaf.value)) if isinstance(leaf.value, list | tuple) else str(leaf.value)
