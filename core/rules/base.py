"""What every rule kind declares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from core.effects import Effect
from core.i18n import N_
from core.misfits import number_or_truth
from core.model.delivery import Channel
from core.model.house import House
from core.model.moment import Moment
from core.ports import Facts, Random
from core.words import Words


class Settings(BaseModel):
    """Base of every kind's settings: unknown keys are refused, values are frozen.

    A field's ``title`` and ``description`` are msgids: the admin's form and ``schema`` show them.
    The rest of what the form needs to know stands in ``json_schema_extra``:

    - ``template``: ``html`` or ``text``, a Jinja2 text; ``line`` True: a text of one line.
    - ``picker``: what it is chosen from: ``stage pipeline field dates user users mailbox files file_fields voice date
      span value`` or ``connection:CHANNEL``; ``value`` is one of the field that the setting named by ``of`` chooses.
    - ``labels``: what the choices are called, msgids by value; with a picker those that it does not know.
    - ``none``: what it means that nothing is set, a msgid.
    - ``only``: settings beside it with the values that make it count.
    - ``either``: a msgid that several settings share, of which exactly one is set; ``label`` is what that one
      is called. A setting with ``beside`` belongs to one of those, by its key, and counts only with it.
    - ``unit``: a msgid of what a number counts.
    - ``must_fit``: True for a value that ``apply`` refuses when ``lint`` finds an error in it, as it does with choices.
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


_UNCONNECTED: Final = {
    Channel.EMAIL: N_("no e-mail connection is set up"),
    Channel.SMS: N_("no SMS provider is connected"),
    Channel.TELEPHONY: N_("no telephone line is connected"),
    Channel.OPEN_CHANNEL: N_("no open channel is connected"),
    Channel.WEBHOOK: N_("no webhook connection is set up"),
}


def unconnected(channels: Iterable[Channel], house: House) -> Words | None:
    """Say which of these channels has no connection, the first; None when each has one."""
    missing = (channel for channel in sorted(channels) if not house.connected(channel))
    return next((Words(_UNCONNECTED[channel]) for channel in missing if channel in _UNCONNECTED), None)


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
    asks: ClassVar[frozenset[Channel]] = frozenset()
    """Channels without a connection of which no rule of this kind can ever act."""

    @abstractmethod
    def plan(self, facts: Facts, settings: S, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return what the rule does now. Pure. Raises :class:`CannotAct` with the reason when it cannot."""

    @abstractmethod
    def sentence(self, settings: S) -> Words:
        """Say in a sentence what a rule with these settings does."""

    def lacks(self, house: House) -> Words | None:
        """Say what has to be connected before any rule of this kind can act; None: nothing is missing."""
        return unconnected(self.asks, house)

    def sends(self, settings: S) -> bool:
        """Return whether a rule with these settings puts something into the outbox."""
        return bool(self.uses)

    def changes(self, settings: S) -> frozenset[str]:
        """Return the paths of the deal's fields that it writes (``deal.responsible``): what a trigger may watch."""
        return frozenset()

    def lint(self, settings: S, house: House) -> Iterable[Finding]:
        """Find what would not work, before it runs."""
        return ()
