"""The test that a field's value in a filter means."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final

from core import zones
from core.errors import BadInput
from core.filtering import values
from core.filtering.names import OVERDUE, Field, Kind, spelled
from core.filtering.terms import SCALE, Among, Empty, Has, Test, Within
from core.i18n import N_
from core.model.moment import Moment
from core.safe_text import fold

if TYPE_CHECKING:
    from core.filtering.parsing import Asked

OPEN_ENDS: Final[Mapping[str, tuple[int | None, int | None]]] = {
    ">": (1, None),
    ">=": (0, None),
    "<": (None, -1),
    "<=": (None, 0),
}


def test_of(field: Field, text: str, asked: Asked) -> Test:
    """Return the test that what is written behind a field's name means. Raises ``BadInput``."""
    word = fold(text.strip())
    if field.kind is Kind.COUNT:
        return _count(text, word)
    if field.kind is Kind.YES_NO:
        return _yes_no(field, word, asked)
    if not word:
        raise BadInput(N_("{field}: of what value?"), field=field.name)
    if word in values.NONE:
        return Empty()
    if field.kind in (Kind.STAGE, Kind.USER, Kind.CHOICE):
        return Among(tuple(_chosen(field, each.strip(), asked) for each in text.split(",") if each.strip()))
    if field.kind in _COMPARED:
        return _COMPARED[field.kind](text, asked)
    return Has(text.strip().removeprefix("="))


def _count(text: str, word: str) -> Within:
    """Several of something: none said means at least one."""
    if word in values.YES - {"1"} or word in values.ANY:
        return Within(1, None)
    if word in values.NO or word in values.NONE:
        return Within(None, 0)
    return _whole(_range(text, _number))


def _whole(found: Within) -> Within:
    """Return the whole numbers that lie within."""
    low = None if found.low is None else int(found.low.to_integral_value(ROUND_CEILING))
    high = None if found.high is None else int(found.high.to_integral_value(ROUND_FLOOR))
    return Within(low, high)


def _yes_no(field: Field, word: str, asked: Asked) -> Test:
    if word not in values.YES and word not in values.NO:
        raise BadInput(N_("{field}: yes or no, not “{value}”"), field=field.name, value=word)
    if field.id == OVERDUE:
        return Within(None, (asked.today - timedelta(1)).isoformat())
    return Among(("true",) if word in values.YES else ("false",))


def _money(text: str) -> tuple[Decimal, Decimal]:
    return (values.number(text).scaleb(SCALE),) * 2


def _number(text: str) -> tuple[Decimal, Decimal]:
    return (values.number(text),) * 2


def _range(text: str, read: Callable[[str], tuple[Decimal, Decimal]]) -> Within:
    """Read a comparison of numbers; more and less are told apart from at least by a step that no number is within."""
    step = Decimal("1e-9")
    given = values.bounds(text)
    if given is None or given[0] == "=":
        low, high = read(text if given is None else given[1])
        return Within(low, high)
    op, low, high = given
    if op == "..":
        found = Within(read(low)[0] if low else None, read(high)[1] if high else None)
        return _in_order(found, text)
    value = read(low)[0]
    after, before = OPEN_ENDS[op]
    return Within(None if after is None else value + after * step, None if before is None else value + before * step)


def _dates(text: str, today: date) -> Within:
    given = values.bounds(text)
    if given is None or given[0] == "=":
        first, last = values.days(text if given is None else given[1], today)
        return Within(first.isoformat(), last.isoformat())
    op, low, high = given
    if op == "..":
        since = values.days(low, today)[0].isoformat() if low else None
        return _in_order(Within(since, values.days(high, today)[1].isoformat() if high else None), text)
    first, last = values.days(low, today)
    ends: Mapping[str, tuple[date | None, date | None]] = {
        ">": (last + timedelta(1), None),
        ">=": (first, None),
        "<": (None, first - timedelta(1)),
        "<=": (None, last),
    }
    after, before = ends[op]
    return Within(after.isoformat() if after else None, before.isoformat() if before else None)


def _moments(text: str, asked: Asked) -> Within:
    days = _dates(text, asked.today)
    where = zones.zone(asked.zone)
    low = None if days.low is None else zones.midnight(days.low, where)
    if days.high is None:
        return Within(low, None)
    after = (date.fromisoformat(days.high) + timedelta(1)).isoformat()
    return Within(low, Moment(zones.midnight(after, where) - 1))


def _since(text: str, asked: Asked) -> Within:
    """Read how long something has lasted, into the moments at which it may have begun; a plain span means at least."""
    given = values.bounds(text) or (">=", text, None)
    op, low, high = given
    if op == "..":
        return Within(
            Moment(asked.now - values.span(high)) if high else None,
            Moment(asked.now - values.span(low)) if low else None,
        )
    began = Moment(asked.now - values.span(low))
    if op in (">", ">=", "="):
        return Within(None, began - (op == ">"))
    return Within(began + (op == "<"), None)


_COMPARED: Final[Mapping[Kind, Callable[[str, Asked], Within]]] = {
    Kind.MONEY: lambda text, asked: _whole(_range(text, _money)),
    Kind.NUMBER: lambda text, asked: _range(text, _number),
    Kind.DATE: lambda text, asked: _dates(text, asked.today),
    Kind.MOMENT: _moments,
    Kind.SPAN: _since,
}


def _in_order(found: Within, text: str) -> Within:
    if found.low is not None and found.high is not None and found.low > found.high:
        raise BadInput(N_("“{value}” goes from the greater to the lesser"), value=text)
    return found


def _chosen(field: Field, text: str, asked: Asked) -> str:
    """Return the id of what is named: a stage, a user, an option, by id or by the beginning of the name."""
    choices = choices_of(field, asked)
    wanted = spelled(text.removeprefix("="))
    if field.kind is Kind.USER and wanted in values.ME:
        if asked.user is None:
            raise BadInput(N_("nobody has said who “{value}” is"), value=text)
        return asked.user
    by_id = [each for each in choices if spelled(each) == wanted]
    exact = by_id or [each for each, name in choices.items() if spelled(name) == wanted]
    found = exact or [each for each, name in choices.items() if spelled(name).startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        told = ", ".join(choices[each] for each in found[:4])
        raise BadInput(N_("{field}: “{value}” may be {names}"), field=field.name, value=text, names=told)
    known = {spelled(called): name for each, name in choices.items() for called in (each, name)}
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
    if near:
        told = known[near[0]]
        raise BadInput(N_("{field}: no “{value}”; did you mean {near}?"), field=field.name, value=text, near=told)
    raise BadInput(N_("{field}: there is no “{value}”"), field=field.name, value=text)


def choices_of(field: Field, asked: Asked) -> Mapping[str, str]:
    """Return what a field can be, id → name."""
    house = asked.house
    match field.kind:
        case Kind.STAGE:
            shown = house.pipelines.get(asked.pipeline)
            return {stage.id: stage.name for stage in shown.stages} if shown else {}
        case Kind.USER:
            return {user.id: user.name for user in house.users.values()}
        case _ if field.id == "currency":
            return {code: code for code in _currencies()}
        case _:
            return {option: option for option in field.options}


def _currencies() -> Sequence[str]:
    from core import money

    return money.CURRENCIES
