"""The form in which a manager writes to the client: what is wrong stands below the field, what is begun is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Final, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, TextArea

from core import phones
from core.errors import FunilError
from core.i18n import gettext as _
from core.safe_text import safe_text
from core.words import fill
from tui import log_files
from tui.form import mail_draft as drafts
from tui.form.fields import Field, Knob, Line, Several
from tui.form.mail_draft import AUTO, OTHER, Enclosed, MailDraft
from tui.form.screen import AROUND, FormScreen
from tui.panels import edits
from tui.panels.ask import Ask
from tui.panels.deal_sheet import DealView
from tui.panels.picker import Choice, Picker

Ended = Literal["sent", "kept", "dropped"]
Judge = Callable[[MailDraft], Awaitable[Mapping[str, str]]]
"""Answers what keeps a mail from going out, by field; nothing when it may go."""
Send = Callable[[MailDraft], Awaitable[str | None]]
"""Shows the mail as it will go out, and sends it: what went wrong, "" when it is sent, None when it was not wanted."""
OTHERS: Final = 6
"""Rows of the form that the text does not get."""
_DISK: Final = "|disk"


class MailForm(FormScreen[Ended]):
    """Returns what became of the draft. It is begun or gone on with; nothing but *Discard* gives it up."""

    def __init__(self, draft: MailDraft, view: DealView, judge: Judge, send: Send, *, again: bool) -> None:
        title = _("Answer to the client") if draft.answers else _("E-mail to the client")
        super().__init__(title)
        self.draft = draft
        self._view = view
        self._judge = judge
        self._send = send
        self._again = again
        self._busy = False
        self._fields: dict[str, Field] = {}

    # Laying out -------------------------------------------------------------------------------------------------------

    def sheet(self) -> Iterator[Field]:
        """Yield who writes to whom, about what, the text, what goes along, and whether it is tracked."""
        draft = self.draft
        yield self._field("sender", _("From"), Knob("sender"))
        yield self._field("to", _("To"), Knob("to"))
        yield self._field("subject", _("Subject"), Line("subject", draft.subject))
        text = TextArea(draft.text, compact=True, highlight_cursor_line=False, id="mail-text", classes="form-text")
        yield self._field("text", _("Text"), text)
        yield self._field("files", _("Attachments"), Several("files", _("+ file")))
        yield self._field("track", _("Track"), Knob("track", sign=""))

    def _field(self, key: str, name: str, *controls: Knob | Line | Several | TextArea) -> Field:
        self._fields[key] = Field(name, *controls)
        return self._fields[key]

    def keys(self) -> str:
        """Say which keys lead on."""
        return _("ctrl+s preview · esc keeps the draft")

    def buttons(self) -> ComposeResult:
        """Yield what can be done with the mail."""
        yield Button(Content(_("Preview")), variant="primary", id="create")
        yield Button(Content(_("Discard")), id="discard")

    def on_mount(self) -> None:
        """Show what was chosen; say at once what keeps any mail from going out."""
        for key in ("sender", "to", "track", *(("files",) if self.draft.files else ())):
            self._show(key)
        self.run_worker(self._warn())

    def start(self) -> Widget:
        """Begin with the subject; an answer has one already."""
        return self.query_one(TextArea) if self.draft.answers else self.query_one(Line)

    async def _warn(self) -> None:
        self.trouble(_("This is what you had begun.") if self._again else "", wrong=False)
        wrong = await self._judge(self.draft)
        for key in ("sender", "to"):
            self._fields[key].tell(wrong.get(key, ""), wrong=key in wrong)

    def on_resize(self, event: events.Resize) -> None:
        """Give the text what the rest leaves."""
        rows = event.size.height - AROUND - OTHERS - len(self.draft.files)
        self.query_one(TextArea).styles.height = max(4, min(20, rows))

    # What is typed ----------------------------------------------------------------------------------------------------

    def dirty(self) -> bool:
        """Return whether something has been written."""
        return self.draft.dirty

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if isinstance(event.input, Line):
            self.draft.subject = event.value
            self._fields["subject"].tell("")

    @on(TextArea.Changed)
    def _written(self, event: TextArea.Changed) -> None:
        self.draft.text = event.text_area.text
        self._fields["text"].tell("")

    @on(Input.Submitted)
    def _on(self, event: Input.Submitted) -> None:
        """Go on to the text: a mail does not go out by the enter key of its subject."""
        event.prevent_default()
        event.stop()
        self.query_one(TextArea).focus()

    def action_leave(self) -> None:
        """Keep what was written, for later."""
        self.dismiss("kept" if self.dirty() else "dropped")

    @on(Button.Pressed, "#discard")
    def _discard(self) -> None:
        if self.dirty():
            self._ask(_("Give up this mail?"), self._given_up)
        else:
            self.dismiss("dropped")

    def _given_up(self, chosen: str | None) -> None:
        if chosen == "yes" and self.is_current:
            self.dismiss("dropped")

    def action_create(self) -> None:
        """Show the mail as it goes out, or say what is wrong with which field."""
        if not self._busy:
            self._busy = True
            self.run_worker(self._look())

    async def _look(self) -> None:
        try:
            wrong = await self._judge(self.draft)
            for key, field in self._fields.items():
                field.tell(wrong.get(key, ""), wrong=key in wrong)
            if wrong:
                self.show_wrong(field.controls[0] for key, field in self._fields.items() if key in wrong)
                self.trouble("" if any(key in self._fields for key in wrong) else next(iter(wrong.values())))
                return
            said = await self._send(self.draft)
        finally:
            self._busy = False
        if said == "":
            self.dismiss("sent")
        elif said:
            self.trouble(said)

    # What is chosen ---------------------------------------------------------------------------------------------------

    @on(Knob.Asked)
    def _asked(self, event: Knob.Asked) -> None:
        if event.knob.key == "track":
            self.draft.track = not self.draft.track
            self._show("track")
        elif event.knob.place is None:
            ask = {"sender": self._choose_sender, "to": self._choose_to, "files": self._choose_file}
            self.run_worker(ask[event.knob.key]())

    @on(Knob.Emptied)
    def _emptied(self, event: Knob.Emptied) -> None:
        if event.knob.place is not None:
            del self.draft.files[event.knob.place]
            self._show("files")

    async def _choose_sender(self) -> None:
        choices = drafts.mailboxes(self._view, self.draft.by)
        if choices:
            chosen = await self.app.push_screen_wait(Picker(_("From"), choices, at=self.draft.sender or AUTO))
            if chosen is not None:
                self.draft.sender = None if chosen == AUTO else chosen
                self._show("sender")

    async def _choose_to(self) -> None:
        at = self.draft.to or drafts.first(self._view)
        chosen = await self.app.push_screen_wait(Picker(_("To"), drafts.addresses(self._view), at=at))
        if chosen == OTHER:
            chosen = await self.app.push_screen_wait(Ask(_("To which address?"), self.draft.to or "", _why_not_address))
        if chosen is not None:
            self.draft.to = chosen.strip()
            self._show("to")

    async def _choose_file(self) -> None:
        known = [each for each in drafts.files_of(self._view) if each not in self.draft.files]
        choices = [Choice(str(n), each.name, _size(each)) for n, each in enumerate(known)]
        disk = Choice(_DISK, _("A file from disk…"))
        chosen = await self.app.push_screen_wait(Picker(_("Which file?"), [*choices, disk])) if choices else _DISK
        if chosen == _DISK:
            path = await self.app.push_screen_wait(Ask(_("Path of the file"), "", _why_not_path))
            if path is not None:
                self._enclose(drafts.from_disk(path))
        elif chosen is not None:
            self._enclose(known[int(chosen)])

    def _enclose(self, file: Enclosed) -> None:
        self.draft.files.append(file)
        self._show("files")

    def _show(self, key: str) -> None:
        """Show what stands in a field now; a complaint was about what stood there before."""
        control = self._fields[key].controls[0]
        if isinstance(control, Several):
            control.put([f"{each.name} · {_size(each)}" for each in self.draft.files])
        elif isinstance(control, Knob):
            control.put(*self._shown(key))
        self._fields[key].tell("")

    def _shown(self, key: str) -> tuple[str]:
        draft = self.draft
        if key == "track":
            return (f"[{'x' if draft.track else ' '}] " + _("opening and links"),)
        if key == "to":
            address = draft.to or drafts.first(self._view)
            return ("  ".join(filter(None, (address, drafts.name_of(self._view, address or "")))) or "–",)
        user = self._view.house.users.get(draft.by)
        box = next(iter(user.mailboxes), "") if user else ""
        auto = fill(_("{mailbox}  auto"), {"mailbox": box}) if box else "–"
        return (draft.sender or auto,)


def _size(file: Enclosed) -> str:
    return log_files.size_words({"size": file.size})


def _why_not_address(text: str) -> str | None:
    try:
        phones.check_email(text)
    except FunilError as error:
        return safe_text(str(error))
    return None


def _why_not_path(text: str) -> str | None:
    if not text.strip():
        return _("Type the path of a file.")
    try:
        edits.file_at(text)
    except FunilError as error:
        return safe_text(str(error))
    return None
