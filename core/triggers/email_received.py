"""The client writes an e-mail."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_
from core.triggers.base import TriggerKind
from core.triggers.common import NoSettings
from core.words import Words


class EmailReceived(TriggerKind[NoSettings]):
    """The client writes an e-mail."""

    id = "email_received"
    name = N_("Track incoming e-mail")
    about = N_("Fires when the client writes an e-mail; bounces and automatic replies do not count.")
    icon = "✉"
    Settings: ClassVar[type[NoSettings]] = NoSettings
    listens = frozenset({"email_received"})

    def sentence(self, settings: NoSettings) -> Words:
        """Say when it fires."""
        return Words(N_("the client writes an e-mail"))
