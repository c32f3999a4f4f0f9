"""The fields that conditions, run times, texts and the command line name: which exist, their types, their values.

Built-in ones have a path (``deal.amount``) and, for those of the deal, a bare id that means the same (``amount``).
Custom fields are ``deal.fields.<id>``, or bare; a bare id that is both means the built-in one.
"""

from __future__ import annotations

from core.fields.parsing import parse, put
from core.fields.paths import BUILTIN, WEEKDAYS, Kind, Spec, find, require, resolve, suggest, type_of, unknown
from core.fields.reading import jsonable, reader, value_of

__all__ = [
    "BUILTIN",
    "WEEKDAYS",
    "Kind",
    "Spec",
    "find",
    "jsonable",
    "parse",
    "put",
    "reader",
    "require",
    "resolve",
    "suggest",
    "type_of",
    "unknown",
    "value_of",
]
