"""What a provider of adapters declares: its name, channels, settings and how to open one for a connection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from core.i18n import N_
from core.misfits import Unfit, number_or_truth
from core.model.house import Connection
from core.ports import Adapter, Backing, Capabilities, Clock, Fetcher

_REFUSAL = N_(
    "a secret never stands in a board file or the database: put it into {variable}, the secrets file or the key ring"
)


class AdapterSettings(BaseModel):
    """Base of every adapter's settings: unknown keys are refused, values are frozen, secrets never stand in the open.

    ``per_minute`` is the engine's business (:mod:`core.engine.lines`): every connection may have it, adapters need not
    look at it.

    A field of type ``SecretStr`` is a secret. Validation takes one only with the context ``{"secrets": True}``,
    which the registry gives after looking it up; from a board file it is refused. So its default is None, always.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    per_minute: int | None = Field(
        default=None,
        ge=1,
        le=60_000,
        title=N_("Messages a minute"),
        description=N_("How many messages may go out in a minute, evenly spread; empty: no limit"),
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_secret_in_plain(cls, value: Any, info: ValidationInfo) -> Any:
        context = info.context or {}
        if value is None or context.get("secrets") or info.field_name not in secret_fields(cls):
            return value
        variable = variable_of(context.get("connection", "<CONNECTION>"), str(info.field_name))
        raise Unfit(_REFUSAL, variable=variable)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        return number_or_truth(value, cls.model_fields[str(info.field_name)].annotation)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name in secret_fields(cls):
            if cls.model_fields[name].is_required():
                raise TypeError(f"{cls.__name__}.{name} is a secret: it needs the default None")

    def wants(self) -> frozenset[str]:
        """Return the secrets that these settings need; by default all that the model has."""
        return secret_fields(type(self))


@dataclass(frozen=True, slots=True)
class Opening:
    """All that a provider gets to open an adapter: ``settings`` are validated and hold the secrets."""

    connection: Connection
    settings: Any
    clock: Clock
    house_id: str
    backing: Backing

    @property
    def fetcher(self) -> Fetcher:
        """What fetches audio files that the line shall play (:func:`adapters.fetching.audio_file`)."""
        from adapters.fetching import PublicFetcher

        return PublicFetcher()


class Provider(ABC):
    """A kind of connection. Third parties register a subclass under the entry point group ``funil.adapters``."""

    name: ClassVar[str]
    channels: ClassVar[tuple[str, ...]]
    Settings: ClassVar[type[AdapterSettings]]
    simulated: ClassVar[bool] = False
    """Whether nothing that it is given leaves the house: then it goes on even in a copy of the database."""

    @abstractmethod
    def capabilities(self, channel: str) -> Capabilities | None:
        """Return what an adapter on that channel can do; None when the connection is only kept, and sends nothing."""

    @abstractmethod
    def open(self, opening: Opening) -> Adapter:
        """Open an adapter. Raises ``BadInput`` for settings that cannot work; contacts nobody."""


def secret_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of a settings model's secrets."""
    return frozenset(name for name, info in model.model_fields.items() if _is_secret(info.annotation))


def variable_of(connection: str, field: str) -> str:
    """Return the environment variable of a secret: ``FUNIL_SECRET_<CONNECTION>_<FIELD>`` in capitals.

    What is neither letter nor digit becomes ``_``, since a shell takes nothing else.
    """
    if connection.startswith("<"):
        return f"FUNIL_SECRET_{connection}_{field.upper()}"
    return "FUNIL_SECRET_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in f"{connection}_{field}").upper()


def _is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))
