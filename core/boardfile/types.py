"""The kinds of values that stand in a board file, each with what is said when it does not fit."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from core import money
from core.boardfile.yaml12 import Real, Whole
from core.files import clean_name, is_digest
from core.i18n import N_
from core.misfits import Unfit, fitting
from core.naming import check_id, check_name

_FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)


class Thing(BaseModel):
    """Base of all parts of a board file: keys that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", validate_by_alias=True, validate_by_name=False)

    def given(self, name: str) -> bool:
        """Whether the file has the key at all: an absent one stays as it is, a null one is emptied."""
        return name in self.model_fields_set


def as_written(value: Any) -> Any:
    """Return a number as the text that stands in the file: ``+5511`` keeps its plus, ``007`` its zeros."""
    if isinstance(value, Whole | Real):
        return value.written
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def plain(value: Any) -> Any:
    """Return what was read as plain JSON values, without places."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Whole):
        return int(value)
    return float(value) if isinstance(value, Real) else value


def _fitting(pattern: re.Pattern[str], msg: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise Unfit(msg, value=value)
        return value

    return AfterValidator(check)


def _id(value: str) -> str:
    return fitting(check_id, value)


def _name(value: str) -> str:
    if not value.strip():
        raise Unfit(N_("a name cannot be blank"))
    return fitting(partial(check_name, "name"), value)


def _file_name(value: str) -> str:
    clean = clean_name(value)
    if clean != value:
        raise Unfit(N_("“{value}” is no name for a stored file; “{clean}” would be one"), value=value, clean=clean)
    return value


def _digest(value: str) -> str:
    if not is_digest(value):
        raise Unfit(N_("“{value}” is no SHA-256: 64 digits and letters from a to f"), value=value)
    return value


def _currency(value: str) -> str:
    return fitting(money.currency, value)


def _amount(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        return None
    return as_written(value)


def _several(value: Any) -> Any:
    return value if isinstance(value, list) or value is None else [value]


def _periods(value: dict[str, str | None]) -> dict[str, str]:
    return {day: text or "" for day, text in value.items()}


_Written: Final = BeforeValidator(as_written, json_schema_input_type=str | int | float)

Text = Annotated[str, _Written]
"""Any text; an unquoted number counts as it is written."""

Id = Annotated[
    str,
    _Written,
    AfterValidator(_id),
    WithJsonSchema({"type": ["string", "integer", "number"], "pattern": "^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$"}),
]
FieldId = Annotated[
    str,
    _fitting(_FIELD, N_("“{value}” is no id of a field: letters, digits and _, with no digit first, 64 at most")),
    WithJsonSchema({"type": "string", "pattern": f"^{_FIELD.pattern}$"}),
]
Name = Annotated[str, _Written, AfterValidator(_name)]
"""What the house calls something of its own."""

FileName = Annotated[str, _Written, AfterValidator(_file_name)]
"""The name of a file in the house's store."""

Digest = Annotated[
    str, _Written, AfterValidator(_digest), WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"})
]
Amount = Annotated[Decimal | None, BeforeValidator(_amount, json_schema_input_type=str | int | float | None)]
Color = Annotated[
    str,
    _fitting(_COLOR, N_("“{value}” is no colour like #39A8EF; it stands in quotes, since # begins a comment")),
    WithJsonSchema({"type": "string", "pattern": f"^{_COLOR.pattern}$"}),
]
Currency = Annotated[
    str,
    _fitting(_CURRENCY, N_("“{value}” is no currency: three capital letters of ISO 4217 like BRL")),
    AfterValidator(_currency),
    WithJsonSchema({"type": "string", "pattern": f"^{_CURRENCY.pattern}$"}),
]
Span = Annotated[str, _Written, WithJsonSchema({"type": ["string", "integer"], "pattern": r"^\d{1,6}[smhdw]$|^0$"})]
"""A duration; what it must look like is :func:`core.model.moment.parse_duration`'s to say."""

HoursMap = Annotated[dict[str, Text | None], AfterValidator(_periods)]
Days = Annotated[list[Text], BeforeValidator(_several, json_schema_input_type=list[str] | str), Field()]
"""Holidays: a country or region, dates, or a list of both."""
