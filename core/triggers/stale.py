"""Nothing has happened on the deal for a while."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from core.i18n import N_
from core.misfits import Unfit, fitting
from core.model.moment import MINUTE, iso, parse_duration
from core.rules.base import Settings
from core.triggers.base import Heard, Miss, TriggerKind
from core.triggers.common import told
from core.words import Words


class StaleSettings(Settings):
    """How long nothing may happen."""

    after: str = Field(
        title=N_("After"), description=N_("A duration like 36h or 5d."), json_schema_extra={"picker": "span"}
    )

    @field_validator("after")
    @classmethod
    def _duration(cls, value: str) -> str:
        return fitting(_at_least_a_minute, value)


def _at_least_a_minute(text: str) -> str:
    span = parse_duration(text)
    if span.millis < MINUTE:
        raise Unfit(N_("the shortest time without activity is a minute"))
    return str(span)


class Stale(TriggerKind[StaleSettings]):
    """Nothing has happened on the deal for a while."""

    id = "stale"
    name = N_("No activity")
    about = N_("Fires when nothing has happened on the deal for a while.")
    group = "deal"
    icon = "◷"
    Settings: ClassVar[type[StaleSettings]] = StaleSettings
    listens = frozenset({"stale"})

    def sentence(self, settings: StaleSettings) -> Words:
        """Say when it fires."""
        return Words(N_("nothing happens on the deal for {after}"), {"after": settings.after})

    def matches(self, heard: Heard, settings: StaleSettings) -> Miss | None:
        """Miss a silence of another length, and one that is over."""
        lasted, since = told(heard.event, "after"), told(heard.event, "since")
        if lasted != settings.after:
            return Miss(Words(N_("it tells of {after} without activity"), {"after": lasted}))
        if since and since != iso(heard.facts.deal.active_at):
            return Miss(Words(N_("something has happened on the deal since then")))
        return None
