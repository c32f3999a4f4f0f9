"""Fallback chains and opt-outs: who is reached instead, who never is, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from core import recipients
from core.model.people import Address, Company, Contact
from core.recipients import Step
from core.rules.base import CannotAct
from core.views import Facts
from tests.core.sample_house import facts

CHAIN: Sequence[Step] = ("type", "contact", "company")


def people(first: str, second: str = "", company: str | None = None) -> Facts:
    """Return a deal whose clients have these addresses: ``WORK:a@x HOME:b@x!``, where ``!`` has opted out."""

    def has(text: str) -> tuple[Address, ...]:
        pairs = (word.partition(":") for word in text.split())
        return tuple(Address(kind, value.rstrip("!"), value.endswith("!")) for kind, _, value in pairs)

    def held(text: str) -> dict[str, Any]:
        found = has(text)
        return {
            "emails": tuple(a for a in found if "@" in a.value),
            "phones": tuple(a for a in found if a.value[0] == "+"),
        }

    contacts = [Contact(id="one", name="Ana", **held(first)), Contact(id="two", name="Bia", **held(second))]
    firm = None if company is None else Company(id="one", name="Acme", **held(company))
    return facts(contacts=tuple(contacts), company=firm)


def email(where: Facts, *chain: Step, choice: Any = "work", use: Any = "first") -> str:
    """Return the address that is chosen, or the reason why none is."""
    try:
        return recipients.email(where, choice, use, chain).address
    except CannotAct as ending:
        assert ending.detail.english()
        return ending.reason


A, B, C, D = "a@x.example", "b@x.example", "c@x.example", "d@x.example"


@pytest.mark.parametrize(
    ("where", "chain", "chosen"),
    [
        # What is filled is taken, whatever the chain.
        (people(f"WORK:{A}", f"WORK:{B}", f"WORK:{C}"), CHAIN, A),
        # Each step on its own.
        (people(f"HOME:{A}", f"WORK:{B}", f"WORK:{C}"), (), "no_address"),
        (people(f"HOME:{A}", f"WORK:{B}", f"WORK:{C}"), ("type",), A),
        (people(f"HOME:{A}", f"WORK:{B}", f"WORK:{C}"), ("contact",), B),
        (people(f"HOME:{A}", f"WORK:{B}", f"WORK:{C}"), ("company",), C),
        # In the order given; a step counts for those that were added before it.
        (people("", f"HOME:{B}", f"WORK:{C}"), ("type", "contact", "company"), B),
        (people("", f"HOME:{B}", f"WORK:{C}"), ("contact", "company"), C),
        (people("", f"HOME:{B}", f"WORK:{C}"), ("contact", "company", "type"), C),
        (people(f"HOME:{A}", f"WORK:{B}"), ("contact", "type"), B),
        (people(f"HOME:{A}", f"WORK:{B}"), ("type", "contact"), A),
        (people("", f"WORK:{B}", f"WORK:{C}"), ("company", "contact"), C),
        (people(f"HOME:{A}", "", ""), ("company", "contact", "type"), A),
        # What is blank or no address is passed over.
        (people("WORK:a@b@c", f"WORK:{B}"), ("contact",), B),
        (people(f"WORK:a@b@c HOME:{A}", f"WORK:{B}"), ("type", "contact"), A),
        (people(f"WORK:a@b@c HOME:x@y@z OTHER:{A}", ""), ("type",), A),
        (people("WORK:a@b@c", "WORK:d@e@f"), ("contact",), "bad_address"),
        (people("", "WORK:d@e@f"), ("contact",), "no_address"),
        (people("", "", ""), CHAIN, "no_address"),
        # An opt-out is the person's: no other address of theirs takes its place, other people do.
        (people(f"WORK:{A}!"), CHAIN, "opted_out"),
        (people(f"WORK:{A}! HOME:{D}"), ("type",), "opted_out"),
        (people(f"WORK:{A}! HOME:{D}", f"WORK:{B}"), CHAIN, B),
        (people(f"HOME:{A}! OTHER:{D}"), ("type",), "no_address"),
        (people(f"HOME:{A}! OTHER:{D}", f"WORK:{B}"), ("type", "contact"), B),
        (people(f"WORK:{D} HOME:{A}!"), CHAIN, D),
        (people("", f"WORK:{B}!", f"WORK:{C}"), CHAIN, C),
        # The same address twice is one address, however it is written and whose it is.
        (people(f"WORK:{A}", f"HOME:{A.upper()}!"), CHAIN, "opted_out"),
        (people(f"WORK:{A}", f"WORK:{B}", f"WORK:{A.title()}!"), ("contact",), B),
        (people(f"WORK:{A} HOME:{A}!"), (), "opted_out"),
    ],
)  # fmt: skip
def test_who_is_written_to(where: Facts, chain: tuple[Step, ...], chosen: str) -> None:
    assert email(where, *chain) == chosen


@pytest.mark.parametrize(
    ("use", "choice", "chosen"),
    [("first", "work", B), ("last", "work", C), ("first", "auto", B), ("last", "auto", C)],
)
def test_first_or_last_holds_for_what_takes_its_place(use: Any, choice: Any, chosen: str) -> None:
    bad = "WORK:a@b@c"
    where = people(f"{bad} HOME:{B} OTHER:{C} {bad}")
    assert email(where, "type", choice=choice, use=use) == chosen


def test_numbers_fall_back_likewise() -> None:
    where = people("HOME:+551133330001 WORK:+551133330002", "MOBILE:+5511987650002", "MOBILE:+5511987650003")
    chosen = [recipients.phone(where, "mobile", [step]).address for step in CHAIN]
    assert chosen == ["+551133330001", "+5511987650002", "+5511987650003"]
    with pytest.raises(CannotAct) as ending:
        recipients.phone(where, "mobile")
    assert ending.value.reason == "no_address"


def test_an_opted_out_number_is_known_however_it_is_written() -> None:
    where = people("MOBILE:+5511987650001", "HOME:+55-11-98765-0001!")
    with pytest.raises(CannotAct) as ending:
        recipients.phone(where, "mobile")
    assert ending.value.reason == "opted_out"
    assert recipients.opted_out(where, "+55 11 98765 0001")
    assert not recipients.opted_out(where, "+5511987650002")


def test_it_is_said_who_was_passed_over_and_why() -> None:
    chosen = recipients.email(people("", f"WORK:{B}!", f"HOME:{C}"), "work", "first", CHAIN)
    assert chosen.owner.name == "Acme"
    assert chosen.why.english() == (
        f"Acme, the first address of type home: {C}; passed over: Ana has no e-mail address of type work; "
        f"Ana has no e-mail address of another type; Bia does not want messages at {B}; "
        "Acme has no e-mail address of type work"
    )


def test_a_chain_that_reaches_nobody_says_all_of_it_and_keeps_the_first_reason() -> None:
    with pytest.raises(CannotAct) as ending:
        recipients.email(people(f"WORK:{A}!", "WORK:x@y@z"), "work", "first", CHAIN)
    assert ending.value.reason == "opted_out"
    said = ending.value.detail.english()
    assert said.startswith(f"Ana does not want messages at {A}; “x@y@z” is not an e-mail address")


def test_the_company_is_the_first_recipient_where_there_is_no_contact() -> None:
    company = Company(id="acme", name="Acme", emails=(Address("HOME", A),))
    assert email(facts(contacts=(), company=company), "contact", "company") == "no_address"
    assert email(facts(contacts=(), company=company), "type") == A
