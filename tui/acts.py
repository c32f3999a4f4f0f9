"""What the actions do that take more than one line: panels, forms, the log, the filter."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from core.errors import FunilError
from core.i18n import gettext as _
from core.i18n import ngettext
from core.words import fill
from tui import rule_words
from tui.actions import Scope, key_of
from tui.board.cursor import Way
from tui.line import Part
from tui.panel_place import share_width

if TYPE_CHECKING:
    from textual.geometry import Offset

    from tui.app import FunilApp
    from tui.outbound_rows import LogLine


def carry(app: FunilApp, way: Way) -> None:
    """Carry the chosen deals one step, or say that there is no further one."""
    if not app.board.carry(way):
        app.say(_("There is nothing further in that direction."))


def here(app: FunilApp) -> str | None:
    """Return the stage under the cursor."""
    model = app.board.model
    return model.columns[model.cursor].stage.id if model.columns else None


def drop_sentence(app: FunilApp, deals: Sequence[str], stage: str | None) -> list[Part] | None:
    """Return what the footer says while deals are carried over a stage."""
    pipeline = app.desk.pipeline
    if stage is None or pipeline is None:
        return None
    cards = app.source.cards_by_id(deals)
    titles = [card.title for card in cards.values()] or list(deals)
    origins = {card.stage for card in cards.values()}
    return rule_words.drop_parts(app.desk.house, pipeline, stage, titles, origins)


async def move_to_stage(app: FunilApp) -> None:
    """Ask for a stage and bring the chosen deals there."""
    from tui.panels.picker import Choice, Picker

    pipeline, deals = app.desk.pipeline, app.board.chosen()
    if pipeline is None:
        return
    title = fill(ngettext("Move {n} deal to …", "Move {n} deals to …", len(deals)), {"n": len(deals)})
    if len(deals) == 1:
        title = fill(_("Move “{deal}” to …"), {"deal": app.deal_name(deals[0])})
    choices = [
        Choice(stage.id, stage.name, mark=stage.color, note=rules_note(app, pipeline.id, stage.id))
        for stage in pipeline.stages
    ]
    stage = await app.push_screen_wait(Picker(title, choices, at=here(app)))
    if stage is not None:
        app.board.clear_marks()
        await app.mover.move(deals, pipeline.id, stage)


def rules_note(app: FunilApp, pipeline: str, stage: str) -> str:
    """Name the first rules that act on entering a stage."""
    rules = rule_words.acting(app.desk.house, pipeline, stage)
    return " · ".join(rule_words.rule_words(rule, app.desk.house) for rule in rules[:3]) + (
        " …" if len(rules) > 3 else ""
    )


def open_deal(app: FunilApp) -> None:
    """Show the deal under the cursor beside the board."""
    if app.board.model.deal is not None:
        app.panel.show(app.board.model.deal)
        share_width(app)
        app.panel.focus_body()


def close_deal(app: FunilApp) -> None:
    """Close the open deal and go back to the board."""
    app.close_panel()


async def new_deal(app: FunilApp) -> None:
    """Ask for a new deal, in the column under the cursor, and make it."""
    from tui.form.opening import new_deal

    await new_deal(app, here(app))


async def switch_pipeline(app: FunilApp) -> None:
    """Ask for a pipeline and show it."""
    from tui.panels.picker import Choice, Picker

    choices = [Choice(p.id, p.name) for p in app.desk.house.pipelines.values()]
    chosen = await app.push_screen_wait(Picker(_("Show pipeline …"), choices, at=app.desk.pipeline_id))
    if chosen is not None:
        app.show_pipeline(chosen)


async def open_menu(app: FunilApp) -> None:
    """Show what can be done with the deal under the cursor or pointer, and do what is chosen."""
    from tui.places import cursor_cell

    deals = app.board.chosen()
    count = fill(ngettext("{n} marked deal", "{n} marked deals", len(deals)), {"n": len(deals)})
    await menu(app, app.deal_name(deals[0]) if len(deals) == 1 else count, Scope.BOARD, cursor_cell(app.board))


async def open_log_menu(app: FunilApp) -> None:
    """Show what can be done with the message under the log's cursor, and do what is chosen."""
    line, rows = app.log_view.rows.current, app.log_view.rows
    below_head = (2, 1 + rows.cursor - rows.top)
    await menu(app, line.title if line else "", Scope.LOG, app.log_view.region.offset + below_head)


async def menu(app: FunilApp, title: str, scope: Scope, cell: Offset) -> None:
    """Show the actions of a place at the pointer, else at ``cell``."""
    from tui.panels.menu import Entry, Menu

    place, app.pointed = app.pointed or cell, None
    entries = [
        Entry(action.id, _(action.title), action.keys, action.why_not(app)) for action in app.registry.menu(scope)
    ]
    chosen = await app.push_screen_wait(Menu(title, entries, place))
    if chosen is not None:
        app.perform(chosen)


def cycle_log(app: FunilApp) -> None:
    """Board → docked log → log over the whole screen → board."""
    if app.screen.has_class("in-editor"):  # the map takes the log's room while it has the keys
        app.screen.remove_class("in-editor")
        app.call_after_refresh(app.log_view.focus)
    elif not app.log_view.has_focus:
        app.log_view.focus()
    elif not app.screen.has_class("full-log"):
        app.screen.add_class("full-log")
    else:
        _done_reading(app)


def leave_log(app: FunilApp) -> None:
    """Go from the log back to the board, or to the inbox in its place."""
    app.screen.remove_class("full-log")
    app.home.focus()


def _done_reading(app: FunilApp) -> None:
    """Leave the log following again: what the next move holds is to be seen while it can be taken back."""
    app.log_view.follow()
    leave_log(app)


async def read_message(app: FunilApp, line: LogLine) -> None:
    """Show a whole message of the log."""
    from tui.panels import message_sheet
    from tui.panels.message import MessagePanel

    store = app.desk.store
    await app.push_screen(
        MessagePanel(line, app.desk.moments, lambda shown: store.read(lambda reader: message_sheet.read(reader, shown)))
    )


def go_to_deal(app: FunilApp) -> None:
    """Put the board's cursor on the deal of the message under the log's cursor."""
    line = app.log_view.rows.current
    if line is not None and app.find_deal(line.row.deal):
        leave_log(app)


def open_filter(app: FunilApp) -> None:
    """Let the person type words."""
    app.filter_line.open(app.desk.search)


async def open_palette(app: FunilApp) -> None:
    """Find anything by name."""
    from tui.palette import Palette

    await app.push_screen(Palette())


async def show_help(app: FunilApp) -> None:
    """Show all keys."""
    from tui.screens.help import HelpScreen

    await app.push_screen(HelpScreen(app.keymap))


def last_words(app: FunilApp) -> str:
    """Return what is said when the board is left: how many runs wait for the next engine; empty for none."""
    with suppress(FunilError):  # a store that cannot be read keeps nobody here
        app.desk.count()
    waiting = app.desk.waiting
    line = ngettext(
        "{n} run waits; it acts while Funil or `funil worker` runs",
        "{n} runs wait; they act while Funil or `funil worker` runs",
        waiting,
    )
    return fill(line, {"n": waiting}) if waiting and not app.is_web else ""  # a browser shows nothing after its board


def _leave_inbox(app: FunilApp) -> None:
    """Take the inbox's filter away, else go back to the board."""
    if app.inbox.rows.words:
        app.inbox.narrow("")
        app.inbox.list.focus()
    else:
        app.perform("inbox.close")


def drafts_ask(app: FunilApp) -> bool:
    """Say, the first time, that something was typed for the client and not sent; False when there is nothing to ask."""
    answers, mails = app.panel.talk.asks(), app.desk.drafts.asks()
    if not (answers or mails):
        return False
    told = (
        _("A mail that you have begun was not sent; it is kept only while Funil is open.")
        if mails
        else _("An answer that you have typed was not sent; it is kept only while Funil is open.")
    )
    app.say(told + " " + fill(_("{key} again leaves."), {"key": key_of("app.quit", "q")}))
    return True


def back(app: FunilApp) -> None:
    """Undo one level of what is open: a drag of the log's head, panel, log, marks, filter."""
    if app.log_view.sizing.cancel():
        return
    if app.panel.display:
        app.close_panel()
    elif app.log_view.has_focus and app.finder.typed:
        app.finder.set("")
    elif app.log_view.has_focus or app.screen.has_class("full-log"):
        _done_reading(app)
    elif app.inbox.open:
        _leave_inbox(app)
    elif app.editing.open:
        app.editing.back()
    elif app.board.model.anchor is not None or app.board.model.marks:
        app.board.clear_marks()
    elif app.desk.search:
        app.filter.set("")
    elif app.tour.at is not None:
        app.tour.end(app)
    else:
        app.board.focus()
