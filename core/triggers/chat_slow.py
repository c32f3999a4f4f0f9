"""The agent lets the client wait in an accepted chat."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final, Literal

from pydantic import Field

from core.i18n import N_
from core.model.delivery import Channel
from core.model.house import House
from core.rules.base import Finding
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import ChannelSettings, channel_findings, other_channel, told
from core.words import Words

ACCEPTANCE: Final = "acceptance"
MESSAGE: Final = "message"
_OTHERWISE: Final = {
    ACCEPTANCE: N_("the wait was counted from the client's message"),
    MESSAGE: N_("the wait was counted from the acceptance"),
}


class SlowSettings(ChannelSettings):
    """How long is too long, and from when on it is counted."""

    seconds: int = Field(
        default=600,
        ge=1,
        le=30 * 86_400,
        title=N_("Seconds"),
        description=N_("How long the client may wait for the agent's answer; 600 are ten minutes."),
        json_schema_extra={"unit": N_("seconds")},
    )
    count_from: Literal["acceptance", "message"] = Field(
        default="acceptance",
        title=N_("Count from"),
        description=N_("From the acceptance, or from the client's message."),
        json_schema_extra={
            "labels": {"acceptance": N_("when the agent answers the chat"), "message": N_("the client's message")}
        },
    )


class ChatSlow(TriggerKind[SlowSettings]):
    """The agent lets the client wait in an accepted chat."""

    id = "chat_slow"
    name = N_("Track chat response time")
    about = N_("Fires when the agent has accepted a chat and lets the client wait too long.")
    icon = "❝"
    Settings: ClassVar[type[SlowSettings]] = SlowSettings
    listens = frozenset({"chat_slow"})
    asks = frozenset({Channel.OPEN_CHANNEL})

    def sentence(self, settings: SlowSettings) -> Words:
        """Say when it fires."""
        return Words(N_("the client waits in a chat for more than {seconds} seconds"), {"seconds": settings.seconds})

    def matches(self, heard: Heard, settings: SlowSettings) -> Miss | None:
        """Miss a wait of another length, one that was counted otherwise, and another channel."""
        seconds = told(heard.event, "seconds")
        if seconds != str(settings.seconds):
            return Miss(Words(N_("it tells of a wait of {seconds} seconds"), {"seconds": seconds}))
        if (told(heard.event, "count_from") or ACCEPTANCE) != settings.count_from:
            return Miss(Words(_OTHERWISE[settings.count_from]))
        return other_channel(heard, settings)

    def lint(self, settings: SlowSettings, house: House) -> Iterable[Finding]:
        """Find what would keep it from firing."""
        return channel_findings(settings.channel, house)
