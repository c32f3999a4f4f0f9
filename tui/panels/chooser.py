"""What every list to choose from does: its cursor moves, and what cannot be chosen stays where it is."""

from __future__ import annotations

from textual.screen import ModalScreen
from textual.widgets import OptionList


class Chooser(ModalScreen[str | None]):
    """Returns the id of what was chosen from its one list, or None."""

    def take(self, id: str, why_not: str | None) -> None:
        """Return a choice, unless there is a reason against it."""
        if not self.is_current:
            return
        if why_not is None:
            self.dismiss(id)
        else:
            self.app.bell()

    def action_step(self, step: int) -> None:
        """Move the cursor of the list, whatever has the focus."""
        options = self.query_one(OptionList)
        if step > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()
