"""A list to choose from that takes what is typed too: voices, mailboxes, deadlines."""

from __future__ import annotations

from core.i18n import gettext as _
from core.safe_text import fold
from tui.panels.picker import Choice, Picker

TYPED = "|typed:"
"""Begins the id of a choice that was typed."""


class TypingPicker(Picker):
    """Returns a choice's id, or ``TYPED`` and what was typed; None for nothing."""

    def narrow(self, typed: str) -> None:
        """Show the choices that have every word in them, and below them what was typed itself."""
        words = fold(typed).split()
        found = [c for c in self._choices if all(word in fold(f"{c.words} {c.note} {c.id}") for word in words)]
        text = typed.strip()
        if text and all(text not in (c.id, c.words) for c in found):
            found.append(Choice(TYPED + text, f"“{text}”", _("as it is typed")))
        self.show(found)
