"""The actions of those who build conditions and write texts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final

from core.i18n import N_
from tui.actions import Action, Scope

if TYPE_CHECKING:
    from tui.app import FunilApp


def _do(module: str, name: str) -> Callable[[FunilApp], Awaitable[None] | None]:
    """Return what an action does; its module is loaded when one of its actions is first used."""

    def run(app: FunilApp) -> Awaitable[None] | None:
        work: Awaitable[None] | None = getattr(import_module(f"tui.editor.{module}"), name)(app)
        return work

    return run


def _why(module: str, name: str) -> Callable[[FunilApp], str | None]:
    def why_not(app: FunilApp) -> str | None:
        said: str | None = getattr(import_module(f"tui.editor.{module}"), name)(app)
        return said

    return why_not


def _condition(id: str, title: str, help: str, keys: tuple[str, ...]) -> Action:
    return Action(
        id=f"condition.{id}",
        title=title,
        help=help,
        keys=keys,
        scope=Scope.CONDITION,
        run=_do("condition_acts", id),
        why_not=_why("condition_acts", "why_not"),
        palette=False,
    )


OF_CONDITIONS: Final = (
    _condition(
        "change", N_("Change"), N_("choose field, operator or value anew; of a group: all of it, or any"), ("enter",)
    ),
    _condition(
        "add", N_("Add a comparison"), N_("compare one more field, below the cursor or in its group"), ("n", "plus")
    ),
    _condition("remove", N_("Remove"), N_("take the comparison or the group away"), ("delete", "backspace")),
    _condition("group", N_("Make a group"), N_("put it into a group of its own: all of these, any of these"), ("g",)),
    _condition("ungroup", N_("Leave the group out"), N_("take the group away and keep what it holds"), ("G",)),
    _condition("turn", N_("All or any"), N_("have all parts of the group hold, or any of them"), ("a",)),
    _condition("deny", N_("Not"), N_("put a “not” before it, or take one away"), ("exclamation_mark",)),
    _condition(
        "move_down",
        N_("Move down"),
        N_("move it down: past the next one, into a group, out of it"),
        ("J", "shift+down"),
    ),
    _condition(
        "move_up", N_("Move up"), N_("move it up: past the one above, into a group, out of it"), ("K", "shift+up")
    ),
    _condition("undo", N_("Undo in the condition"), N_("take the last change of the condition back"), ("u",)),
    _condition("redo", N_("Redo in the condition"), N_("make the change of the condition again"), ("ctrl+r",)),
)


def _text(id: str, title: str, help: str, key: str, run: str, why_not: str = "why_not") -> Action:
    return Action(
        id=f"text.{id}",
        title=title,
        help=help,
        keys=(key,),
        scope=Scope.TEXT,
        run=_do("text_acts", run),
        why_not=_why("text_acts", why_not),
    )


OF_TEXTS: Final = (
    _text("next", N_("Next deal"), N_("show the text on the stage's next deal"), "f5", "next_deal", "why_not_other"),
    _text(
        "previous",
        N_("Previous deal"),
        N_("show the text on the stage's deal before"),
        "f6",
        "previous_deal",
        "why_not_other",
    ),
    _text(
        "browser",
        N_("Show in the browser"),
        N_("show the mail that is being written in the browser, as this deal's client would see it"),
        "f7",
        "browse",
        "why_not_browse",
    ),
    _text(
        "convert",
        N_("Convert placeholders"),
        N_("write placeholders of Bitrix24 in the text in our form"),
        "f8",
        "convert",
        "why_not_convert",
    ),
    _text("field", N_("Insert a field…"), N_("choose a field and write its name into the text"), "f9", "pick_field"),
)
