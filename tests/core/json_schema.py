"""As much of JSON Schema 2020-12 as ours uses. A keyword that it does not know fails the test that meets it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

SAYING: Final = frozenset(
    {
        "title",
        "description",
        "default",
        "$defs",
        "$schema",
        "format",
        "writeOnly",
        "picker",
        "line",
        "labels",
        "either",
        "none",
        "only",
        "label",
        "beside",
        "unit",
        "of",
        "template",
        "then",
        "examples",
    }
)
TYPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}


def problems(value: Any, schema: Any, root: Any, at: str = "") -> list[str]:
    """Return what is wrong with a value, each with its path."""
    if isinstance(schema, bool):
        return [] if schema else [f"{at}: not allowed"]
    return [
        problem for keyword in schema if keyword not in SAYING for problem in _judge(keyword, value, schema, root, at)
    ]


def _judge(keyword: str, value: Any, schema: Mapping[str, Any], root: Any, at: str) -> Iterator[str]:
    wanted = schema[keyword]
    if keyword == "$ref":
        yield from problems(value, _at(root, wanted), root, at)
    elif keyword == "if":
        if not problems(value, wanted, root, at):
            yield from problems(value, schema["then"], root, at)
    elif keyword == "allOf":
        for each in wanted:
            yield from problems(value, each, root, at)
    elif keyword in ("anyOf", "oneOf"):
        found = [problems(value, each, root, at) for each in wanted]
        fitting = sum(not each for each in found)
        if not fitting or (keyword == "oneOf" and fitting > 1):
            yield f"{at}: fits {fitting} of the choices"
            yield from (problem for each in found for problem in each)
    elif keyword in ("properties", "patternProperties", "additionalProperties", "required"):
        if isinstance(value, dict):
            yield from _object(keyword, value, schema, root, at)
    elif keyword == "items":
        for index, each in enumerate(value if isinstance(value, list) else ()):
            yield from problems(each, wanted, root, f"{at}[{index}]")
    elif not _FITS[keyword](value, wanted):
        yield f"{at}: {value!r} against {keyword} {wanted!r}"


def _object(keyword: str, value: dict[str, Any], schema: Mapping[str, Any], root: Any, at: str) -> Iterator[str]:
    known = schema.get("properties", {})
    for name, each in value.items():
        if keyword == "properties" and name in known:
            yield from problems(each, known[name], root, f"{at}.{name}")
        if keyword == "additionalProperties" and name not in known:
            yield from problems(each, schema[keyword], root, f"{at}.{name}")
    if keyword == "patternProperties":
        for pattern, inner in schema[keyword].items():
            for name in (name for name in value if re.search(pattern, name)):
                yield from problems(value[name], inner, root, f"{at}.{name}")
    if keyword == "required":
        yield from (f"{at}.{name}: missing" for name in schema[keyword] if name not in value)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


_FITS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "type": lambda value, wanted: any(TYPES[each](value) for each in ([wanted] if isinstance(wanted, str) else wanted)),
    "enum": lambda value, wanted: any(_same(value, each) for each in wanted),
    "const": _same,
    "pattern": lambda value, wanted: not isinstance(value, str) or bool(re.search(wanted, value)),
    "minLength": lambda value, wanted: not isinstance(value, str) or len(value) >= wanted,
    "maxLength": lambda value, wanted: not isinstance(value, str) or len(value) <= wanted,
    "minItems": lambda value, wanted: not isinstance(value, list) or len(value) >= wanted,
    "minimum": lambda value, wanted: not TYPES["number"](value) or value >= wanted,
    "maximum": lambda value, wanted: not TYPES["number"](value) or value <= wanted,
    "exclusiveMinimum": lambda value, wanted: not TYPES["number"](value) or value > wanted,
    "propertyNames": lambda value, wanted: all(not problems(name, wanted, {}) for name in value),
}


def _at(root: Any, reference: str) -> Any:
    found = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found
