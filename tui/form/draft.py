"""What the form of a new deal holds, how it is read, and the job that makes the deal of it. No widget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from core import commands, fields
from core.commands import NewDeal
from core.commands.clients import NewClient, add_client
from core.errors import FunilError
from core.fields import Kind, Spec
from core.fields.paths import CUSTOM
from core.model.house import House
from core.model.people import Company, Contact
from core.ports import Job, Tx
from core.safe_text import safe_text
from tui.panels import edits, values

BEFORE: Final = ("title", "amount")
AFTER: Final = ("begin_date", "close_date")
SEVERAL: Final = ";"
"""Stands between several typed values: a comma may be part of a number."""
TICKED: Final = "yes"


@dataclass(frozen=True, slots=True)
class Picked:
    """A client of the new deal: one that is known, by id, or one that is made along with it."""

    name: str
    id: str = ""
    new: NewClient | None = None
    note: str = ""
    brings: tuple[str, ...] = ()
    """The ids of a company's own contacts: linking it adds them."""


@dataclass(slots=True)
class Held:
    """What the form holds: ``typed`` the texts of lines, ``chosen`` what was picked from lists, both by a field's
    path."""

    pipeline: str
    stage: str
    currency: str
    responsible: str | None = None
    contacts: list[Picked] = field(default_factory=list)
    company: Picked | None = None
    typed: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """How a form reads: the deal, or what is wrong by a field's path; ``hints`` tell how a value is understood."""

    deal: NewDeal | None
    wrong: Mapping[str, str]
    hints: Mapping[str, str]


def customs(house: House) -> Iterator[Spec]:
    """Yield the house's own fields in their order."""
    for name in house.fields:
        spec = fields.find(CUSTOM + name, house)
        if spec is not None:
            yield spec


def typed_specs(house: House) -> list[Spec]:
    """Return the fields that are typed into lines, in the form's order."""
    own = [fields.BUILTIN[f"deal.{name}"] for name in (*BEFORE, *AFTER)]
    return [*own, *(spec for spec in customs(house) if values.typed_in_line(spec))]


def check(held: Held, manner: values.Manner) -> Checked:
    """Read what was typed and say what is wrong with it, field by field, by the rules that the command line and board
    files obey too. Files are only read by :func:`read_files`."""
    wrong: dict[str, str] = {}
    hints: dict[str, str] = {}
    found: dict[str, Any] = {}
    for spec in typed_specs(manner.house):
        if spec.kind is Kind.FILE:
            continue
        try:
            found[spec.path] = value = _read(manner, spec, held.typed.get(spec.path, ""))
            hints[spec.path] = "" if spec.multiple else values.hint(manner, spec, value)
        except FunilError as error:
            wrong[spec.path] = safe_text(str(error))
    for spec in customs(manner.house):
        if not values.typed_in_line(spec):
            found[spec.path] = _chosen(spec, held.chosen.get(spec.path, ()))
    return Checked(None if wrong else _deal(held, found), wrong, hints)


def _read(manner: values.Manner, spec: Spec, text: str) -> Any:
    if not spec.multiple:
        return values.read(manner, spec, text)
    parts = [part for part in text.split(SEVERAL) if part.strip()]
    return [values.read(manner, spec, part) for part in parts] or None


def _chosen(spec: Spec, chosen: Sequence[str]) -> Any:
    if spec.kind is Kind.BOOL:
        return True if chosen else None
    if spec.multiple:
        return list(chosen) or None
    return chosen[0] if chosen else None


def _deal(held: Held, found: dict[str, Any]) -> NewDeal:
    title, amount = found.pop("deal.title"), found.pop("deal.amount")
    return NewDeal(
        title=title,
        pipeline=held.pipeline,
        stage=held.stage,
        responsible=held.responsible,
        amount=amount,
        currency=held.currency,
        values={path: value for path, value in found.items() if value is not None},
    )


def read_files(deal: NewDeal, held: Held, house: House) -> NewDeal:
    """Return the deal with the files whose paths were typed. Meant for a thread. Raises ``BadInput``."""
    found = dict(deal.values)
    for spec in customs(house):
        text = held.typed.get(spec.path, "") if spec.kind is Kind.FILE else ""
        parts = text.split(SEVERAL) if spec.multiple else [text]
        files = [edits.new_file(part) for part in parts if part.strip()]
        if files:
            found[spec.path] = files if spec.multiple else files[0]
    return replace(deal, values=found)


def making(deal: NewDeal, held: Held, by: str | None) -> Job[str]:
    """Return the job that makes the deal and the clients who are new with it, all or none, and answers its id."""

    def job(tx: Tx) -> str:
        contacts = [_client_id(tx, picked, company=False) for picked in held.contacts]
        company = _client_id(tx, held.company, company=True) if held.company else None
        return commands.add_deal(replace(deal, contacts=contacts, company=company), by)(tx)

    return job


def _client_id(tx: Tx, picked: Picked, *, company: bool) -> str:
    if picked.new is None:
        return picked.id
    made: Contact | Company = add_client("companies" if company else "contacts", picked.new)(tx)
    return made.id
