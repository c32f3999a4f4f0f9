"""Who is written to, and at which address (PRODUCT's rules for recipients)."""

from __future__ import annotations

from typing import Any

import pytest

from core import recipients
from core.model.people import Address, Company, Contact
from core.rules.base import CannotAct
from tests.core.sample_house import facts

FULL = Contact(
    id="maria",
    name="Maria Lima",
    emails=(
        Address("HOME", "home1@x.example"),
        Address("WORK", "work1@x.example"),
        Address("MAILING", "news@x.example"),
        Address("WORK", "work2@x.example"),
        Address("OTHER", "other@x.example"),
    ),
    phones=(
        Address("FAX", "+551133330009"),
        Address("MOBILE", "+5511987650001"),
        Address("MOBILE", "+5511987650002"),
        Address("WORK", "+551133330008"),
    ),
)
BARE = Contact(id="bare", name="Zé")
ACME = Company(
    id="acme", name="Acme", emails=(Address("WORK", "oi@acme.example"),), phones=(Address("WORK", "+551133330007"),)
)


def ending(call: Any) -> str:
    """Return the reason with which a choice ends."""
    with pytest.raises(CannotAct) as caught:
        call()
    assert caught.value.detail.english()
    return caught.value.reason


@pytest.mark.parametrize(
    ("contacts", "company", "chosen"),
    [
        ((FULL, BARE), None, "maria"),
        ((BARE, FULL), None, "bare"),
        ((FULL,), ACME, "maria"),
        ((), ACME, "acme"),
    ],
)
def test_the_first_contact_counts_and_a_company_only_without_contacts(
    contacts: tuple[Contact, ...], company: Company | None, chosen: str
) -> None:
    assert recipients.client(facts(contacts=contacts, company=company)).id == chosen


def test_a_deal_with_nobody_has_no_recipient() -> None:
    assert ending(lambda: recipients.client(facts(contacts=(), company=None))) == "no_recipient"


@pytest.mark.parametrize(
    ("choice", "use", "address"),
    [
        ("auto", "first", "home1@x.example"),
        ("auto", "last", "other@x.example"),
        ("work", "first", "work1@x.example"),
        ("work", "last", "work2@x.example"),
        ("home", "first", "home1@x.example"),
        ("home", "last", "home1@x.example"),
        ("newsletter", "first", "news@x.example"),
        ("newsletter", "last", "news@x.example"),
    ],
)
def test_which_email_address_is_taken(choice: Any, use: Any, address: str) -> None:
    chosen = recipients.email(facts(contacts=(FULL,)), choice, use)
    assert (chosen.owner, chosen.address) == (FULL, address)
    assert "Maria Lima" in chosen.why.english() and address in chosen.why.english()


@pytest.mark.parametrize(
    ("choice", "number"),
    [("auto", "+551133330009"), ("mobile", "+5511987650001"), ("work", "+551133330008"), ("fax", "+551133330009")],
)
def test_which_number_is_taken(choice: Any, number: str) -> None:
    assert recipients.phone(facts(contacts=(FULL,)), choice).address == number


@pytest.mark.parametrize("choice", ["home", "pager", "mailing", "other"])
def test_a_number_type_that_is_not_filled_is_no_address(choice: Any) -> None:
    assert ending(lambda: recipients.phone(facts(contacts=(FULL,)), choice)) == "no_address"


def test_nothing_falls_through_to_the_next_type_contact_or_company() -> None:
    one = Contact(id="one", name="One", emails=(Address("HOME", "h@x.example"),))
    assert ending(lambda: recipients.email(facts(contacts=(one,)), "work")) == "no_address"
    assert ending(lambda: recipients.email(facts(contacts=(BARE, FULL), company=ACME))) == "no_address"
    assert ending(lambda: recipients.phone(facts(contacts=(BARE, FULL), company=ACME))) == "no_address"


def test_a_company_on_its_own_is_written_to() -> None:
    assert recipients.email(facts(contacts=(), company=ACME)).address == "oi@acme.example"
    assert recipients.phone(facts(contacts=(), company=ACME), "work").address == "+551133330007"


@pytest.mark.parametrize(
    "value", ["maria", "maria@", "a@b@c.example", "a b@c.example", "a@c.example\r\nBcc: x@y.example"]
)
def test_an_address_that_cannot_be_written_to_fails(value: str) -> None:
    client = Contact(id="c", name="C", emails=(Address("WORK", value),))
    assert ending(lambda: recipients.email(facts(contacts=(client,)))) == "bad_address"


@pytest.mark.parametrize("value", ["987650001", "+55", "+55abc", "+0511987650001", "+55119876500011111"])
def test_a_number_that_cannot_be_called_fails(value: str) -> None:
    client = Contact(id="c", name="C", phones=(Address("MOBILE", value),))
    assert ending(lambda: recipients.phone(facts(contacts=(client,)))) == "bad_number"


def test_a_blank_address_counts_as_not_filled() -> None:
    client = Contact(id="c", name="C", emails=(Address("WORK", " "), Address("WORK", "b@x.example")))
    assert recipients.email(facts(contacts=(client,))).address == "b@x.example"


def test_an_address_that_wants_no_messages_is_left_alone() -> None:
    client = Contact(
        id="c", name="C", emails=(Address("WORK", "a@x.example", opted_out=True), Address("WORK", "b@x.example"))
    )
    assert ending(lambda: recipients.email(facts(contacts=(client,)))) == "opted_out"
