"""What every rule kind declares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from core.effects import Effect
from core.misfits import number_or_truth
from core.model.delivery import Channel
from core.model.house import House
from core.model.moment import Moment
from core.ports import Facts, Random
from core.words import Words


class Settings(BaseModel):
    """Base of every kind's settings: unknown keys are refused, values are frozen.

    A field's ``title`` and ``description`` are msgids: the admin's form and ``schema`` show them.
    ``json_schema_extra={"template": "html" | "text"}`` marks a Jinja2 text, ``{"picker": "stage" | ...}`` a choice,
    ``{"must_fit": True}`` a value that ``apply`` refuses when ``lint`` finds an error in it, as it does with choices.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        return number_or_truth(value, cls.model_fields[str(info.field_name)].annotation)


S = TypeVar("S", bound=Settings)


class CannotAct(Exception):
    """The rule cannot do its work on this deal now: a stable reason code and why, in words."""

    def __init__(self, reason: str, detail: Words) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail.english()}")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that would not work. ``field`` is the settings key it stands in; ``error`` False: a warning."""

    field: str | None
    words: Words
    error: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", self.words.short())


class RuleKind(ABC, Generic[S]):
    """A kind of automation rule. Put one subclass into one file of this folder and it exists everywhere."""

    id: ClassVar[str]
    name: ClassVar[str]
    """msgid of the name."""
    about: ClassVar[str]
    """msgid: what it does and needs, in a sentence."""
    group: ClassVar[str] = "in_house"
    icon: ClassVar[str] = "•"
    Settings: ClassVar[type[Any]]
    needs: ClassVar[frozenset[str]] = frozenset()
    """Facts beyond the deal: ``contacts company responsible``; ``chat``, ``invite``, ``turns`` (with the users'
    loads) and ``rule`` (the rule itself) are there only where they are named here."""
    uses: ClassVar[frozenset[Channel]] = frozenset()
    """Channels that it sends through."""
    emits: ClassVar[frozenset[str]] = frozenset()
    """Kinds of in-house events that it raises."""
    moves: ClassVar[bool] = False
    """Whether it brings the deal into a stage: such runs go last among those due together."""
    copies: ClassVar[bool] = False
    """Whether it makes another deal from this one, in the stage that its settings name: such chains are guarded too."""

    @abstractmethod
    def plan(self, facts: Facts, settings: S, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return what the rule does now. Pure. Raises :class:`CannotAct` with the reason when it cannot."""

    @abstractmethod
    def sentence(self, settings: S) -> Words:
        """Say in a sentence what a rule with these settings does."""

    def sends(self, settings: S) -> bool:
        """Return whether a rule with these settings puts something into the outbox."""
        return bool(self.uses)

    def changes(self, settings: S) -> frozenset[str]:
        """Return the paths of the deal's fields that it writes (``deal.responsible``): what a trigger may watch."""
        return frozenset()

    def lint(self, settings: S, house: House) -> Iterable[Finding]:
        """Find what would not work, before it runs."""
        return ()
