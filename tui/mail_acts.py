"""Writing to the client from the open deal: the form, the draft that is kept, what the mail looks like, its sending."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from core import commands
from core.errors import FunilError
from core.i18n import gettext as _
from core.model.delivery import Channel, Delivery
from core.model.event import Event
from core.ports import Reader
from core.words import fill
from tui import log_acts, person
from tui.actions import key_of
from tui.mover import sentence_of
from tui.panels import can
from tui.panels.spots import AddressSpot, PastSpot

if TYPE_CHECKING:
    from tui.app import FunilApp
    from tui.form.mail_draft import MailDraft


def why_not(app: FunilApp) -> str | None:
    """Say why nobody can be written to; None when somebody can."""
    if app.panel.view is None:
        return _("No deal is open: enter opens the one under the cursor.")
    if app.desk.house.connected(Channel.EMAIL):
        return None
    return _("No mail server is connected: a board file names one, under “connections”.")


def letter(app: FunilApp) -> Event | None:
    """Return the client's mail under the cursor."""
    view, spot = app.panel.view, app.panel.spot
    return can.letter(view, spot.event) if view is not None and isinstance(spot, PastSpot) else None


async def write(app: FunilApp) -> None:
    """Write to the client, or go on with what was begun; a mail of theirs under the cursor is answered."""
    from tui.form import mail_draft
    from tui.form.mail import MailForm

    view = app.panel.view
    if view is None:
        return
    by = app.desk.user or view.deal.responsible
    if by is None:
        app.say(person.unknown(app) or "")
        return
    answered = letter(app)
    begun = app.desk.drafts.find((view.deal.id, answered.public_id if answered else None))
    draft = begun or mail_draft.begin(view, by, app.desk.moments(), to=_address(app), letter=answered)
    form = MailForm(draft, view, lambda one: _misfits(app, one), lambda one: _look(app, one), again=begun is not None)
    ended = await app.push_screen_wait(form)
    _after(app, draft, ended)


def _after(app: FunilApp, draft: MailDraft, ended: str | None) -> None:
    """Keep what was not sent, and say where it is."""
    if ended != "kept":
        app.desk.drafts.drop(draft.place)
        return
    app.desk.drafts.keep(draft.place, draft)
    again = _("The mail is kept as a draft: {key} goes on with it.")
    if draft.answers:
        again = _("The answer is kept as a draft: {key} on the client's mail goes on with it.")
    app.say(fill(again, {"key": key_of("panel.mail", "M")}))


def _address(app: FunilApp) -> str | None:
    """Return the address under the cursor; one at which the client wants nothing is left to the form."""
    spot = app.panel.spot
    return spot.base.value if isinstance(spot, AddressSpot) and spot.base is not None and not spot.phone else None


async def _misfits(app: FunilApp, draft: MailDraft) -> Mapping[str, str]:
    """Return what keeps the mail from going out, by field of the form."""
    from tui.form import mail_draft

    def read(reader: Reader) -> Mapping[str, str]:
        mail = mail_draft.mail(reader, draft)
        return {part: words.local() for part, words in commands.misfits(draft.deal, mail, draft.by)(reader).items()}

    try:
        return await asyncio.to_thread(app.desk.store.read, read)
    except FunilError as error:  # a file that is gone meanwhile, or the deal
        return {"files" if draft.files else "": str(error)}


async def _look(app: FunilApp, draft: MailDraft) -> str | None:
    """Show the mail as it goes out, and send it if that is wanted."""
    from tui.form import mail_draft
    from tui.form.mail_preview import MailPreview

    def read(reader: Reader) -> Delivery:
        return commands.preview(draft.deal, mail_draft.mail(reader, draft), draft.by)(reader)

    try:
        shown = await asyncio.to_thread(app.desk.store.read, read)
    except FunilError as error:
        return str(error)

    def browse(mail: Delivery) -> None:
        message = mail.message
        app.run_worker(log_acts.show_page(app, str(message.data["html"]), message.subject or ""))

    return await _send(app, draft) if await app.push_screen_wait(MailPreview(shown, browse)) else None


async def _send(app: FunilApp, draft: MailDraft) -> str:
    """Put the mail into the outbox; returns what went wrong."""
    from tui.form import mail_draft

    try:
        mail = await asyncio.to_thread(app.desk.store.read, lambda reader: mail_draft.mail(reader, draft))
        done = await app.desk.store.write(commands.write_mail(draft.deal, mail, draft.by))
    except Exception as error:
        return sentence_of(error)
    app.written()
    app.panel.reload()
    told = _("The mail to {to} is on its way: {id} in the outbound log.")
    app.say(fill(told, {"to": done.delivery.message.to, "id": done.delivery.public_id}))
    return ""
