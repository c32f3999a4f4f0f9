"""The kinds of event that ``funil event`` records: a kind is one declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from core import commands
from core.commands import Recorded, Report
from core.ports import Job

Given = Mapping[str, str]
_HEADERS: Final = ("auto_submitted", "precedence", "return_path", "content_type", "bounce", "message_id")
_HIT: Final = ("agent", "ip", "method", "machine")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: the values that it ``needs`` and ``may`` have, and the job that records it.

    ``deal`` says whether ``--deal`` is needed (True), may be given (None), or is not taken (False): ``names`` tells
    then what tells the deal.
    """

    needs: tuple[str, ...]
    may: tuple[str, ...]
    job: Callable[[Report, Given, str], Job[Recorded]]
    """Takes the report, the values, and the deal (blank: none)."""
    deal: bool | None = None


def _some(given: Given, *names: str) -> dict[str, str]:
    return {name: given[name] for name in names if name in given}


KINDS: Final[Mapping[str, Kind]] = {
    "email_opened": Kind(
        ("delivery",),
        _HIT,
        lambda report, given, _: commands.mail_hit(report, "email_opened", given["delivery"], _some(given, *_HIT)),
        deal=False,
    ),
    "link_clicked": Kind(
        ("delivery", "link"),
        _HIT,
        lambda report, given, _: commands.mail_hit(
            report, "link_clicked", given["delivery"], _some(given, "link", *_HIT)
        ),
        deal=False,
    ),
    "email_received": Kind(
        ("from",),
        ("subject", "text", "in_reply_to", *_HEADERS),
        lambda report, given, deal: commands.email_received(
            report,
            given["from"],
            given.get("subject", ""),
            given.get("text", ""),
            in_reply_to=given.get("in_reply_to"),
            headers=_some(given, *_HEADERS),
            deal=deal or None,
        ),
    ),
    "email_sent": Kind(
        ("by",),
        ("subject", "text"),
        lambda report, given, deal: commands.email_sent(
            report, deal, given["by"], given.get("subject", ""), given.get("text", "")
        ),
        deal=True,
    ),
    "form": Kind(
        ("form", "type"),
        ("name", "phone", "email", "text"),
        lambda report, given, deal: commands.form_submitted(
            report, given["form"], given["type"], _some(given, "name", "phone", "email", "text"), deal or None
        ),
    ),
    "call_made": Kind(
        ("phone", "by"),
        ("call",),
        lambda report, given, deal: commands.call_made(
            report, given["phone"], given["by"], deal or None, given.get("call")
        ),
    ),
    "call_received": Kind(
        ("phone",),
        ("line", "call"),
        lambda report, given, deal: commands.call_came(
            report, "call_received", given["phone"], given.get("line"), deal or None, given.get("call")
        ),
    ),
    "call_missed": Kind(
        ("phone",),
        ("line", "call"),
        lambda report, given, deal: commands.call_came(
            report, "call_missed", given["phone"], given.get("line"), deal or None, given.get("call")
        ),
    ),
    "chat_message": Kind(
        ("chat", "text"),
        ("channel", "from"),
        lambda report, given, _: commands.chat_message(
            report, given["chat"], given["text"], channel=given.get("channel"), sender=given.get("from")
        ),
        deal=False,
    ),
    "chat_accepted": Kind(
        ("chat", "by"),
        ("channel",),
        lambda report, given, _: commands.chat_accepted(report, given["chat"], given["by"], given.get("channel")),
        deal=False,
    ),
    "chat_answered": Kind(
        ("chat", "by", "text"),
        ("channel",),
        lambda report, given, _: commands.chat_answered(
            report, given["chat"], given["by"], given["text"], given.get("channel")
        ),
        deal=False,
    ),
    "chat_closed": Kind(
        ("chat",),
        ("channel", "by"),
        lambda report, given, _: commands.chat_closed(report, given["chat"], given.get("channel"), given.get("by")),
        deal=False,
    ),
    "payment": Kind(
        ("amount",),
        ("invoice", "by"),
        lambda report, given, deal: commands.payment_made(
            report, deal, commands.Payment(amount=given["amount"], invoice=given.get("invoice")), given.get("by")
        ),
        deal=True,
    ),
    "task_done": Kind(
        ("task",),
        ("by",),
        lambda report, given, deal: commands.task_done(report, given["task"], deal, given.get("by")),
        deal=True,
    ),
    "webhook": Kind(
        ("code",),
        (),
        lambda report, given, deal: commands.webhook_called(report, deal, given["code"]),
        deal=True,
    ),
}
