"""The keys as the command line shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.i18n import gettext as _
from core.words import Words
from tui.actions import SCOPE_TITLES
from tui.keymap import Keymap, default_path
from tui.keys import key_name


@dataclass(frozen=True, slots=True)
class Line:
    """An action: its id, where its keys work, its title and its keys, in the user's language."""

    id: str
    place: str
    title: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Where the user's own keys stand, every action with its keys, and what is wrong with the file."""

    path: Path
    actions: Sequence[Line]
    troubles: Sequence[Words]


def of(keymap: Keymap) -> Overview:
    """Return the overview of a keymap, place by place as help shows it."""
    lines = [
        Line(action.id, _(title), _(action.title), tuple(map(key_name, action.keys)))
        for scope, title in SCOPE_TITLES.items()
        for action in keymap.registry
        if action.scope is scope
    ]
    return Overview(keymap.path or default_path(), lines, keymap.troubles)
