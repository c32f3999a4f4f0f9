"""A whole message of the outbound log: where it went, how it stands, what it says."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.i18n import gettext as _
from core.log_filter import CHANNEL_NAMES
from core.model.moment import Moment
from core.outbound import Row
from core.safe_text import safe_text
from tui import format as fmt
from tui import outbound_paint as paint
from tui.outbound_rows import LogLine


class MessagePanel(ModalScreen[None]):
    """Shows one message until esc."""

    CSS_PATH = "../styles/message.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, line: LogLine, moments: paint.Moments) -> None:
        super().__init__()
        self._line = line
        self._moments = moments

    def compose(self) -> ComposeResult:
        """Lay out head and text."""
        with VerticalScroll(id="message"):
            yield Static(head(self._line, self._moments), id="message-head")
            yield Static(Content(body(self._line.row)), id="message-text")

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def body(row: Row) -> str:
    """Return the text with its line breaks."""
    return safe_text(row.message.text or row.message.data.get("play"), lines=True) or _("(no text yet)")


def head(line: LogLine, moments: paint.Moments) -> Content:
    """Return what stands above the text: a label and a value a line."""
    row = line.row
    sent = row.delivery
    channel = _(CHANNEL_NAMES.get(row.message.channel, row.message.channel))
    pairs = [
        (_("To"), paint.recipient(row)),
        (_("Subject"), row.message.subject),
        (_("Attachments"), ", ".join(each["name"] for each in row.message.data.get("attachments") or ())),
        (_("Way"), f"{channel} · {row.connection}"),
        (_("Status"), paint.status_words(row, moments)),
        (_("Written"), fmt.full_time(row.at, moments.zone)),
        (_("Sent"), _time(sent.sent_at if sent else None, moments)),
        (_("Delivered"), _time(sent.delivered_at if sent else None, moments)),
        (_("Cost"), paint.price(row)),
        (_("Attempts"), str(row.attempts) if row.attempts > 1 else None),
        (_("Deal"), f"{line.title} ({row.deal})"),
        (_("Number"), row.id),
    ]
    wide = max(len(name) for name, _value in pairs)
    shown = [(name, value) for name, value in pairs if value]
    return Content("\n").join(
        Content.assemble((name.ljust(wide + 2), "$foreground 55%"), safe_text(value)) for name, value in shown
    )


def _time(moment: Moment | None, moments: paint.Moments) -> str | None:
    return None if moment is None else fmt.full_time(moment, moments.zone)
