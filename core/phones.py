"""Telephone numbers as E.164 and e-mail addresses by their syntax."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from core.errors import BadInput
from core.i18n import N_
from core.model.house import CompanySettings

DEFAULT_REGION: Final = "BR"
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_REGION: Final = re.compile(r"([A-Z]{2})(-[A-Z0-9]{1,3})?")
_CURRENCY_REGIONS: Final = {"BRL": "BR", "GBP": "GB", "CHF": "CH", "MXN": "MX", "ARS": "AR", "JPY": "JP", "USD": "US"}
_LOCAL: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL: Final = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


def region_of(company: CompanySettings) -> str:
    """Guess the country of the house, for numbers typed without a country code: by its holidays, else its currency."""
    for holiday in company.holidays:
        found = _REGION.fullmatch(holiday)
        if found:
            return found[1]
    return _CURRENCY_REGIONS.get(company.currency, DEFAULT_REGION)


def parse(text: str, region: str = DEFAULT_REGION) -> str:
    """Return a number as E.164, however it was typed; ``region`` counts where it has no country code.

    Raises ``BadInput``. A number counts when its length is possible in its country: new ranges open all the time.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.extension or not phonenumbers.is_possible_number(number):
        raise BadInput(
            N_("“{text}” is not a telephone number: give it with its country code, like +5511987650001"), text=text
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def possible(number: str) -> bool:
    """Return whether this is an E.164 number that could exist."""
    if not _E164.fullmatch(number):
        return False
    try:
        return parse(number) == number
    except BadInput:
        return False


@lru_cache(maxsize=4096)
def readable(number: str, region: str = DEFAULT_REGION) -> str:
    """Return an E.164 number as people write it: nationally inside ``region``, else with its country code.

    What is no number comes back unchanged.
    """
    if not possible(number):
        return number
    import phonenumbers

    parsed = phonenumbers.parse(number)
    home = phonenumbers.region_code_for_number(parsed) == region
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def check_email(text: str) -> str:
    """Return an e-mail address as it is mailed to (RFC 5321's lengths, no quoted forms). Raises ``BadInput``."""
    address = text.strip(" ")
    local, at, domain = address.partition("@")
    if not at or len(address) > 254 or len(local.encode("utf-8", "replace")) > 64 or not _LOCAL.fullmatch(local):
        raise _no_email(text)
    labels = domain.split(".")
    if domain != "localhost" and (len(labels) < 2 or not all(_good_label(label) for label in labels)):
        raise _no_email(text)
    return address


def _good_label(label: str) -> bool:
    if not _LABEL.fullmatch(label) or "_" in label:
        return False
    try:
        return (label.isascii() and len(label) <= 63) or len(label.encode("idna")) <= 63
    except UnicodeError:
        return False


def _no_email(text: str) -> BadInput:
    return BadInput(N_("“{text}” is not an e-mail address like maria@cliente.example"), text=text)
