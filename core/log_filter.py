"""What the outbound log is filtered by: channel, status, deal and words, as people type them in one line.

``channel:sms status:failed deal:D12 on "its way"``: a field may stand several times (any of them), every word must
occur. A value may be the code, the word of the reader's language, or the beginning of either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from core.errors import BadInput
from core.i18n import N_
from core.i18n import gettext as _
from core.model.delivery import Channel, DeliveryStatus, Message
from core.safe_text import fold

HELD: Final = "held"
CHANNEL_NAMES: Final[Mapping[str, str]] = {
    "email": N_("e-mail"),
    "sms": N_("SMS"),
    "telephony": N_("call"),
    "open_channel": N_("chat"),
    "webhook": N_("webhook"),
}
STATUS_NAMES: Final[Mapping[str, str]] = {
    HELD: N_("held"),
    "queued": N_("queued"),
    "sending": N_("sending"),
    "sent": N_("sent"),
    "delivered": N_("delivered"),
    "undelivered": N_("not delivered"),
    "failed": N_("failed"),
    "unknown": N_("outcome unknown"),
    "cancelled": N_("cancelled"),
}
FIELDS: Final[Mapping[str, str]] = {"channel": N_("channel"), "status": N_("status"), "deal": N_("deal")}
_PART: Final = re.compile(r'(?:(?P<field>[^\W\d]+):(?!//))?(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]*))')
_NUMBER: Final = re.compile(r"[+(]?[0-9][0-9 ().-]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which lines of the log: any of the channels and statuses (none: all; ``held`` is a status here), of one deal,
    with every one of the words in recipient, subject, text or the deal's id. Words are folded."""

    deal: str | None = None
    channels: frozenset[Channel] = frozenset()
    statuses: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != NO_FILTER

    @property
    def wants_held(self) -> bool:
        """Whether held lines can be among them."""
        return not self.statuses or HELD in self.statuses

    @property
    def delivery_statuses(self) -> tuple[DeliveryStatus, ...] | None:
        """The statuses of stored messages, in a fixed order; None means all of them."""
        return tuple(status for status in DeliveryStatus if status in self.statuses) if self.statuses else None


NO_FILTER: Final = LogFilter()


def parse(text: str) -> LogFilter:
    """Read what somebody typed; a field without a value yet is passed over. Raises ``BadInput``."""
    channels: set[Channel] = set()
    statuses: set[str] = set()
    deals: list[str] = []
    words: list[str] = []
    for found in _PART.finditer(text):
        field, value = found["field"], found["quoted"] if found["quoted"] is not None else found["bare"]
        if field is None:
            words += [fold(value)] if fold(value).strip() else []
            continue
        match _field(field):
            case "channel":
                channels |= {Channel(code) for code in _codes(value, CHANNEL_NAMES, "channel")}
            case "status":
                statuses |= set(_codes(value, STATUS_NAMES, "status"))
            case _:
                deals += [value.strip()] if value.strip() else []
    if len(set(deals)) > 1:
        raise BadInput(N_("one deal at a time: “{first}” or “{second}”"), first=deals[0], second=deals[1])
    return LogFilter(
        deal=deals[0] if deals else None,
        channels=frozenset(channels),
        statuses=frozenset(statuses),
        words=tuple(dict.fromkeys(words)),
    )


def _field(typed: str) -> str:
    """Return the field's code. Raises ``BadInput`` that lists the fields."""
    wanted = fold(typed)
    for code, name in FIELDS.items():
        if wanted in (code, fold(_(name))):
            return code
    known = ", ".join(f"{_(name)}:" for name in FIELDS.values())
    words = N_("there is no “{field}:” here, only {known} (a word with a colon goes in quotes)")
    raise BadInput(words, field=typed, known=known)


def _codes(typed: str, names: Mapping[str, str], field: str) -> Iterable[str]:
    """Return the codes that a value means. Raises ``BadInput`` that lists the values."""
    wanted = fold(typed).strip()
    if not wanted:
        return ()
    spelled = {code: (code, fold(_(name))) for code, name in names.items()}
    exact = [code for code, known in spelled.items() if wanted in known]
    found = exact or [code for code, known in spelled.items() if any(each.startswith(wanted) for each in known)]
    if not found:
        words = N_("{field}: “{value}” is none of {known}")
        raise BadInput(words, field=_(FIELDS[field]), value=typed, known=", ".join(_(name) for name in names.values()))
    return found


def digits_of(word: str) -> str | None:
    """Return the digits of a word that is typed like a telephone number: numbers are kept without their signs."""
    return "".join(sign for sign in word if sign.isdigit()) if _NUMBER.fullmatch(word) else None


def mentions(words: Iterable[str], message: Message, deal: str) -> bool:
    """Return whether every word occurs in a message: in its recipient, subject, text or the deal's id."""
    wanted = list(words)
    if not wanted:
        return True
    haystack = "\n".join(fold(part) for part in (message.to, message.subject or "", message.text, deal))
    digits = [digits_of(word) for word in wanted]
    return all(
        word in haystack or (number is not None and number in message.to)
        for word, number in zip(wanted, digits, strict=True)
    )
