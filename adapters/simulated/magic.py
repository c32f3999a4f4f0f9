"""Recipients that decide the outcome by themselves, whatever persona and seed say.

Mail: the local part, as in the simulators of mail services. Numbers: the block that Twilio keeps for tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from core.i18n import N_
from core.model.delivery import Outcome, OutcomeKind
from core.model.moment import MINUTE
from core.words import Words

_LIMIT: Final = Outcome(
    kind=OutcomeKind.DEFERRED,
    reason="limit_reached",
    detail=Words(N_("The provider takes no more messages for a minute")),
    retry_after=MINUTE,
)
_DOWN: Final = Outcome(
    kind=OutcomeKind.DEFERRED,
    reason="timeout",
    detail=Words(N_("The provider cannot be reached")),
    line_failed=True,
)
_SILENCE: Final = Outcome(
    kind=OutcomeKind.UNKNOWN, reason="timeout", detail=Words(N_("The peer took the message and never answered"))
)


def _rejected(reason: str, msg: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, reason=reason, detail=Words(msg))


def _unreached(reason: str, msg: str) -> Outcome:
    return Outcome(kind=OutcomeKind.DEFERRED, reason=reason, detail=Words(msg))


MAILBOXES: Final[Mapping[str, Outcome | None]] = {
    "bounce": None,
    "block": _rejected("blocked", N_("The recipient's server refuses our mail")),
    "full": Outcome(kind=OutcomeKind.DEFERRED, detail=Words(N_("The recipient's mailbox is full"))),
    "limit": _LIMIT,
    "down": _DOWN,
    "timeout": _SILENCE,
    "ooto": None,
}
"""By local part (what stands before ``+`` or ``@``); None: accepted, and then it comes back (``bounce``), or an
automatic answer comes (``ooto``)."""

NUMBERS: Final[Mapping[str, Outcome]] = {
    "+15005550001": _rejected("bad_number", N_("The number does not exist")),
    "+15005550002": Outcome(kind=OutcomeKind.DEFERRED, detail=Words(N_("No route to this number at present"))),
    "+15005550003": _rejected("not_allowed", N_("The account may not send to this country")),
    "+15005550004": _rejected("blocked", N_("The recipient refuses our messages")),
    "+15005550005": _DOWN,
    "+15005550007": _SILENCE,
    "+15005550008": _LIMIT,
    "+15005550009": _rejected("bad_number", N_("The number cannot receive messages")),
}
"""By whole number."""


CALLS: Final[Mapping[str, Outcome]] = {
    "+15005550001": _rejected("bad_number", N_("The number does not exist")),
    "+15005550002": Outcome(kind=OutcomeKind.DEFERRED, detail=Words(N_("No route to this number at present"))),
    "+15005550003": _rejected("not_allowed", N_("The account may not call this country")),
    "+15005550004": _rejected("blocked", N_("The client's telephone refuses our calls")),
    "+15005550005": _DOWN,
    "+15005550007": Outcome(
        kind=OutcomeKind.UNKNOWN, reason="timeout", detail=Words(N_("The provider took the call and never said more"))
    ),
    "+15005550008": _LIMIT,
    "+15005550009": _rejected("bad_number", N_("The number takes no calls")),
    "+15005550010": _unreached("busy", N_("The line is busy")),
    "+15005550011": _unreached("no_answer", N_("Nobody answers")),
    "+15005550012": Outcome(
        kind=OutcomeKind.MISCONFIGURED,
        reason="misconfigured",
        detail=Words(N_("The provider does not let us call from our number")),
    ),
}
"""By whole number, of calls. :data:`LATER` may be reached at a later try."""
LATER: Final = "+15005550013"
"""Busy for five minutes after the call was written, then answered."""
AUDIO: Final[Mapping[str, Outcome]] = {
    "missing": _rejected("bad_audio", N_("The address of the audio file answers 404")),
    "broken": _rejected("bad_audio", N_("What the address leads to is no mp3")),
    "huge": _rejected("bad_audio", N_("The audio file is larger than 20 MB")),
    "slow": _rejected("bad_audio", N_("The audio file did not come within 20 seconds")),
    "private": _rejected("bad_audio", N_("The address of the audio file leads into a private network")),
}
"""By the audio file's name without ``.mp3``."""
_GONE: Final = _rejected("bad_audio", N_("The server of the audio file cannot be found"))
CHATS: Final[Mapping[str, Outcome]] = {
    "block": _rejected("blocked", N_("The client has blocked us in the messenger")),
    "full": Outcome(kind=OutcomeKind.DEFERRED, detail=Words(N_("The messenger asks for patience"))),
    "limit": _LIMIT,
    "down": _DOWN,
    "timeout": _SILENCE,
}
"""By what stands behind the last colon of the chat's id, and before ``+``: ``tg:block``, ``visitor:limit+7``."""


HOOKS: Final[Mapping[str, Outcome]] = {
    "block": _rejected("blocked", N_("the other program refuses the call")),
    "full": Outcome(kind=OutcomeKind.DEFERRED, detail=Words(N_("The other program asks for patience"))),
    "limit": _LIMIT,
    "down": _DOWN,
    "timeout": _SILENCE,
}
"""By the last part of the address's path: ``https://erp.example/funil/down``."""


def of_hook(address: str) -> Outcome | None:
    """Return what calling a magic address brings about, None for an ordinary one. No network is used."""
    try:
        return HOOKS.get(PurePosixPath(urlsplit(address).path).stem.lower())
    except ValueError:
        return None


def of_chat(to: str) -> Outcome | None:
    """Return what a magic chat brings about, None for an ordinary one."""
    return CHATS.get(to.rpartition(":")[2].partition("+")[0].lower())


def of_mailbox(address: str) -> Outcome | None:
    """Return what a magic address brings about, None for an ordinary one or one that is accepted."""
    return MAILBOXES.get(local_part(address))


def local_part(address: str) -> str:
    """Return what magic addresses are known by."""
    return address.partition("@")[0].partition("+")[0].lower()


def of_number(number: str) -> Outcome | None:
    """Return what a magic number brings about, None for an ordinary one."""
    return NUMBERS.get(number)


def of_call(number: str) -> Outcome | None:
    """Return what calling a magic number brings about, None for an ordinary one."""
    return CALLS.get(number)


def of_audio(address: str) -> Outcome | None:
    """Return what keeps an audio file from being played, None for one that is taken as fetched. No network is used."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return _GONE
    if (parts.hostname or "").removesuffix(".").endswith(".invalid"):
        return _GONE
    return AUDIO.get(PurePosixPath(parts.path).stem.lower())
