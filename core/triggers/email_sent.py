"""A manager writes the client an e-mail."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_
from core.model.delivery import Channel
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import NoSettings, by_rule
from core.words import Words


class EmailSent(TriggerKind[NoSettings]):
    """A manager writes the client an e-mail."""

    id = "email_sent"
    name = N_("Track e-mail to client")
    about = N_("Fires when a manager writes the client an e-mail; a rule's e-mail does not count.")
    icon = "✉"
    Settings: ClassVar[type[NoSettings]] = NoSettings
    listens = frozenset({"email_sent"})
    asks = frozenset({Channel.EMAIL})

    def sentence(self, settings: NoSettings) -> Words:
        """Say when it fires."""
        return Words(N_("a manager writes the client an e-mail"))

    def matches(self, heard: Heard, settings: NoSettings) -> Miss | None:
        """Miss a rule's e-mail: only a manager's counts."""
        return by_rule(heard, N_("the rule “{rule}” has sent it, not a manager"))
