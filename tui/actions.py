"""The one registry of what a person can do: it feeds key bindings, footer, help, palette and menu alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.keys import format_key

from core.i18n import N_
from core.i18n import gettext as _

if TYPE_CHECKING:
    from tui.app import FunilApp


class Scope(StrEnum):
    """Where an action's keys work; its place in palette and menu does not depend on it."""

    APP = "app"
    BOARD = "board"
    LOG = "log"


SCOPE_TITLES: Final = {
    Scope.BOARD: N_("Board"),
    Scope.LOG: N_("Outbound log"),
    Scope.APP: N_("Everywhere"),
}


def always(_app: FunilApp) -> str | None:
    """Say that nothing stands against it."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something a person can do. ``title``, ``help`` and ``hint`` are msgids.

    ``keys`` are Textual's names; users re-map them by ``id``. ``why_not`` returns the sentence that says why it cannot
    be done now, or None. ``hint`` is its word in the footer (None: not there), ``hint_keys`` the keys shown with it,
    ``hint_rank`` its place there. ``menu`` puts it into the context menu; ``palette`` False keeps plain cursor keys out
    of the palette.
    """

    id: str
    title: str
    help: str
    keys: tuple[str, ...]
    scope: Scope
    run: Callable[[FunilApp], Awaitable[None] | None]
    why_not: Callable[[FunilApp], str | None] = always
    hint: str | None = None
    hint_keys: str | None = None
    hint_rank: int = 50
    menu: bool = False
    palette: bool = True

    @property
    def binding(self) -> Binding:
        """The key binding, with an id of its own so that a keymap can change its keys."""
        return Binding(",".join(self.keys), f"do('{self.id}')", _(self.title), show=False, id=self.id)


_KEY_NAMES: Final = {
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


def key_name(key: str) -> str:
    """Return a key the way people write it."""
    if key in _KEY_NAMES:
        return _(_KEY_NAMES[key])
    *held, last = key.split("+")
    if held and held[0] == "shift" and last in _KEY_NAMES:
        return "shift+" + _(_KEY_NAMES[last])
    return key if held else format_key(key)


def keys_text(keys: Iterable[str]) -> str:
    """Return several keys in one short text."""
    return " ".join(key_name(key) for key in keys)


class Registry:
    """The actions by id, in the order in which help and footer show them."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._actions: Mapping[str, Action] = {action.id: action for action in actions}

    def __iter__(self) -> Iterator[Action]:
        return iter(self._actions.values())

    def __getitem__(self, action_id: str) -> Action:
        return self._actions[action_id]

    def bindings(self) -> list[Binding]:
        """Return a key binding for each action that has keys."""
        return [action.binding for action in self._actions.values() if action.keys]

    def footer(self, scope: Scope) -> list[Action]:
        """Return what the footer shows while the focus is there."""
        shown = [a for a in self._actions.values() if a.hint and a.scope in (scope, Scope.APP)]
        return sorted(shown, key=lambda action: action.hint_rank)

    def menu(self) -> list[Action]:
        """Return the context menu of a card."""
        return [a for a in self._actions.values() if a.menu]

    def palette(self) -> list[Action]:
        """Return what the command palette offers."""
        return [a for a in self._actions.values() if a.palette]
