"""A part of a board file laid over what exists: absent keys stay, null empties, the rest is checked and taken."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Any, Final, TypeVar

from core import calendar, phones, tracking, zones
from core.boardfile.shape import (
    ClientPart,
    CompanyPart,
    ConnectionPart,
    ContactPart,
    EmailPart,
    FieldPart,
    NewDealPart,
    PhonePart,
    PipelinePart,
    RulePart,
    RunPart,
    StagePart,
    TriggerPart,
    UserPart,
)
from core.boardfile.types import Thing, plain
from core.errors import BadInput
from core.i18n import N_
from core.model.frozen import replace
from core.model.house import CompanySettings, Connection, FieldDef, FieldType
from core.model.moment import DAY, parse_duration
from core.model.people import Address, Company, Contact, EmailType, PhoneType, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import NOW, Rule, RunTime, Trigger, When

T = TypeVar("T")
Client = TypeVar("Client", Contact, Company)
Convert = Mapping[str, Callable[[Any], Any]]

PALETTE: Final = ("#39A8EF", "#2FC6F6", "#55D0E0", "#47E4C2", "#FFA900", "#B58AF0", "#8FA3B8")
SUCCESS_COLOR: Final = "#7BD500"
FAILURE_COLOR: Final = "#FF5752"
ADAPTER: Final = "simulated"
LONGEST_GRACE: Final = 30 * DAY
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


class Faulty(BadInput):
    """A complaint about one key of a part."""

    def __init__(self, key: str, error: BadInput) -> None:
        super().__init__(error.words.msg, **error.words.args)
        self.key = key


def laid_over(part: Thing, existing: T, names: Mapping[str, str], convert: Convert, empty: Mapping[str, Any]) -> T:
    """Return ``existing`` (a frozen value, with defaults when it is new) with the keys that the part gives.

    ``names`` maps the part's keys to the value's fields, ``convert`` checks and converts. A null takes the value from
    ``empty``, else the default of the value's class. Raises ``Faulty`` naming the key.
    """
    changes: dict[str, Any] = {}
    for key, field in names.items():
        if not part.given(key):
            continue
        value = getattr(part, key)
        if value is None:
            changes[field] = empty[field] if field in empty else _default(existing, field)
            continue
        try:
            changes[field] = convert[key](value) if key in convert else value
        except BadInput as error:
            raise Faulty(key, error) from None
    return replace(existing, **changes) if changes else existing


def _default(value: Any, field: str) -> Any:
    found = value.__dataclass_fields__[field]
    return found.default if found.default_factory is dataclasses.MISSING else found.default_factory()


def _same(*keys: str) -> dict[str, str]:
    return {key: key for key in keys}


# The house ------------------------------------------------------------------------------------------------------------


def company(part: CompanyPart, existing: CompanySettings) -> CompanySettings:
    """Lay the ``company`` section over the present settings. Raises ``BadInput``."""
    convert: Convert = {
        "timezone": lambda v: zones.zone(v).key,
        "hours": _hours,
        "holidays": calendar.check_holidays,
        "grace": _grace,
        "gateway": tracking.check_gateway,
    }
    names = _same("timezone", "hours", "holidays", "grace", "currency", "language", "gateway")
    return laid_over(part, existing, names, convert, {})


def _hours(value: Mapping[str, str]) -> Mapping[str, str]:
    calendar.parse_hours(value)
    return dict(value)


def _grace(text: str) -> int:
    grace = parse_duration("0s" if text == "0" else text).millis
    if grace > LONGEST_GRACE:
        raise BadInput(N_("a grace period of {grace} is too long: 30 days at most"), grace=text)
    return grace


def user(part: UserPart, existing: User | None, region: str) -> User:
    """Lay a user over the present one (None: new)."""
    convert: Convert = {
        "mailboxes": lambda v: tuple(map(phones.check_email, v)),
        "phone": lambda v: phones.parse(v, region),
        "timezone": lambda v: zones.zone(v).key,
        "hours": _hours,
    }
    base = existing or User(id=part.id, name=part.id)
    names = _same("name", "role", "mailboxes", "phone", "timezone", "hours")
    return laid_over(part, base, names, convert, {"name": part.id})


def connection(part: ConnectionPart, existing: Connection | None) -> Connection:
    """Lay a connection over the present one; new settings let a misconfigured one go again."""
    if existing is None:
        if part.channel is None:
            raise BadInput(
                N_("a new connection needs a “channel”: email, sms, telephony, open_channel, webhook or form")
            )
        base = Connection(id=part.id, channel=part.channel, adapter=part.adapter or ADAPTER)
    elif part.channel in (None, existing.channel):
        base = existing
    else:
        words = N_("connection “{id}” serves {old} and cannot become one for {new}: give the new one another id")
        raise Faulty("channel", BadInput(words, id=part.id, old=existing.channel, new=part.channel))
    adapter = part.adapter or (ADAPTER if part.given("adapter") else base.adapter)
    present = base.settings if adapter == base.adapter else {}
    convert: Convert = {"settings": lambda v: over(present, v), "new_deal": lambda v: _new_deal(v, base.new_deal)}
    merged = laid_over(part, base, _same("settings", "new_deal"), convert, {})
    if adapter != base.adapter:
        merged = replace(merged, adapter=adapter, settings=merged.settings if part.settings else {})
    again = (merged.adapter, merged.settings) != (base.adapter, base.settings)
    return replace(merged, paused=None) if again and merged.paused == "misconfigured" else merged


def _new_deal(part: NewDealPart, present: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return over(
        present or {}, {key: getattr(part, key) for key in ("on", "pipeline", "responsible") if part.given(key)}
    )


def over(present: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return settings with those of the file laid over the present ones; a null one goes back to its default."""
    both = {**present, **plain(given)}
    return {key: value for key, value in both.items() if value is not None}


def field(part: FieldPart, existing: FieldDef | None) -> FieldDef:
    """Lay a field definition over the present one; the type of an existing field stays."""
    if existing and part.type not in (None, existing.type):
        words = N_("field “{id}” holds values of type {old} and cannot become {new}: give the new one another id")
        assert part.type is not None
        raise Faulty("type", BadInput(words, id=part.id, old=existing.type.value, new=part.type.value))
    base = existing or FieldDef(id=part.id, type=part.type or FieldType.TEXT)
    return laid_over(part, base, _same("name", "multiple", "options"), {"options": tuple}, {})


# Clients --------------------------------------------------------------------------------------------------------------


def contact(part: ContactPart, existing: Contact | None, region: str) -> Contact:
    """Lay a contact over the present one; a removed one is back."""
    base = existing or Contact(id=part.id, name=part.id)
    merged = laid_over(part, base, _same("name", "emails", "phones"), _addresses(region), {"name": part.id})
    return _named(merged, part.id)


def client(part: ClientPart, existing: Company | None, region: str) -> Company:
    """Lay a client company over the present one; a removed one is back."""
    base = existing or Company(id=part.id, name=part.id)
    convert: Convert = {**_addresses(region), "contacts": lambda v: tuple(dict.fromkeys(v))}
    merged = laid_over(part, base, _same("name", "emails", "phones", "contacts"), convert, {"name": part.id})
    return _named(merged, part.id)


def _named(value: Client, default: str) -> Client:
    if value.name.strip() and not value.removed:
        return value
    return replace(value, name=value.name if value.name.strip() else default, removed=False)


def _addresses(region: str) -> dict[str, Callable[[Any], Any]]:
    def email(part: EmailPart) -> Address:
        kind = part.type or EmailType.WORK
        return Address(kind.value, phones.check_email(part.value), bool(part.opted_out))

    def phone(part: PhonePart) -> Address:
        kind = part.type or PhoneType.WORK
        return Address(kind.value, phones.parse(part.value, region), bool(part.opted_out))

    return {"emails": lambda v: tuple(map(email, v)), "phones": lambda v: tuple(map(phone, v))}


# Pipelines ------------------------------------------------------------------------------------------------------------


def pipeline(part: PipelinePart, existing: Pipeline | None, position: int) -> Pipeline:
    """Lay a pipeline's name and list of stages over the present one. Raises ``BadInput`` for a wrong order of kinds."""
    if existing is None and part.stages is None:
        raise BadInput(N_("a new pipeline needs its “stages”"))
    base = existing or Pipeline(id=part.id, name=part.id, position=position)
    if part.given("name"):
        base = dataclasses.replace(base, name=part.name or part.id)
    if not part.given("stages"):
        return base
    stages = tuple(_stage(each, base.stage(each.id), place) for place, each in enumerate(part.stages or ()))
    _check_kinds(stages)
    return dataclasses.replace(base, stages=stages)


def _stage(part: StagePart, existing: Stage | None, position: int) -> Stage:
    kind = part.kind or (existing.kind if existing and not part.given("kind") else StageKind.PROCESS)
    colors = {StageKind.SUCCESS: SUCCESS_COLOR, StageKind.FAILURE: FAILURE_COLOR}
    default = colors.get(kind, PALETTE[position % len(PALETTE)])
    color = part.color or (existing.color if existing and not part.given("color") else default)
    name = part.name or (existing.name if existing and not part.given("name") else part.id)
    return Stage(id=part.id, name=name, color=color, kind=kind, position=position)


def _check_kinds(stages: Sequence[Stage]) -> None:
    """Refuse what is no pipeline: process stages, then exactly one success stage, then failure stages (Bitrix24)."""
    order = (StageKind.PROCESS, StageKind.SUCCESS, StageKind.FAILURE)
    kinds = [stage.kind for stage in stages]
    process, success, failure = map(kinds.count, order)
    if not process or success != 1 or not failure or kinds != sorted(kinds, key=order.index):
        words = N_(
            "a pipeline has its process stages first, then one of kind success, then at least one of kind failure"
        )
        raise Faulty("stages", BadInput(words))


# Rules and triggers ---------------------------------------------------------------------------------------------------


def rule(part: RulePart, existing: Rule | None, pipeline_id: str, position: int) -> Rule:
    """Lay a rule over the present one. Another kind begins with settings of its own."""
    base = existing or Rule(id=part.id, pipeline=pipeline_id, stage=part.stage, kind=part.kind, name=part.id)
    present = base.settings if base.kind == part.kind else {}
    placed = replace(base, pipeline=pipeline_id, stage=part.stage, kind=part.kind, position=position, settings=present)
    convert: Convert = {
        "run": _run_time,
        "late": parse_duration,
        "settings": lambda v: over(present, v),
        "when": plain,
    }
    names = _same(
        "name", "run", "order", "hours", "when", "once", "enabled", "stop_on_error", "late", "unknown", "settings"
    )
    return laid_over(part, placed, names, convert, {"name": part.id})


def trigger(part: TriggerPart, existing: Trigger | None, pipeline_id: str, position: int, name: str) -> Trigger:
    """Lay a trigger over the present one; ``name`` is its kind's, the default."""
    base = existing or Trigger(id=part.id, pipeline=pipeline_id, stage=part.stage, kind=part.kind, name=name)
    present = base.settings if base.kind == part.kind else {}
    placed = replace(base, pipeline=pipeline_id, stage=part.stage, kind=part.kind, position=position, settings=present)
    convert: Convert = {"settings": lambda v: over(present, v), "when": plain}
    names = {**_same("name", "back", "when", "enabled", "settings"), "as_": "as_user"}
    return laid_over(part, placed, names, convert, {"name": name})


def _run_time(part: RunPart | str) -> RunTime:
    if isinstance(part, str):
        return NOW
    forms = [name for name in ("after", "before", "at") if getattr(part, name) is not None]
    if len(forms) != 1:
        raise BadInput(N_("a run time is now, or has exactly one of after, before and at"))
    form = forms[0]
    if form == "after":
        return RunTime(When.AFTER, parse_duration(part.after or ""), part.of)
    if part.of is None or part.of == "previous":
        raise BadInput(N_("“{form}” needs “of”: the date field that it counts from"), form=form)
    if form == "before":
        return RunTime(When.BEFORE, parse_duration(part.before or ""), part.of)
    return RunTime(When.AT, None, part.of, _clock(part.at or ""))


def _clock(text: str) -> time:
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        raise BadInput(N_("“{value}” is not a clock time like 12:00"), value=text)
    return time(int(match[1]), int(match[2]), int(match[3] or 0))
