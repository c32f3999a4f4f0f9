"""The rule that tells users of the house something: in the app, and by e-mail where that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from pydantic import Field, field_validator

from core import context, html_text, templates
from core.effects import Deliver, Effect, Notify
from core.i18n import N_
from core.model.delivery import Channel, Message
from core.model.house import House
from core.model.moment import Moment
from core.model.people import User
from core.ports import Facts, Random
from core.rules import email, people
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.safe_text import header_text, wire_text
from core.words import Words

_NOBODY: Final = N_("the deal has no responsible to be told")
_LONGEST_SUBJECT: Final = 150


class NotifySettings(Settings):
    """Who is told what, and whether by e-mail too."""

    to: tuple[str, ...] = Field(
        default=(people.RESPONSIBLE,),
        min_length=1,
        title=N_("To"),
        description=N_("Users; the deal's responsible when left out."),
        json_schema_extra={"picker": "users", "labels": {people.RESPONSIBLE: N_("the deal's responsible")}},
    )
    text: str = Field(
        min_length=1,
        title=N_("Text"),
        description=N_("What they are told; names like {{ deal.title }} are filled in."),
        json_schema_extra={"template": "text"},
    )
    email: bool = Field(
        default=False,
        title=N_("By e-mail too"),
        description=N_("To the user's first mailbox, and from it: the house writes to itself."),
    )

    @field_validator("to", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        if value in (None, "", ()):
            return (people.RESPONSIBLE,)
        return (value,) if isinstance(value, str) else value


class NotifyRule(RuleKind[NotifySettings]):
    """Tell somebody of the house."""

    id = "notify"
    name = N_("Notify user")
    about = N_("Tells users something in the app, and by e-mail if you like; the client sees nothing.")
    icon = "☞"
    Settings: ClassVar[type[NotifySettings]] = NotifySettings
    needs = frozenset({"contacts", "company", "responsible"})
    uses = frozenset({Channel.EMAIL})

    def plan(self, facts: Facts, settings: NotifySettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the notices, with their mails behind them. Raises ``CannotAct``: ``template_error``, ``no_recipient``
        for a deal without responsible, ``not_allowed`` for users who are all gone, ``no_mailbox`` when nobody can be
        written to; who of several has no mailbox is told in the app only."""
        users = _users(facts, settings)
        text = wire_text(templates.render(settings.text, context.of(facts)))
        if not text.strip():
            raise CannotAct("template_error", Words(N_("the text has come out empty")))
        notices: list[Effect] = [Notify(user=user.id, text=text) for user in users]
        if not settings.email:
            return notices
        mailed = [user for user in users if user.mailboxes]
        if not mailed:
            email.mailbox_of(users[0])
        return [*notices, *(_mail(facts, user, text) for user in mailed)]

    def sends(self, settings: NotifySettings) -> bool:
        """Return whether mails go out."""
        return settings.email

    def sentence(self, settings: NotifySettings) -> Words:
        """Say who is told what."""
        args = {"users": ", ".join(settings.to), "text": settings.text}
        if settings.to == (people.RESPONSIBLE,):
            pattern = N_("tell the responsible: “{text}”")
            return Words(N_("tell the responsible, by e-mail too: “{text}”") if settings.email else pattern, args)
        return Words(
            N_("tell {users}, by e-mail too: “{text}”") if settings.email else N_("tell {users}: “{text}”"), args
        )

    def lint(self, settings: NotifySettings, house: House) -> Iterable[Finding]:
        """Find mistakes in the text, users who do not exist, and who cannot be written to."""
        yield from templates.check(settings.text, house, field="text")
        named = [each for each in settings.to if each != people.RESPONSIBLE]
        yield from people.findings(named, house, "to")
        if not settings.email:
            return
        for user in (house.users[each] for each in named if each in house.users):
            if not user.mailboxes:
                words = Words(N_("{name} has no connected mailbox: told in the app only"), {"name": user.name})
                yield Finding("to", words, error=False)
        if not house.connected(Channel.EMAIL):
            yield Finding("email", Words(N_("no e-mail connection is set up")), error=False)


def _users(facts: Facts, settings: NotifySettings) -> list[User]:
    """Return who is told, each once: the users who are there, in the admin's order."""
    named = [facts.deal.responsible if each == people.RESPONSIBLE else each for each in settings.to]
    names = list(dict.fromkeys(name for name in named if name is not None))
    if not names:
        raise CannotAct("no_recipient", Words(_NOBODY))
    there = [facts.house.users[name] for name in names if name in facts.house.users]
    return there or [people.user(facts.house, names[0])]


def _mail(facts: Facts, user: User, text: str) -> Deliver:
    """Return the mail that tells a user: from their own mailbox, without tracking."""
    mailbox = email.mailbox_of(user)
    subject = header_text(text.strip().split("\n", 1)[0])[:_LONGEST_SUBJECT]
    data = {
        "html": html_text.to_html(text),
        "from": mailbox,
        "from_name": header_text(user.name),
        "to_name": header_text(user.name),
        "recipient": user.id,
        "user": user.id,
    }
    message = Message(
        channel=Channel.EMAIL, to=mailbox, text=text, subject=f"{header_text(facts.deal.title)}: {subject}", data=data
    )
    why = Words(N_("{name}, a user of the house, in their first mailbox"), {"name": user.name})
    return Deliver(connection=email.way_out(facts.house, mailbox).id, message=message, why=why)
