"""An invoice of the deal is paid."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_
from core.triggers.base import TriggerKind
from core.triggers.common import NoSettings
from core.words import Words


class Payment(TriggerKind[NoSettings]):
    """An invoice of the deal is paid."""

    id = "payment"
    name = N_("Track payment")
    about = N_("Fires when an invoice of the deal is marked paid.")
    group = "deal"
    icon = "$"
    Settings: ClassVar[type[NoSettings]] = NoSettings
    listens = frozenset({"payment"})
    closed_deals = True

    def sentence(self, settings: NoSettings) -> Words:
        """Say when it fires."""
        return Words(N_("an invoice of the deal is paid"))
