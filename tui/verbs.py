"""The actions there are: keys, words and what each of them calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from core.i18n import N_
from core.i18n import gettext as _
from tui import acts
from tui.actions import Action, Registry, Scope
from tui.verbs_board import ARRANGING
from tui.verbs_clock import CLIENT, OF_CLOCK, TOUR
from tui.verbs_editor import OF_EDITOR
from tui.verbs_inbox import OF_INBOX
from tui.verbs_log import OF_LOG
from tui.verbs_panel import OF_PANEL
from tui.verbs_reach import OF_REACHING
from tui.verbs_steering import OF_DEALS, OF_LINES, REDO, no_deal
from tui.verbs_talk import OF_TALK
from tui.verbs_trying import OF_TRYING
from tui.verbs_writing import OF_CONDITIONS, OF_TEXTS

if TYPE_CHECKING:
    from tui.app import FunilApp
    from tui.board.cursor import Direction, Way
    from tui.outbound_log import OutboundLog

Reason = Callable[["FunilApp"], str | None]


def _no_marks(app: FunilApp) -> str | None:
    return None if app.board.model.marks else _("Nothing is marked.")


def _no_pipeline(app: FunilApp) -> str | None:
    return None if app.desk.pipeline else _("There is no pipeline yet.")


def _one_pipeline(app: FunilApp) -> str | None:
    return None if len(app.desk.house.pipelines) > 1 else _("There is only one pipeline.")


def _nothing_to_undo(app: FunilApp) -> str | None:
    return None if app.desk.undoable else _("There is no move to undo.")


def _nothing_overdue(app: FunilApp) -> str | None:
    return None if app.live.overdue.open else _("Nothing waits for an answer.")


def _empty_log(app: FunilApp) -> str | None:
    return None if app.log_view.rows.lines else _("Nothing has gone out yet.")


def _cursor(
    id: str, title: str, help: str, keys: tuple[str, ...], direction: Direction, hint: str | None = None
) -> Action:
    return Action(
        id=f"board.{id}",
        title=title,
        help=help,
        keys=keys,
        scope=Scope.BOARD,
        run=lambda app: app.board.move_cursor(direction),
        hint=hint,
        hint_with=("board.left", "board.down", "board.up", "board.right"),
        hint_rank=80,
        palette=False,
    )


def _carry(way: Way, title: str, help: str, keys: tuple[str, ...], hint: str | None = None) -> Action:
    return Action(
        id=f"deal.{way}",
        title=title,
        help=help,
        keys=keys,
        scope=Scope.BOARD,
        run=lambda app: acts.carry(app, way),
        why_not=no_deal,
        hint=hint,
        hint_with=("deal.left", "deal.right"),
        hint_rank=10,
    )


def _log(id: str, title: str, help: str, keys: tuple[str, ...], step: Callable[[OutboundLog], None]) -> Action:
    return Action(
        id=f"log.{id}",
        title=title,
        help=help,
        keys=keys,
        scope=Scope.LOG,
        run=lambda app: step(app.log_view),
        palette=False,
    )


CURSOR: Final = (
    _cursor("left", N_("Left"), N_("go to the column on the left"), ("h", "left"), "left", N_("go")),
    _cursor("down", N_("Down"), N_("go to the next card"), ("j", "down"), "down"),
    _cursor("up", N_("Up"), N_("go to the card above"), ("k", "up"), "up"),
    _cursor("right", N_("Right"), N_("go to the column on the right"), ("l", "right"), "right"),
    _cursor("first", N_("First card"), N_("go to the top of the column"), ("g", "home"), "home"),
    _cursor("last", N_("Last card"), N_("go to the end of the column"), ("G", "end"), "end"),
    _cursor("page_up", N_("Page up"), N_("go up by a screenful"), ("pageup",), "page_up"),
    _cursor("page_down", N_("Page down"), N_("go down by a screenful"), ("pagedown",), "page_down"),
)

CARRYING: Final = (
    _carry("left", N_("Carry left"), N_("carry the deal, or all marked ones, one stage back"), ("H", "shift+left")),
    _carry(
        "right",
        N_("Carry right"),
        N_("carry the deal, or all marked ones, into the next stage"),
        ("L", "shift+right"),
        N_("carry"),
    ),
    _carry("up", N_("Carry up"), N_("carry the deal past the one above it"), ("K", "shift+up")),
    _carry("down", N_("Carry down"), N_("carry the deal past the one below it"), ("J", "shift+down")),
    Action(
        id="deal.move",
        title=N_("Move to stage…"),
        help=N_("choose the stage to move to, and see which rules act there"),
        keys=("m",),
        scope=Scope.BOARD,
        run=acts.move_to_stage,
        why_not=no_deal,
        hint=N_("move"),
        hint_rank=12,
        menu=True,
    ),
)

DEALS: Final = (
    Action(
        id="deal.open",
        title=N_("Open"),
        help=N_("show the deal: fields, client, what its rules do, history"),
        keys=("enter",),
        scope=Scope.BOARD,
        run=acts.open_deal,
        why_not=no_deal,
        hint=N_("open"),
        hint_rank=14,
        menu=True,
    ),
    Action(
        id="deal.new",
        title=N_("New deal"),
        help=N_("make a new deal"),
        keys=("n",),
        scope=Scope.APP,
        run=acts.new_deal,
        why_not=_no_pipeline,
        hint=N_("new"),
        hint_rank=20,
        menu=True,
    ),
    Action(
        id="mark.toggle",
        title=N_("Mark"),
        help=N_("mark the card, or take its mark away, and go on to the next"),
        keys=("space",),
        scope=Scope.BOARD,
        run=lambda app: app.board.toggle_mark(),
        why_not=no_deal,
        hint=N_("mark"),
        hint_rank=22,
        menu=True,
    ),
    Action(
        id="mark.range",
        title=N_("Mark a range"),
        help=N_("begin to mark a range here, or end it"),
        keys=("v",),
        scope=Scope.BOARD,
        run=lambda app: app.board.mark_range(),
        why_not=no_deal,
    ),
    Action(
        id="mark.all",
        title=N_("Mark all in view"),
        help=N_("mark every card in view"),
        keys=("asterisk",),
        scope=Scope.BOARD,
        run=lambda app: app.board.mark_visible(),
        why_not=no_deal,
    ),
    Action(
        id="mark.clear",
        title=N_("Clear marks"),
        help=N_("take all marks away"),
        keys=("backslash",),
        scope=Scope.BOARD,
        run=lambda app: app.board.clear_marks(),
        why_not=_no_marks,
        menu=True,
    ),
    Action(
        id="deal.menu",
        title=N_("Menu"),
        help=N_("show what can be done with the deal"),
        keys=("full_stop",),
        scope=Scope.BOARD,
        run=acts.open_menu,
        why_not=no_deal,
        palette=False,
    ),
)

LOG: Final = (
    _log("down", N_("Older"), N_("go to the next older message"), ("j", "down"), lambda log: log.move(1)),
    _log("up", N_("Newer"), N_("go to the next newer message"), ("k", "up"), lambda log: log.move(-1)),
    _log(
        "page_down",
        N_("Page down"),
        N_("go to older messages by a screenful"),
        ("pagedown",),
        lambda log: log.move(log.height),
    ),
    _log(
        "page_up",
        N_("Page up"),
        N_("go to newer messages by a screenful"),
        ("pageup",),
        lambda log: log.move(-log.height),
    ),
    Action(
        id="log.follow",
        title=N_("Follow"),
        help=N_("go to the newest message and follow what goes out"),
        keys=("g", "home"),
        scope=Scope.LOG,
        run=lambda app: app.log_view.follow(),
        hint=N_("newest"),
        hint_rank=12,
        palette=False,
    ),
    Action(
        id="log.open",
        title=N_("Read the message"),
        help=N_("show the whole message"),
        keys=("enter",),
        scope=Scope.LOG,
        run=lambda app: app.log_view.open_current(),
        why_not=_empty_log,
        hint=N_("read"),
        hint_rank=10,
        menu=True,
        palette=False,
    ),
    Action(
        id="log.menu",
        title=N_("Menu"),
        help=N_("show what can be done with the message"),
        keys=("full_stop",),
        scope=Scope.LOG,
        run=acts.open_log_menu,
        why_not=_empty_log,
        palette=False,
    ),
    Action(
        id="log.deal",
        title=N_("Go to its deal"),
        help=N_("put the board's cursor on the message's deal"),
        keys=("b",),
        scope=Scope.LOG,
        run=acts.go_to_deal,
        why_not=_empty_log,
        hint=N_("deal"),
        hint_rank=14,
        menu=True,
        palette=False,
    ),
)

EVERYWHERE: Final = (
    Action(
        id="filter.open",
        title=N_("Filter"),
        help=N_(
            "show only deals with these words, or by field: stage:won amount:>5k -failed: …; enter keeps, esc shows all"
        ),
        keys=("slash",),
        scope=Scope.BOARD,
        run=acts.open_filter,
        why_not=_no_pipeline,
        hint=N_("filter"),
        hint_rank=24,
    ),
    Action(
        id="move.undo",
        title=N_("Undo"),
        help=N_("take the last move back: what has not gone out is cancelled"),
        keys=("u",),
        scope=Scope.APP,
        run=lambda app: app.mover.undo(),
        why_not=_nothing_to_undo,
        hint=N_("undo"),
        hint_rank=16,
        menu=True,
    ),
    REDO,
    Action(
        id="log.focus",
        title=N_("Outbound log"),
        help=N_("go to the outbound log; again: over the whole screen; again: back to the board"),
        keys=("o",),
        scope=Scope.APP,
        run=acts.cycle_log,
        hint=N_("outbound"),
        hint_rank=30,
    ),
    Action(
        id="pipeline.switch",
        title=N_("Switch pipeline…"),
        help=N_("show another pipeline"),
        keys=("p",),
        scope=Scope.APP,
        run=acts.switch_pipeline,
        why_not=_one_pipeline,
    ),
    Action(
        id="engine.overdue",
        title=N_("What is overdue…"),
        help=N_("say what becomes of messages that became due while nothing ran"),
        keys=("exclamation_mark",),
        scope=Scope.APP,
        run=lambda app: app.live.overdue.ask(),
        why_not=_nothing_overdue,
    ),
    Action(
        id="app.palette",
        title=N_("Command palette"),
        help=N_("find any action, pipeline or theme by its name"),
        keys=("ctrl+p",),
        scope=Scope.APP,
        run=acts.open_palette,
        palette=False,
    ),
    Action(
        id="app.back",
        title=N_("Back"),
        help=N_("close what is open, clear marks, filter or range, go back to the board"),
        keys=("escape",),
        scope=Scope.APP,
        run=acts.back,
        palette=False,
    ),
    Action(
        id="app.quit",
        title=N_("Quit"),
        help=N_("leave; what waits acts while Funil or `funil worker` runs"),
        keys=("q",),
        scope=Scope.APP,
        run=lambda app: app.action_quit(),
    ),
    Action(
        id="app.help",
        title=N_("Help"),
        help=N_("show all keys"),
        keys=("question_mark",),
        scope=Scope.APP,
        run=acts.show_help,
        hint=N_("help"),
        hint_rank=99,
    ),
)

REGISTRY: Final = Registry(
    (
        *CURSOR,
        *CARRYING,
        *DEALS,
        *OF_DEALS,
        *LOG,
        *OF_LOG,
        *OF_PANEL,
        *OF_TALK,
        *OF_REACHING,
        *OF_INBOX,
        *OF_CONDITIONS,
        *OF_EDITOR,
        *OF_TRYING,
        *OF_TEXTS,
        OF_LINES,
        *OF_CLOCK,
        CLIENT,
        *TOUR,
        *ARRANGING,
        *EVERYWHERE,
    )
)
