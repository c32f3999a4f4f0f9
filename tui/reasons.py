"""Why a message or a run did not happen, in words: what a stable reason code says to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.i18n import N_
from core.i18n import gettext as _

NAMES: Final[Mapping[str, str]] = {
    "attachment_missing": N_("attachment missing"),
    "bad_address": N_("bad address"),
    "bad_attachment": N_("bad attachment"),
    "bad_audio": N_("bad audio"),
    "bad_number": N_("bad number"),
    "blocked": N_("blocked"),
    "bounced": N_("bounced"),
    "busy": N_("busy"),
    "condition_false": N_("condition false"),
    "connection_paused": N_("connection paused"),
    "copied": N_("the database was copied"),
    "dead": N_("given up"),
    "disabled": N_("switched off"),
    "left_stage": N_("left the stage"),
    "limit_reached": N_("limit reached"),
    "loop_guard": N_("loop guard"),
    "misconfigured": N_("misconfigured"),
    "no_address": N_("no address"),
    "no_answer": N_("no answer"),
    "no_channel": N_("no channel"),
    "no_chat": N_("no chat"),
    "no_line": N_("no line"),
    "no_mailbox": N_("no mailbox"),
    "no_provider": N_("no provider"),
    "no_recipient": N_("no recipient"),
    "not_allowed": N_("not allowed"),
    "once_only": N_("once only"),
    "opted_out": N_("opted out"),
    "rejected": N_("rejected"),
    "stopped": N_("stopped"),
    "template_error": N_("template error"),
    "text_too_long": N_("text too long"),
    "timeout": N_("no reply in time"),
    "too_late": N_("too late"),
    "undone": N_("move undone"),
}


def words(code: str | None) -> str:
    """Return a reason in the language of the screen; a code of a plug-in's own reads as it is written."""
    if not code:
        return ""
    return _(NAMES[code]) if code in NAMES else code.replace("_", " ")
