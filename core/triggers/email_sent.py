"""A manager writes the client an e-mail."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_
from core.triggers.base import TriggerKind
from core.triggers.common import NoSettings
from core.words import Words


class EmailSent(TriggerKind[NoSettings]):
    """A manager writes the client an e-mail."""

    id = "email_sent"
    name = N_("Track e-mail to client")
    about = N_("Fires when a manager writes the client an e-mail; a rule's e-mail does not count.")
    icon = "✉"
    Settings: ClassVar[type[NoSettings]] = NoSettings
    listens = frozenset({"email_sent"})

    def sentence(self, settings: NoSettings) -> Words:
        """Say when it fires."""
        return Words(N_("a manager writes the client an e-mail"))
