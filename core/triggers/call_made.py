"""A manager calls the client."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from core.i18n import N_
from core.model.delivery import Channel
from core.model.house import House
from core.rules.base import Finding
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import NoSettings, by_rule, line_findings
from core.words import Words


class CallMade(TriggerKind[NoSettings]):
    """A manager calls the client."""

    id = "call_made"
    name = N_("Track outgoing call")
    about = N_("Fires when a manager calls the client, answered or not; calls of rules do not count.")
    icon = "☎"
    Settings: ClassVar[type[NoSettings]] = NoSettings
    listens = frozenset({"call_made"})
    asks = frozenset({Channel.TELEPHONY})

    def sentence(self, settings: NoSettings) -> Words:
        """Say when it fires."""
        return Words(N_("a manager calls the client"))

    def matches(self, heard: Heard, settings: NoSettings) -> Miss | None:
        """Miss a rule's call: it is informational."""
        return by_rule(heard, N_("the rule “{rule}” has called, not a manager"))

    def lint(self, settings: NoSettings, house: House) -> Iterable[Finding]:
        """Find what would keep it from firing."""
        return line_findings(None, house)
