"""Values as people and files write them, read into the JSON form in which a deal keeps them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from core import files, money, zones
from core.errors import BadInput
from core.fields.paths import Kind, Spec, of_definition, require
from core.i18n import N_
from core.model.deal import Deal
from core.model.frozen import replace
from core.model.house import FieldDef, House
from core.model.moment import from_datetime, iso
from core.naming import check_name

_YES: Final = frozenset({"true", "yes", "on", "1", "sim"})
_NO: Final = frozenset({"false", "no", "off", "0", "não", "nao"})


def parse(field: str | FieldDef | Spec, raw: Any, house: House, currency: str | None = None) -> Any:
    """Return a value in its JSON form; nothing and blank text clear the field (None).

    ``field`` is a bare id, a path or a definition. ``raw`` is text from a command line or what YAML made of it; several
    values of a multiple field are a list, or text with commas. Days and clock times are the company's. ``currency``
    (default: the company's) tells how many decimal places money has. Raises ``BadInput`` or ``UnknownThing``.
    """
    spec = _spec(field, house)
    if not spec.settable:
        raise _not_settable(spec)
    if spec.multiple:
        return _several(spec, raw, house, currency) or None
    if _blank(raw):
        if spec.required:
            raise BadInput(N_("field “{field}” cannot be empty"), field=spec.id)
        return None
    return _one(spec, raw, house, currency)


def put(deal: Deal, field: str, value: Any, house: House) -> Deal:
    """Return the deal with a field set to a value in JSON form. Raises ``BadInput`` for one that nobody sets."""
    spec = require(field, house)
    if not spec.settable:
        raise _not_settable(spec)
    if spec.custom:
        kept = {name: each for name, each in deal.fields.items() if name != spec.id}
        return replace(deal, fields=kept if value is None else kept | {spec.id: value})
    if spec.path == "deal.amount" and value is not None:
        value = Decimal(value)
    changes: dict[str, Any] = {spec.id: value}
    return replace(deal, **changes)


def _spec(field: str | FieldDef | Spec, house: House) -> Spec:
    if isinstance(field, str):
        return require(field, house)
    return of_definition(field) if isinstance(field, FieldDef) else field


def _not_settable(spec: Spec) -> BadInput:
    if spec.kind in (Kind.STAGE, Kind.PIPELINE):
        return BadInput(N_("field “{field}” is changed by moving the deal, not by setting it"), field=spec.id)
    return BadInput(N_("field “{field}” cannot be set: it follows from other things"), field=spec.path)


def _blank(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, list | tuple) and not raw)


def _several(spec: Spec, raw: Any, house: House, currency: str | None) -> list[Any]:
    if isinstance(raw, str):
        raw = raw.split(",")
    listed = raw if isinstance(raw, list | tuple) else [raw]
    return [_one(spec, each, house, currency) for each in listed if not _blank(each)]


def _one(spec: Spec, raw: Any, house: House, currency: str | None) -> Any:
    if spec.path == "deal.currency":
        return money.currency(raw)
    if spec.kind is Kind.MONEY:
        return _money(spec, raw, currency, house)
    if spec.kind is Kind.USER:
        return _user(spec, raw, house)
    if spec.kind is Kind.DATETIME:
        return _datetime(spec, raw, house)
    return _SIMPLE[spec.kind](spec, raw)


def _text(spec: Spec, raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise _wrong(spec, raw, N_("field “{field}”: “{value}” is not a text; put it in quotes"))
    text = unicodedata.normalize("NFC", str(raw))
    if spec.path == "deal.title":
        text = text.strip()
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _wrong(spec, raw, N_("field “{field}”: “{value}” is not valid text")) from None
    if "\0" in text:
        raise _wrong(spec, raw, N_("field “{field}”: “{value}” holds a character that cannot be kept (NUL)"))
    return check_name(spec.id, text) if spec.path == "deal.title" else text


def _decimal(spec: Spec, raw: Any) -> Decimal:
    try:
        return money.read(raw)
    except BadInput:
        raise _wrong(spec, raw, N_("field “{field}”: “{value}” is not a number; write it like 1250.50")) from None


def _money(spec: Spec, raw: Any, currency: str | None, house: House) -> str:
    amount = _decimal(spec, raw)
    code = currency or house.company.currency
    try:
        money.to_minor(amount, code)
    except BadInput:
        raise BadInput(
            N_(
                "field “{field}”: “{value}” is more than {currency} keeps: "
                "{places} decimal places and {digits} digits in all"
            ),
            field=spec.id,
            value=shown(raw),
            currency=code,
            places=money.digits(code),
            digits=money.LONGEST,
        ) from None
    return money.text(amount, code)


def _number(spec: Spec, raw: Any) -> int | float:
    value = _decimal(spec, raw)
    if value == value.to_integral_value() and value.adjusted() < money.LONGEST:
        return int(value)
    if Decimal(repr(float(value))) != value:
        raise _wrong(spec, raw, N_("field “{field}”: “{value}” has more digits than are kept: at most 15"))
    return float(value)


def _bool(spec: Spec, raw: Any) -> bool:
    word = str(raw).strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise _wrong(spec, raw, N_("field “{field}”: “{value}” is neither true nor false"))


def _date(spec: Spec, raw: Any) -> str:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw.isoformat()
    try:
        return date.fromisoformat(str(raw).strip()).isoformat()
    except ValueError:
        raise _wrong(spec, raw, N_("field “{field}”: “{value}” is not a date like 2026-12-01")) from None


def _datetime(spec: Spec, raw: Any, house: House) -> str:
    try:
        value = _wall(raw)
        aware = value if value.tzinfo else None
        where = zones.zone(house.company.timezone)
        at = from_datetime(aware.astimezone(UTC)) if aware else zones.from_local(value, where)
    except (ValueError, OverflowError):
        raise _wrong(spec, raw, N_("field “{field}”: “{value}” is not a date and time like 2026-12-01T14:30")) from None
    text = iso(at)
    assert text is not None
    return text


def _wall(raw: Any) -> datetime:
    if isinstance(raw, datetime):
        return raw
    if isinstance(raw, date):
        return datetime.combine(raw, time())
    return datetime.fromisoformat(str(raw).strip())


def _option(spec: Spec, raw: Any) -> str:
    return _choice(spec, raw, spec.options, N_("field “{field}”: “{value}” is none of its options. It takes: {known}"))


def _user(spec: Spec, raw: Any, house: House) -> str:
    return _choice(spec, raw, house.users, N_("field “{field}”: there is no user “{value}”. It takes: {known}"))


def _choice(spec: Spec, raw: Any, known: Iterable[str], problem: str) -> str:
    text = unicodedata.normalize("NFC", str(raw).strip())
    names = list(known)
    if text in names:
        return text
    near = difflib.get_close_matches(text[:60], names, n=1) or names[:6]
    raise BadInput(problem, field=spec.id, value=shown(raw), known=", ".join(near))


def _file(spec: Spec, raw: Any) -> dict[str, Any]:
    if isinstance(raw, Mapping) and isinstance(raw.get("name"), str) and files.is_digest(raw.get("digest")):
        return {**files.attachment_of(raw)}
    words = N_("field “{field}” takes a file: {field}=@PATH on the command line, “file: PATH” in a board file")
    raise BadInput(words, field=spec.id)


_SIMPLE: Final[Mapping[Kind, Callable[[Spec, Any], Any]]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.BOOL: _bool,
    Kind.DATE: _date,
    Kind.LIST: _option,
    Kind.FILE: _file,
}


def _wrong(spec: Spec, raw: Any, problem: str) -> BadInput:
    return BadInput(problem, field=spec.id, value=shown(raw))


def shown(raw: Any) -> str:
    """Return a wrong value fit for an error's sentence: short, and without characters that steer a terminal."""
    text = str(raw)
    return "".join(c if c.isprintable() else "�" for c in text[:60]) + ("…" if len(text) > 60 else "")
