"""Making deals and changing their fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core import fields
from core.commands import files, lookup
from core.commands.moves import PERSON, move
from core.engine import changing, entering, rescheduling
from core.errors import BadInput, Refused, UnknownThing
from core.i18n import N_
from core.model.deal import LOOP_FLAG, Cause, Deal
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.timeline import TimelineKind, TimelineRow
from core.naming import check_id
from core.plan import Plan
from core.ports import Job, Reader, Tx
from core.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeal:
    """What a person says of a new deal. Absent pipeline and stage mean the first ones; ``values`` are custom fields,
    files among them as :class:`core.model.file.NewFile`."""

    title: str
    pipeline: str | None = None
    stage: str | None = None
    responsible: str | None = None
    contacts: Sequence[str] = ()
    company: str | None = None
    amount: Any = None
    currency: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None


def add_deal(new: NewDeal, by: str | None = None, *, rules: bool = True, cause: Cause = PERSON) -> Job[str]:
    """Return a job that makes a deal in a stage, as a person's act, and answers its id.

    Raises ``UnknownThing`` and ``BadInput`` with what is wrong.
    """

    def job(tx: Tx) -> str:
        house, now = tx.house(), tx.now()
        deal = _built(tx, house, new)
        author = by or deal.responsible
        if by is not None:
            lookup.user(house, by)
        into = entering.Into(
            pipeline=deal.pipeline,
            stage=deal.stage,
            rank=tx.top_rank(deal.pipeline, deal.stage) + entering.RANK_GAP,
            by=author or "system",
            cause=cause,
            now=now,
            start_rules=rules,
        )
        tx.apply(entering.plan_new(house, replace(deal, rank=into.rank), into))
        return deal.id

    return job


def _built(tx: Tx, house: House, new: NewDeal) -> Deal:
    pipeline, stage = first_place(house, new.pipeline, new.stage)
    if new.responsible is not None:
        lookup.user(house, new.responsible)
    if new.id is not None and tx.deal(check_id(new.id)) is not None:
        raise Refused(N_("there is a deal “{id}” already"), id=new.id)
    contacts, company = people(tx, new.contacts, new.company)
    title = fields.parse("title", new.title, house)
    currency = fields.parse("currency", new.currency, house) if new.currency else house.company.currency
    deal = Deal(
        id=new.id or tx.new_deal_id(),
        title=title,
        pipeline=pipeline,
        stage=stage,
        responsible=new.responsible,
        currency=currency,
        contacts=contacts,
        company=company,
    )
    amount = fields.parse("amount", new.amount, house, currency)
    deal = replace(deal, amount=Decimal(amount) if amount is not None else None)
    for name, raw in new.values.items():
        deal = fields.put(deal, name, fields.parse(name, files.kept(tx, raw), house, currency), house)
    return deal


def first_place(house: House, pipeline_id: str | None, stage_id: str | None) -> tuple[str, str]:
    """Return the pipeline and stage meant; absent ones are the first. Raises ``UnknownThing`` and ``Refused``."""
    if not house.pipelines:
        raise Refused(N_("there is no pipeline yet: “funil init” makes the default one"))
    chosen = lookup.pipeline(house, pipeline_id or next(iter(house.pipelines)))
    if stage_id is None:
        return chosen.id, chosen.stages[0].id
    return chosen.id, lookup.stage(house, chosen.id, stage_id).id


def people(
    reader: Reader, contacts: Sequence[str], company: str | None, present: Sequence[str] = ()
) -> tuple[tuple[str, ...], str | None]:
    """Check people by id; linking a company adds its contacts (Bitrix24). Who is ``present`` on the deal already may be
    out of use. Raises ``UnknownThing``."""
    of_company: Sequence[str] = ()
    if company is not None:
        found = reader.company(company)
        if found is None or found.removed:
            raise UnknownThing(N_("there is no company “{id}”"), id=company)
        of_company = found.contacts
    known = reader.contacts([*contacts, *of_company])
    missing = next((c for c in contacts if c not in known or (known[c].removed and c not in present)), None)
    if missing is not None:
        raise UnknownThing(N_("there is no contact “{id}”"), id=missing)
    more = [each for each in of_company if each in known and not known[each].removed]
    return tuple(dict.fromkeys([*contacts, *more])), company


def set_fields(deal_id: str, values: Mapping[str, Any], by: str | None = None) -> Job[Deal]:
    """Return a job that changes fields (bare ids or paths); an empty value clears. ``stage`` and ``pipeline`` move the
    deal, ``contacts`` (ids, commas between) and ``company`` link people, ``flags`` empties or sets the flags. A file
    field takes a :class:`core.model.file.NewFile`, or several in a list.

    An edit that changes nothing writes nothing; one that changes fields is one event for triggers. Raises
    ``UnknownThing`` and ``BadInput``.
    """

    def job(tx: Tx) -> Deal:
        house = tx.house()
        if by is not None:
            lookup.user(house, by)
        tx.hold([deal_id])
        before = lookup.deal(tx, deal_id)
        rest = {fields.resolve(k) if k not in _LINKS else k: v for k, v in values.items()}
        stage, pipeline = rest.pop("deal.stage", None), rest.pop("deal.pipeline", None)
        after = _changed(tx, house, before, rest)
        if after != before:
            _write(tx, house, before, after, by)
        if stage or (pipeline and pipeline != before.pipeline):
            target = lookup.pipeline(house, pipeline or before.pipeline)
            move([deal_id], stage or target.stages[0].id, by=by, pipeline=target.id)(tx)
        return lookup.deal(tx, deal_id)

    return job


_LINKS = frozenset({"contacts", "company", "flags"})


def _changed(tx: Tx, house: House, deal: Deal, values: Mapping[str, Any]) -> Deal:
    currency = fields.parse("currency", values["deal.currency"], house) if "deal.currency" in values else deal.currency
    after = replace(deal, currency=currency)
    for name, raw in values.items():
        if name == "contacts":
            after = replace(after, contacts=people(tx, _ids(raw), None, deal.contacts)[0])
        elif name == "company":
            contacts, company = people(tx, after.contacts, raw or None, after.contacts)
            after = replace(after, contacts=contacts, company=company)
        elif name in ("flags", "deal.flags"):
            after = replace(after, flags=_flags(raw))
        elif name != "deal.currency":
            after = fields.put(after, name, fields.parse(name, files.kept(tx, raw), house, currency), house)
    return after


def _ids(raw: Any) -> list[str]:
    return [i.strip() for i in raw.split(",") if i.strip()] if isinstance(raw, str) else list(raw or ())


def _flags(raw: Any) -> tuple[str, ...]:
    flags = _ids(raw)
    strange = next((f for f in flags if f != LOOP_FLAG), None)
    if strange:
        raise BadInput(N_("there is no flag “{flag}” (there is: {known})"), flag=strange, known=LOOP_FLAG)
    return tuple(flags)


def _write(tx: Tx, house: House, before: Deal, after: Deal, by: str | None) -> None:
    now = tx.now()
    author = by or before.responsible or "system"
    after = replace(after, version=before.version + 1, active_at=now)
    tx.apply(Plan(deals_changed=[(before, after)], timeline=change_rows(before, after, author, now)))
    changing.record(tx, before, after, now, author)
    rescheduling.after_change(tx, before, after, now)


def change_rows(before: Deal, after: Deal, author: str, now: Moment) -> list[TimelineRow]:
    """Return the lines of history that tell what differs between two states of a deal."""
    return [
        TimelineRow(
            deal=before.id,
            at=now,
            kind=TimelineKind.FIELD,
            by=author,
            text=Words(N_("{field}: {old} → {new}"), {"field": name, "old": _shown(old), "new": _shown(new)}),
            data={"field": name, "old": old, "new": new},
        )
        for name, (old, new) in changing.differences(before, after).items()
    ]


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "–"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return str(value["name"]) if isinstance(value, dict) and "name" in value else str(value)
