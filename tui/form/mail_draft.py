"""What a mail holds while it is written, what there is to choose for it, and how it is read at the end. No widget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from core import threads
from core.commands import NewMail
from core.errors import BadInput
from core.i18n import N_
from core.i18n import gettext as _
from core.model.event import Event
from core.model.file import NewFile
from core.model.people import Company, Contact
from core.ports import Reader
from core.words import fill
from tui import format as fmt
from tui.outbound_paint import Moments
from tui.panels import edits
from tui.panels.deal_sheet import DealView, type_name
from tui.panels.picker import Choice

AUTO: Final = "|auto"
OTHER: Final = "|other"
"""Choices that are no address."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes along: one that the house keeps, by its digest, or one from disk, by its path."""

    name: str
    digest: str = ""
    path: str = ""
    size: int = 0


@dataclass(slots=True)
class MailDraft:
    """A mail as it is written. ``sender`` None is the writer's first mailbox, ``to`` None the client's first
    address."""

    deal: str
    by: str
    answers: str | None = None
    sender: str | None = None
    to: str | None = None
    subject: str = ""
    text: str = ""
    files: list[Enclosed] = field(default_factory=list)
    track: bool = True
    id: str = field(default_factory=lambda: f"mail-{uuid4().hex}")
    begun: str = ""

    @property
    def place(self) -> tuple[str, str | None]:
        """Where the draft is kept."""
        return self.deal, self.answers

    @property
    def shape(self) -> str:
        """What somebody can have changed, to be compared."""
        return repr((self.sender, self.to, self.subject, self.text.rstrip(), self.files, self.track))

    @property
    def dirty(self) -> bool:
        """Whether something would be lost."""
        return self.shape != self.begun


def begin(
    view: DealView, by: str, moments: Moments, *, to: str | None = None, letter: Event | None = None
) -> MailDraft:
    """Return a new mail: to an address, or as an answer to a letter, whose text it quotes."""
    draft = MailDraft(view.deal.id, by, to=to)
    if letter is not None:
        sender = str(letter.data.get("from") or "")
        who = str(letter.data.get("name") or "") or name_of(view, sender).partition(" · ")[0] or sender
        at = fmt.full_time(letter.at, moments.zone)
        said = fill(_("On {time}, {who} wrote:"), {"time": at, "who": who})
        draft.answers = letter.public_id
        draft.to = sender or None
        draft.subject = threads.subject(str(letter.data.get("subject") or ""))
        draft.text = f"\n\n{said}\n{threads.quoted(str(letter.data.get('text') or ''))}\n"
    draft.begun = draft.shape
    return draft


# What there is to choose from -----------------------------------------------------------------------------------------


def first(view: DealView) -> str | None:
    """Return the address that a mail goes to if none is chosen: the first one of the first contact, else of the
    company."""
    owner = next(iter(view.contacts), None) or view.company
    return next((each.value for each in owner.emails), None) if owner else None


def name_of(view: DealView, address: str) -> str:
    """Return whose address it is, and of which type."""
    for owner in _clients(view):
        for each in owner.emails:
            if each.value.casefold() == address.casefold():
                return f"{owner.name} · {type_name(each.type)}"
    return ""


def addresses(view: DealView) -> list[Choice]:
    """Return the addresses of the deal's clients, and a place for another one."""
    choices = [
        Choice(
            each.value,
            each.value,
            name_of(view, each.value),
            why_not=_("The client wants no messages there.") if each.opted_out else None,
        )
        for owner in _clients(view)
        for each in owner.emails
    ]
    return [*choices, Choice(OTHER, _("Another address…"))]


def _clients(view: DealView) -> Iterator[Contact | Company]:
    yield from view.contacts
    if view.company is not None:
        yield view.company


def mailboxes(view: DealView, by: str) -> list[Choice]:
    """Return the writer's mailboxes, the one that is taken by itself first."""
    user = view.house.users.get(by)
    boxes = user.mailboxes if user else ()
    auto = [Choice(AUTO, _("auto"), boxes[0])] if boxes else []
    return [*auto, *(Choice(box, box) for box in boxes)]


def files_of(view: DealView) -> list[Enclosed]:
    """Return the files in the deal's fields."""
    found: dict[tuple[str, str], Enclosed] = {}
    for value in view.deal.fields.values():
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, dict) and "digest" in each:
                file = Enclosed(str(each["name"]), digest=str(each["digest"]), size=int(each.get("size") or 0))
                found[file.name, file.digest] = file
    return list(found.values())


def from_disk(path: str) -> Enclosed:
    """Return a file on disk. Raises ``BadInput`` for one that cannot be read or is too large."""
    found = edits.file_at(path)
    return Enclosed(found.name, path=path, size=found.stat().st_size)


# Reading --------------------------------------------------------------------------------------------------------------


def mail(reader: Reader, draft: MailDraft) -> NewMail:
    """Return the mail with its files read. Meant for a thread. Raises ``BadInput``."""
    return NewMail(
        subject=draft.subject,
        text=draft.text,
        to=draft.to,
        files=_contents(reader, draft.files),
        track=draft.track,
        id=draft.id,
        sender=draft.sender,
        answers=draft.answers,
    )


def _contents(reader: Reader, files: Sequence[Enclosed]) -> list[NewFile]:
    return [edits.new_file(each.path) if each.path else _content(reader, each) for each in files]


def _content(reader: Reader, file: Enclosed) -> NewFile:
    content: Any = reader.content(file.digest)
    if content is None:
        raise BadInput(N_("The content of {name} is not kept here any more."), name=file.name)
    return NewFile(file.name, content)
