"""A mail as it will go out, before it does: who gets it, with what, and its text; in the browser its HTML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Label, Static

from core import tracking
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.delivery import Delivery
from core.safe_text import safe_text
from core.words import fill
from tui import log_files


class MailPreview(ModalScreen[bool]):
    """Returns whether the mail is to be sent. ``browse`` shows its HTML elsewhere."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = ["../styles/message.tcss", "../styles/form.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", show=False),
        Binding("enter,ctrl+s", "dismiss(True)", show=False),
        Binding("v", "browse", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]

    def __init__(self, mail: Delivery, browse: Callable[[Delivery], None]) -> None:
        super().__init__()
        self._mail = mail
        self._browse = browse

    def compose(self) -> ComposeResult:
        """Lay out head, text and what can be done."""
        with Vertical(id="message-box"):
            with VerticalScroll(id="message", can_focus=False):
                yield Static(head(self._mail), id="message-head")
                yield Static(Content(safe_text(self._mail.message.text, lines=True)), id="message-text")
            with Horizontal(id="form-buttons"):
                yield Label(Content(_("enter sends · v browser · esc back")), id="form-keys")
                yield Button(Content(_("Send")), variant="primary", id="send")
                yield Button(Content(_("Back")), id="back")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "send")

    def action_browse(self) -> None:
        """Show the HTML in the browser."""
        self._browse(self._mail)

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def on_click(self, event: events.Click) -> None:
        """Go back when what lies behind is clicked."""
        if event.widget is self:
            self.dismiss(False)


def head(mail: Delivery) -> Content:
    """Return what stands above the text: a label and a value a line."""
    message = mail.message
    data = message.data
    files = "\n".join(f"{each['name']} · {log_files.size_words(each)}" for each in data.get("attachments") or ())
    pairs = [
        (_("From"), " · ".join(filter(None, (data.get("from_name"), data.get("from"))))),
        (_("To"), " · ".join(filter(None, (data.get("to_name"), message.to)))),
        (_("Subject"), message.subject or _("(no subject)")),
        *((_("File"), each) for each in files.splitlines()),
        (_("Tracking"), tracked(mail)),
        (_("Thread"), _("an answer: it stays in the client's conversation") if "references" in data else ""),
        (_("Way"), mail.connection),
    ]
    shown = [(name, safe_text(str(value))) for name, value in pairs if value]
    wide = max(cell_len(name) for name, _value in shown) + 2
    lines = (Content.assemble((name + " " * (wide - cell_len(name)), "$muted"), value) for name, value in shown)
    return Content("\n").join(lines)


def tracked(mail: Delivery) -> str:
    """Say what will be seen of what the client does with the mail."""
    how = tracking.of(mail.message)
    links = len(how.get("links") or ()) if how.get("clicks") else 0
    opens = _("opening") if how.get("opens") else ""
    clicks = fill(ngettext("{n} link", "{n} links", links), {"n": links}) if links else ""
    return ", ".join(filter(None, (opens, clicks))) or _("nothing")
