"""Money: minor units and back, nothing lost and nothing invented."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from babel.core import get_global
from babel.numbers import get_territory_currencies
from hypothesis import given
from hypothesis import strategies as st

from core import money
from core.errors import BadInput

CODES = ("BRL", "EUR", "JPY", "CLP", "KWD", "TND", "CLF")


@pytest.mark.parametrize(
    ("amount", "code", "minor"),
    [
        ("7500", "BRL", 750000),
        ("0.01", "BRL", 1),
        ("-12.30", "EUR", -1230),
        ("12.3000", "BRL", 1230),
        ("1E+3", "BRL", 100000),
        ("7500.00", "JPY", 7500),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
        ("-0", "BRL", 0),
        ("9999999999999999.99", "BRL", 999999999999999999),
    ],
)
def test_an_amount_becomes_minor_units(amount: str, code: str, minor: int) -> None:
    assert money.to_minor(Decimal(amount), code) == minor


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("0.001", "BRL"),
        ("1.5", "JPY"),
        ("1.0001", "KWD"),
        ("NaN", "BRL"),
        ("sNaN", "BRL"),
        ("Infinity", "BRL"),
        ("-Infinity", "BRL"),
        ("10000000000000000.00", "BRL"),
        ("1E+999999", "BRL"),
        ("1E-999999", "BRL"),
        ("1.00000000000000000000000000000000000001", "BRL"),
    ],
)
def test_what_a_currency_cannot_hold_is_refused(amount: str, code: str) -> None:
    with pytest.raises(BadInput):
        money.to_minor(Decimal(amount), code)


@given(st.integers(-(10**18) + 1, 10**18 - 1), st.sampled_from(CODES))
def test_minor_units_come_back_unchanged(minor: int, code: str) -> None:
    amount = money.from_minor(minor, code)
    assert money.to_minor(amount, code) == minor
    assert -int(amount.as_tuple().exponent) == money.digits(code)
    assert money.read(money.text(amount, code)) == amount


@pytest.mark.parametrize(
    ("amount", "code", "text"),
    [("7500", "BRL", "7500.00"), ("7500.5", "BRL", "7500.50"), ("7500", "JPY", "7500"), ("0.5", "KWD", "0.500")],
)
def test_money_is_shown_with_its_currency_s_decimal_places(amount: str, code: str, text: str) -> None:
    assert money.text(Decimal(amount), code) == text


@pytest.mark.parametrize(("code", "kept"), [("BRL", "BRL"), (" usd ", "USD")])
def test_a_currency_is_three_letters(code: str, kept: str) -> None:
    assert money.currency(code) == kept


def test_the_kept_list_is_that_of_the_standard() -> None:
    """Checked against CLDR's: what is legal tender anywhere is kept, with as many decimals, and nothing is twice."""
    today = date(2026, 12, 1)
    tender = {
        code
        for territory in get_global("territory_currencies")
        for code in get_territory_currencies(territory, today, today)
    }
    assert tender - set(money.CURRENCIES) == set()
    assert len(money.CURRENCIES) == len(set(money.CURRENCIES))
    assert all(re.fullmatch("[A-Z]{3}", code) for code in money.CURRENCIES)


@pytest.mark.parametrize(
    ("typed", "near"), [("BLR", "BRL"), ("UDS", "USD"), ("EURO", None), ("XXQ", None), ("RBL", "BRL"), ("GPB", "GBP")]
)
def test_a_misspelt_currency_is_refused_with_its_neighbour(typed: str, near: str | None) -> None:
    with pytest.raises(BadInput) as refused:
        money.currency(typed)
    assert refused.value.words.args.get("near") == near


@pytest.mark.parametrize("code", ["", "R$", "REAL", "B1L", "ÉUR", None, 986])
def test_anything_else_is_no_currency(code: Any) -> None:
    with pytest.raises(BadInput, match="three letters"):
        money.currency(code)


@pytest.mark.parametrize(
    ("raw", "value"),
    [("1250.50", "1250.50"), (" -3 ", "-3"), (".5", "0.5"), (0.1, "0.1"), (7, "7"), (Decimal("1.10"), "1.10")],
)
def test_numbers_are_read_as_written(raw: Any, value: str) -> None:
    assert money.read(raw) == Decimal(value)


@pytest.mark.parametrize(
    "raw", ["", "1,5", "1_000", "1e3", "NaN", "inf", "١٢", "0x10", True, None, float("nan"), float("inf"), [], "9" * 99]
)
def test_what_is_no_plain_number_is_refused(raw: Any) -> None:
    with pytest.raises(BadInput, match="not a number"):
        money.read(raw)
