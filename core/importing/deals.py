"""Making a deal of a row, with every value checked as anywhere else."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias

from core import fields, money, phones
from core.commands.deals import first_place
from core.errors import BadInput, FunilError
from core.fields import Kind, Spec
from core.i18n import N_
from core.importing import numbers
from core.importing.header import spelled
from core.importing.people import Directory
from core.importing.report import Problem
from core.importing.rows import LONGEST_CELL, Shape
from core.importing.several import SEVERAL, parted
from core.importing.table import Record
from core.model.deal import Deal
from core.model.frozen import replace
from core.model.house import House
from core.model.people import Company, Contact
from core.naming import check_id

COLUMNS: Final = (
    *("id", "title", "currency", "amount", "pipeline", "stage", "responsible", "contact", "company"),
    *("begin_date", "close_date"),
)
"""What a column may mean beside the custom fields (``fields.<id>``), in the order in which they are read."""

_CUSTOM: Final = "fields."
_SAME: Final = {"contacts": "contact"}
_FEW_VALUES: Final = frozenset({Kind.BOOL, Kind.DATE, Kind.DATETIME, Kind.LIST, Kind.USER})
_REMEMBERED: Final = 5_000
_USUAL_AMOUNT: Final = re.compile(r"\d{1,12}(\.\d\d?)?", re.ASCII)
_CENTS: Final = 2

Values: TypeAlias = dict[str, Any]
Take: TypeAlias = Callable[[Values, str], None]


def meaning(name: str, house: House) -> str | None:
    """Return what a name means: one of :data:`COLUMNS` or ``fields.<id>``; None for no field.

    Raises ``BadInput`` for a field that cannot be imported.
    """
    bare = name.removeprefix("deal.")
    built_in = spelled(_SAME.get(bare, bare), COLUMNS)
    if built_in:
        return built_in
    custom = spelled(bare.removeprefix(_CUSTOM), list(house.fields))
    if custom is None:
        known = fields.find(name, house)
        if known is None or not known.path.startswith("deal."):
            return None
        raise BadInput(N_("column “{column}” cannot be imported: leave it out with --map COLUMN="), column=name)
    if house.fields[custom].type.value == Kind.FILE:
        raise BadInput(N_("column “{column}” is a field for files, which no table holds"), column=name)
    return _CUSTOM + custom


def suggest(name: str, house: House) -> str | None:
    """Return the column that a misspelt name may have meant."""
    bare = name.removeprefix("deal.").removeprefix(_CUSTOM).casefold()
    near = difflib.get_close_matches(bare[:60], [*COLUMNS, *house.fields], 1)
    return near[0] if near else None


@dataclass(frozen=True, slots=True)
class People:
    """Whom cells may name. ``members`` are each company's contacts."""

    users: Directory
    contacts: Directory
    companies: Directory
    members: Mapping[str, Sequence[str]]


def people(house: House, contacts: Iterable[Contact], companies: Sequence[Company]) -> People:
    """Return the people of a house and its clients; only those in use are to be given."""
    region = phones.region_of(house.company)
    known = {contact.id: contact for contact in contacts}
    return People(
        users=Directory(house.users.values(), region, N_("there is no user “{text}”")),
        contacts=Directory(known.values(), region, N_("there is no contact “{text}”")),
        companies=Directory(companies, region, N_("there is no company “{text}”")),
        members={each.id: [contact for contact in each.contacts if contact in known] for each in companies},
    )


class DealReader:
    """Reads rows into deals without rank, entry and moments. ``names`` are the columns and ``meanings`` theirs."""

    def __init__(self, house: House, people: People, names: Sequence[str], meanings: Sequence[str | None]) -> None:
        if "title" not in meanings:
            raise BadInput(N_("no column is the title: call one “title”, or map it with --map COLUMN=title"))
        self._house = house
        self._people = people
        self._names = names
        self._at = {each: index for index, each in enumerate(meanings) if each}
        self._shape = Shape(names)
        order = [*COLUMNS, *sorted(each for each in self._at if each.startswith(_CUSTOM))]
        self._takes = [
            (self._at[each], names[self._at[each]], self._take(each))
            for each in order
            if each in self._at and each not in ("pipeline", "stage")
        ]
        self._templates: dict[tuple[str, str], Deal] = {}
        first_place(house, None, None)

    def read(self, record: Record) -> Deal | Problem:
        """Return the deal that a row describes (with an empty id where it names none), or what is wrong with it."""
        wrong = self._shape.misfit(record)
        if wrong:
            return wrong
        cells, name = record.cells, ""
        try:
            values: Values = {"id": "", "title": "", "fields": {}}
            for index, name, take in self._takes:  # noqa: B007 - named in the problem
                text = cells[index]
                if text and not text.isspace():
                    take(values, text)
            if not values["title"]:
                name = self._names[self._at["title"]]
                fields.parse("title", "", self._house)
            name = ""
            return replace(self._template(cells), **values)
        except FunilError as error:
            name = name or self._places(cells)
            return Problem(record.line, name, error.words)

    def _places(self, cells: Sequence[str]) -> str:
        """Return the column to blame for a stage that is not there: the pipeline's, unless that one is known."""
        pipelines = self._house.pipelines
        known = {"", *pipelines, *(each.name for each in pipelines.values())}
        unknown = "pipeline" in self._at and cells[self._at["pipeline"]].strip() not in known
        return self._names[self._at.get("pipeline" if unknown else "stage", 0)]

    def _template(self, cells: Sequence[str]) -> Deal:
        """Return an empty deal in the stage that the row names, by id or exact name."""
        pipeline = cells[self._at["pipeline"]].strip() if "pipeline" in self._at else ""
        stage = cells[self._at["stage"]].strip() if "stage" in self._at else ""
        found = self._templates.get((pipeline, stage))
        if found is None:
            found = self._templates[pipeline, stage] = self._place(pipeline, stage)
        return found

    def _place(self, pipeline: str, stage: str) -> Deal:
        pipelines = self._house.pipelines
        ids = {each.name: each.id for each in pipelines.values()} | {each: each for each in pipelines}
        chosen, _ = first_place(self._house, ids.get(pipeline, pipeline) or None, None)
        stages = pipelines[chosen].stages
        ids = {each.name: each.id for each in stages} | {each.id: each.id for each in stages}
        place = first_place(self._house, chosen, ids.get(stage, stage) or None)
        found = self._house.stage(*place)
        assert found is not None, "it was just looked up"
        currency = self._house.company.currency
        return Deal(id="", title="", pipeline=place[0], stage=place[1], closed=found.closed, currency=currency)

    # One column each --------------------------------------------------------------------------------------------------

    def _take(self, what: str) -> Take:
        taking: Mapping[str, Take] = {
            "id": self._take_id,
            "amount": self._take_amount,
            "responsible": self._take_responsible,
            "contact": self._take_contacts,
            "company": self._take_company,
        }
        if what in taking:
            return taking[what]
        custom = what.startswith(_CUSTOM)
        spec = fields.require(f"deal.{what}", self._house)
        read = self._value(spec)

        def take(values: Values, text: str) -> None:
            values[what] = read(values, text)

        def take_custom(values: Values, text: str) -> None:
            value = read(values, text)
            if value is not None:
                values["fields"][spec.id] = value

        return take_custom if custom else take

    def _value(self, spec: Spec) -> Callable[[Values, str], Any]:
        """Return what reads a field's values; those of few kinds are remembered."""
        house, usual = self._house, self._house.company.currency

        def read(values: Values, text: str) -> Any:
            return fields.parse(spec, _prepared(spec, text), house, values.get("currency", usual))

        if spec.multiple or (spec.kind not in _FEW_VALUES and spec.path != "deal.currency"):
            return read
        known: dict[str, Any] = {}

        def remembered(values: Values, text: str) -> Any:
            if text not in known:
                if len(known) >= _REMEMBERED or len(text) > LONGEST_CELL // _REMEMBERED:
                    known.clear()
                known[text] = read(values, text)
            return known[text]

        return remembered

    def _take_id(self, values: Values, text: str) -> None:
        values["id"] = check_id(text.strip())

    def _take_amount(self, values: Values, text: str) -> None:
        currency = values.get("currency", self._house.company.currency)
        if _USUAL_AMOUNT.fullmatch(text) and money.digits(currency) == _CENTS:
            values["amount"] = Decimal(text)  # nothing is left to judge
            return
        spec = fields.BUILTIN["deal.amount"]
        values["amount"] = Decimal(fields.parse(spec, numbers.plain(spec, text), self._house, currency))

    def _take_responsible(self, values: Values, text: str) -> None:
        values["responsible"] = self._people.users.find(text)

    def _take_contacts(self, values: Values, text: str) -> None:
        parts = text.split(SEVERAL) if SEVERAL in text else (text,)
        found = [self._people.contacts.find(part) for part in parts if part.strip()]
        values["contacts"] = tuple(dict.fromkeys(found))

    def _take_company(self, values: Values, text: str) -> None:
        """Link a company, which adds its contacts (Bitrix24)."""
        company = values["company"] = self._people.companies.find(text)
        members = self._people.members[company]
        if members:
            values["contacts"] = tuple(dict.fromkeys((*values.get("contacts", ()), *members)))


def _prepared(spec: Spec, text: str) -> Any:
    """Return a cell as the field's parser takes it: several values are a list where semicolons or quotes part them."""
    number = spec.kind in (Kind.MONEY, Kind.NUMBER)
    if spec.multiple:
        values = parted(text)
        return text if values is None else [numbers.plain(spec, each) if number else each for each in values]
    return numbers.plain(spec, text) if number else text
