"""The operators: which type has which, and the test that each comparison becomes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from core.conditions.literals import Literal, literal, ordered
from core.errors import BadInput
from core.fields import Kind, Spec
from core.i18n import N_
from core.model.house import House

Test = Callable[[Any], bool]

_PRESENCE: Final = ("filled", "empty")
_TEXT: Final = ("=", "!=", "contains", "not_contains", *_PRESENCE)
_ORDER: Final = ("=", "!=", ">", ">=", "<", "<=", "between", *_PRESENCE)
_CHOICE: Final = ("=", "!=", "in", "not_in", *_PRESENCE)

OPERATORS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.TEXT: _TEXT,
    Kind.NUMBER: _ORDER,
    Kind.MONEY: _ORDER,
    Kind.DATE: _ORDER,
    Kind.DATETIME: _ORDER,
    Kind.LIST: _CHOICE,
    Kind.STAGE: _CHOICE,
    Kind.PIPELINE: _CHOICE,
    Kind.USER: _CHOICE,
    Kind.BOOL: ("=",),
    Kind.FILE: _PRESENCE,
    Kind.ANY: tuple(dict.fromkeys((*_TEXT, *_ORDER, *_CHOICE))),
}
"""The operators of each type, in the order in which a person is offered them."""

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "contains": operator.contains,
    "not_contains": lambda whole, part: part not in whole,
}
_ORDERING: Final = (">", ">=", "<", "<=")
NEGATIVE: Final = frozenset({"!=", "not_contains", "not_in"})
"""Operators that hold for nothing at all."""


def operators_for(spec: Spec) -> tuple[str, ...]:
    """Return the operators that a field may be compared with."""
    return OPERATORS[spec.kind]


def test_for(spec: Spec, op: str, raw: Any, house: House) -> Test:
    """Return the test of a field's value that a comparison means. Raises ``BadInput`` for what cannot be compared."""
    allowed = operators_for(spec)
    if op not in allowed:
        raise BadInput(
            N_("“{field}” has no operator “{op}”; it has: {allowed}"),
            field=spec.path,
            op=op[:60],
            allowed=" ".join(allowed),
        )
    if op in _PRESENCE:
        return _presence(spec, op, raw)
    test = _test(spec, op, raw, house)
    return _any_of(test) if spec.multiple or spec.kind is Kind.ANY else test


def _presence(spec: Spec, op: str, raw: Any) -> Test:
    if raw is not None and raw != "":
        raise BadInput(N_("“{op}” of “{field}” takes no value"), op=op, field=spec.path)
    return _is_filled if op == "filled" else _is_empty


def _test(spec: Spec, op: str, raw: Any, house: House) -> Test:
    if op in ("in", "not_in"):
        return _membership(spec, op, raw, house)
    if op == "between":
        return _between(spec, raw, house)
    return _comparison(op, _literal(spec, op, raw, house))


def _literal(spec: Spec, op: str, raw: Any, house: House) -> Literal:
    if spec.kind is Kind.ANY and op in _ORDERING:
        return ordered(raw, house)
    if spec.kind is Kind.ANY and op in ("contains", "not_contains"):
        return literal(spec, str(raw) if isinstance(raw, int) else raw, house)
    return literal(spec, raw, house)


def _comparison(op: str, to: Literal) -> Test:
    compare, value, view, negative = _COMPARE[op], to.value, to.view, op in NEGATIVE
    if view is None:
        if negative:
            return lambda actual: actual is None or compare(actual, value)
        return lambda actual: actual is not None and compare(actual, value)

    def seen(actual: Any) -> bool:
        shown = None if actual is None else view(actual)
        return negative if shown is None else compare(shown, value)

    return seen


def _membership(spec: Spec, op: str, raw: Any, house: House) -> Test:
    if not isinstance(raw, list | tuple) or not raw:
        raise BadInput(N_("“{op}” of “{field}” takes a list of values"), op=op, field=spec.path)
    members = [literal(spec, each, house) for each in raw]
    if spec.kind is Kind.ANY:
        found = _some([_comparison("=", member) for member in members])
    else:
        found = frozenset(member.value for member in members).__contains__
    return (lambda actual: not found(actual)) if op == "not_in" else found


def _some(tests: Sequence[Test]) -> Test:
    return lambda actual: any(test(actual) for test in tests)


def _between(spec: Spec, raw: Any, house: House) -> Test:
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise BadInput(N_("“between” of “{field}” takes two values: [from, to]"), field=spec.path)
    low, high = (_literal(spec, ">=", each, house) for each in raw)
    if low.clock != high.clock:
        raise BadInput(
            N_("“between” of “{field}” takes two times of day or two dates, not one of each"), field=spec.path
        )
    above, below = _comparison(">=", low), _comparison("<=", high)
    if low.clock and low.value > high.value:
        return lambda actual: above(actual) or below(actual)
    if type(low.value) is type(high.value) and low.value > high.value:
        raise BadInput(N_("“between” of “{field}” goes from the lesser value to the greater one"), field=spec.path)
    return lambda actual: above(actual) and below(actual)


def _any_of(test: Test) -> Test:
    def any_of(actual: Any) -> bool:
        if isinstance(actual, tuple):
            return any(test(each) for each in actual)
        return test(actual)

    return any_of


def _is_filled(actual: Any) -> bool:
    return actual is not None


def _is_empty(actual: Any) -> bool:
    return actual is None
