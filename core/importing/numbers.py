"""Numbers as spreadsheets of different countries write them, where they can mean only one thing."""

from __future__ import annotations

import re
from typing import Final

from core.errors import BadInput
from core.fields import Spec
from core.fields.parsing import shown
from core.i18n import N_

_SIGN: Final = r"[+-]?"
_GROUPS: Final = r"[1-9]\d{0,2}(?:%s\d{3})"
_BRAZILIAN: Final = re.compile(rf"{_SIGN}(?:{_GROUPS % '[.]'}+|\d+),\d+", re.ASCII)
_AMERICAN: Final = re.compile(rf"{_SIGN}{_GROUPS % ','}+\.\d+", re.ASCII)
_MANY_DOTS: Final = re.compile(rf"{_SIGN}{_GROUPS % '[.]'}{{2,}}", re.ASCII)
_MANY_COMMAS: Final = re.compile(rf"{_SIGN}{_GROUPS % ','}{{2,}}", re.ASCII)
_EITHER: Final = re.compile(rf"{_SIGN}{_GROUPS % ','}", re.ASCII)


def plain(spec: Spec, text: str) -> str:
    """Return a number as ``1234.56``: ``1.234,56``, ``1,234.56``, ``1.234.567`` and ``12,5`` mean one thing each.

    ``1,234`` can mean two things and raises ``BadInput``. What has dots alone is taken as it stands, so that
    ``1.234`` is a little more than one; anything else comes back as it is, for the field to judge.
    """
    number = text.strip()
    if "," not in number:
        return number.replace(".", "") if _MANY_DOTS.fullmatch(number) else text
    if _EITHER.fullmatch(number):
        raise BadInput(
            N_("field “{field}”: “{value}” can mean two numbers; write it like 1234 or 1.234"),
            field=spec.id,
            value=shown(text),
        )
    if _BRAZILIAN.fullmatch(number):
        return number.replace(".", "").replace(",", ".")
    if _AMERICAN.fullmatch(number) or _MANY_COMMAS.fullmatch(number):
        return number.replace(",", "")
    return text
