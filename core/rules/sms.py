"""The rule that sends the client an SMS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field, field_validator

from core import context, recipients, sms_text, templates
from core.effects import Deliver, Effect
from core.i18n import N_
from core.model.delivery import Channel, Message
from core.model.house import Connection, House
from core.model.moment import Moment
from core.ports import Facts, Random
from core.recipients import Fallback, PhoneChoice
from core.rules import labels, ways
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.rules.email import AUTO
from core.safe_text import wire_text
from core.words import Words


class SmsSettings(Settings):
    """What is sent, through which provider, to which of the client's numbers."""

    text: str = Field(
        min_length=1,
        title=N_("Text"),
        description=N_("200 characters at most, with all names filled in."),
        json_schema_extra={"template": "text"},
    )
    phone: PhoneChoice = Field(
        default="auto",
        title=N_("Phone type"),
        description=N_("A type that the client has not filled means that nothing is sent."),
        json_schema_extra={"labels": labels.PHONE_TYPES},
    )
    provider: str | None = Field(
        default=None,
        title=N_("Provider"),
        description=N_("A connected SMS provider; may be left out while there is only one."),
        json_schema_extra={"picker": "connection:sms", "none": N_("the only one there is")},
    )
    fallback: Fallback = Field(
        default=(),
        title=N_("When there is no such number"),
        description=N_("What is tried then, in order: another type, the next contact, the company."),
        json_schema_extra={"labels": labels.FALLBACK, "none": labels.NOT_TRIED},
    )

    @field_validator("phone", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("provider")
    @classmethod
    def _auto_is_none(cls, value: str | None) -> str | None:
        return None if value in ("", AUTO) else value


class SmsRule(RuleKind[SmsSettings]):
    """Send an SMS to the client."""

    id = "sms"
    name = N_("Send SMS to customer")
    about = N_("Sends at most 200 characters to the deal's first contact, or to its company; needs an SMS provider.")
    group = "communication"
    icon = "✆"
    Settings: ClassVar[type[SmsSettings]] = SmsSettings
    needs = frozenset({"contacts", "company", "responsible"})
    uses = frozenset({Channel.SMS})
    asks = uses

    def plan(self, facts: Facts, settings: SmsSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the SMS. Raises ``CannotAct``: ``no_provider``, those of the recipient, ``template_error``,
        ``text_too_long``."""
        return (composed(facts, settings, context.of(facts))[1],)

    def sentence(self, settings: SmsSettings) -> Words:
        """Say what is sent."""
        args = {"text": settings.text, "type": settings.phone}
        if settings.phone == "auto":
            return Words(N_("send the client an SMS: “{text}”"), args)
        return Words(N_("send the client an SMS to the {type} number: “{text}”"), args)

    def lint(self, settings: SmsSettings, house: House) -> Iterable[Finding]:
        """Find mistakes in the text, a literal text over the limit, and a provider that is missing or in doubt."""
        yield from templates.check(settings.text, house, field="text")
        yield from too_long_findings(settings.text)
        yield from ways.SMS.findings(house, settings.provider)


def composed(
    facts: Facts, settings: SmsSettings, names: Mapping[str, Any], **more: Any
) -> tuple[recipients.Client, Deliver]:
    """Return whom an SMS goes to, and the SMS; ``more`` is put into its data. Raises ``CannotAct`` as a rule's plan."""
    connection = ways.SMS.pick(facts.house, settings.provider)
    chosen = recipients.phone(facts, settings.phone, settings.fallback)
    text = fitting(templates.render(settings.text, names), connection)
    measured = sms_text.measure(text)
    data = {"encoding": measured.encoding, "segments": measured.segments, "recipient": chosen.owner.id, **more}
    message = Message(channel=Channel.SMS, to=chosen.address, text=text, data=data)
    return chosen.owner, Deliver(connection=connection.id, message=message, why=chosen.why)


def fitting(text: str, connection: Connection) -> str:
    """Return the text as it goes out, transliterated where the provider is set so. An empty one is a
    ``template_error``, one over the limit ``text_too_long``: it is never cut."""
    text = wire_text(text)
    if connection.settings.get("transliterate"):
        text = sms_text.transliterate(text)
    if not text.strip():
        raise CannotAct("template_error", Words(N_("the text has come out empty")))
    if len(text) > sms_text.LIMIT:
        raise CannotAct("text_too_long", _too_long(len(text)))
    return text


def too_long_findings(text: str, more: int = 0) -> Iterable[Finding]:
    """Find a text that is over the limit whatever its names stand for; ``more`` characters come for sure."""
    literal = templates.shortest(text) + more
    if literal > sms_text.LIMIT:
        yield Finding("text", _too_long(literal))


def _too_long(length: int) -> Words:
    args = {"length": length, "most": sms_text.LIMIT}
    return Words(N_("the text has {length} characters; an SMS rule sends {most} at most"), args)
