"""What ``list --csv`` prints is what ``import`` takes: several values in one cell come back as they were."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core import clients
from core.importing.several import joined, parted
from core.model.people import Address, Contact
from tests.cli.cli_ground import Shell, at_noon

OPTIONS: Final = ["a", "a;b", "b", "x, y", '"q"', ';"', "=1+1", "'=1"]
FIELDS: Final[list[dict[str, Any]]] = [
    {"id": "notes", "type": "text", "multiple": True},
    {"id": "tags", "type": "list", "multiple": True, "options": OPTIONS},
    {"id": "sizes", "type": "number", "multiple": True},
    {"id": "days", "type": "date", "multiple": True},
]
QUIRKY: Final = st.text(st.sampled_from(";,\"'=|: abé\n\t"), min_size=1, max_size=8).filter(lambda text: text.strip())
SEVERAL: Final = st.lists(QUIRKY, min_size=1, max_size=4)
ROWS: Final = st.lists(
    st.fixed_dictionaries(
        {
            "notes": SEVERAL,
            "tags": st.lists(st.sampled_from(OPTIONS), max_size=3),
            "sizes": st.lists(st.integers(-999, 999) | st.sampled_from([0.5, -1.25]), max_size=3),
            "days": st.lists(st.dates().map(str), max_size=2),
        }
    ),
    min_size=1,
    max_size=5,
)


def addresses(values: list[str], types: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries(
        {"type": st.sampled_from(types), "value": st.sampled_from(values), "opted_out": st.booleans()}
    )
    return st.lists(one, max_size=4, unique_by=lambda each: (each["type"], each["value"]))


EMAILS: Final = addresses(["a@x.example", "A@x.example", "b'c@x.example", "=d@x.example"], ["WORK", "HOME", "MAILING"])
PHONES: Final = addresses(["+5511987650009", "+5511987650008", "+12125550100"], ["WORK", "MOBILE"])
CLIENTS: Final = st.lists(
    st.fixed_dictionaries({"name": QUIRKY.filter(str.isprintable).map(str.strip), "emails": EMAILS, "phones": PHONES}),
    min_size=1,
    max_size=4,
)
ONE_HOUSE: Final = settings(
    max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@given(values=SEVERAL)
@example(["a;b", 'c"', '"d"', "", "e"])
@example([""])
def test_several_values_are_one_cell_and_come_back(values: list[str]) -> None:
    cell = joined(values)
    assert (parted(cell) or [cell]) == values


@given(cell=st.text(st.sampled_from('";a,'), max_size=10))
def test_any_cell_can_be_read(cell: str) -> None:
    found = parted(cell)
    assert found is None or sum(map(len, found)) <= len(cell)


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("", None),
        ("a,b", None),
        ('5" pipe', None),
        ('"a" and b', None),
        ("a;b", ["a", "b"]),
        ('"a,b"', ["a,b"]),
        ('"a;b";c', ["a;b", "c"]),
        ('"say ""x""";y', ['say "x"', "y"]),
        ('"open;b', ['"open', "b"]),
        (";a;", ["", "a", ""]),
    ],
)
def test_what_a_cell_means(cell: str, values: list[str] | None) -> None:
    assert parted(cell) == values


@given(emails=EMAILS, phones=PHONES)
def test_the_marks_of_a_client_mark_it_again(emails: list[dict[str, Any]], phones: list[dict[str, Any]]) -> None:
    client = Contact(
        id="k", name="K", emails=tuple(Address(**e) for e in emails), phones=tuple(Address(**p) for p in phones)
    )
    assert clients.opted_out(client, clients.marks(client), "BR") == client


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, Shell]:
    """Two houses with the same fields and people; the first has no deal yet."""
    shells = []
    for name in ("from", "to"):
        shell = at_noon(tmp_path_factory.mktemp(name))
        shell.ok("apply", "-", stdin=json.dumps({"funil": 1, "fields": FIELDS}))
        shells.append(shell)
    shells[0].ok("deal", "remove", "D1")
    return shells[0], shells[1]


def carried(two: tuple[Shell, Shell], what: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what the first house lists, and what the second one has after importing that list under fresh ids."""
    one, other = two
    done = json.loads(other.ok(what, "import", "-", "--map", "id=", "--json", stdin=one.ok(what, "list", "--csv")))
    there = {each["id"]: each for each in other.json(what, "list")}
    return one.json(what, "list"), [there[each] for each in done["ids"]]


@given(rows=ROWS)
@ONE_HOUSE
def test_deals_with_several_values_come_back(two: tuple[Shell, Shell], rows: list[dict[str, Any]]) -> None:
    deals = [{"id": f"L{n}", "title": f"row {n}", "fields": row} for n, row in enumerate(rows)]
    two[0].ok("apply", "-", stdin=json.dumps({"funil": 1, "deals": deals}))
    listed, found = carried(two, "deal")
    assert [each["fields"] for each in found] == [each["fields"] for each in listed]
    told = {each["id"]: each["fields"]["notes"] for each in listed}
    assert all(told[deal["id"]] == deal["fields"]["notes"] for deal in deals)  # type: ignore[index]


@pytest.mark.parametrize("what", ["contact", "company"])
@given(people=CLIENTS)
@ONE_HOUSE
def test_clients_with_several_addresses_come_back(
    two: tuple[Shell, Shell], what: str, people: list[dict[str, Any]]
) -> None:
    section = {"contact": "contacts", "company": "companies"}[what]
    more = {} if what == "contact" else {"contacts": ["maria"]}
    given = [{"id": f"k{n}", **each, **more} for n, each in enumerate(people)]
    two[0].ok("apply", "-", stdin=json.dumps({"funil": 1, section: given}))
    listed, found = carried(two, what)
    assert [{**each, "id": ""} for each in found] == [{**each, "id": ""} for each in listed]
