"""The shape of a board file as pydantic models: ``funil schema`` is made from them.

Keys may be absent: in a new thing an absent key takes the default, in an existing one it stays; null sets it empty or
to the default. So every key but ``id``, ``stage`` and ``kind`` is optional here and ``model_fields_set`` tells.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from core.boardfile.types import (
    Amount,
    Color,
    Currency,
    Days,
    Digest,
    FieldId,
    FileName,
    HoursMap,
    Id,
    Name,
    Span,
    Text,
    Thing,
)
from core.i18n import N_
from core.misfits import Unfit
from core.model.house import FieldType
from core.model.people import EmailType, PhoneType
from core.model.pipeline import StageKind
from core.model.rule import Hours, Order, Unknown


class CompanyPart(Thing):
    """The house's own calendar and manners."""

    timezone: Text | None = None
    hours: HoursMap | None = None
    holidays: Days | None = None
    grace: Span | None = None
    currency: Currency | None = None
    language: Literal["en", "pt_BR"] | None = None
    gateway: Text | None = None


class UserPart(Thing):
    """An employee."""

    id: Id
    name: Name | None = None
    role: Literal["manager", "admin"] | None = None
    mailboxes: list[str] | None = None
    phone: Text | None = None
    timezone: Text | None = None
    hours: HoursMap | None = None


class NewDealPart(Thing):
    """Whether, in which pipeline and under whose responsibility an unknown client gets a deal."""

    on: bool | None = None
    pipeline: Id | None = None
    responsible: Id | None = None


class ConnectionPart(Thing):
    """A configured way in or out."""

    id: Id
    channel: Literal["email", "sms", "telephony", "open_channel", "webhook", "form"] | None = None
    adapter: str | None = None
    settings: dict[str, Any] | None = None
    new_deal: NewDealPart | None = None


class FieldPart(Thing):
    """A typed custom field of deals."""

    id: FieldId
    type: FieldType | None = None
    name: Name | None = None
    multiple: bool | None = None
    options: list[Text] | None = None


class FilePart(Thing):
    """A file of the house's store: taken from ``file``, a path beside the board file, or known here by ``digest``."""

    name: FileName
    digest: Digest | None = None
    file: Text | None = None

    @property
    def id(self) -> str:
        """What tells it from others: its name."""
        return self.name


class StagePart(Thing):
    """A stage of a pipeline."""

    id: Id
    name: Name | None = None
    color: Color | None = None
    kind: StageKind | None = None


class RunPart(Thing):
    """When a rule runs, apart from ``now``."""

    after: Span | None = None
    before: Span | None = None
    at: Text | None = None
    of: str | None = None


def _now(value: Any) -> str:
    if value != "now":
        raise Unfit(
            N_(
                "“{value}” is no run time: now, {after: 2h}, {after: 1d, of: close_date}, {before: 1d, of: close_date} "
                'or {at: "12:00", of: close_date}'
            ),
            value=str(value),
        )
    return "now"


Now = Annotated[Any, AfterValidator(_now), WithJsonSchema({"const": "now"})]
Run = Annotated[
    Annotated[RunPart, Tag("span")] | Annotated[Now, Tag("now")],
    Discriminator(lambda value: "span" if isinstance(value, dict | RunPart) else "now"),
]


class RulePart(Thing):
    """An automation rule of a stage."""

    id: Id
    stage: Id
    kind: str
    name: Name | None = None
    run: Run | None = None
    order: Order | None = None
    hours: Hours | None = None
    when: dict[str, Any] | None = None
    once: bool | None = None
    enabled: bool | None = None
    stop_on_error: bool | None = None
    late: Span | None = None
    unknown: Unknown | None = None
    settings: dict[str, Any] | None = None


class TriggerPart(Thing):
    """A trigger on its target stage."""

    id: Id
    stage: Id
    kind: str
    name: Name | None = None
    as_: Id | None = Field(default=None, alias="as")
    back: bool | None = None
    when: dict[str, Any] | None = None
    enabled: bool | None = None
    settings: dict[str, Any] | None = None


class PipelinePart(Thing):
    """A pipeline; a list that is present is the whole list, in that order."""

    id: Id
    name: Name | None = None
    stages: list[StagePart] | None = None
    rules: list[RulePart] | None = None
    triggers: list[TriggerPart] | None = None


class EmailPart(Thing):
    """A client's e-mail address."""

    type: EmailType | None = None
    value: str
    opted_out: bool | None = None


class PhonePart(Thing):
    """A client's phone number."""

    type: PhoneType | None = None
    value: Text
    opted_out: bool | None = None


class ContactPart(Thing):
    """A person at the client's side. Their name is data: it is kept as it came."""

    id: Id
    name: Text | None = None
    emails: list[EmailPart] | None = None
    phones: list[PhonePart] | None = None


class ClientPart(ContactPart):
    """A client company."""

    contacts: list[Id] | None = None


class DealPart(Thing):
    """A deal. An existing one is never moved by a board file."""

    id: Id
    title: Text | None = None
    amount: Amount = None
    currency: Text | None = None
    pipeline: Id | None = None
    stage: Id | None = None
    responsible: Id | None = None
    contacts: list[Id] | None = None
    company: Id | None = None
    fields: dict[str, Any] | None = None
    begin_date: Text | None = None
    close_date: Text | None = None


def _version(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool) or value != 1:
        raise Unfit(N_("this Funil reads board files of version 1 (funil: 1), not “{value}”"), value=str(value))
    return 1


def _constant(value: Any) -> Any:
    several = isinstance(value, list)
    for each in value if several else [value]:
        if isinstance(each, dict | list) or (several and each is None):
            raise Unfit(N_("a constant is a text, a number, true or false, or a list of those"))
    return value


Constant = Annotated[
    Any,
    AfterValidator(_constant),
    WithJsonSchema(
        {
            "type": ["string", "number", "boolean", "null", "array"],
            "items": {"type": ["string", "number", "boolean"]},
        }
    ),
]


class BoardFile(Thing):
    """A whole house, or a part of one."""

    funil: Annotated[Literal[1], BeforeValidator(_version)] = 1
    company: CompanyPart | None = None
    users: list[UserPart] | None = None
    connections: list[ConnectionPart] | None = None
    constants: dict[FieldId, Constant] | None = None
    fields: list[FieldPart] | None = None
    files: list[FilePart] | None = None
    pipelines: list[PipelinePart] | None = None
    contacts: list[ContactPart] | None = None
    companies: list[ClientPart] | None = None
    deals: list[DealPart] | None = None
