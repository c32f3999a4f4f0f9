"""Money, dates and numbers as people write them in the house's language.

The figures follow CLDR's English and Brazilian Portuguese, with ordinary spaces: one no-break space would turn a whole
SMS into UCS-2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from core import phones, zones
from core.model.house import House
from core.money import digits

STYLES: Final = ("short", "long", "weekday")
"""Ways to write a day: ``01/12/2026``, ``1 de dezembro de 2026``, ``terça-feira``."""

_SYMBOLS: Final = {
    "BRL": "R$", "EUR": "€", "GBP": "£", "ILS": "₪", "INR": "₹", "KRW": "₩", "VND": "₫", "AUD": "A$", "CAD": "CA$",
    "CNY": "CN¥", "HKD": "HK$", "MXN": "MX$", "NZD": "NZ$", "TWD": "NT$",
}  # fmt: skip
_LOCAL_SYMBOLS: Final = {"en": {"USD": "$", "JPY": "¥"}, "pt_BR": {"USD": "US$", "JPY": "JP¥"}}
_MONTHS: Final = {
    "en": "January February March April May June July August September October November December".split(),
    "pt_BR": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
}
_WEEKDAYS: Final = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "pt_BR": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo".split(),
}
_YES_NO: Final = {"en": ("yes", "no"), "pt_BR": ("sim", "não")}


@dataclass(frozen=True, slots=True)
class Manner:
    """How the house writes: language (``en`` or ``pt_BR``), zone of its clock, currency, country of its numbers."""

    language: str = "en"
    zone: ZoneInfo = ZoneInfo("UTC")
    currency: str = "BRL"
    region: str = phones.DEFAULT_REGION


def manner_of(house: House) -> Manner:
    """Return the manner of a house."""
    company = house.company
    return _manner(company.language, company.timezone, company.currency, phones.region_of(company))


@lru_cache(maxsize=16)
def _manner(language: str, zone: str, currency: str, region: str) -> Manner:
    return Manner("pt_BR" if language.lower().startswith("pt") else "en", zones.zone(zone), currency, region)


def money(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount with its currency's sign: ``R$ 7.500,00``, ``$7,500.00``; half a unit rounds up."""
    rounded = amount.quantize(Decimal(1).scaleb(-digits(currency)), ROUND_HALF_UP)
    sign = "-" if rounded < 0 else ""
    known = _LOCAL_SYMBOLS[language].get(currency) or _SYMBOLS.get(currency)
    space = " " if language == "pt_BR" or known is None else ""
    return f"{sign}{known or currency}{space}{_grouped(abs(rounded), language)}"


def _grouped(amount: Decimal, language: str) -> str:
    text = f"{amount:,f}"
    return text.translate(_COMMA_AND_POINT) if language == "pt_BR" else text


def number(value: Decimal) -> str:
    """Return a number as a program writes it: no grouping, no exponent."""
    return f"{value:f}"


def yes_no(value: bool, language: str) -> str:
    """Return the word for a yes or a no."""
    return _YES_NO[language][0 if value else 1]


def day(value: date, language: str, style: str = "short") -> str:
    """Return a day in one of :data:`STYLES`."""
    month = _MONTHS[language][value.month - 1]
    if style == "weekday":
        return _WEEKDAYS[language][value.weekday()]
    if language == "pt_BR":
        return f"{value.day} de {month} de {value.year}" if style == "long" else f"{value:%d/%m}/{value.year:04d}"
    return f"{month if style == 'long' else month[:3]} {value.day}, {value.year}"


def day_and_time(value: datetime, manner: Manner, style: str = "short") -> str:
    """Return a moment in the house's zone: ``01/12/2026 09:00``, ``Dec 1, 2026, 9:00 AM``."""
    local = value.astimezone(manner.zone)
    when = day(local, manner.language, style)
    if manner.language == "pt_BR":
        return f"{when} {local:%H:%M}"
    return f"{when}, {local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"


_COMMA_AND_POINT: Final = str.maketrans(",.", ".,")
