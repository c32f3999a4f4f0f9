"""Values of comparisons: as a person types and reads them, as a board file has them, and what there is to choose."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from core import fields
from core.conditions import offering
from core.conditions.offering import LISTED, NO_VALUE
from core.conditions.operators import test_for
from core.errors import BadInput, FunilError
from core.fields import Kind, Spec
from core.i18n import N_, language
from core.i18n import gettext as _
from core.model.house import House
from core.model.moment import from_datetime
from core.safe_text import safe_text
from tui import format as fmt
from tui.panels import values
from tui.panels.picker import Choice
from tui.panels.values import Manner

SEVERAL: Final = ";"
"""Stands between several typed values: a comma may be part of a number."""
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2})?", re.ASCII)
_CHOSEN: Final = frozenset({Kind.LIST, Kind.USER, Kind.STAGE, Kind.PIPELINE, Kind.BOOL})
_DAYS: Final[Mapping[str, str]] = {
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
}


def chosen(spec: Spec) -> bool:
    """Return whether a field's value is chosen from a list, and not typed."""
    return spec.kind in _CHOSEN and not (spec.kind is Kind.LIST and not spec.options)


def choices(spec: Spec, house: House) -> list[Choice]:
    """Return what a field's value can be."""
    match spec.kind:
        case Kind.BOOL:
            return [Choice("true", _("yes")), Choice("false", _("no"))]
        case Kind.USER:
            return [Choice(user.id, user.name) for user in house.users.values()]
        case Kind.PIPELINE:
            return [Choice(each.id, each.name) for each in house.pipelines.values()]
        case Kind.STAGE:
            return _stages(house)
    if spec.path == "weekday":
        return [Choice(day, _(_DAYS[day])) for day in spec.options]
    return [Choice(option, option) for option in spec.options]


def _stages(house: House) -> list[Choice]:
    several = len(house.pipelines) > 1
    return [
        Choice(stage.id, stage.name, pipeline.name if several else "", stage.color)
        for pipeline in house.pipelines.values()
        for stage in pipeline.stages
    ]


def of_choice(spec: Spec, id: str) -> Any:
    """Return the value that a choice stands for."""
    return id == "true" if spec.kind is Kind.BOOL else id


# Shown ----------------------------------------------------------------------------------------------------------------


def shown(manner: Manner, spec: Spec | None, value: Any) -> str:
    """Return one value as people of the screen's language read it."""
    if isinstance(value, list | tuple):
        return ", ".join(shown(manner, spec, each) for each in value)
    kind = spec.kind if spec else Kind.ANY
    if value is NO_VALUE:
        return "…"
    if isinstance(value, bool) or (kind is Kind.BOOL and value in ("true", "false")):
        return _("yes") if value in (True, "true") else _("no")
    names = {choice.id: choice.words for choice in choices(spec, manner.house)} if spec and chosen(spec) else {}
    if str(value) in names:
        return safe_text(names[str(value)])
    if kind in (Kind.MONEY, Kind.NUMBER, Kind.DATE) and not _timed(value):
        return safe_text(values.shown(manner, Kind.NUMBER if kind is Kind.MONEY else kind, value))
    if kind in (Kind.DATE, Kind.DATETIME):
        return typed(manner, spec, value)
    if isinstance(value, int):
        return str(value)
    return f"“{safe_text(str(value))}”"


def typed(manner: Manner, spec: Spec | None, value: Any) -> str:
    """Return what stands in the line when somebody begins to change a value; nothing while there is none."""
    kind = spec.kind if spec else Kind.ANY
    if value is NO_VALUE:
        return ""
    if isinstance(value, list | tuple):
        return f"{SEVERAL} ".join(typed(manner, spec, each) for each in value)
    if kind is Kind.MONEY:
        kind = Kind.NUMBER
    if kind in (Kind.DATE, Kind.DATETIME):
        return _typed_time(manner, value)
    return safe_text(values.text_of(manner, kind, value))


def _timed(value: Any) -> bool:
    return isinstance(value, str) and ":" in value


def _typed_time(manner: Manner, value: Any) -> str:
    text = str(value).strip()
    if not _timed(text):
        return values.text_of(manner, Kind.DATE, text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return safe_text(text)
    here = fmt.local(from_datetime(at), fmt.zone(manner.house.company.timezone)) if at.tzinfo else at
    return here.strftime(f"{values.DAY_OF[language()]} %H:%M")


# Typed ----------------------------------------------------------------------------------------------------------------


def read(manner: Manner, spec: Spec, op: str, text: str) -> Any:
    """Return what was typed as a board file has it. Raises ``FunilError`` that says what would be right."""
    if op in LISTED:
        parts = [part.strip() for part in text.split(SEVERAL) if part.strip()]
        value: Any = [_read(manner, spec, part) for part in parts]
    else:
        value = _read(manner, spec, text)
    test_for(spec, ">=" if op == offering.RANGE else op, value, manner.house)
    return value


def _read(manner: Manner, spec: Spec, text: str) -> Any:
    text = text.strip() if spec.kind is not Kind.TEXT else text
    if not text.strip():
        raise BadInput(N_("Type what it is compared with."))
    match spec.kind:
        case Kind.NUMBER | Kind.MONEY:
            return _number(manner, spec, text)
        case Kind.DATE | Kind.DATETIME:
            return _time(manner, spec, text)
        case Kind.ANY:
            return _anything(text)
    return text


def _number(manner: Manner, spec: Spec, text: str) -> Any:
    """Return a number: a whole one as such, another one as text, which keeps every digit."""
    try:
        number = fmt.parse_money(text)
    except ValueError:
        return values.read(manner, _plain(spec, Kind.NUMBER), text)  # says what would be right
    return int(number) if number == number.to_integral_value() else f"{number.normalize():f}"


def _time(manner: Manner, spec: Spec, text: str) -> str:
    if spec.kind is Kind.DATETIME and _CLOCK.fullmatch(text):
        return text if len(text.split(":", maxsplit=1)[0]) == 2 else f"0{text}"
    day, blank, clock = text.replace("T", " ").rpartition(" ")
    if not blank or not _CLOCK.fullmatch(clock):
        return str(values.read(manner, _plain(spec, Kind.DATE), text))
    date = values.read(manner, _plain(spec, Kind.DATE), day)
    return f"{date}T{clock if len(clock.split(':')[0]) == 2 else f'0{clock}'}"


def _anything(text: str) -> Any:
    """Return data of an event as what it looks like: a number as such, for that compares with numbers."""
    return int(text) if re.fullmatch(r"-?(0|[1-9]\d{0,14})", text, re.ASCII) else text


def _plain(spec: Spec, kind: Kind) -> Spec:
    return Spec(spec.path, kind, spec.name, settable=True)


def why_not(manner: Manner, spec: Spec, op: str) -> Callable[[str], str | None]:
    """Return what says, of a text while it is typed, why it cannot be compared with; None where it can."""

    def judge(text: str) -> str | None:
        try:
            read(manner, spec, op, text)
        except FunilError as error:
            return str(error)
        return None

    return judge


def why_no_range(manner: Manner, spec: Spec, low: Any) -> Callable[[str], str | None]:
    """Return likewise what says why a text cannot be the end of a range that begins there."""

    def judge(text: str) -> str | None:
        try:
            test_for(spec, offering.RANGE, [low, read(manner, spec, offering.RANGE, text)], manner.house)
        except FunilError as error:
            return str(error)
        return None

    return judge


def hint(spec: Spec, op: str) -> str:
    """Say how a value is typed."""
    if op in LISTED:
        return _("several: “;” between them")
    match spec.kind:
        case Kind.DATE:
            return _("a day, “today” or “+7”")
        case Kind.DATETIME:
            return _("a day, a clock time, or both")
    return ""


def label(spec: Spec | None, field: str) -> str:
    """Return what a field is called; an unknown one goes by what was written."""
    return safe_text(spec.label() if spec else field) or "…"


def field_choices(house: House, event: tuple[str, ...]) -> list[Choice]:
    """Return the fields that can be compared, with their paths."""
    return [Choice(spec.path, safe_text(spec.label()), spec.path) for spec in offering.offered(house, event)]


def known(field: str, house: House) -> Spec | None:
    """Return the field that a row names; None for one that is unknown, or none."""
    return fields.find(field, house) if field else None
