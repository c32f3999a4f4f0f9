"""The actions of the automation's map."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from core.i18n import N_
from core.i18n import gettext as _
from tui.actions import Action, Scope

if TYPE_CHECKING:
    from tui.app import FunilApp

Why = Callable[["FunilApp"], str | None]
_NOT_IN_MENU: Final = ("mark", "clear", "find", "menu")


def _do(name: str, *args: int) -> Callable[[FunilApp], Awaitable[None] | None]:
    """Return what an action of :mod:`tui.editor.map_acts` does; that module is loaded when one is first used."""

    def run(app: FunilApp) -> Awaitable[None] | None:
        work: Awaitable[None] | None = getattr(import_module("tui.editor.map_acts"), name)(app, *args)
        return work

    return run


def _closed(app: FunilApp) -> str | None:
    return None if app.editing.open else _("The automation is not open.")


def _no_card(app: FunilApp) -> str | None:
    if not app.editing.open:
        return _("The automation is not open.")
    return None if app.editing.view.model.chosen else _("There is no rule or trigger under the cursor.")


def _no_rule(app: FunilApp) -> str | None:
    why = _no_card(app)
    card = None if why else app.editing.view.model.card
    return why or (None if card is not None and card.is_rule else _("That is for rules: put the cursor on one."))


def _no_marks(app: FunilApp) -> str | None:
    return _closed(app) or (None if app.editing.view.model.marks else _("Nothing is marked."))


def _no_cards(app: FunilApp) -> str | None:
    if not app.editing.open:
        return _("The automation is not open.")
    return None if any(app.editing.view.model.cards()) else _("There is nothing to find yet.")


def _manager(app: FunilApp) -> str | None:
    from core.commands import automation

    if automation.may_edit(app.desk.house, app.desk.user):
        return None
    return _("Only an admin changes rules and triggers.")


def _by_admin(why: Why) -> Why:
    """Return the reason why nothing of the kind can be changed, whoever asks for it, first."""
    return lambda app: why(app) or _manager(app)


def _no_pipeline(app: FunilApp) -> str | None:
    return None if app.desk.pipeline else _("There is no pipeline yet.")


def _nothing_to_undo(app: FunilApp) -> str | None:
    return None if app.editing.done else _("Nothing was changed here that could be undone.")


def _nothing_to_redo(app: FunilApp) -> str | None:
    return None if app.editing.undone else _("There is no undone change.")


def _go(id: str, title: str, help: str, keys: tuple[str, ...], across: int, down: int) -> Action:
    return Action(
        id=f"editor.{id}",
        title=title,
        help=help,
        keys=keys,
        scope=Scope.EDITOR,
        run=_do("go", across, down),
        why_not=_closed,
        hint=N_("go") if id == "left" else None,
        hint_with=("editor.left", "editor.down", "editor.up", "editor.right"),
        hint_rank=80,
        palette=False,
    )


def _carry(id: str, title: str, help: str, keys: tuple[str, ...], across: int, down: int) -> Action:
    return Action(
        id=f"editor.carry_{id}",
        title=title,
        help=help,
        keys=keys,
        scope=Scope.EDITOR,
        run=_do("carry", across, down),
        why_not=_by_admin(_no_card),
        hint=N_("carry") if id == "left" else None,
        hint_with=("editor.carry_left", "editor.carry_down", "editor.carry_up", "editor.carry_right"),
        hint_rank=30,
        palette=False,
    )


def _act(id: str, title: str, help: str, keys: tuple[str, ...], work: str, **more: Any) -> Action:
    return Action(
        id=f"editor.{id}",
        title=title,
        help=help,
        keys=keys,
        scope=Scope.EDITOR,
        run=_do(work),
        menu=id not in _NOT_IN_MENU,
        **more,
    )


OF_EDITOR: Final = (
    Action(
        id="editor.show",
        title=N_("Automation"),
        help=N_("show the pipeline's rules and triggers, stage by stage, and change them"),
        keys=("a",),
        scope=Scope.BOARD,
        run=lambda app: app.editing.show(),
        why_not=_no_pipeline,
        hint=N_("automation"),
        hint_rank=34,
    ),
    _go("left", N_("Left"), N_("go to the stage on the left"), ("h", "left"), -1, 0),
    _go("down", N_("Down"), N_("go to the next rule or trigger"), ("j", "down"), 0, 1),
    _go("up", N_("Up"), N_("go to the rule or trigger above"), ("k", "up"), 0, -1),
    _go("right", N_("Right"), N_("go to the stage on the right"), ("l", "right"), 1, 0),
    _go("first", N_("Beginning"), N_("go to the first in the stage"), ("g", "home"), 0, -(10**6)),
    _go("last", N_("End"), N_("go to the last in the stage"), ("G", "end"), 0, 10**6),
    _act(
        "open",
        N_("Open"),
        N_("show all of it, and change it"),
        ("enter",),
        "open_card",
        why_not=_no_card,
        hint=N_("open"),
        hint_rank=10,
    ),
    _act(
        "new",
        N_("New rule or trigger…"),
        N_("choose what to add to the stage under the cursor"),
        ("n",),
        "add",
        why_not=_by_admin(_closed),
        hint=N_("new"),
        hint_rank=12,
    ),
    _act(
        "switch",
        N_("Switch on or off"),
        N_("switch it off, or on again; off cancels what waits of a rule, and says how much first"),
        ("x",),
        "switch",
        why_not=_by_admin(_no_card),
        hint=N_("on/off"),
        hint_rank=14,
    ),
    _carry(
        "left", N_("Carry left"), N_("carry it, or all marked ones, into the stage before"), ("H", "shift+left"), -1, 0
    ),
    _carry("down", N_("Carry down"), N_("carry it past the one below it"), ("J", "shift+down"), 0, 1),
    _carry("up", N_("Carry up"), N_("carry it past the one above it"), ("K", "shift+up"), 0, -1),
    _carry(
        "right", N_("Carry right"), N_("carry it, or all marked ones, into the next stage"), ("L", "shift+right"), 1, 0
    ),
    _act(
        "copy",
        N_("Copy"),
        N_("make a copy below it, which is off until it is switched on"),
        ("y",),
        "copy",
        why_not=_by_admin(_no_card),
        hint=N_("copy"),
        hint_rank=40,
    ),
    _act(
        "move",
        N_("Move to stage or pipeline…"),
        N_("choose the stage, of any pipeline, to move it to"),
        (),
        "move_to",
        why_not=_by_admin(_no_card),
    ),
    _act(
        "versions",
        N_("Versions…"),
        N_("show who changed the rule when, what is different now, and restore what it said"),
        ("v",),
        "show_versions",
        why_not=_no_rule,
        hint=N_("versions"),
        hint_rank=44,
    ),
    _act(
        "apply",
        N_("Apply to deals or waiting runs…"),
        N_("have the rule act on deals that are in its stage already, or renew what waits of it"),
        (),
        "apply",
        why_not=_by_admin(_no_rule),
    ),
    _act(
        "remove",
        N_("Remove"),
        N_("take it out of use; what waits of a rule is cancelled"),
        ("delete", "backspace"),
        "remove",
        why_not=_by_admin(_no_card),
        hint=N_("remove"),
        hint_rank=42,
    ),
    _act(
        "undo",
        N_("Undo the change"),
        N_("take back what was changed here last; runs that it cancelled stay cancelled"),
        ("u",),
        "undo",
        why_not=_by_admin(_nothing_to_undo),
        hint=N_("undo"),
        hint_rank=20,
    ),
    _act(
        "redo",
        N_("Redo the change"),
        N_("make the change again that was undone last"),
        ("ctrl+r", "U"),
        "redo",
        why_not=_by_admin(_nothing_to_redo),
    ),
    _act(
        "mark",
        N_("Mark"),
        N_("mark it, or take its mark away, and go on to the next"),
        ("space",),
        "mark",
        why_not=_no_card,
        hint=N_("mark"),
        hint_rank=60,
    ),
    _act("clear", N_("Clear marks"), N_("take all marks away"), ("backslash",), "clear_marks", why_not=_no_marks),
    _act(
        "find",
        N_("Find a rule or trigger…"),
        N_("choose one by its name and go to it"),
        ("slash",),
        "find",
        why_not=_no_cards,
        hint=N_("find"),
        hint_rank=62,
    ),
    _act("menu", N_("Menu"), N_("show what can be done with it"), ("full_stop",), "open_menu", why_not=_no_card),
    Action(
        id="editor.close",
        title=N_("Close the automation"),
        help=N_("go back to the board"),
        keys=(),
        scope=Scope.EDITOR,
        run=lambda app: app.editing.close(),
        why_not=_closed,
    ),
)
