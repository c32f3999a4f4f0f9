"""The map of a pipeline's automation in the board's place: head, columns of cards, and what is to be said of one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from core import automation_map
from core.commands import automation
from core.commands.arranging import Key
from core.errors import FunilError
from core.i18n import gettext as _
from core.safe_text import safe_text
from core.words import fill
from tui.actions import key_of
from tui.bars import Bar
from tui.board.colours import style
from tui.board.theming import DARK, Theming
from tui.editor import map_paint
from tui.editor.cards import explained
from tui.editor.map_model import HEAD, MapModel, Spot
from tui.line import Part, spread
from tui.line_view import RIGHT

if TYPE_CHECKING:
    from tui.app import FunilApp

LEFT: Final = 1
THRESHOLD: Final = 2
"""Cells that the mouse must move before a press becomes a drag."""
WHEEL: Final = 3
COUNTED: Final = 1.0
"""Seconds within which what happens is counted once."""


class MapHead(Bar):
    """Says whose automation it is, how much there is, and what can be done with it."""

    def __init__(self, model: MapModel, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._model = model
        self.note = ""
        self._shown = range(0)

    def tell(self) -> None:
        """Draw it again if other stages are in view."""
        if self._model.shown != self._shown:
            self._shown = self._model.shown
            self.refresh()

    def parts(self, width: int) -> list[Part]:
        """Return the line for a width."""
        model = self._model
        name = safe_text(model.pipeline.name) if model.pipeline else ""
        left = [
            Part(" " + _("Automation") + f" · {name}", "accent"),
            Part(f"  {map_paint.summary(model)}", "dim", None, 3),
            *([Part(f"  {_in_view(model)}", "dim", None, 2)] if len(model.shown) < len(model.columns) else []),
            *([Part(f"  {self.note}", "warn", None, 1)] if self.note else []),
        ]
        right = [
            Part(f" {_('new')} {key_of('editor.new', 'n')} ", "key", "editor.new", 2),
            Part(f" {_('board')} esc ", "key", "editor.close"),
        ]
        return spread(left, right, width)


def _in_view(model: MapModel) -> str:
    """Say which of the stages are in view."""
    shown, count = model.shown, len(model.columns)
    return fill(_("stages {first}–{last} of {n}"), {"first": shown.start + 1, "last": shown.stop, "n": count})


class MapHint(Widget):
    """Two lines about the card under the cursor: what it does, and what is doubtful or what it causes."""

    ALLOW_SELECT = False

    def __init__(self, model: MapModel, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._model = model
        self._told: list[tuple[str, str]] = []
        self._theming = Theming()

    def tell(self) -> None:
        """Draw it again if there is something else to say."""
        model = self._model
        names = [card.name for card in model.cards() if card.key in model.lit]
        told = explained(model.card, names) if model.card else []
        if told != self._told:
            self._told = told
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        palette = self._theming.take(self.app)
        text, tone = self._told[y] if y < len(self._told) else ("", "plain")
        colour = {"accent": palette.accent, "warn": palette.warning, "bad": palette.error}.get(tone, palette.muted)
        width = self.size.width
        cut = text if cell_len(text) < width else set_cell_size(text, max(0, width - 2)) + "…"
        strip = Strip([Segment(set_cell_size(f" {cut}", width), style(colour, palette.raised))], width)
        return self._theming.dress(strip)


class MapView(Widget, can_focus=True):
    """Draws the map and takes the mouse; keys come from the registry."""

    ALLOW_SELECT = False

    class Asked(Message):
        """An action of the registry was asked for with the mouse."""

        def __init__(self, action: str, at: Offset | None = None) -> None:
            super().__init__()
            self.action = action
            self.at = at

    class Moved(Message):
        """The cursor stands on something else, or something else is marked or carried."""

    class Dropped(Message):
        """Things were let go where they shall stand."""

        def __init__(self, keys: tuple[Key, ...], spot: Spot) -> None:
            super().__init__()
            self.keys = keys
            self.spot = spot

    def __init__(self, model: MapModel, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.model = model
        self.lines_painted = 0
        self._theming = Theming()
        self._palette = DARK
        self._frame: list[map_paint.Line] = []
        self._pressed: tuple[int, int] | None = None
        self._pressed_keys: tuple[Key, ...] = ()

    def on_mount(self) -> None:
        """Follow the theme; let go of a drag when another screen comes up."""
        self._dress()
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._dress())
        self.watch(self.screen, "stack_updates", self._other_screen, init=False)

    def _other_screen(self) -> None:
        self.let_go()

    def _dress(self) -> None:
        self._palette = self._theming.take(self.app)
        self._frame = []
        self.sync()
        self.refresh()

    # Drawing ----------------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Draw the rows that differ from what is shown."""
        former, self._frame = self._frame, map_paint.frame(self.model, self._palette, focused=self.has_focus)
        if len(former) != len(self._frame):
            self.refresh()
        else:
            rows = [y for y, line in enumerate(self._frame) if line != former[y]]
            if rows:
                self.refresh(*(Region(0, y, self.size.width, 1) for y in rows))
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        self.lines_painted += 1
        width = self.size.width
        pieces = self._frame[y] if y < len(self._frame) else ()
        segments = [Segment(text, style(colour, ground, bold)) for text, colour, ground, bold in pieces]
        ground = style(self._palette.text, self._palette.ground)
        return self._theming.dress(Strip(segments).adjust_cell_length(width, ground))

    def on_resize(self, event: events.Resize) -> None:
        """Divide the new room."""
        self.model.resize(event.size.width, event.size.height)
        self.sync()

    def on_focus(self) -> None:
        """Show that keys reach the map."""
        self.screen.add_class("in-editor")
        self.sync()

    def on_blur(self) -> None:
        """Show that keys go elsewhere."""
        self.let_go()
        self.sync()

    # Mouse ------------------------------------------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a card, or show what can be done with it."""
        at = self.model.card_at(event.x, event.y)
        place = self.model.column_at(event.x)
        if at is None:
            if place is not None and (event.y < HEAD or not self.model.columns[place].cards):
                self.model.put(place, 0)
                self.sync()
            return
        self.model.put(*at)
        key = self.model.key
        if event.button == RIGHT:
            self.post_message(self.Asked("editor.menu", event.screen_offset))
        elif event.button == LEFT and key is not None:
            if event.ctrl:
                self.model.toggle_mark()
            self._pressed = (event.x, event.y)
            self._pressed_keys = self.model.chosen if key in self.model.marks else (key,)
            self.capture_mouse()
        self.sync()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Carry what is held."""
        if self._pressed is None:
            return
        if event.button != LEFT:
            self.let_go()
            return
        far = max(abs(event.x - self._pressed[0]), abs(event.y - self._pressed[1]))
        if self.model.held or far >= THRESHOLD:
            self.model.held = self._pressed_keys
            self.model.spot = self.model.landing(self._pressed_keys, event.x, event.y)
            self.sync()

    def on_mouse_up(self) -> None:
        """Let what is carried land."""
        keys, spot = self.model.held, self.model.spot
        self.let_go()
        if keys and spot is not None:
            self.post_message(self.Dropped(keys, spot))

    def on_mouse_release(self) -> None:
        """Put carried cards back: something else has taken the mouse."""
        self.let_go()

    def let_go(self) -> bool:
        """Put carried cards back; False when there was no drag."""
        held, self._pressed = bool(self.model.held), None
        self.model.held, self.model.spot = (), None
        if self.is_mounted and self.app.mouse_captured is self:
            self.release_mouse()
        if held:
            self.sync()
        return held

    def on_click(self, event: events.Click) -> None:
        """Open a card by a double click."""
        if event.chain == 2 and event.button == LEFT and self.model.card_at(event.x, event.y):
            self.post_message(self.Asked("editor.open"))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the column under the mouse."""
        self._wheel(event, WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll the column under the mouse."""
        self._wheel(event, -WHEEL)

    def _wheel(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        self.model.scroll(event.x, rows)
        self.sync()


class EditorView(Vertical):
    """The whole map. What is to be known beside the house is read and judged in a thread, again after each change."""

    def __init__(self, app: FunilApp, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._funil = app
        self.model = MapModel()
        self.head = MapHead(self.model, id="map-head")
        self.map = MapView(self.model, id="map")
        self.hint = MapHint(self.model, id="map-hint")
        self.surveyed = False
        """Whether the pipeline has been looked over since the map was made."""
        self._judged: automation_map.Judged | None = None
        self._later: Timer | None = None
        self._reading = False
        self._again = False

    def compose(self) -> ComposeResult:
        """Put head, map and hint under one another."""
        yield self.head
        yield self.map
        yield self.hint

    def show(self) -> None:
        """Show the pipeline in view as it is configured now, and look it over anew."""
        desk = self._funil.desk
        self.model.show(desk.house, desk.pipeline)
        self.head.note = "" if automation.may_edit(desk.house, desk.user) else _("only an admin changes it")
        self.draw()
        self._begin()

    def count(self) -> None:
        """Count anew what rules have done, once for all that happens within a while."""
        if self._later is None:
            self._later = self.set_timer(COUNTED, self._begin)

    def draw(self) -> None:
        """Draw all that differs."""
        self.map.sync()
        self.head.refresh()

    def _begin(self) -> None:
        self._later, self._again = None, True
        if not self._reading:
            self._reading = True
            self.run_worker(self._survey(), group="survey", exit_on_error=False)

    async def _survey(self) -> None:
        """Count, and judge what is new, until nothing has changed meanwhile."""
        desk = self._funil.desk
        try:
            while self._again:
                self._again = False
                found = await asyncio.to_thread(desk.store.read, automation_map.counts(desk.pipeline_id))
                house, now, lately = found
                if self._judged is None or self._judged.house is not house:
                    self._judged = await asyncio.to_thread(automation_map.judged, house, now)
                self.model.show(desk.house, desk.pipeline, self._judged.counted(lately))
                self.surveyed = True
                self.draw()
        except FunilError:  # the screen tells trouble with the store by itself
            self._again = False
        finally:
            self._reading = False

    def on_map_view_moved(self, event: MapView.Moved) -> None:
        """Say what is to be said of the card under the cursor, and what can be done with it."""
        event.stop()
        self.hint.tell()
        self.head.tell()
        self._funil.footer.announce(self._drop_words())
        self._funil.footer.recheck()

    def _drop_words(self) -> Sequence[Part] | None:
        """Return what the footer says while cards are carried."""
        model, spot = self.model, self.model.spot
        if not model.held or spot is None:
            return None
        card = model.find(model.held[0])
        what = card.name if card and len(model.held) == 1 else str(len(model.held))
        stage = safe_text(model.columns[spot.place].stage.name)
        return [Part(f" {what} → {stage} ", "strong"), Part("   " + _("esc cancels"), "dim", None, 20)]

    def on_map_view_asked(self, event: MapView.Asked) -> None:
        """Do what the mouse has asked for."""
        event.stop()
        self._funil.pointed = event.at
        self._funil.perform(event.action)

    def on_map_view_dropped(self, event: MapView.Dropped) -> None:
        """Put things where they were let go."""
        event.stop()
        from tui.editor import map_acts

        self._funil.run_worker(map_acts.put(self._funil, event.keys, event.spot))
