"""What a condition can be built of: fields, operators in words, and values that stay when either is chosen anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from core import fields
from core.conditions import compiling, editing
from core.conditions.editing import Part, Path, Row
from core.conditions.operators import operators_for, test_for
from core.errors import FunilError
from core.fields import Kind, Spec
from core.fields.paths import CONSTANT, CUSTOM, EVENT
from core.i18n import N_
from core.model.house import House
from core.rules.base import Finding
from core.words import Words

PRESENCE: Final = frozenset({"filled", "empty"})
LISTED: Final = frozenset({"in", "not_in"})
RANGE: Final = "between"
NO_VALUE: Final = object()
"""What a comparison has that nobody has given a value yet."""

_WORDS: Final[Mapping[str, str]] = {
    "=": N_("is"),
    "!=": N_("is not"),
    ">": N_("is more than"),
    ">=": N_("is at least"),
    "<": N_("is less than"),
    "<=": N_("is at most"),
    "contains": N_("contains"),
    "not_contains": N_("does not contain"),
    "in": N_("is one of"),
    "not_in": N_("is none of"),
    "between": N_("is between"),
    "filled": N_("is filled"),
    "empty": N_("is empty"),
}
_TIMES: Final[Mapping[str, str]] = {
    ">": N_("is after"),
    ">=": N_("is not before"),
    "<": N_("is before"),
    "<=": N_("is not after"),
}


def offered(house: House, event: Iterable[str] = ()) -> Sequence[Spec]:
    """Return the fields that a condition may compare: the deal's, its people's, those of the event by the bare names
    given, constants, and the moment."""
    built_in = list(fields.BUILTIN.values())
    own = [spec for name in house.fields if (spec := fields.find(CUSTOM + name, house)) is not None]
    happened = [spec for name in event if (spec := fields.find(EVENT + name, house)) is not None]
    named = [spec for name in house.constants if (spec := fields.find(CONSTANT + name, house)) is not None]
    deal = [spec for spec in built_in if spec.path.startswith("deal.")]
    others = [spec for spec in built_in if not spec.path.startswith("deal.")]
    known = {spec.path for spec in built_in}
    return [*deal, *own, *others, *(spec for spec in happened if spec.path not in known), *named]


def op_words(op: str, kind: Kind) -> str:
    """Return an operator as a msgid, as it stands between a field of that type and a value."""
    timed = _TIMES.get(op) if kind in (Kind.DATE, Kind.DATETIME) else None
    return timed or _WORDS.get(op, op)


def value_of(row: Row) -> Any:
    """Return the value that a comparison has, or ``NO_VALUE``."""
    value = row.raw.get("value", NO_VALUE)
    return NO_VALUE if value is None or value == "" else value


def fits(spec: Spec, op: str, value: Any, house: House) -> bool:
    """Return whether a field may be compared so."""
    try:
        test_for(spec, op, value, house)
    except FunilError:
        return False
    return True


def begun(field: str, house: House) -> Row:
    """Return a comparison with a field, as yet without a value."""
    return with_field(Row({"field": field, "op": ""}), field, house)


def with_field(row: Row, field: str, house: House) -> Row:
    """Return the comparison with another field; operator and value stay where that can be."""
    spec = fields.find(field, house)
    if spec is None:
        return _made(row, field, row.op, value_of(row))
    allowed = operators_for(spec)
    op = row.op if row.op in allowed else allowed[0]
    return with_op(Row({**row.raw, "field": field}, row.nots), op, house)


def with_op(row: Row, op: str, house: House) -> Row:
    """Return the comparison with another operator; its value stays, as a list where one is needed, if it can."""
    spec = fields.find(row.field, house)
    value = _shaped(value_of(row), op)
    if spec is not None and value is not NO_VALUE and not fits(spec, op, value, house):
        value = NO_VALUE
    return _made(row, row.field, op, value)


def with_value(row: Row, value: Any) -> Row:
    """Return the comparison with another value."""
    return _made(row, row.field, row.op, value)


def _shaped(value: Any, op: str) -> Any:
    several = list(value) if isinstance(value, list | tuple) else None
    if value is NO_VALUE or op in PRESENCE:
        return NO_VALUE
    if op in LISTED:
        return several if several is not None else [value]
    if op == RANGE:
        return several if several is not None and len(several) == 2 else NO_VALUE
    return value if several is None else several[0] if several else NO_VALUE


def _made(row: Row, field: str, op: str, value: Any) -> Row:
    raw = {"field": field, "op": op}
    return Row(raw if value is NO_VALUE else {**raw, "value": value}, row.nots)


def missing(row: Row, house: House) -> str | None:
    """Return what a comparison needs next: ``field``, ``op`` or ``value``; None when it can be judged."""
    spec = fields.find(row.field, house) if row.field else None
    if spec is None:
        return "field"
    if row.op not in operators_for(spec):
        return "op"
    return None if fits(spec, row.op, row.raw.get("value"), house) else "value"


def complaints(root: Part | None, house: House) -> Mapping[Path, Sequence[Finding]]:
    """Return what is wrong, or doubtful, by the part that it is about; what nobody has filled in yet too."""
    where = editing.places(root)
    found: dict[Path, list[Finding]] = {}
    for path, part in editing.walk(root):
        if isinstance(part, Row) and not part.field:
            found[path] = [Finding(None, Words(N_("choose a field to compare")))]
    for finding in compiling.check(editing.dump(root), house):
        path = where.get(finding.field or "", editing.TOP)
        if path not in found or found[path][0].field is not None:
            found.setdefault(path, []).append(finding)
    return found


def judged(root: Part | None, house: House) -> bool:
    """Return whether a condition can be taken by the board file as it stands."""
    return not any(finding.error for finding in compiling.check(editing.dump(root), house))
