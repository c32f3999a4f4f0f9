"""What a mail server's answer or silence means for the message: the code decides, the phase says how sure it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from core.i18n import N_
from core.model.delivery import Outcome, OutcomeKind
from core.words import Words


class Phase(IntEnum):
    """The steps of a mail session. Up to ``BODY`` the server has not got the whole mail; from ``DOT`` on it may."""

    CONNECT = 0
    EHLO = 1
    STARTTLS = 2
    AUTH = 3
    MAIL = 4
    RCPT = 5
    DATA = 6
    BODY = 7
    DOT = 8


class Trouble(Exception):
    """A phase that did not end as it should. ``text`` is the server's answer or what went wrong on the line."""

    def __init__(self, phase: Phase, text: str) -> None:
        self.phase = phase
        self.text = tidy(text)
        super().__init__(f"{phase.name}: {self.text}")


class Answered(Trouble):
    """The server answered with a code that ends the phase."""

    def __init__(self, phase: Phase, code: int, text: str) -> None:
        super().__init__(phase, text)
        self.code = code


class Lost(Trouble):
    """The line broke, or what came over it was not SMTP."""


class Late(Trouble):
    """No answer in time."""


class Unfit(Trouble):
    """The server cannot do what our settings ask for: TLS, a certificate that is trusted, a login."""


class Unable(Trouble):
    """The server cannot take this one message, whatever we do."""


_AUTH_CODES: Final = frozenset({530, 534, 535, 538})
_ENHANCED: Final = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})\b")
_RELAY: Final = re.compile(r"\brelay", re.IGNORECASE)
_REASONS: Final[Mapping[tuple[int, int], str]] = {
    (1, 1): "bad_address",
    (1, 2): "bad_address",
    (1, 3): "bad_address",
    (1, 6): "bad_address",
    (1, 10): "bad_address",
    (2, 1): "bad_address",
}
"""Nearer reasons by (subject, detail) of the enhanced status (RFC 3463, RFC 7505); every 5.7.x is ``blocked``."""
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_LONGEST: Final = 300


def outcome_of(trouble: Trouble) -> Outcome:
    """Return the outcome of a message whose session ended in trouble."""
    match trouble:
        case Answered():
            return _answered(trouble)
        case Unfit():
            return Outcome(kind=OutcomeKind.MISCONFIGURED, reason="misconfigured", detail=words_of(trouble))
        case Unable():
            return Outcome(kind=OutcomeKind.REJECTED, reason="bad_address", detail=words_of(trouble))
    reason, detail = "timeout" if isinstance(trouble, Late) else None, words_of(trouble)
    if trouble.phase is Phase.DOT:
        return Outcome(kind=OutcomeKind.UNKNOWN, reason=reason, detail=detail)
    return Outcome(kind=OutcomeKind.DEFERRED, reason=reason, detail=detail, line_failed=trouble.phase <= Phase.MAIL)


def words_of(trouble: Trouble) -> Words:
    """Say what happened, with the server's own words."""
    args = {"phase": trouble.phase.name, "text": trouble.text}
    match trouble:
        case Answered():
            return Words(N_("at {phase} the mail server answered {code} {text}"), {**args, "code": trouble.code})
        case Late():
            return Words(N_("at {phase} the mail server did not answer in time"), args)
        case Lost() if trouble.phase is Phase.CONNECT:
            return Words(N_("the mail server cannot be reached: {text}"), args)
        case Lost():
            return Words(N_("at {phase} the line to the mail server broke: {text}"), args)
    return Words(N_("at {phase}: {text}"), args)


def tidy(text: str) -> str:
    """Return a server's answer as one short line without anything that a terminal would act on."""
    return " ".join(_UNSEEN.sub(" ", text).split())[:_LONGEST]


def _answered(trouble: Answered) -> Outcome:
    detail = words_of(trouble)
    if trouble.code < 500:
        # 421: the server takes nothing at all now (RFC 5321 §3.8). What it says before a mail begins is not about it.
        line_failed = trouble.code == 421 or trouble.phase < Phase.MAIL
        return Outcome(kind=OutcomeKind.DEFERRED, detail=detail, line_failed=line_failed)
    if _is_ours(trouble):
        return Outcome(kind=OutcomeKind.MISCONFIGURED, reason="misconfigured", detail=detail)
    return Outcome(kind=OutcomeKind.REJECTED, reason=_reason(trouble), detail=detail)


def _is_ours(trouble: Answered) -> bool:
    """Whether the refusal is about us and not about this message: then nothing behind it would go out either."""
    if trouble.phase < Phase.MAIL or trouble.code in _AUTH_CODES:
        return True
    policy = _status(trouble.text)[0] == 7
    if trouble.phase is Phase.MAIL:
        return policy
    return trouble.phase is Phase.RCPT and bool(_RELAY.search(trouble.text))


def _reason(trouble: Answered) -> str:
    status = _status(trouble.text)
    return "blocked" if status[0] == 7 else _REASONS.get(status, "rejected")


def _status(text: str) -> tuple[int, int]:
    found = _ENHANCED.match(text)
    return (int(found[1]), int(found[2])) if found else (0, 0)
