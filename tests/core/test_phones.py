"""Telephone numbers and e-mail addresses, as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import phones
from core.errors import BadInput
from core.model.house import CompanySettings


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("+55 11 98765-0001", "BR", "+5511987650001"),
        ("(11) 98765-0001", "BR", "+5511987650001"),
        ("011 98765 0001", "BR", "+5511987650001"),
        ("+1 (415) 555-2671", "BR", "+14155552671"),
        ("415 555 2671", "US", "+14155552671"),
        ("+551133330001", "US", "+551133330001"),
        ("tel:+55-11-98765-0001", "BR", "+5511987650001"),
        ("００５５ (11) 98765-0001", "DE", "+5511987650001"),
    ],
)
def test_a_number_is_kept_as_e164(typed: str, region: str, number: str) -> None:
    assert phones.parse(typed, region) == number
    assert phones.possible(number)


@pytest.mark.parametrize(
    "typed", ["", "abc", "123", "+999123456789", "11 9876 0001 ext 5", "98765\n0001 x", "+" + "5" * 60]
)
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(BadInput, match="is not a telephone number: give it with its country code, like"):
        phones.parse(typed)


@pytest.mark.parametrize(
    ("company", "region"),
    [
        (CompanySettings(), "BR"),
        (CompanySettings(holidays=("2026-12-24", "US")), "US"),
        (CompanySettings(holidays=("BR-SP",), currency="USD"), "BR"),
        (CompanySettings(currency="USD"), "US"),
        (CompanySettings(currency="XXX"), "BR"),
    ],
)
def test_the_country_of_the_house_is_guessed(company: CompanySettings, region: str) -> None:
    assert phones.region_of(company) == region


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+5511987650001", "(11) 98765-0001"), ("+14155552671", "+1 415-555-2671"), ("ramal 12", "ramal 12"), ("", "")],
)
def test_numbers_are_shown_the_way_the_country_writes_them(number: str, shown: str) -> None:
    assert phones.readable(number, "BR") == shown


@given(st.text(max_size=40))
def test_only_numbers_come_out_of_any_text(text: str) -> None:
    try:
        number = phones.parse(text)
    except BadInput:
        return
    assert phones.possible(number) and phones.parse(number) == number


@pytest.mark.parametrize(
    "address",
    ["maria@cliente.example", "m.lima+pedidos@x-y.example.com", "MARIA@Cliente.Example", "o'hara@x.example",
     "a@localhost", "joão@cliente.example", "maria@café.example", "1@2.example"],
)  # fmt: skip
def test_addresses_that_can_be_mailed_to(address: str) -> None:
    assert phones.check_email(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    ["", "maria", "@x.example", "maria@", "maria@x", "a@b@x.example", "a..b@x.example", ".a@x.example",
     "a.@x.example", "a b@x.example", "a@x .example", "a@-x.example", "a@x-.example", "a@x..example", "a@[127.0.0.1]",
     '"a b"@x.example', "Maria <a@x.example>", "a@x.example,b@x.example", "a@x.example\n",
     "a\r\nBcc: b@x.example", "a\x00@x.example",
     "a" * 65 + "@x.example", "a@" + "x" * 64 + ".example", "a@" + "x." * 130 + "example",
     "a@x_y.example", "\ud800@x.example",
     "a\u202e@x.example", "a＠x.example"],
)  # fmt: skip
def test_addresses_that_cannot(address: str) -> None:
    with pytest.raises(BadInput, match="is not an e-mail address like maria@cliente"):
        phones.check_email(address)


@given(st.text(max_size=60))
def test_no_address_brings_a_control_or_a_second_recipient(text: str) -> None:
    try:
        address = phones.check_email(text)
    except BadInput:
        return
    assert address.count("@") == 1 and address.isprintable() and not set(address) & set(' ,;:<>()[]"\\')
