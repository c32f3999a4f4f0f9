"""Keys of widgets that lie over the board: taken from the registry, so that a user's own keys hold there too."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.widget import Widget

from tui.actions import Scope

if TYPE_CHECKING:
    from tui.app import FunilApp


class Acts(Widget):
    """A widget that has keys of its own scope: while it has the focus they go before its others."""

    def take_keys(self, scope: Scope) -> None:
        """Take the keys of a scope's actions, as this user has them; an app without a registry has none."""
        for action in getattr(self.app, "registry", ()):
            if action.scope is scope:
                for key in action.keys:
                    self._bindings.key_to_bindings.pop(key, None)
                    self._bindings.bind(key, f"act('{action.id}')", show=False)

    def action_act(self, action_id: str) -> None:
        """Do an action of the registry, or have it say why it cannot be done."""
        cast("FunilApp", self.app).perform(action_id)
