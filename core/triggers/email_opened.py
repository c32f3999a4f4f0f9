"""The client opens an e-mail that came from the card or a rule."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_
from core.model.delivery import Channel
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import MachineSettings, by_machine
from core.words import Words


class EmailOpened(TriggerKind[MachineSettings]):
    """The client opens an e-mail that came from the card or a rule."""

    id = "email_opened"
    name = N_("Track e-mail view")
    about = N_("Fires when the client opens an e-mail that was sent from the card or by a rule.")
    icon = "✉"
    Settings: ClassVar[type[MachineSettings]] = MachineSettings
    listens = frozenset({"email_opened"})
    asks = frozenset({Channel.EMAIL})

    def sentence(self, settings: MachineSettings) -> Words:
        """Say when it fires."""
        if settings.machine:
            return Words(N_("an e-mail is opened, by the client or a machine"))
        return Words(N_("the client opens an e-mail"))

    def matches(self, heard: Heard, settings: MachineSettings) -> Miss | None:
        """Miss what a machine has opened, unless machines count."""
        return by_machine(heard, settings)
