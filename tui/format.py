"""Money, moments and spans the way the user's language writes them. Babel is loaded on first use, results are kept."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from core import money as currencies
from core.i18n import N_, language
from core.i18n import gettext as _
from core.model.moment import DAY, HOUR, MINUTE, SECOND, Moment, to_datetime

if TYPE_CHECKING:
    from babel import Locale

_SKELETONS: Final = {"en": ("d MMM HH:mm", "d MMM y HH:mm"), "pt_BR": ("d MMM HH:mm", "d MMM y HH:mm")}
_THOUSAND: Final = 1_000


@cache
def _locale(lang: str) -> Locale:
    from babel import Locale

    return Locale.parse(lang)


@cache
def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name."""
    return ZoneInfo(name)


def money(amount: Decimal, currency: str) -> str:
    """Return an amount with its currency; cents only where there are any."""
    return _money(amount, currency, language())


@lru_cache(maxsize=4096)
def _money(amount: Decimal, currency: str, lang: str) -> str:
    from babel.numbers import format_currency

    pattern = _locale(lang).currency_formats["standard"].pattern
    if amount == amount.to_integral_value():
        pattern = pattern.replace(".00", "")
    return _plain(format_currency(amount, currency, pattern, locale=lang, currency_digits=False))


def money_short(amount: Decimal, currency: str) -> str:
    """Return an amount rounded to three figures or so (R$84K), for a column's head."""
    return _money_short(amount, currency, language())


@lru_cache(maxsize=1024)
def _money_short(amount: Decimal, currency: str, lang: str) -> str:
    from babel.numbers import format_compact_currency

    if abs(amount) < 10 * _THOUSAND:
        return _money(amount.quantize(Decimal(1)), currency, lang)
    digits = 1 if abs(amount) >= _THOUSAND * _THOUSAND else 0
    return _plain(format_compact_currency(amount, currency, locale=lang, fraction_digits=digits))


def parse_money(text: str) -> Decimal:
    """Read an amount as the user's language writes it (1.250,50 or 1,250.50). Raises ``ValueError``."""
    from babel.numbers import NumberFormatError, parse_decimal

    if not re.fullmatch(r"[-+]?[\d.,\s]+", text.strip(), re.ASCII):
        raise ValueError(text)
    try:
        return parse_decimal(text.strip(), locale=language(), strict=True)
    except NumberFormatError as error:
        raise ValueError(str(error)) from None


def _plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def local(moment: Moment, where: ZoneInfo) -> datetime:
    """Return a moment on the clock of a zone."""
    return to_datetime(moment).astimezone(where)


def clock_time(moment: Moment, where: ZoneInfo) -> str:
    """Return the time of day with seconds (10:02:03)."""
    return local(moment, where).strftime("%H:%M:%S")


def log_time(moment: Moment, where: ZoneInfo, today: date) -> str:
    """Return eight characters for a list: the time of day if it is today, else the day."""
    here = local(moment, where)
    if here.date() == today:
        return here.strftime("%H:%M:%S")
    return day(here.date())[:8].rjust(8)


def short_time(moment: Moment, where: ZoneInfo, today: date) -> str:
    """Return 10:02 for today, else with the day, and with the year when it is another one."""
    here = local(moment, where)
    if here.date() == today:
        return here.strftime("%H:%M")
    return _dated(here, here.year != today.year)


def full_time(moment: Moment, where: ZoneInfo) -> str:
    """Return day, month, year and time."""
    return _dated(local(moment, where), year=True)


def _dated(here: datetime, year: bool) -> str:
    from babel.dates import format_datetime

    lang = language()
    return format_datetime(here, _SKELETONS[lang][year], locale=lang).replace(".", "")


def day(value: date) -> str:
    """Return the day and the short month (1 Dec)."""
    return _day(value, language())


@lru_cache(maxsize=512)
def _day(value: date, lang: str) -> str:
    from babel.dates import format_date

    return format_date(value, "d MMM", locale=lang).replace(".", "")


def weekday_time(moment: Moment, where: ZoneInfo) -> str:
    """Return the clock of the header: Tue 1 Dec 10:02."""
    from babel.dates import format_datetime

    lang = language()
    return format_datetime(local(moment, where), "EEE d MMM HH:mm", locale=lang).replace(".", "")


def countdown(millis: int) -> str:
    """Return what is left in whole seconds, minutes or hours, rounded up (4 s), so that it ends at 1 and not at 0."""
    for unit, name in ((DAY, _("d")), (HOUR, _("h")), (MINUTE, _("min"))):
        if millis >= 2 * unit:
            return f"{-(-millis // unit)} {name}"
    return f"{max(0, -(-millis // SECOND))} " + _("s")


def number(value: Decimal) -> str:
    """Return a number with two decimals as the user's language writes it (1,250.50)."""
    from babel.numbers import format_decimal

    return _plain(format_decimal(value, "#,##0.00", locale=language()))


def minor(amount: int, currency: str) -> str:
    """Return an amount given in minor units (ISO 4217)."""
    return money(currencies.from_minor(amount, currency), currency)


def minor_short(amount: int, currency: str) -> str:
    """Return an amount given in minor units, rounded for a column's head."""
    return money_short(currencies.from_minor(amount, currency), currency)


AGES: Final = ((7 * DAY, N_("w")), (DAY, N_("d")), (HOUR, N_("h")), (MINUTE, N_("min")))


def age(millis: int) -> str:
    """Return a span in its greatest unit, rounded down (3d), for a card's corner."""
    for unit, name in AGES:
        if millis >= unit:
            return f"{millis // unit}{_(name)}"
    return _("now")
