"""Names of keys: as the terminal library calls them, as people write them in a file, as the screen shows them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from core.i18n import N_
from core.i18n import gettext as _

_SHOWN: Final = {
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "space": N_("space"),
    "enter": N_("enter"),
    "escape": N_("esc"),
    "home": N_("home"),
    "end": N_("end"),
    "pageup": N_("page up"),
    "pagedown": N_("page down"),
}
_FRIENDLY: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Characters whose key is not called by their Unicode name."""
_WRITTEN: Final = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "page up": "pageup",
    "page down": "pagedown",
    " ": "space",
}
"""Other names that people write."""
_NAMED: Final = frozenset(
    [*_SHOWN, "tab", "backspace", "delete", "insert", *(f"f{n}" for n in range(1, 25))],
)
_HELD: Final = ("ctrl", "alt", "shift", "super")
TAKEN: Final = {
    "ctrl+z": N_("terminals stop the program with it"),
    "ctrl+m": N_("on plain terminals it is enter"),
    "ctrl+j": N_("on plain terminals it is a new line"),
    "ctrl+i": N_("on plain terminals it is tab"),
    "ctrl+h": N_("on plain terminals it is backspace"),
    "ctrl+c": N_("it copies, and says how to quit"),
    "ctrl+q": N_("it always quits"),
}
"""Keys that no action can have, and why."""
_ASCII_NAMES: Final = {
    unicodedata.name(char).lower().replace("-", "_").replace(" ", "_"): char
    for char in map(chr, range(33, 127))
    if not char.isalnum()
}
_CHARACTERS: Final = {_FRIENDLY.get(name, name): char for name, char in _ASCII_NAMES.items()}


def of_character(char: str) -> str:
    """Return what the terminal library calls the key of one printable character (``question_mark``)."""
    if char.isalnum():
        return char
    name = unicodedata.name(char, char).lower().replace("-", "_").replace(" ", "_")
    return _FRIENDLY.get(name, name)


def parse(text: str) -> str | None:
    """Return the key that a person means by ``?``, ``esc``, ``page up``, ``ctrl+p`` or ``F5``; None for no key."""
    *held, last = re.split(r"(?<=.)\+(?=.)", text.strip() or text)
    if any(name.lower() not in _HELD for name in held):
        return None
    key = _one(last)
    if key is None:
        return None
    order = sorted({name.lower() for name in held}, key=_HELD.index)
    if order == ["shift"] and len(key) == 1:
        return key.upper()
    return "+".join([*order, key.lower() if held and len(key) == 1 else key])


def _one(text: str) -> str | None:
    if len(text) == 1:
        return of_character(text) if text.isprintable() and text != " " else _WRITTEN.get(text)
    low = text.lower()
    name = _WRITTEN.get(low, low)
    return name if name in _NAMED or name in _CHARACTERS else None


def key_name(key: str) -> str:
    """Return a key the way people write it."""
    if key in _SHOWN:
        return _(_SHOWN[key])
    *held, last = key.split("+")
    if held and last in _SHOWN:
        return "+".join([*held, _(_SHOWN[last])])
    return "+".join([*held, _CHARACTERS.get(last, last)])


def keys_text(keys: Iterable[str]) -> str:
    """Return several keys in one short text."""
    return " ".join(key_name(key) for key in keys)
