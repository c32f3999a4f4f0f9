"""Simulated open channels: a web chat, and a Telegram bot."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from pydantic import BaseModel

from adapters.simulated import afterwards, magic
from adapters.simulated.adapter import Line, SimulatedAdapter
from adapters.simulated.settings import SimulatedTelegramSettings
from core.i18n import N_
from core.model.delivery import Message, Outcome, OutcomeKind
from core.ports import Capabilities
from core.words import Words

LONGEST_TELEGRAM: Final = 4096
"""Characters of a message, as Telegram's Bot API has it."""


def _line(longest: int | None) -> Line:
    capabilities = Capabilities(
        channel="open_channel",
        idempotent=True,
        receipts=frozenset({"delivered", "undelivered"}),
        longest_text=longest,
        attachments=True,
        batch=25,
        concurrency=25,
        instant=True,
        reconciles=True,
    )
    return Line(
        capabilities=capabilities,
        reachable=re.compile(r"[^\s:]{1,64}:[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,128}").fullmatch,
        unreachable=Outcome(kind=OutcomeKind.REJECTED, reason="bad_address", detail=Words(N_("This is no chat"))),
        magic=magic.of_chat,
        unlucky=magic.CHATS["block"],
        later=afterwards.of_chat,
    )


WEB_CHAT: Final = _line(None)
TELEGRAM: Final = _line(LONGEST_TELEGRAM)


class SimulatedChannel(SimulatedAdapter):
    """An open channel; a text beyond what it carries is refused."""

    def _outcome(self, message: Message, key: str) -> Outcome:
        longest = self.capabilities.longest_text
        if longest is not None and len(message.text) > longest:
            words = N_("The text has {length} characters; this channel carries {most} at most")
            detail = Words(words, {"length": len(message.text), "most": longest})
            return Outcome(kind=OutcomeKind.REJECTED, reason="text_too_long", detail=detail)
        return super()._outcome(message, key)


class SimulatedTelegramAdapter(SimulatedChannel):
    """A simulated Telegram bot."""

    Settings: ClassVar[type[BaseModel]] = SimulatedTelegramSettings
