"""A signed call from outside names the deal."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.i18n import N_
from core.rules.base import Settings
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import told
from core.words import Words


class WebhookSettings(Settings):
    """The code that the call must carry."""

    code: str = Field(
        min_length=1,
        max_length=200,
        title=N_("Code"),
        description=N_("The calling system gives this code; any word that nobody guesses."),
    )


class Webhook(TriggerKind[WebhookSettings]):
    """A signed call from outside names the deal."""

    id = "webhook"
    name = N_("Track incoming webhook")
    about = N_("Fires when a signed call from outside names the deal and the code.")
    group = "deal"
    icon = "⇢"
    Settings: ClassVar[type[WebhookSettings]] = WebhookSettings
    listens = frozenset({"webhook"})
    closed_deals = True

    def sentence(self, settings: WebhookSettings) -> Words:
        """Say when it fires."""
        return Words(N_("a webhook calls with the code “{code}”"), {"code": settings.code})

    def matches(self, heard: Heard, settings: WebhookSettings) -> Miss | None:
        """Miss a call with another code."""
        if told(heard.event, "code") == settings.code:
            return None
        return Miss(Words(N_("it carried another code than “{code}”"), {"code": settings.code}))
