"""The board's app: it puts the widgets together and passes their messages on to those who act."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Sequence
from typing import Any, Final

from rich.text import Text
from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingsMap
from textual.containers import Horizontal
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Offset
from textual.widget import Widget

from core.errors import FunilError
from core.i18n import gettext as _
from core.safe_text import safe_text
from core.words import fill
from tui import acts, header, leaving, looks, panel_place, theme, warming, wording
from tui.actions import Action, Registry, Scope, key_of, use
from tui.bars import Bar
from tui.board.view import BoardView
from tui.bridge import Doorway, Woken
from tui.desk import Desk
from tui.driver import honest
from tui.editing import Editing
from tui.filter_line import FilterLine
from tui.filtering import Filter
from tui.footer import FooterLine, Hint
from tui.header import HeaderLine
from tui.inbox.view import InboxList, InboxView
from tui.keymap import Keymap, complaint
from tui.live import Live
from tui.log_filter_line import LogFilterLine
from tui.log_finder import Finder
from tui.mover import Mover
from tui.outbound_log import OutboundLog
from tui.panels.deal import DealPanel
from tui.panels.sheet_view import SheetView
from tui.places import toasts_above
from tui.source import DealSource
from tui.tour import Tour
from tui.verbs import REGISTRY

OUR_KEYS: Final = Keymap(REGISTRY)
SWITCH: Final = 0.0005
"""Seconds that a busy thread may keep the interpreter from the keys."""


class FunilApp(App[None]):
    """Shows one house's pipelines and its outbound log, and keeps its engine while no other process does."""

    CSS_PATH = "styles/app.tcss"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, doorway: Doorway, keymap: Keymap = OUR_KEYS) -> None:
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        self._bindings = BindingsMap([*App.BINDINGS, *keymap.registry.bindings()])  # each user has other ones
        self.keymap = keymap
        use(keymap.registry)
        self.desk = Desk(doorway)
        self.settings = doorway.settings
        theme.begin(self)
        self.source = DealSource(doorway.store)
        self.filter: Filter = Filter(self)
        self.mover: Mover = Mover(doorway.store, self, lambda: self.desk.user, self.deal_name)
        self.header = HeaderLine(id="header")
        self.filter_line = FilterLine(self.filter.judge, id="filter")
        self.board: BoardView = BoardView(self.source, wording.of(self.desk), lambda: self.desk.now, id="board")
        self.finder: Finder = Finder(self)
        self.log_view: OutboundLog = OutboundLog(self.finder.read, self.desk.moments, id="log")
        self.log_filter_line = LogFilterLine(id="log-filter")
        self.log_view.finder = self.finder
        self.footer = FooterLine(self._hints, id="footer")
        self.panel: DealPanel = DealPanel(doorway.store, self.desk.moments, id="deal")
        names = self.desk.names
        self.inbox: InboxView = InboxView(doorway.store, self.desk.moments, names, id="inbox")
        self.tour: Tour = Tour(id="tour")
        self.live: Live = Live(self)
        self.editing: Editing = Editing(self)
        self.pointed: Offset | None = None

    def get_driver_class(self) -> type[Driver]:
        """Use a driver that does not take a lost mouse button for a drop."""
        return honest(super().get_driver_class())

    def get_css_variables(self) -> dict[str, str]:
        """Dress in the theme's colours as far as they can be read."""
        return theme.take(self, theme.legible(super().get_css_variables()))

    def compose(self) -> ComposeResult:
        """Put header, filter, board, log and footer under one another, the deal panel beside the board."""
        yield self.header
        yield self.filter_line.row
        with Horizontal(id="upper"):
            yield self.board
            yield self.inbox
            yield self.panel
            yield self.tour
        yield self.log_filter_line
        yield self.log_view
        yield self.footer

    def on_load(self) -> None:
        """Listen to signals before the terminal is taken over, so that it is always given back."""
        if not self.is_headless:
            self.listen_to_signals()

    def listen_to_signals(self) -> None:
        """Leave properly at a signal that asks to go."""
        leaving.listen(self.told_to_leave)

    def on_mount(self) -> None:
        """Show the board, then begin to listen and to work."""
        sys.setswitchinterval(SWITCH)
        looks.begin(self)
        self.board.show(self.desk.pipeline)
        self.board.focus()
        self.show_header()
        self.watch(self.screen, "focused", self._other_keys, init=False)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Load what the first paint can do without."""
        self.log_view.reload()
        self.desk.load_kinds()
        self.show_again()
        self._tell_settings()
        self.live.begin()
        if self.keymap.troubles:
            self.say(complaint(self.keymap), trouble=True)
        self.tour.begin_once(self)
        self.run_worker(warming.warm())

    @property
    def registry(self) -> Registry:
        """The actions there are, with this user's keys."""
        return self.keymap.registry

    # Actions ----------------------------------------------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        """Where the focus is, or comes back to when what lies over the board is closed."""
        return panel_place.scope(self)

    @property
    def home(self) -> Widget:
        """Where one comes back to: the board, or the inbox or the automation in its place."""
        return self.inbox.list if self.inbox.open else self.editing.home or self.board

    @property
    def below(self) -> Widget | None:
        """What has the focus on the board's own screen, whatever lies over it; None while there is no screen."""
        return next((screen.focused for screen in self.screen_stack), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let a key act only where its action belongs."""
        if action != "do":
            return True
        return self._acts_here(self.registry[str(parameters[0])])

    def _acts_here(self, action: Action) -> bool:
        """Say whether an action's keys work where the focus is: an open deal takes those of deals that it has no other
        use for, but neither the cursor's nor the marks'."""
        scope = self.scope
        if scope is Scope.PANEL and action.scope is Scope.BOARD:
            return panel_place.works_in_panel(self, action)
        return action.scope in (Scope.APP, scope) and not self.registry.covered(action, scope)

    def action_do(self, action_id: str) -> None:
        """Do what a key stands for."""
        self.perform(action_id)

    def perform(self, action_id: str) -> None:
        """Do an action of the registry, or say why it cannot be done now."""
        action = self.registry[action_id]
        if action.scope is Scope.BOARD and panel_place.in_panel(self) and not panel_place.aim(self):
            return
        why = action.why_not(self)
        if why is not None:
            self.say(why)
            return
        try:
            work = action.run(self)
        except FunilError as error:
            self.say(str(error), trouble=True)
            return
        if work is not None:
            self.run_worker(self._finish(work), name=action_id)
        self.tour.did(self, action_id)

    async def _finish(self, work: Awaitable[None]) -> None:
        try:
            await work
        except FunilError as error:
            self.say(str(error), trouble=True)

    def _other_keys(self) -> None:
        self.footer.recheck()

    def _hints(self) -> list[Hint]:
        shown = (each for each in self.registry.footer(self.scope) if panel_place.of_hand(self, each))
        hints = [action for action in shown if self._acts_here(action)]
        return [(action, self.registry.hint_keys(action), action.why_not(self) is None) for action in hints]

    def action_help_quit(self) -> None:
        """Say how to leave to whoever tries ctrl+c."""
        self.say(fill(_("Press {key} to quit."), {"key": key_of("app.quit", "q")}))

    async def action_quit(self) -> None:
        """Leave, and say what waits for the next engine; a value that is half typed asks first."""
        if self.panel.asks() or acts.drafts_ask(self):
            return
        await self._leave(0)

    def told_to_leave(self, status: int) -> None:
        """Leave because somebody outside wants it, with an exit status; callable from any thread."""
        self.call_later(self._leave, status)

    async def _leave(self, status: int) -> None:
        self.finder.give_up()
        await self.live.end()
        told = acts.last_words(self)
        self.exit(return_code=status, message=Text(told) if told else None)

    # What the widgets say ---------------------------------------------------------------------------------------------

    def on_woken(self, _event: Woken) -> None:
        """Something happened outside."""
        self.live.woken()

    @on(Bar.Chosen)
    def _bar_chosen(self, event: Bar.Chosen) -> None:
        self.perform(event.action)

    @on(FilterLine.Words)
    def _words_typed(self, event: FilterLine.Words) -> None:
        self.filter.set(event.words)
        if event.done and self.focused in (None, self.filter_line):
            self.board.focus()

    @on(OutboundLog.Resized)
    def _place_toasts(self) -> None:
        toasts_above(self.log_view, self.board.screen)  # another one may lie over it

    @on(InboxList.Asked)
    @on(OutboundLog.Asked)
    def _list_asked(self, event: InboxList.Asked | OutboundLog.Asked) -> None:
        self.pointed = event.at
        self.perform(event.action)

    @on(LogFilterLine.Words)
    def _log_words_typed(self, event: LogFilterLine.Words) -> None:
        self.finder.typing(event.words, done=event.done)

    @on(OutboundLog.Opened)
    def _message_opened(self, event: OutboundLog.Opened) -> None:
        self.run_worker(acts.read_message(self, event.line))

    def close_panel(self) -> None:
        """Close the deal panel and go back to the board; a value that is half typed asks first."""
        if self.panel.asks():
            return
        self.panel.hide()
        panel_place.share_width(self)
        self.home.focus()

    def on_resize(self, event: Resize) -> None:
        """Share the new width between board and open deal."""
        panel_place.share_width(self, event.size.width)  # the app itself hears of its size only after this

    @on(InboxList.CursorMoved)
    @on(DealPanel.CursorMoved)
    def _other_line(self) -> None:
        self.footer.recheck()

    @on(DealPanel.Typed)
    def _value_typed(self, event: DealPanel.Typed) -> None:
        from tui import panel_acts

        self.run_worker(panel_acts.save(self, event.text))

    @on(SheetView.Pressed)
    def _sheet_pressed(self, event: SheetView.Pressed) -> None:
        self.panel.focus_body()
        self.pointed = event.at
        self.perform(event.action)

    @on(BoardView.Dropped)
    def _dropped(self, event: BoardView.Dropped) -> None:
        self.tour.did(self, "drop")
        self.run_worker(self.mover.move(event.deal_ids, self.desk.pipeline_id, event.stage, event.above))

    @on(BoardView.DragOver)
    def _dragged_over(self, event: BoardView.DragOver) -> None:
        self.footer.announce(acts.drop_sentence(self, event.deal_ids, event.stage))

    @on(BoardView.Folded)
    def _folded(self, event: BoardView.Folded) -> None:
        looks.keep_folds(self, event.pipeline, event.stages)

    @on(BoardView.Opened)
    def _deal_opened(self) -> None:
        self.perform("deal.open")

    @on(BoardView.MenuAsked)
    def _menu_asked(self, event: BoardView.MenuAsked) -> None:
        self.pointed = Offset(event.x, event.y)
        self.perform("deal.menu")

    @on(BoardView.CursorMoved)
    @on(BoardView.MarksChanged)
    def _cursor_moved(self) -> None:
        self.footer.recheck()
        if self.panel.display and not panel_place.in_panel(self):
            self.panel.follow(self.board.model.deal)

    # What those who act ask of the screen -----------------------------------------------------------------------------

    def say(self, sentence: str, *, trouble: bool = False) -> None:
        """Tell the person something for some seconds."""
        self.notify(safe_text(sentence, lines=True), severity="error" if trouble else "information", markup=False)

    def keep(self, name: str, value: Any) -> None:
        """Remember what the person has chosen for the screen."""
        self.settings.keep(name, value)
        self._tell_settings()

    def _tell_settings(self) -> None:
        if self.settings.trouble is not None:
            self.say(self.settings.trouble.local(), trouble=True)

    def put_back(self, deals: Sequence[str]) -> None:
        """Show deals where the store has them."""
        self.board.revert(deals)

    def came_back(self, deals: Sequence[str]) -> None:
        """Put the cursor on the first deal that an undo has put back."""
        self.board.apply_changes(deals)
        self.board.go_to(deals[0])

    def written(self) -> None:
        """Take notice of a commit of this board."""
        self.live.written()

    def show_header(self) -> None:
        """Draw the header line with what holds now."""
        live = self.live
        self.header.show(
            header.state_of(self.desk, self.source.found, live.seat.state, live.overdue.count, live.clock.shown)
        )

    def show_again(self) -> None:
        """Show the pipeline as it is configured now; the cursor stays on its deal."""
        deal = self.board.model.deal
        self.board.show(self.desk.pipeline)
        if deal is not None:
            self.board.go_to(deal)

    def show_pipeline(self, pipeline: str) -> None:
        """Show another pipeline."""
        looks.turn_to(self, pipeline)
        if self.desk.search:
            self.filter.again()
        self.editing.reload()
        self.show_header()

    def dress(self, name: str) -> None:
        """Change the theme."""
        theme.dress(self, name)

    def deal_name(self, deal: str) -> str:
        """Return a deal's title, or its id where it is not known."""
        card = self.source.cards_by_id([deal]).get(deal)
        return card.title if card else deal

    def find_deal(self, deal: str) -> bool:
        """Put the board's cursor on a deal, in its own pipeline; say why where it cannot be shown."""
        if self.board.look_at(deal):
            return True
        found = self.desk.store.read(lambda reader: reader.deal(deal))
        if found is None or found.removed or found.pipeline not in self.desk.house.pipelines:
            self.say(_("That deal is not there any more."))
            return False
        if self.desk.search:
            self.say(_("The filter hides that deal: esc takes the filter away."))
            return False
        self.show_pipeline(found.pipeline)
        return self.board.look_at(deal)
