"""What the keys of the condition builder do: each acts on the one that has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import gettext as _
from tui.editor.conditions import ConditionEditor

if TYPE_CHECKING:
    from tui.app import FunilApp


def editor(app: FunilApp) -> ConditionEditor | None:
    """Return the builder that has the focus."""
    return app.focused if isinstance(app.focused, ConditionEditor) else None


def why_not(app: FunilApp) -> str | None:
    """Say that no condition is being built; None while one is."""
    return None if editor(app) is not None else _("No condition is being built.")


def change(app: FunilApp) -> None:
    """Change what the cursor stands on."""
    _of(app).change()


def add(app: FunilApp) -> None:
    """Add a comparison."""
    _of(app).add()


def remove(app: FunilApp) -> None:
    """Take a part away."""
    _of(app).take_away()


def group(app: FunilApp) -> None:
    """Make a group."""
    _of(app).group()


def ungroup(app: FunilApp) -> None:
    """Leave a group out."""
    _of(app).ungroup()


def turn(app: FunilApp) -> None:
    """All or any."""
    _of(app).turn()


def deny(app: FunilApp) -> None:
    """Not."""
    _of(app).deny()


def move_down(app: FunilApp) -> None:
    """Move a part down."""
    _of(app).move(1)


def move_up(app: FunilApp) -> None:
    """Move a part up."""
    _of(app).move(-1)


def undo(app: FunilApp) -> None:
    """Take the last change back."""
    _of(app).undo()


def redo(app: FunilApp) -> None:
    """Make it again."""
    _of(app).redo()


def _of(app: FunilApp) -> ConditionEditor:
    found = editor(app)
    assert found is not None
    return found
