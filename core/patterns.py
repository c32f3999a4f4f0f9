"""Regular expressions that an admin writes and clients' texts meet: in time that grows with the text, never beyond.

The engine is Rust's ``regex``, which pydantic brings along: it follows all alternatives at once instead of trying one
after another, so there is no text on which ``(a+)+$`` hangs. What such an engine cannot do (looking around, references
back) is refused when it is compiled; letters, ``\\w`` and ``\\b`` are Unicode's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from pydantic_core import SchemaError, SchemaValidator, core_schema

from core.errors import BadInput
from core.i18n import N_

LONGEST: Final = 1_000
"""Characters of a pattern."""
JUDGED: Final = 10_000
"""Characters of a text that is looked at, more than messengers carry. In a longer one nothing is found: a part of it
would have an end that the client has not written."""
LARGEST: Final = 1_000
"""Size of a pattern with its counted repetitions written out: each copy costs time at every character of a text."""
_PART: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|.", re.DOTALL)


@lru_cache(maxsize=256)
def compiled(pattern: str, *, ignore_case: bool = False) -> Callable[[str], bool]:
    """Return the test whether a text holds a match anywhere. Raises ``BadInput`` for what cannot be a pattern here."""
    if len(pattern) > LONGEST:
        raise BadInput(N_("it is longer than {most} characters"), most=LONGEST)
    if _size(pattern) > LARGEST:
        raise BadInput(N_("with its repetitions written out it is longer than {most} characters"), most=LARGEST)
    source = f"(?i){pattern}" if ignore_case else pattern
    try:
        found = SchemaValidator(core_schema.str_schema(pattern=source, regex_engine="rust-regex")).isinstance_python
    except SchemaError as error:
        raise BadInput(N_("it cannot be read: {why}"), why=_reason(str(error))) from None
    return lambda text: len(text) <= JUDGED and found(text)


def _reason(report: str) -> str:
    """Return the last line of the engine's report, which says what is wrong."""
    return report.strip().splitlines()[-1].strip().removeprefix("error: ").removeprefix("SchemaError: ")[:200]


def _size(pattern: str) -> int:
    """Return how many characters a pattern stands for at most, counted repetitions written out."""
    levels, last = [0], 0
    for part in _PART.finditer(pattern):
        text = part[0]
        if text == "(":
            levels.append(0)
        elif text == ")" and len(levels) > 1:
            last = levels.pop()
            levels[-1] += last
        elif len(text) > 1 and text[0] == "{":
            times = max([int(n[:6]) for n in part.groups() if n] + [1])
            levels[-1] += last * (times - 1)
            last *= times
        elif text not in "?*+":
            last = 1
            levels[-1] += 1
    return sum(levels)
