"""A form whose content is never lost by accident: left unsaved, it asks; what goes without being asked is kept."""

from __future__ import annotations

from collections.abc import Callable

from core.i18n import gettext as _
from tui.editor.draft import Draft
from tui.form.screen import FormScreen
from tui.panels.picker import Choice, Picker

Keep = Callable[[Draft, bool], None]
"""Keeps a draft for later, or forgets it."""


class KeptForm(FormScreen[bool]):
    """Holds one draft. Leaving it with something unsaved asks: go on, save, leave it for later, or give it up."""

    def __init__(self, title: str, draft: Draft, keep: Keep) -> None:
        super().__init__(title)
        self.draft = draft
        self._keep = keep
        self._why_not = ""
        self._done = False

    def dirty(self) -> bool:
        """Return whether something would be lost."""
        return self.draft.dirty and not self._why_not

    def _ask(self, question: str, then: Callable[[str | None], None]) -> None:
        asked = [
            Choice("no", _("Go on editing")),
            Choice("save", _("Save")),
            Choice("later", _("Leave it for later"), _("it stands here again when you come back")),
            Choice("yes", _("Give it up")),
        ]
        self.app.push_screen(Picker(question, asked), then)

    def _answered(self, chosen: str | None) -> None:
        """Do with what was written what the person wants."""
        self._asking = False
        if not self.is_current:
            return
        if chosen == "save":
            self.action_create()
        elif chosen in ("later", "yes"):
            self.close(keep=chosen == "later", result=False)

    def close(self, *, keep: bool, result: bool) -> None:
        """Go, and keep what was written or forget it."""
        self._done = True
        self._keep(self.draft, keep)
        self.dismiss(result)

    def on_unmount(self) -> None:
        """Keep what was written where the screen goes without having been asked."""
        if self.dirty() and not self._done:
            self._keep(self.draft, True)
