"""Jinja2 with nearly everything taken out: dicts, lists and plain values in, text out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from jinja2 import StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core import formats, names, phones
from core.context import MANNER, Record, read_date
from core.formats import Manner
from core.i18n import N_
from core.words import Arg, Words

LOOP_NAMES: Final = ("index", "index0", "first", "last", "length", "revindex")
MOST_ITEMS: Final = 1_000
EACH: Final = "_each"
"""The hidden filter around whatever a text loops over."""

NUMBER_OPERATORS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}
"""What calculates, and with numbers only."""

_LONGEST_NUMBER: Final = 30


class TextFault(Exception):
    """A text that cannot be rendered, with the reason in words."""

    def __init__(self, msg: str, /, **args: Arg) -> None:
        self.words = Words(msg, args)
        super().__init__(self.words.english())


class Environment(ImmutableSandboxedEnvironment):
    """Attributes are keys of mappings, operators work on numbers, nothing can be called."""

    intercepted_binops = frozenset([*NUMBER_OPERATORS, "**"])

    def __init__(self, html: bool) -> None:
        super().__init__(autoescape=html, undefined=StrictUndefined, finalize=written, cache_size=0)
        self.globals = {}
        self.filters = {**FILTERS, EACH: _each}
        self.tests = dict(TESTS)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a key of a mapping (or a loop's counter); anything else is an unknown name."""
        if isinstance(obj, LoopContext) and attribute in LOOP_NAMES:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a key of a mapping or an item of a list; an unknown key fails, an item past the end is empty."""
        if isinstance(obj, Undefined):
            raise _unknown(obj._undefined_name or "?")
        if isinstance(obj, Mapping) and isinstance(argument, str):
            if argument in obj:
                return obj[argument]
            if isinstance(obj, Record) and obj.open:
                return None
            raise _unknown(f"{obj.path}.{argument}" if isinstance(obj, Record) else argument)
        if isinstance(obj, tuple | list) and isinstance(argument, int):
            return obj[argument] if -len(obj) <= argument < len(obj) else None
        raise _unknown(str(argument))

    def is_safe_callable(self, obj: Any) -> bool:
        """Return False: a text calls nothing."""
        return False

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate with numbers; refuse text, where an operator could make gigabytes."""
        if operator not in NUMBER_OPERATORS:
            raise TextFault(N_("“{operator}” is not allowed in a text"), operator=operator)
        return _sane(NUMBER_OPERATORS[operator](_number(left, operator), _number(right, operator)))


def _unknown(name: str) -> TextFault:
    return TextFault(N_("“{name}” is unknown"), name=name)


def _number(value: Any, operator: str) -> Decimal:
    if isinstance(value, Undefined):
        raise _unknown(value._undefined_name or "?")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TextFault(N_("“{operator}” works on numbers only"), operator=operator)
    return _sane(Decimal(str(value)))


def _sane(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value.adjusted()) > _LONGEST_NUMBER:
        raise TextFault(N_("a number has become too large or too small"))
    return value


@pass_context
def written(context: Context, value: Any) -> str:
    """Return a value as a text shows it where no filter says how; an empty one is written as nothing."""
    return _written(value, _manner(context))


def _written(value: Any, manner: Manner) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return formats.yes_no(value, manner.language)
        case int() | float() | Decimal():
            return formats.number(_sane(Decimal(str(value))))
        case datetime():
            return f"{value.astimezone(manner.zone):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case Record():
            return value.shown
        case tuple() | list():
            return ", ".join(filter(None, (_written(one, manner) for one in value)))
        case Undefined():
            raise _unknown(value._undefined_name or "?")
    raise TextFault(N_("a text cannot show this kind of value"))


def _manner(context: Context) -> Manner:
    manner = context.get(MANNER)
    return manner if isinstance(manner, Manner) else Manner()


def _known(value: Any) -> Any:
    if isinstance(value, Undefined):
        raise _unknown(value._undefined_name or "?")
    return value


def _empty(value: Any) -> bool:
    return _known(value) is None or value in ("", (), []) or (isinstance(value, Record) and not value.there)


@pass_context
def _money(context: Context, value: Any, currency: str | None = None) -> str:
    manner = _manner(context)
    if _empty(value):
        return ""
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        raise TextFault(N_("“{value}” is not an amount of money"), value=str(value)) from None
    return formats.money(_sane(amount), str(currency or manner.currency), manner.language)


@pass_context
def _date(context: Context, value: Any, style: str = "short") -> str:
    if _empty(value):
        return ""
    manner = _manner(context)
    found = _day_of(value, manner)
    day = found.astimezone(manner.zone).date() if isinstance(found, datetime) else found
    return formats.day(day, manner.language, _style(style))


@pass_context
def _datetime(context: Context, value: Any, style: str = "short") -> str:
    if _empty(value):
        return ""
    manner = _manner(context)
    found = _day_of(value, manner)
    if isinstance(found, datetime):
        return formats.day_and_time(found, manner, _style(style))
    return formats.day(found, manner.language, _style(style))


def _day_of(value: Any, manner: Manner) -> date | datetime:
    found = value if isinstance(value, date) else read_date(str(value), manner)
    if found is None:
        raise TextFault(N_("“{value}” is not a date"), value=str(value))
    return found


def _style(style: str) -> str:
    if style not in formats.STYLES:
        raise TextFault(
            N_("“{style}” is no way to write a date: {styles}"), style=style, styles=" ".join(formats.STYLES)
        )
    return style


@pass_context
def _phone(context: Context, value: Any) -> str:
    return "" if _empty(value) else phones.readable(str(value), _manner(context).region)


def _first_name(value: Any) -> str:
    return "" if _empty(value) else names.first_name(str(value))


def _default(value: Any, other: Any = "", boolean: bool = True) -> Any:
    return other if _empty(value) else value


def _each(value: Any) -> tuple[Any, ...]:
    if _known(value) is None:
        return ()
    if not isinstance(value, tuple | list):
        raise TextFault(N_("a loop goes over a list, like contact.phones"))
    if len(value) > MOST_ITEMS:
        raise TextFault(N_("a loop goes over {most} items at most"), most=MOST_ITEMS)
    return tuple(value)


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "money": _money,
    "date": _date,
    "datetime": _datetime,
    "phone": _phone,
    "first_name": _first_name,
    "default": _default,
}
"""The filters that texts may use."""

MOST_ARGS: Final = {"money": 1, "date": 1, "datetime": 1, "phone": 0, "first_name": 0, "default": 2}
"""How many arguments each filter takes."""

TESTS: Final[Mapping[str, Callable[..., bool]]] = {
    "empty": _empty,
    "filled": lambda value: not _empty(value),
    "none": lambda value: _known(value) is None,
}
"""What ``is`` may ask."""
