"""Plain values written as YAML 1.2 that people like to read and to compare: stable, one thing a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

WIDTH: Final = 110
"""Small mappings and lists stand on one line up to this column."""
_MOST_IN_LINE: Final = 5
_PLAIN: Final = re.compile(r"[^\W\d_](?:[\w./+@%~$^|-]|[ :](?=[^\s:#])|,(?=\S))*|\d{1,6}[smhdw]")
_MEANT: Final = re.compile(r"(?i:true|false|null|yes|no|on|off|y|n|nan|inf)")
"""Words that YAML of one version or another takes for something else than a text."""
_BLOCK: Final = re.compile("[^\\s\ufeff](?:[^\r\x85\u2028\u2029\ufeff]*[^\\s\ufeff])?\n?")
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def dump(tree: Mapping[str, Any]) -> str:
    """Return a mapping as a YAML document. Texts of several lines become blocks; nothing is folded or cut."""
    return "\n".join(_mapping(tree, "")) + "\n" if tree else "{}\n"


def _mapping(tree: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in tree.items():
        yield from _under(f"{indent}{_text(str(key))}:", value, indent)


def _under(head: str, value: Any, indent: str) -> Iterator[str]:
    """Yield the lines of a value behind its key."""
    if isinstance(value, str) and "\n" in value and _in_block(value):
        yield from _block(head, value, indent + "  ")
        return
    in_line = _in_line(value, WIDTH - len(head))
    if in_line is not None:
        yield f"{head} {in_line}"
        return
    yield head
    yield from _mapping(value, indent + "  ") if isinstance(value, Mapping) else _items(value, indent + "  ")


def _items(values: Any, indent: str) -> Iterator[str]:
    for value in values:
        in_line = _in_line(value, WIDTH - len(indent) - 2)
        if in_line is not None:
            yield f"{indent}- {in_line}"
            continue
        below = _mapping if isinstance(value, Mapping) else _items
        lines = below(value, indent + "  ")
        yield f"{indent}- {next(lines).lstrip(' ')}"
        yield from lines


def _block(head: str, text: str, indent: str) -> Iterator[str]:
    kept = text.endswith("\n")
    yield f"{head} {'|' if kept else '|-'}"
    for line in text.removesuffix("\n").split("\n"):
        yield indent + line if line else ""


def _in_line(value: Any, room: int) -> str | None:
    """Return a value on one line: any scalar, an empty collection, or a small one of scalars that fits."""
    if not isinstance(value, Mapping | list | tuple):
        return scalar(value)
    if not value:
        return "{}" if isinstance(value, Mapping) else "[]"
    if isinstance(value, Mapping):
        if len(value) > _MOST_IN_LINE or any(map(_large, value.values())):
            return None
        text = "{" + ", ".join(f"{_text(str(k), flow=True)}: {scalar(v, flow=True)}" for k, v in value.items()) + "}"
    elif any(map(_large, value)):
        return None
    else:
        text = "[" + ", ".join(scalar(each, flow=True) for each in value) + "]"
    return text if len(text) <= room else None


def _large(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple) or (isinstance(value, str) and "\n" in value)


def scalar(value: Any, *, flow: bool = False) -> str:
    """Return one value as YAML; ``flow`` says that it stands between brackets, where commas part."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return _text(str(value), flow=flow)


def _text(text: str, *, flow: bool = False) -> str:
    plain = _PLAIN.fullmatch(text) and text.isprintable() and not _MEANT.fullmatch(text)
    if plain and not (flow and "," in text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _in_block(text: str) -> bool:
    """Whether a text can stand in a block without being changed."""
    return bool(_BLOCK.fullmatch(text)) and not _CONTROL.search(text)
