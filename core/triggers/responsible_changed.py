"""The deal is given to another user."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_
from core.triggers.base import TriggerKind
from core.triggers.common import NoSettings
from core.words import Words


class ResponsibleChanged(TriggerKind[NoSettings]):
    """The deal is given to another user."""

    id = "responsible_changed"
    name = N_("Track responsible change")
    about = N_("Fires when the deal is given to another user.")
    group = "deal"
    icon = "☺"
    Settings: ClassVar[type[NoSettings]] = NoSettings
    listens = frozenset({"responsible_changed"})
    closed_deals = True

    def sentence(self, settings: NoSettings) -> Words:
        """Say when it fires."""
        return Words(N_("the deal is given to another user"))
