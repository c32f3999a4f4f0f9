"""Money and dates, against CLDR's own (babel), with ordinary spaces."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from core import formats, money
from core.formats import Manner
from core.model.moment import Moment, to_datetime
from tests.core.sample_house import house

LANGUAGES = st.sampled_from(["en", "pt_BR"])
CURRENCIES = st.sampled_from(["BRL", "USD", "EUR", "GBP", "JPY", "MXN", "CHF", "ARS", "KWD", "CLP", "CAD"])
MOMENTS = st.integers(Moment(315_532_800_000), Moment(32_503_680_000_000)).map(Moment).map(to_datetime)
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def plain(text: str) -> str:
    """Return the text with ordinary spaces: babel's no-break ones would make an SMS UCS-2."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@given(st.integers(-(10**14), 10**14), CURRENCIES, LANGUAGES)
def test_money_is_written_as_the_locale_writes_it(minor: int, currency: str, language: str) -> None:
    amount = Decimal(minor).scaleb(-money.digits(currency))
    written = plain(format_currency(amount, currency, locale=language))
    if language == "en":  # CLDR keeps letters and digits apart ("CHF 5"), which babel leaves out
        written = re.sub(rf"^(-?{currency})(?=\d)", r"\1 ", written)
    assert formats.money(amount, currency, language) == written


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("7500", "BRL", "R$ 7.500,00"),
        ("0.005", "BRL", "R$ 0,01"),
        ("-0.001", "BRL", "R$ 0,00"),
        ("1E+3", "BRL", "R$ 1.000,00"),
        ("999.5", "JPY", "JP¥ 1.000"),
        ("1", "XYZ", "XYZ 1,00"),
    ],
)
def test_amounts_at_the_edges(amount: str, currency: str, text: str) -> None:
    assert formats.money(Decimal(amount), currency, "pt_BR") == text


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2999, 12, 31)))
def test_days_are_written_as_the_locale_writes_them(day: dt.date) -> None:
    assert formats.day(day, "pt_BR") == format_date(day, "short", locale="pt_BR")
    assert formats.day(day, "pt_BR", "long") == format_date(day, "long", locale="pt_BR")
    assert formats.day(day, "pt_BR", "weekday") == format_date(day, "EEEE", locale="pt_BR")
    assert formats.day(day, "en") == format_date(day, "medium", locale="en")
    assert formats.day(day, "en", "long") == format_date(day, "long", locale="en")
    assert formats.day(day, "en", "weekday") == format_date(day, "EEEE", locale="en")


@given(MOMENTS)
def test_moments_are_written_in_the_zone_of_the_house(at: dt.datetime) -> None:
    english = formats.day_and_time(at, Manner("en", SAO_PAULO))
    assert english == plain(format_datetime(at, "MMM d, y, h:mm a", tzinfo=SAO_PAULO, locale="en"))
    portuguese = formats.day_and_time(at, Manner("pt_BR", SAO_PAULO))
    assert portuguese == plain(format_datetime(at, "dd/MM/y HH:mm", tzinfo=SAO_PAULO, locale="pt_BR"))


@pytest.mark.parametrize(
    ("language", "manner"), [("en", "en"), ("pt_BR", "pt_BR"), ("pt", "pt_BR"), ("pt-br", "pt_BR"), ("de", "en")]
)
def test_the_manner_of_a_house(language: str, manner: str) -> None:
    found = formats.manner_of(house(language=language))
    assert (found.language, found.zone, found.currency, found.region) == (manner, SAO_PAULO, "BRL", "BR")
