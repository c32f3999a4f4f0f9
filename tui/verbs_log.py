"""The actions of the outbound log: filter, follow, size, export, and what can be done with the message under its
cursor or open over it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final

from core.i18n import N_
from tui.actions import Action, Scope

if TYPE_CHECKING:
    from tui.app import FunilApp


def _do(name: str) -> Callable[[FunilApp], Awaitable[None] | None]:
    """Return what an action of :mod:`tui.log_acts` does; that module is loaded when one is first used."""

    def run(app: FunilApp) -> Awaitable[None] | None:
        work: Awaitable[None] | None = getattr(import_module("tui.log_acts"), name)(app)
        return work

    return run


def _why(name: str) -> Callable[[FunilApp], str | None]:
    def why_not(app: FunilApp) -> str | None:
        acts = import_module("tui.log_acts")
        said: str | None = getattr(acts, name)(acts.chosen(app))
        return said

    return why_not


OF_MESSAGE: Final = (
    Action(
        id="log.retry",
        title=N_("Try now"),
        help=N_("try the message now: a held one without its grace, a failed one in a new round"),
        keys=("r",),
        scope=Scope.LOG,
        run=_do("retry"),
        why_not=_why("why_not_retry"),
        menu=True,
        hint=N_("try now"),
        hint_rank=16,
        palette=False,
    ),
    Action(
        id="log.cancel",
        title=N_("Cancel"),
        help=N_("keep the message from going out"),
        keys=("x",),
        scope=Scope.LOG,
        run=_do("cancel"),
        why_not=_why("why_not_cancel"),
        menu=True,
        hint=N_("cancel"),
        hint_rank=18,
        palette=False,
    ),
    Action(
        id="log.resolve",
        title=N_("What became of it…"),
        help=N_("say what became of a message whose outcome nobody knows"),
        keys=("w",),
        scope=Scope.LOG,
        run=_do("resolve"),
        why_not=_why("why_not_resolve"),
        menu=True,
        hint=N_("outcome"),
        hint_rank=60,
        palette=False,
    ),
    Action(
        id="log.browse",
        title=N_("Show in the browser"),
        help=N_("show an HTML mail in the browser, with nothing in it that acts or is fetched from elsewhere"),
        keys=("v",),
        scope=Scope.LOG,
        run=_do("browse"),
        why_not=_why("why_not_browse"),
        menu=True,
        hint=N_("browser"),
        hint_rank=62,
        palette=False,
    ),
    Action(
        id="log.files",
        title=N_("Attachments…"),
        help=N_("open or save a file that goes with the message"),
        keys=("a",),
        scope=Scope.LOG,
        run=_do("attachments"),
        why_not=_why("why_not_files"),
        menu=True,
        hint=N_("files"),
        hint_rank=64,
        palette=False,
    ),
)

OF_LOG: Final = (
    *OF_MESSAGE,
    Action(
        id="log.filter",
        title=N_("Filter the log"),
        help=N_("show only messages with these words, or channel:, status:, deal:; esc shows all again"),
        keys=("slash",),
        scope=Scope.LOG,
        run=_do("open_filter"),
        menu=True,
        hint=N_("filter"),
        hint_rank=20,
    ),
    Action(
        id="log.failed",
        title=N_("What failed"),
        help=N_("show only messages that failed or were not delivered"),
        keys=("F",),
        scope=Scope.LOG,
        run=_do("show_failed"),
    ),
    Action(
        id="log.stop",
        title=N_("Stop or follow"),
        help=N_("hold the log still while messages go out, or follow them again"),
        keys=("f",),
        scope=Scope.LOG,
        run=lambda app: app.log_view.stop(),
        palette=False,
    ),
    Action(
        id="log.size",
        title=N_("Size of the log"),
        help=N_("let the log take half of the screen, or less again; its head can be dragged too"),
        keys=("z",),
        scope=Scope.LOG,
        run=lambda app: app.log_view.sizing.toggle(),
    ),
    Action(
        id="log.export",
        title=N_("Export the log…"),
        help=N_("write what the log's filter shows into a CSV or JSON file"),
        keys=("e",),
        scope=Scope.LOG,
        run=_do("export"),
        why_not=lambda app: import_module("tui.log_acts").why_not_export(app),
        menu=True,
        hint=N_("export"),
        hint_rank=40,
    ),
)
