"""Nobody answers the client's call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from core.i18n import N_
from core.model.delivery import Channel
from core.model.house import House
from core.rules.base import Finding
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import LineSettings, line_findings, other_line
from core.words import Words


class CallMissed(TriggerKind[LineSettings]):
    """Nobody answers the client's call."""

    id = "call_missed"
    name = N_("Track missed call")
    about = N_("Fires when nobody answers the client's call.")
    icon = "☎"
    Settings: ClassVar[type[LineSettings]] = LineSettings
    listens = frozenset({"call_missed"})
    asks = frozenset({Channel.TELEPHONY})

    def sentence(self, settings: LineSettings) -> Words:
        """Say when it fires."""
        if settings.line:
            return Words(N_("nobody answers the client's call on the line “{line}”"), {"line": settings.line})
        return Words(N_("nobody answers the client's call"))

    def matches(self, heard: Heard, settings: LineSettings) -> Miss | None:
        """Miss a call on another line."""
        return other_line(heard, settings)

    def lint(self, settings: LineSettings, house: House) -> Iterable[Finding]:
        """Find what would keep it from firing."""
        return line_findings(settings.line, house)
