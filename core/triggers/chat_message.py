"""The client's message contains a text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from core import keywords, patterns
from core.errors import BadInput
from core.i18n import N_
from core.model.delivery import Channel
from core.model.house import House
from core.rules.base import Finding
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import ChannelSettings, channel_findings, other_channel, told
from core.words import Words


class MessageSettings(ChannelSettings):
    """Which messages count. Without options the text must occur as a run of whole words, case and accents included."""

    text: str = Field(
        default="",
        title=N_("Text"),
        description=N_("Any message when left empty."),
        json_schema_extra={"none": N_("any message")},
    )
    ignore_case: bool = Field(
        default=False, title=N_("Ignore case"), description=N_("“yes” is then found in “YES” too.")
    )
    ignore_accents: bool = Field(
        default=False, title=N_("Ignore accents"), description=N_("“amanha” is then found in “amanhã” too.")
    )
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
    asks = frozenset({Channel.OPEN_CHANNEL})

    def sentence(self, settings: MessageSettings) -> Words:
        """Say when it fires."""
        if settings.regex:
            return Words(N_("a message of the client matches {text}"), {"text": ", ".join(settings.texts)})
        if settings.texts:
            return Words(N_("a message of the client contains “{text}”"), {"text": "”, “".join(settings.texts)})
        return Words(N_("the client writes in a chat"))

    def matches(self, heard: Heard, settings: MessageSettings) -> Miss | None:
        """Miss another channel, and a message that holds none of the texts."""
        missed = other_channel(heard, settings)
        if missed or not settings.texts:
            return missed
        said = told(heard.event, "text")
        holds = _matches if settings.regex else _holds
        if any(holds(text, said, settings) for text in settings.texts):
            return None
        return Miss(Words(N_("the message does not contain “{text}”"), {"text": "”, “".join(settings.texts)}))

    def lint(self, settings: MessageSettings, house: House) -> Iterable[Finding]:
        """Find what would keep it from firing."""
        yield from channel_findings(settings.channel, house)
        for text in settings.texts if settings.regex else ():
            try:
                patterns.compiled(_pattern(text, settings), ignore_case=settings.ignore_case)
            except BadInput as error:
                words = Words(N_("“{text}” is not a regular expression: {why}"), {"text": text, "why": error.words})
                yield Finding("text" if text == settings.text else "any_of", words)


def _holds(wanted: str, text: str, settings: MessageSettings) -> bool:
    return keywords.occurs(wanted, text, ignore_case=settings.ignore_case, ignore_accents=settings.ignore_accents)


def _matches(pattern: str, text: str, settings: MessageSettings) -> bool:
    """Return whether a pattern is found in a text; one that cannot be compiled never is."""
    try:
        found = patterns.compiled(_pattern(pattern, settings), ignore_case=settings.ignore_case)
    except BadInput:
        return False
    return found(_pattern(text, settings))


def _pattern(text: str, settings: MessageSettings) -> str:
    return keywords.plain(text, ignore_accents=settings.ignore_accents)
