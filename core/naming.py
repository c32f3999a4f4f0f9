"""What ids and names may look like, wherever a person gives them: a board file takes back all that was exported."""

from __future__ import annotations

import re
from typing import Final

from core.errors import BadInput
from core.i18n import N_

LONGEST_NAME: Final = 300
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}", re.ASCII)
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def check_id(text: str) -> str:
    """Return an id. Raises ``BadInput`` for what cannot be one."""
    if not _ID.fullmatch(text):
        raise BadInput(
            N_("“{id}” cannot be an id: 1 to 64 letters, digits and _ . @ -, beginning with a letter or digit"),
            id=text,
        )
    return text


def check_name(field: str, text: str) -> str:
    """Return the name that a field is given: one line. Raises ``BadInput``."""
    if len(text) > LONGEST_NAME:
        raise BadInput(
            N_("field “{field}” has {most} characters at most, not {length}"),
            field=field,
            most=LONGEST_NAME,
            length=len(text),
        )
    found = _CONTROL.search(text)
    if found:
        raise BadInput(
            N_("field “{field}” is one line without control characters (here: {code})"),
            field=field,
            code=f"U+{ord(found[0]):04X}",
        )
    return text
