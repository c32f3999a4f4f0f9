"""A task of the deal is completed."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_
from core.triggers.base import TriggerKind
from core.triggers.common import NoSettings
from core.words import Words


class TaskDone(TriggerKind[NoSettings]):
    """A task of the deal is completed."""

    id = "task_done"
    name = N_("Track task status")
    about = N_("Fires when a task of the deal is completed.")
    group = "deal"
    icon = "✓"
    Settings: ClassVar[type[NoSettings]] = NoSettings
    listens = frozenset({"task_done"})
    closed_deals = True

    def sentence(self, settings: NoSettings) -> Words:
        """Say when it fires."""
        return Words(N_("a task of the deal is completed"))
