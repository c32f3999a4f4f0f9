"""The client writes an e-mail."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from core.i18n import N_
from core.model.delivery import Channel
from core.model.event import Event
from core.triggers.base import MACHINE_EVENT, Heard, Miss, TriggerKind
from core.triggers.common import NoSettings, says_yes, told
from core.words import Words

_REPORT: Final = "multipart/report"
_SUBJECT: Final = re.compile(
    r"(automatic reply|auto[- ]?reply|out of (the )?office|resposta autom[áa]tica|fora do escrit[óo]rio|"
    r"respuesta autom[áa]tica|r[ée]ponse automatique|automatische antwort)\b",
    re.IGNORECASE,
)
"""How mail programs entitle what they answer by themselves, for whoever hands us no headers."""
_IN_BULK: Final = ("auto_reply", "bulk", "junk")


class EmailReceived(TriggerKind[NoSettings]):
    """The client writes an e-mail."""

    id = "email_received"
    name = N_("Track incoming e-mail")
    about = N_("Fires when the client writes an e-mail; bounces and automatic replies do not count.")
    icon = "✉"
    Settings: ClassVar[type[NoSettings]] = NoSettings
    listens = frozenset({"email_received"})
    asks = frozenset({Channel.EMAIL})

    def sentence(self, settings: NoSettings) -> Words:
        """Say when it fires."""
        return Words(N_("the client writes an e-mail"))

    def matches(self, heard: Heard, settings: NoSettings) -> Miss | None:
        """Miss what nobody has written: delivery reports and automatic replies."""
        if is_bounce(heard.event):
            return Miss(Words(N_("it is a report that an e-mail could not be delivered")), MACHINE_EVENT)
        if is_automatic(heard.event):
            return Miss(Words(N_("it is an automatic reply, nobody has written it")), MACHINE_EVENT)
        return None


def is_bounce(event: Event) -> bool:
    """Return whether a mail reports on another one: it says so, is a report (RFC 3464) or has no return path."""
    empty_path = "return_path" in event.data and told(event, "return_path").strip() in ("", "<>")
    daemon = told(event, "from").partition("@")[0].lower() == "mailer-daemon"
    return (
        daemon
        or says_yes(event, "bounce")
        or empty_path
        or told(event, "content_type").strip().lower().startswith(_REPORT)
    )


def is_automatic(event: Event) -> bool:
    """Return whether software has answered: RFC 3834's ``Auto-Submitted``, or what went before it."""
    said = told(event, "auto_submitted").partition(";")[0].strip().lower() not in ("", "no")
    bulk = told(event, "precedence").strip().lower() in _IN_BULK
    entitled = _SUBJECT.match(told(event, "subject").strip()) is not None
    return said or bulk or entitled or says_yes(event, "autoresponded") or says_yes(event, "x_autoreply")
