"""How a rule stands on a deal and why, in words: read from what is stored, never judged anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from core import fields
from core.conditions.verdict import Comparison, Verdict
from core.fields import Kind, Spec
from core.i18n import N_, language
from core.i18n import gettext as _
from core.model.house import House
from core.model.moment import Moment, parse_iso
from core.model.rule import Hours, Rule
from core.model.run import Run, RunStatus, Waiting
from core.words import fill
from tui import format as fmt
from tui import reasons
from tui.outbound_paint import Moments, status_words
from tui.panels import values

if TYPE_CHECKING:
    from core.outbound import Row

RUN_SIGNS: Final = {
    RunStatus.WAITING: ("◷", "accent"),
    RunStatus.NO_DATE: ("◌", "warn"),
    RunStatus.SENDING: ("▸", "accent"),
    RunStatus.DONE: ("✓", "good"),
    RunStatus.FAILED: ("✗", "bad"),
    RunStatus.SKIPPED: ("–", "muted"),
    RunStatus.CANCELLED: ("⊘", "muted"),
}
RUN_NAMES: Final = {
    RunStatus.WAITING: N_("waiting"),
    RunStatus.NO_DATE: N_("waiting for a date"),
    RunStatus.SENDING: N_("sending"),
    RunStatus.DONE: N_("done"),
    RunStatus.FAILED: N_("failed"),
    RunStatus.SKIPPED: N_("not started"),
    RunStatus.CANCELLED: N_("cancelled"),
}
HOURS_NAMES: Final = {
    Hours.BUSINESS: N_("business hours"),
    Hours.RESPONSIBLE: N_("hours of the responsible"),
    Hours.BOTH: N_("business hours and those of the responsible"),
}
_MISSED: Final[Mapping[str, str]] = {
    "=": N_("{field} {actual} is not {value}"),
    "!=": N_("{field} is {value}"),
    "contains": N_("{field} {actual} does not contain {value}"),
    "not_contains": N_("{field} {actual} contains {value}"),
    "in": N_("{field} {actual} is none of {value}"),
    "not_in": N_("{field} {actual} is one of {value}"),
    "between": N_("{field} {actual} is not between {value}"),
    "filled": N_("{field} is empty"),
    "empty": N_("{field} {actual} is not empty"),
}
_COMPARED: Final = N_("{field} {actual} is not {op} {value}")
_NOTHING: Final = N_("{field} is empty, not {op} {value}")
WEEK: Final = 6
"""Days ahead that go by their weekday."""


@dataclass(frozen=True, slots=True)
class Told:
    """A run as ``explain`` tells it (``shape``), the revision that it keeps, and its line of the outbound log."""

    run: Run
    shape: Mapping[str, Any]
    rule: Rule
    row: Row | None = None


def soon(at: Moment, moments: Moments) -> str:
    """Return a moment to come: 10:02, Tue 09:00, or with its day."""
    here = fmt.local(at, moments.zone)
    if timedelta() < here.date() - moments.today <= timedelta(days=WEEK):
        from babel.dates import format_datetime

        return format_datetime(here, "EEE HH:mm", locale=language()).replace(".", "")
    return fmt.short_time(at, moments.zone, moments.today)


def words(told: Told, house: House, moments: Moments) -> str:
    """Say how it stands with a run and why: until when it waits, or for which rule, or what went wrong."""
    name, why = _(RUN_NAMES[told.run.status]), told.shape["detail"] or ""
    match told.run.status:
        case RunStatus.WAITING:
            return _waiting(told, house, moments)
        case RunStatus.NO_DATE:
            return fill("{name}: {why}", {"name": name, "why": _no_date(told, house)})
        case RunStatus.SENDING if told.row is not None:
            return status_words(told.row, moments)
        case RunStatus.DONE:
            return _done(told, moments)
        case RunStatus.SKIPPED if told.shape["reason"] == "condition_false":
            manner = values.Manner(house, house.company.currency, moments.zone, moments.today)
            why = missed(told.run.condition, manner) or why
    why = why or reasons.words(told.shape["reason"])
    return f"{name}: {why}" if why else name


def _waiting(told: Told, house: House, moments: Moments) -> str:
    above, reason, why = told.shape["waits_for"], told.shape["reason"], told.shape["detail"]
    if above is not None:
        rule = house.rules.get(above)
        return fill(_("waits for “{rule}”"), {"rule": rule.name if rule else above})
    due = parse_iso(told.shape["due_at"]) if told.shape["due_at"] else None
    if reason == Waiting.ASKED:
        return _("runs next: somebody asked for it")
    if due is None or due <= moments.now:
        return _("due now")
    if reason == Waiting.GRACE:
        return fill(_("held until {time}"), {"time": fmt.clock_time(due, moments.zone)})
    said = [fill(_("waiting until {time}"), {"time": soon(due, moments)})]
    if reason == Waiting.HOURS and told.rule.hours in HOURS_NAMES:
        said.append(_(HOURS_NAMES[told.rule.hours]))
    return ", ".join([*said, why] if why else said)


def _no_date(told: Told, house: House) -> str:
    """Say which field is empty; where that is not what is missing, what ``explain`` says."""
    of = told.rule.run.of
    if told.run.detail or of is None:
        return str(told.shape["detail"] or "")
    return fill(_("{field} is empty"), {"field": _label(fields.find(of, house), of)})


def _done(told: Told, moments: Moments) -> str:
    """Say when it was done, and how it stands with its message; or what it has made."""
    name = _(RUN_NAMES[RunStatus.DONE])
    if told.row is not None:
        return f"{name} · {status_words(told.row, moments)}"
    ended, made = told.run.ended_at, told.shape["detail"]
    said = f"{name} {fmt.short_time(ended, moments.zone, moments.today)}" if ended is not None else name
    return f"{said} · {made}" if made else said


# Conditions -----------------------------------------------------------------------------------------------------------


def missed(condition: str | None, manner: values.Manner) -> str:
    """Say which comparison kept a rule from starting, with the values that were compared then; "" where none is kept.

    ``condition`` is what the run keeps of its judgement.
    """
    judged = Verdict.load(condition)
    failed = [each for each in judged if not each.holds]
    if len(judged) == 1 and failed:
        return comparison(failed[0], manner)
    if judged:  # under “not” one that holds may be the one to blame: all of them are named
        return "; ".join(f"{compared(each, manner)} {'✓' if each.holds else '✗'}" for each in judged)
    return ""


def comparison(one: Comparison, manner: values.Manner) -> str:
    """Say of a comparison that it does not hold: amount R$4,200 is not > 5,000."""
    args = _args(one, manner)
    if one.actual is None and one.op not in ("filled", "empty"):
        return fill(_(_NOTHING), {**args, "op": _operator(one.op)})
    return fill(_(_MISSED.get(one.op, _COMPARED)), args)


def compared(one: Comparison, manner: values.Manner) -> str:
    """Return a comparison as it was judged: amount 3,900 ≥ 500."""
    args = _args(one, manner)
    value = "" if one.op in ("filled", "empty") else f" {args['value']}"
    return f"{args['field']} {args['actual'] or '–'} {_operator(one.op)}{value}"


def _args(one: Comparison, manner: values.Manner) -> dict[str, str]:
    spec = fields.find(one.field, manner.house)
    between = one.op == "between" and isinstance(one.value, list | tuple) and len(one.value) == 2
    listed = [_value(spec, each, manner) for each in one.value] if isinstance(one.value, list | tuple) else None
    value = _value(spec, one.value, manner) if listed is None else ", ".join(listed)
    if between and listed:
        value = fill(_("{start} and {end}"), {"start": listed[0], "end": listed[1]})
    actual = "" if one.actual is None else _value(spec, one.actual, manner)
    return {"field": _label(spec, one.field), "op": one.op, "value": value, "actual": actual}


OPERATORS: Final[Mapping[str, str]] = {
    ">=": "≥",
    "<=": "≤",
    "!=": "≠",
    "in": N_("one of"),
    "not_in": N_("none of"),
    "contains": N_("contains"),
    "not_contains": N_("without"),
    "between": N_("between"),
    "filled": N_("filled"),
    "empty": N_("empty"),
}


def _operator(op: str) -> str:
    return _(OPERATORS[op]) if op in OPERATORS else op


def _value(spec: Spec | None, value: Any, manner: values.Manner) -> str:
    kind = spec.kind if spec else None
    if kind is Kind.MONEY:  # a condition compares numbers: their currency is nobody's business here
        kind = Kind.NUMBER
    told = _place(kind, value, manner.house) or values.shown(manner, kind, value)
    quoted = kind in (None, Kind.TEXT, Kind.LIST, Kind.ANY) and isinstance(value, str)
    return f"“{told}”" if quoted else told


def _place(kind: Kind | None, value: Any, house: House) -> str:
    if kind is Kind.PIPELINE and value in house.pipelines:
        return house.pipelines[value].name
    if kind is Kind.STAGE:
        found = (pipeline.stage(value) for pipeline in house.pipelines.values())
        return next((stage.name for stage in found if stage), "")
    return ""


def _label(spec: Spec | None, field: str) -> str:
    """Return a field's name inside a sentence; the admin's own names stay as they are."""
    if spec is None:
        return field
    label = spec.label()
    return label if spec.custom else label[:1].lower() + label[1:]
