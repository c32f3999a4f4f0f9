"""Where the open deal stands on the screen, and which deal an action means while it has the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions import Action, Scope

if TYPE_CHECKING:
    from tui.app import FunilApp


def scope(app: FunilApp) -> Scope:
    """Return where the focus is, or comes back to when what lies over the board is closed."""
    focused = app.below
    if in_panel(app):
        return Scope.PANEL
    if focused is app.inbox.list:
        return Scope.INBOX
    if app.editing.holds(focused):
        return Scope.EDITOR
    if focused in (None, app.board):
        return Scope.BOARD
    return Scope.LOG if focused is app.log_view else Scope.APP


def in_panel(app: FunilApp) -> bool:
    """Return whether the open deal has the keys, or gets them back when what lies over it is closed."""
    below = app.below
    return below is not None and app.panel in below.ancestors_with_self


def works_in_panel(app: FunilApp, action: Action) -> bool:
    """Return whether an action of the board works in the open deal too: those of deals do for whose keys it has no
    other use, those of cursor and marks do not."""
    if action.id.startswith(("board.", "mark.")):
        return False
    own = {key for each in app.registry if each.scope is Scope.PANEL for key in each.keys}
    return not own.intersection(action.keys)


def aim(app: FunilApp) -> bool:
    """Have what is done to deals done to the open one; False, and said why, where that cannot be."""
    deal = app.panel.deal
    if deal is None or list(app.board.chosen()) == [deal]:
        return deal is not None
    app.board.clear_marks()
    return app.board.model.deal == deal or app.find_deal(deal)


def of_hand(app: FunilApp, action: Action) -> bool:
    """Return whether the footer shows an action: while an answer is typed, letters are text, and it can be sent."""
    typing = app.panel.talk.text.has_focus
    return action.id == "chat.send" if typing else action.id != "chat.send"


def share_width(app: FunilApp, width: int | None = None) -> None:
    """Share the width (default: the screen's) between board (or inbox or automation in its place) and open deal; where
    it is narrow the deal has it all."""
    from tui.header import ROOMY

    narrow = (app.size.width if width is None else width) < ROOMY
    app.panel.set_class(narrow, "narrow")
    beside = not (narrow and app.panel.display)
    app.inbox.display = beside and app.inbox.open
    editing = app.editing
    if editing.built is not None:
        editing.built.display = beside and editing.open and not app.inbox.open
    app.screen.set_class(editing.open and not app.inbox.open, "in-editor")
    app.board.display = beside and not app.inbox.open and not editing.open
