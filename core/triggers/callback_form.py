"""The client asks to be called back."""

from __future__ import annotations

from typing import ClassVar

from core.i18n import N_
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import FormSettings, other_form
from core.words import Words


class CallbackForm(TriggerKind[FormSettings]):
    """The client asks to be called back."""

    id = "callback_form"
    name = N_("Track callback form")
    about = N_("Fires when the client submits a callback form.")
    icon = "▤"
    Settings: ClassVar[type[FormSettings]] = FormSettings
    listens = frozenset({"callback_form"})

    def sentence(self, settings: FormSettings) -> Words:
        """Say when it fires."""
        if settings.form:
            return Words(N_("the client submits the callback form “{form}”"), {"form": settings.form})
        return Words(N_("the client submits a callback form"))

    def matches(self, heard: Heard, settings: FormSettings) -> Miss | None:
        """Miss another form."""
        return other_form(heard, settings)
