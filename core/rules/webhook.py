"""The rule that tells another program: a signed HTTP call that names the deal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from pydantic import Field, field_validator

from core import hooks
from core.effects import Deliver, Effect
from core.errors import BadInput
from core.i18n import N_
from core.misfits import fitting
from core.model.delivery import Channel, Message
from core.model.house import Connection, House
from core.model.moment import Moment
from core.ports import Facts, Random
from core.rules import ways
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.safe_text import header_text, storable
from core.words import Words

LONGEST: Final = 256 * 1024
"""Characters that one call carries at most."""


class WebhookSettings(Settings):
    """Where the call goes, and by which connection."""

    url: str = Field(
        min_length=1,
        title=N_("Address"),
        description=N_("An https address; hosts in a private network only if the connection allows them."),
        json_schema_extra={"must_fit": True},
    )
    connection: str | None = Field(
        default=None,
        title=N_("Connection"),
        description=N_("The webhook connection; the only one when left out."),
        json_schema_extra={"picker": "connection:webhook", "none": N_("the only one there is")},
    )

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        return fitting(hooks.form, value)

    @field_validator("connection")
    @classmethod
    def _blank_is_none(cls, value: str | None) -> str | None:
        return value if value is not None and value.strip() else None


class WebhookRule(RuleKind[WebhookSettings]):
    """Tell another program about the deal."""

    id = "webhook"
    name = N_("Outgoing webhook")
    about = N_("Calls another program's address with the deal as signed JSON; needs a webhook connection.")
    icon = "↗"
    Settings: ClassVar[type[WebhookSettings]] = WebhookSettings
    needs = frozenset({"rule"})
    uses = frozenset({Channel.WEBHOOK})
    asks = uses

    def plan(self, facts: Facts, settings: WebhookSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the call. Raises ``CannotAct``: ``misconfigured`` without a connection, ``not_allowed`` for an address
        that leads into a private network, ``text_too_long`` for a deal that is too large."""
        connection = ways.WEBHOOK.pick(facts.house, settings.connection)
        try:
            hooks.check(settings.url, hooks.allowed_by(connection))
        except BadInput as error:
            raise CannotAct("not_allowed", error.words) from None
        body = storable(hooks.body(facts))
        if len(body) > LONGEST:
            words = N_("the deal makes {length} characters; a webhook carries {most} at most")
            raise CannotAct("text_too_long", Words(words, {"length": len(body), "most": LONGEST}))
        subject = header_text(facts.rule.name) if facts.rule is not None else None
        message = Message(channel=Channel.WEBHOOK, to=settings.url, text=body, subject=subject)
        why = Words(N_("the address that the rule names"))
        return (Deliver(connection=connection.id, message=message, why=why),)

    def sentence(self, settings: WebhookSettings) -> Words:
        """Say which address is called."""
        return Words(N_("call {address} with the deal as JSON"), {"address": settings.url})

    def lint(self, settings: WebhookSettings, house: House) -> Iterable[Finding]:
        """Find an address that must not be called, a connection that is missing or in doubt."""
        yield from ways.WEBHOOK.findings(house, settings.connection)
        try:
            hooks.check(settings.url, hooks.allowed_by(_connection(settings, house)))
        except BadInput as error:
            yield Finding("url", error.words)


def _connection(settings: WebhookSettings, house: House) -> Connection | None:
    try:
        return ways.WEBHOOK.pick(house, settings.connection)
    except CannotAct:
        return None
