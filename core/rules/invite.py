"""The rule that invites the client into a messenger: an SMS with a link that leads to our bot."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from pydantic import Field, field_validator

from core import context, templates
from core.effects import Effect, KeepInvite
from core.i18n import N_
from core.misfits import Unfit
from core.model.delivery import Channel
from core.model.house import Connection, House
from core.model.moment import Moment
from core.model.people import Contact
from core.ports import Facts, Random
from core.rules import sms, ways
from core.rules.base import CannotAct, Finding, RuleKind
from core.rules.email import AUTO
from core.rules.sms import SmsSettings
from core.words import Words

LINK: Final = "invite_link"
_COMMENT: Final = re.compile(r"\{#.*?#\}", re.DOTALL)
_WRITTEN: Final = re.compile(rf"\{{\{{[^}}]*\b{LINK}\b")
TOKEN_BYTES: Final = 18
"""24 letters of base64url: more than anybody guesses, and well within the 64 that Telegram's deep links take."""


class InviteSettings(SmsSettings):
    """What is sent, through which provider, to which number, and into which messenger it leads."""

    text: str = Field(
        min_length=1,
        title=N_("Text"),
        description=N_("With {{ invite_link }} in it; 200 characters at most, the link included."),
        json_schema_extra={"template": "text"},
    )
    channel: str | None = Field(
        default=None,
        title=N_("Channel"),
        description=N_("A connected Telegram channel; may be left out while there is only one."),
        json_schema_extra={"picker": "connection:open_channel", "none": N_("the only one there is")},
    )

    @field_validator("channel")
    @classmethod
    def _only_one(cls, value: str | None) -> str | None:
        return None if value in ("", AUTO) else value

    @field_validator("text")
    @classmethod
    def _with_link(cls, value: str) -> str:
        # A text that cannot be read has no names: what is wrong with it is found by reading it.
        if LINK not in templates.names(value) and not _WRITTEN.search(_COMMENT.sub("", value)):
            raise Unfit(N_("{link} must stand in the text"), link="{{ invite_link }}")
        return value


class InviteRule(RuleKind[InviteSettings]):
    """Send the client an SMS with a link into a messenger."""

    id = "invite"
    name = N_("Invite to messenger")
    about = N_("Sends an SMS with a Telegram link; the chat that the client begins there belongs to the deal.")
    group = "communication"
    icon = "➚"
    Settings: ClassVar[type[InviteSettings]] = InviteSettings
    needs = frozenset({"contacts", "company", "responsible", "invite"})
    uses = frozenset({Channel.SMS})
    asks = uses

    def plan(self, facts: Facts, settings: InviteSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the SMS and the invitation that its link stands for; a run that has invited before keeps its link.

        Raises ``CannotAct``: ``no_channel``, and those of an SMS.
        """
        channel = ways.TELEGRAM.pick(facts.house, settings.channel)
        kept = facts.invite if facts.invite is not None and facts.invite.channel == channel.id else None
        token = kept.token if kept else new_token(rng, facts.run)
        link = link_of(channel, token)
        names = context.of(facts).with_names(**{LINK: link})
        invited = {"channel": channel.id, "token": token}
        chosen, message = sms.composed(facts, settings, names, invite=invited)
        if link not in message.message.text:
            raise CannotAct("template_error", Words(N_("the text has come out without its link")))
        if kept:
            return (message,)
        contact, company = (chosen.id, None) if isinstance(chosen, Contact) else (None, chosen.id)
        return (message, KeepInvite(token=token, channel=channel.id, contact=contact, company=company))

    def lacks(self, house: House) -> Words | None:
        """Say that there is no SMS provider, or no messenger into which a link leads."""
        telegram = None if ways.TELEGRAM.among(house) else Words(ways.TELEGRAM.none)
        return super().lacks(house) or telegram

    def sentence(self, settings: InviteSettings) -> Words:
        """Say what is sent."""
        args = {"text": settings.text, "type": settings.phone}
        if settings.phone == "auto":
            return Words(N_("invite the client to Telegram by SMS: “{text}”"), args)
        return Words(N_("invite the client to Telegram by SMS to the {type} number: “{text}”"), args)

    def lint(self, settings: InviteSettings, house: House) -> Iterable[Finding]:
        """Find mistakes in the text, one over the limit with its link, and a provider or messenger that is missing or
        in doubt."""
        yield from templates.check(settings.text, house, field="text", extra=(LINK,))
        channels = [each for each in ways.TELEGRAM.among(house) if settings.channel in (None, each.id)]
        length = min((len(link_of(each, "x" * (TOKEN_BYTES * 4 // 3))) for each in channels), default=0)
        yield from sms.too_long_findings(settings.text, length)
        yield from ways.SMS.findings(house, settings.provider)
        yield from ways.TELEGRAM.findings(house, settings.channel)


def new_token(rng: Random, run: int | None = None) -> str:
    """Return a token that nobody guesses, as long as the randomness is the system's own; no two runs have the same
    one, even where chance always draws alike."""
    drawn = rng.getrandbits(TOKEN_BYTES * 8).to_bytes(TOKEN_BYTES)
    mixed = hashlib.blake2b(f"{run}".encode(), key=drawn, digest_size=TOKEN_BYTES).digest()
    return base64.urlsafe_b64encode(mixed).decode("ascii")


def link_of(channel: Connection, token: str) -> str:
    """Return Telegram's deep link to a channel's bot."""
    return f"https://t.me/{channel.bot}?start={token}"
