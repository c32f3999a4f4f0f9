"""The client's message contains a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from core.i18n import N_
from core.model.house import House
from core.rules.base import Finding
from core.triggers.base import TriggerKind
from core.triggers.common import ChannelSettings, channel_findings
from core.words import Words


class MessageSettings(ChannelSettings):
    """Which messages count. Without options the text must occur as a run of whole words, case and accents included."""

    text: str = Field(default="", title=N_("Text"), description=N_("Any message when left empty."))
    ignore_case: bool = Field(default=False, title=N_("Ignore case"))
    ignore_accents: bool = Field(default=False, title=N_("Ignore accents"))
    any_of: tuple[str, ...] = Field(
        default=(), title=N_("Any of"), description=N_("Further texts; one of them is enough.")
    )
    regex: bool = Field(
        default=False, title=N_("Regular expression"), description=N_("Read the texts as regular expressions.")
    )

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts that count, without blank ones."""
        return tuple(text for text in (self.text, *self.any_of) if text.strip())


class ChatMessage(TriggerKind[MessageSettings]):
    """The client's message contains a text."""

    id = "chat_message"
    name = N_("Track client messages")
    about = N_("Fires when a message of the client contains the text; without a text, at any message.")
    icon = "❝"
    Settings: ClassVar[type[MessageSettings]] = MessageSettings
    listens = frozenset({"chat_message"})

    def sentence(self, settings: MessageSettings) -> Words:
        """Say when it fires."""
        if settings.regex:
            return Words(N_("a message of the client matches {text}"), {"text": ", ".join(settings.texts)})
        if settings.texts:
            return Words(N_("a message of the client contains “{text}”"), {"text": "”, “".join(settings.texts)})
        return Words(N_("the client writes in a chat"))

    def lint(self, settings: MessageSettings, house: House) -> Iterable[Finding]:
        """Find what would keep it from firing."""
        yield from channel_findings(settings.channel, house)
        for text in settings.texts if settings.regex else ():
            try:
                re.compile(text)
            except (re.error, RecursionError, OverflowError) as error:
                words = Words(N_("“{text}” is not a regular expression: {why}"), {"text": text, "why": str(error)})
                yield Finding("text" if text == settings.text else "any_of", words)
