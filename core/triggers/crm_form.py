"""The client submits a form of any kind."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import FormSettings, other_form
from core.words import Words


class CrmForm(TriggerKind[FormSettings]):
    """The client submits a form of any kind."""

    id = "crm_form"
    name = N_("Track CRM form")
    about = N_("Fires when the client submits any form, callback forms included.")
    icon = "▤"
    Settings: ClassVar[type[FormSettings]] = FormSettings
    listens = frozenset({"crm_form"})

    def sentence(self, settings: FormSettings) -> Words:
        """Say when it fires."""
        if settings.form:
            return Words(N_("the client submits the form “{form}”"), {"form": settings.form})
        return Words(N_("the client submits a form"))

    def matches(self, heard: Heard, settings: FormSettings) -> Miss | None:
        """Miss another form."""
        return other_form(heard, settings)
