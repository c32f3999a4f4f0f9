"""A whole message of the outbound log, kept up to date while it is open, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.i18n import gettext as _
from tui import outbound_paint as paint
from tui.actions import Action
from tui.footer import FooterLine, Hint
from tui.outbound_rows import LogLine
from tui.panels import message_sheet as sheet
from tui.panels.message_sheet import MessageView
from tui.verbs_log import OF_MESSAGE

if TYPE_CHECKING:
    from tui.app import FunilApp


class MessagePanel(ModalScreen[None]):
    """Shows one message until esc. ``read`` reads it again; None where it cannot be."""

    CSS_PATH = "../styles/message.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("t", "source", show=False),
        Binding("b", "deal", show=False),
    ]

    def __init__(
        self,
        line: LogLine,
        moments: Callable[[], paint.Moments],
        read: Callable[[LogLine], MessageView | None] = MessageView,
    ) -> None:
        super().__init__()
        self.line = line
        self._read = read
        self._moments = moments
        self._source = False

    def compose(self) -> ComposeResult:
        """Lay out head, text and what can be done."""
        with Vertical(id="message-box"):
            with VerticalScroll(id="message", can_focus=False):
                yield Static(id="message-head")
                yield Static(id="message-text")
            yield FooterLine(self._hints, id="message-acts")

    def on_mount(self) -> None:
        """Show the message, and again whenever the log has changed."""
        self.reload()
        self.funil.log_view.changed.subscribe(self, lambda _nothing: self.reload())

    @property
    def funil(self) -> FunilApp:
        """The app."""
        found: FunilApp = self.app  # type: ignore[assignment]
        return found

    def _hints(self) -> list[Hint]:
        return [(a, self.funil.registry.hint_keys(a), a.why_not(self.funil) is None) for a in self._actions()]

    def _actions(self) -> list[Action]:
        return [self.funil.registry[action.id] for action in OF_MESSAGE]

    def on_key(self, event: events.Key) -> None:
        """Do something about the message, or say why that cannot be done."""
        action = next((action for action in self._actions() if event.key in action.keys), None)
        if action is not None:
            event.stop()
            self.funil.perform(action.id)

    def reload(self) -> None:
        """Read the message and show it."""
        view = self._read(self.line)
        if view is None:
            self.query_one("#message-text", Static).update(Content(_("This message is gone.")))
            return
        self.line = view.line
        self.query_one("#message-head", Static).update(sheet.head(view, self._moments()))
        text = sheet.body(self.line.row, source=self._source)
        self.query_one("#message-text", Static).update(Content(text))
        self.query_one(FooterLine).recheck()

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_source(self) -> None:
        """Show the HTML that was sent in the place of its text, or the text again."""
        if self.line.row.message.data.get("html"):
            self._source = not self._source
            self.reload()

    def action_deal(self) -> None:
        """Go to the message's deal."""
        self.dismiss()
        self.funil.perform("log.deal")

    def on_click(self, event: events.Click) -> None:
        """Go back when what lies behind is clicked."""
        if not self.query_one("#message-box").region.contains_point(event.screen_offset):
            self.dismiss()
