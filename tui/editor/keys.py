"""Keys of widgets that lie over the board: taken from the registry, so that a user's own keys hold there too."""

from __future__ import annotations

from typing import Any

from tui.actions import Scope


class Acts:
    """What makes a widget have keys of a scope of its own: while it has the focus they go before its others."""

    def take_keys(self: Any, scope: Scope) -> None:
        """Take the keys of a scope's actions, as this user has them; an app without a registry has none."""
        for action in getattr(self.app, "registry", ()):
            if action.scope is scope:
                for key in action.keys:
                    self._bindings.key_to_bindings.pop(key, None)
                    self._bindings.bind(key, f"act('{action.id}')", show=False)

    def action_act(self: Any, action_id: str) -> None:
        """Do an action of the registry, or have it say why it cannot be done."""
        self.app.perform(action_id)
