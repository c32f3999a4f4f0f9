"""The agent accepts a chat."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from core.i18n import N_
from core.model.delivery import Channel
from core.model.house import House
from core.rules.base import Finding
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import ChannelSettings, channel_findings, other_channel
from core.words import Words


class ChatAccepted(TriggerKind[ChannelSettings]):
    """The agent accepts a chat."""

    id = "chat_accepted"
    name = N_("Track chat acceptance")
    about = N_("Fires when the agent presses Answer, not at the first text.")
    icon = "❝"
    Settings: ClassVar[type[ChannelSettings]] = ChannelSettings
    listens = frozenset({"chat_accepted"})
    asks = frozenset({Channel.OPEN_CHANNEL})

    def sentence(self, settings: ChannelSettings) -> Words:
        """Say when it fires."""
        if settings.channel:
            return Words(N_("the agent accepts a chat in “{channel}”"), {"channel": settings.channel})
        return Words(N_("the agent accepts a chat"))

    def matches(self, heard: Heard, settings: ChannelSettings) -> Miss | None:
        """Miss what happened on another channel."""
        return other_channel(heard, settings)

    def lint(self, settings: ChannelSettings, house: House) -> Iterable[Finding]:
        """Find what would keep it from firing."""
        return channel_findings(settings.channel, house)
