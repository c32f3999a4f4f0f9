"""The user's own keys: a TOML file that is read at start, and in words what is wrong with it.

::

    [keys]
    "deal.move" = "M"              # the ids stand in docs/KEYS.md and in `funil keys`
    "log.focus" = ["o", "f9"]
    "app.quit" = []                # no key; the palette still has it

A line that cannot be used is told and left out; the rest of the file counts. No file keeps the board from opening.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from core.i18n import N_, ngettext
from core.words import Words, fill
from tui.actions import OVER, Action, Registry, Scope, key_of
from tui.keys import TAKEN, key_name, parse

FILE: Final = "keys.toml"
_BIGGEST: Final = 100_000
"""Bytes that a file of keys can have; nobody has that many keys."""
_INSIDE: Final = tuple(scope for scope in Scope if scope not in (Scope.APP, Scope.EDITOR) and scope not in OVER)
"""The places in which what works everywhere keeps its keys; the automation has uses of its own for some of them."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """The registry with a user's keys, where they come from, and what is to be said about the file."""

    registry: Registry
    path: Path | None = None
    troubles: tuple[Words, ...] = ()


def default_path() -> Path:
    """Return where a user's keys stand on this system."""
    from platformdirs import user_config_path

    return user_config_path("funil", appauthor=False) / FILE


def load(path: Path, registry: Registry) -> Keymap:
    """Return the registry with the keys of a file; without one, or with one that cannot be read, as it is."""
    try:
        with path.open("rb") as file:
            text = file.read(_BIGGEST + 1)
    except FileNotFoundError:
        return Keymap(registry, path)
    except OSError as error:
        return _unread(registry, path, error.strerror or type(error).__name__)
    if len(text) > _BIGGEST:
        return _unread(registry, path, f"> {_BIGGEST} B")
    try:
        document = tomllib.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # no TOML, or no UTF-8
        return _unread(registry, path, str(error) or type(error).__name__)
    reading = _Reading(registry, document)
    return Keymap(registry.remapped(reading.keys()), path, tuple(reading.troubles))


def complaint(keymap: Keymap) -> str:
    """Return what the board says at start of a file that is not right: the first complaint, and where others are."""
    first, *others = (words.local() for words in keymap.troubles)
    more = ngettext("{n} more complaint: see help ({key})", "{n} more complaints: see help ({key})", len(others))
    told = fill(more, {"n": len(others), "key": key_of("app.help", "?")})
    return f"{first}\n{told}" if others else first


def _unread(registry: Registry, path: Path, why: str) -> Keymap:
    told = Words(N_("{file} cannot be read ({why}): every key is as it comes"), {"file": path.name, "why": why})
    return Keymap(registry, path, (told,))


class _Reading:
    """One file: the keys that it asks for, and what is wrong with it."""

    def __init__(self, registry: Registry, document: Mapping[str, Any]) -> None:
        self.troubles: list[Words] = []
        self._registry = registry
        self._wanted: dict[str, tuple[str, ...]] = {}
        for name in document:
            if name != "keys":
                self._tell(N_("keys.toml: “{name}” means nothing there; keys stand under [keys]"), name=name)
        table = document.get("keys", {})
        if isinstance(table, dict):
            for name, value in _flat(table):
                self._line(name, value)
        else:
            self._tell(N_("keys.toml: [keys] is to be a table of actions and their keys"))

    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """Return the keys of every action that has others than it comes with.

        The file's own lines go before what an action comes with, the earlier of two lines before the later one.
        """
        owners: dict[tuple[Scope, str], str] = {}
        found = {name: self._granted(name, keys, owners) for name, keys in self._wanted.items()}
        for action in self._registry:
            if action.id not in found:
                left = tuple(key for key in action.keys if not _owners(owners, action, key))
                if left != action.keys:
                    found[action.id] = left
                if action.keys and not left:
                    self._lost(action, owners)
        return found

    def _granted(self, name: str, keys: tuple[str, ...], owners: dict[tuple[Scope, str], str]) -> tuple[str, ...]:
        action, granted = self._registry[name], []
        for key in keys:
            before = _owners(owners, action, key)
            if before:
                clash = N_("keys.toml: “{key}” stands for “{first}” and for “{name}”: the first one has it")
                self._tell(clash, key=key_name(key), first=before[0], name=name)
                continue
            granted.append(key)
            owners.update({(place, key): name for place in _places(action)})
        return tuple(granted)

    def _lost(self, action: Action, owners: Mapping[tuple[Scope, str], str]) -> None:
        key = action.keys[0]
        owner = _owners(owners, action, key)[0]
        lost = N_("keys.toml: “{key}” is “{owner}” now, and “{name}” has no key any more")
        self._tell(lost, key=key_name(key), owner=owner, name=action.id)

    def _line(self, name: str, value: object) -> None:
        """Read one line."""
        if name not in self._registry:
            self._unknown(name)
            return
        written = [value] if isinstance(value, str) else value
        if not isinstance(written, list) or not all(isinstance(each, str) for each in written):
            self._tell(N_("keys.toml: “{name}” is to be a key or a list of keys"), name=name)
            return
        keys = tuple(dict.fromkeys(key for text in written if (key := self._key(name, text)) is not None))
        if keys or not written:
            self._wanted[name] = keys

    def _unknown(self, name: str) -> None:
        near = get_close_matches(name, [action.id for action in self._registry], 1)
        if near:
            self._tell(N_("keys.toml: there is no action “{name}”: did you mean “{near}”?"), name=name, near=near[0])
        else:
            self._tell(N_("keys.toml: there is no action “{name}”: “funil keys” lists them"), name=name)

    def _key(self, name: str, text: str) -> str | None:
        key = parse(text)
        if key is None:
            self._tell(N_("keys.toml: “{key}” for “{name}” is no key"), key=text, name=name)
        elif key in TAKEN:
            why = Words(TAKEN[key])
            self._tell(N_("keys.toml: “{name}” cannot have “{key}”: {why}"), key=key, name=name, why=why)
        else:
            return key
        return None

    def _tell(self, sentence: str, **values: str | Words) -> None:
        self.troubles.append(Words(sentence, values))


def _places(action: Action) -> tuple[Scope, ...]:
    """Return where an action's keys work, its own place first."""
    return (Scope.APP, *_INSIDE) if action.scope is Scope.APP else (action.scope,)


def _owners(owners: Mapping[tuple[Scope, str], str], action: Action, key: str) -> list[str]:
    """Return who has a key in one of the places where an action's keys work."""
    held = (owners.get((place, key)) for place in _places(action))
    return [owner for owner in held if owner is not None and owner != action.id]


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    """Yield ids and values, whether an id was written ``"deal.move"`` or, TOML's own way, ``deal.move``."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, value
