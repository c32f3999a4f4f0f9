"""The rule that writes an e-mail to the client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import ConfigDict, Field, field_validator

from core import context, html_text, phones, recipients, templates, tracking
from core.effects import Deliver, Effect
from core.i18n import N_
from core.misfits import fitting
from core.model.delivery import Channel, Message
from core.model.house import Connection, House
from core.model.moment import Moment
from core.model.people import User
from core.ports import Facts, Random
from core.recipients import EmailChoice, Fallback, Use
from core.rules import attaching, labels
from core.rules.attaching import Attach
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.safe_text import header_text, wire_text
from core.words import Words

AUTO = "auto"


class EmailSettings(Settings):
    """What is written, from which mailbox, to which of the client's addresses."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    from_: str = Field(
        default=AUTO,
        alias="from",
        title=N_("From"),
        description=N_("A connected mailbox, or auto: the responsible's first mailbox."),
        json_schema_extra={"picker": "mailbox", "labels": {AUTO: N_("the responsible's first mailbox")}},
    )
    address: EmailChoice = Field(
        default="auto",
        title=N_("Address type"),
        description=N_("A type that the client has not filled means that nothing is sent."),
        json_schema_extra={"labels": labels.EMAIL_TYPES},
    )
    use: Use = Field(
        default="first",
        title=N_("Use address"),
        description=N_("The one added first, or last."),
        json_schema_extra={"labels": labels.USE},
    )
    subject: str = Field(
        default="",
        title=N_("Subject"),
        description=N_("One line; names like {{ deal.title }} are filled in."),
        json_schema_extra={"template": "text", "line": True},
    )
    body: str = Field(
        min_length=1,
        title=N_("Text"),
        description=N_(
            "Plain text, or HTML as soon as it has a tag; names like {{ contact.first_name }} are filled in."
        ),
        json_schema_extra={"template": "html"},
    )
    attach: Attach = Field(
        default=Attach(),
        title=N_("Attachments"),
        description=N_("Files that go with the message."),
        json_schema_extra={"picker": "files"},
    )
    track_clicks: bool = Field(
        default=True,
        title=N_("Track clicks"),
        description=N_("Each link leads through our gateway, so that triggers see who follows it."),
    )
    track_opens: bool = Field(
        default=True,
        title=N_("Track opens"),
        description=N_("An invisible picture tells when the mail is opened."),
    )
    fallback: Fallback = Field(
        default=(),
        title=N_("When there is no such address"),
        description=N_("What is tried then, in order: another type, the next contact, the company."),
        json_schema_extra={"labels": labels.FALLBACK, "none": labels.NOT_TRIED},
    )

    @field_validator("from_")
    @classmethod
    def _mailbox(cls, value: str) -> str:
        return value if value == AUTO else fitting(phones.check_email, value)


class EmailRule(RuleKind[EmailSettings]):
    """Send an e-mail to the client."""

    id = "email"
    name = N_("Send e-mail to customer")
    about = N_("Writes to the deal's first contact, or to its company when there is no contact.")
    group = "communication"
    icon = "✉"
    Settings: ClassVar[type[EmailSettings]] = EmailSettings
    needs = frozenset({"contacts", "company", "responsible"})
    uses = frozenset({Channel.EMAIL})
    asks = uses

    def plan(self, facts: Facts, settings: EmailSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the mail. Raises ``CannotAct``: ``no_mailbox``, those of the recipient, ``template_error``,
        ``attachment_missing``, ``bad_attachment``."""
        mailbox = _mailbox(facts, settings)
        connection = way_out(facts.house, mailbox)
        chosen = recipients.email(facts, settings.address, settings.use, settings.fallback)
        subject, text, html = written(settings, context.of(facts))
        files = attaching.attached(facts, settings.attach)
        data = {
            "html": html,
            "from": mailbox,
            "from_name": header_text(_owner_name(facts, mailbox)),
            "to_name": header_text(chosen.owner.name),
            "recipient": chosen.owner.id,
            **_tracking(html, settings, facts.house),
            **files.data(),
        }
        message = Message(channel=Channel.EMAIL, to=chosen.address, text=text, subject=subject, data=data)
        return (Deliver(connection=connection.id, message=message, why=files.why(chosen.why)),)

    def sentence(self, settings: EmailSettings) -> Words:
        """Say what is written to whom."""
        args = {"subject": settings.subject, "type": settings.address}
        if settings.address == "auto":
            return Words(N_("write the client an e-mail: “{subject}”"), args)
        return Words(N_("write the client an e-mail at the {type} address: “{subject}”"), args)

    def lint(self, settings: EmailSettings, house: House) -> Iterable[Finding]:
        """Find mistakes in subject and text, and a mailbox that nothing sends from."""
        yield from templates.check(settings.subject, house, field="subject")
        yield from templates.check(settings.body, house, html_text.is_html(settings.body), field="body")
        yield from attaching.lint(settings.attach, house)
        if not settings.subject.strip():
            yield Finding("subject", Words(N_("the e-mail has no subject: write one into “subject”")), error=False)
        if settings.from_ != AUTO and serving(house, settings.from_) is None:
            words = Words(N_("no e-mail connection sends from {mailbox}"), {"mailbox": settings.from_})
            yield Finding("from", words, error=False)
        elif not house.connected(Channel.EMAIL):
            yield Finding(None, Words(N_("no e-mail connection is set up")), error=False)


def written(settings: EmailSettings, names: context.Context) -> tuple[str, str, str]:
    """Return subject, text part and HTML of the mail. A body without tags is plain text, and its HTML is made of it."""
    subject = header_text(templates.render(settings.subject, names))
    if html_text.is_html(settings.body):
        html = wire_text(templates.render(settings.body, names, html=True))
        return subject, html_text.to_text(html), html
    text = wire_text(templates.render(settings.body, names))
    return subject, text, html_text.to_html(text)


def _tracking(html: str, settings: EmailSettings, house: House) -> Mapping[str, Any]:
    return tracking.noted(html, house.company.gateway, clicks=settings.track_clicks, opens=settings.track_opens)


def way_out(house: House, mailbox: str) -> Connection:
    """Return the connection that sends from a mailbox. Raises ``CannotAct("no_mailbox")`` when none does."""
    found = serving(house, mailbox)
    if found is None:
        raise CannotAct("no_mailbox", Words(N_("no e-mail connection sends from {mailbox}"), {"mailbox": mailbox}))
    return found


def mailbox_of(user: User) -> str:
    """Return the mailbox that a user writes from, the first. Raises ``CannotAct("no_mailbox")`` when they have none."""
    if not user.mailboxes:
        raise CannotAct("no_mailbox", Words(N_("{name} has no connected mailbox"), {"name": user.name}))
    return user.mailboxes[0]


def serving(house: House, mailbox: str) -> Connection | None:
    """Return the e-mail connection whose ``settings.addresses`` hold the mailbox, else one that names none and so
    serves any."""
    connections = house.connected(Channel.EMAIL)
    wanted = mailbox.casefold()
    for connection in connections:
        if wanted in (str(address).casefold() for address in connection.settings.get("addresses") or ()):
            return connection
    return next((c for c in connections if not c.settings.get("addresses")), None)


def _mailbox(facts: Facts, settings: EmailSettings) -> str:
    if settings.from_ != AUTO:
        return settings.from_
    user = facts.responsible
    if user is None:
        raise CannotAct("no_mailbox", Words(N_("the deal has no responsible to write in the name of")))
    return mailbox_of(user)


def _owner_name(facts: Facts, mailbox: str) -> str:
    users = [facts.responsible] if facts.responsible else []
    wanted = mailbox.casefold()
    for user in (*users, *facts.house.users.values()):
        if wanted in (box.casefold() for box in user.mailboxes):
            return user.name
    return ""
