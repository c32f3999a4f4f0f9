"""The one registry of what a person can do: it feeds key bindings, footer, help, palette and menu alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.i18n import N_
from core.i18n import gettext as _
from tui.keys import key_name, keys_text

if TYPE_CHECKING:
    from textual.binding import Binding

    from tui.app import FunilApp


class Scope(StrEnum):
    """Where an action's keys work; its place in palette and menu does not depend on it."""

    APP = "app"
    BOARD = "board"
    LOG = "log"
    PANEL = "panel"
    INBOX = "inbox"
    CONDITION = "condition"
    TEXT = "text"
    EDITOR = "editor"


SCOPE_TITLES: Final = {
    Scope.BOARD: N_("Board"),
    Scope.LOG: N_("Outbound log"),
    Scope.PANEL: N_("Open deal"),
    Scope.INBOX: N_("Inbox"),
    Scope.CONDITION: N_("Condition that is built"),
    Scope.TEXT: N_("Text that is written"),
    Scope.EDITOR: N_("Automation"),
    Scope.APP: N_("Everywhere"),
}

OVER: Final = frozenset({Scope.CONDITION, Scope.TEXT})
"""Places over the board: while one is at work there no other keys act, so those of elsewhere may be the same."""


def always(_app: FunilApp) -> str | None:
    """Say that nothing stands against it."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something a person can do. ``title``, ``help`` and ``hint`` are msgids.

    ``keys`` are Textual's names; users re-map them by ``id``. ``why_not`` returns the sentence that says why it cannot
    be done now, or None. ``hint`` is its word in the footer (None: not there), ``hint_with`` the family whose keys
    stand there in place of its own (``hjkl``), ``hint_rank`` its place there. ``menu`` puts it into the context menu
    of its place; ``palette`` False keeps plain cursor keys out of the palette.
    """

    id: str
    title: str
    help: str
    keys: tuple[str, ...]
    scope: Scope
    run: Callable[[FunilApp], Awaitable[None] | None]
    why_not: Callable[[FunilApp], str | None] = always
    hint: str | None = None
    hint_with: tuple[str, ...] = ()
    hint_rank: int = 50
    menu: bool = False
    palette: bool = True

    @property
    def binding(self) -> Binding:
        """The key binding, with an id of its own so that a keymap can change its keys."""
        from textual.binding import Binding

        return Binding(",".join(self.keys), f"do('{self.id}')", _(self.title), show=False, id=self.id)


class Registry:
    """The actions by id, in the order in which help and footer show them."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._actions: Mapping[str, Action] = {action.id: action for action in actions}

    def __iter__(self) -> Iterator[Action]:
        return iter(self._actions.values())

    def __getitem__(self, action_id: str) -> Action:
        return self._actions[action_id]

    def __contains__(self, action_id: str) -> bool:
        return action_id in self._actions

    def remapped(self, keys: Mapping[str, tuple[str, ...]]) -> Registry:
        """Return the same actions, some of them with other keys."""
        return Registry(replace(action, keys=keys.get(action.id, action.keys)) for action in self)

    def bindings(self) -> list[Binding]:
        """Return a key binding for each action that has keys."""
        return [action.binding for action in self._actions.values() if action.keys]

    def footer(self, scope: Scope) -> list[Action]:
        """Return what the footer shows while the focus is there."""
        shown = [a for a in self._actions.values() if a.hint and a.keys and a.scope in (scope, Scope.APP)]
        return sorted(shown, key=lambda action: action.hint_rank)

    def covered(self, action: Action, scope: Scope) -> bool:
        """Return whether a place has another use for the keys of an action that works everywhere."""
        if action.scope is not Scope.APP or scope is not Scope.EDITOR:
            return False
        own = {key for each in self._actions.values() if each.scope is scope for key in each.keys}
        return not own.isdisjoint(action.keys)

    def hint_keys(self, action: Action) -> str:
        """Return the keys that the footer shows with an action: ``hjkl`` for a family of single characters."""
        family = [self._actions[name] for name in action.hint_with or (action.id,)]
        firsts = [key_name(member.keys[0]) if member.keys else "" for member in family]
        return "".join(firsts) if all(len(first) == 1 for first in firsts) else keys_text(action.keys[:1])

    def menu(self, scope: Scope) -> list[Action]:
        """Return the context menu of a place: its own actions, and those that work everywhere."""
        offered = [a for a in self._actions.values() if a.menu and a.scope in (scope, Scope.APP)]
        return sorted(offered, key=lambda action: action.scope is Scope.APP)

    def palette(self) -> list[Action]:
        """Return what the command palette offers."""
        return [a for a in self._actions.values() if a.palette]


_in_force: Final[dict[str, Action]] = {}


def use(registry: Registry) -> None:
    """Have sentences name the keys of this registry."""
    _in_force.update({action.id: action for action in registry})


def key_of(action_id: str, usual: str) -> str:
    """Return the key that a sentence names for an action: the user's, else its title where it has none.

    ``usual`` is its key as long as no registry is in force.
    """
    action = _in_force.get(action_id)
    return usual if action is None else keys_text(action.keys[:1]) or f"“{_(action.title)}”"
