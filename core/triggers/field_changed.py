"""A chosen field of the deal changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from pydantic import ConfigDict, Field, field_validator

from core import fields
from core.i18n import N_
from core.model.house import House
from core.rules.base import Finding, Settings
from core.triggers.base import TriggerKind
from core.words import Words


class FieldSettings(Settings):
    """Which fields, and optionally which value they had or get."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    fields: tuple[str, ...] = Field(min_length=1, title=N_("Fields"), json_schema_extra={"picker": "field"})
    from_: str | int | float | bool | None = Field(
        default=None, alias="from", title=N_("From"), description=N_("Only when it had this value.")
    )
    to: str | int | float | bool | None = Field(
        default=None, title=N_("To"), description=N_("Only when it gets this value.")
    )

    @field_validator("fields", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class FieldChanged(TriggerKind[FieldSettings]):
    """A chosen field of the deal changes."""

    id = "field_changed"
    name = N_("Track field change")
    about = N_("Fires when one of the chosen fields of the deal changes.")
    group = "deal"
    icon = "✎"
    Settings: ClassVar[type[FieldSettings]] = FieldSettings
    listens = frozenset({"field_changed"})
    closed_deals = True

    def sentence(self, settings: FieldSettings) -> Words:
        """Say when it fires."""
        args: dict[str, str | int | None] = {"fields": ", ".join(settings.fields)}
        if settings.to is not None:
            return Words(N_("{fields} becomes “{to}”"), {**args, "to": str(settings.to)})
        if settings.from_ is not None:
            return Words(N_("{fields} is no longer “{from}”"), {**args, "from": str(settings.from_)})
        return Words(N_("{fields} changes"), args)

    def lint(self, settings: FieldSettings, house: House) -> Iterable[Finding]:
        """Find what would keep it from firing."""
        for name in settings.fields:
            spec = fields.find(name, house)
            if spec is None:
                yield Finding("fields", fields.unknown(name, house))
            elif not spec.settable:
                words = Words(
                    N_("“{field}” is no field of the deal that can be edited: it would never fire"), {"field": name}
                )
                yield Finding("fields", words)
