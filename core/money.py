"""Amounts of money: ``Decimal`` for people, whole minor units for the database (ISO 4217)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Final

from core.errors import BadInput
from core.i18n import N_

_UNUSUAL: Final[Mapping[int, str]] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DIGITS: Final = {code: n for n, codes in _UNUSUAL.items() for code in codes.split()}
_PLAIN: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
CURRENCIES: Final = tuple(
    """
    BRL USD EUR ARS CLP COP MXN PEN UYU PYG BOB GBP JPY CHF CAD AUD CNY INR
    AED AFN ALL AMD AOA AWG AZN BAM BBD BDT BHD BIF BMD BND BSD BTN BWP BYN BZD CDF CRC CUP CVE CZK DJF DKK DOP DZD
    EGP ERN ETB FJD FKP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS IQD IRR ISK JMD JOD KES KGS KHR KMF KPW
    KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MYR MZN NAD NGN NIO NOK NPR
    NZD OMR PAB PGK PHP PKR PLN QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
    TJS TMT TND TOP TRY TTD TWD TZS UAH UGX UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    BOV CHE CHW CLF COU MXV USN UYI UYW XAD XAG XAU XDR XPD XPT XSU XUA
    ANG BGN CUC HRK SLL ZWL
    """.split()
)
"""ISO 4217: those most used here first (of two that are as near to a misspelt code the first is offered), the others,
units of account and metals, and those withdrawn since 2021, in which older deals are kept."""
_KNOWN: Final = frozenset(CURRENCIES)
LONGEST: Final = 18
"""Most digits of an amount in minor units: what a 64-bit column holds without a thought."""


def currency(code: object) -> str:
    """Return a currency code in capitals. Raises ``BadInput`` for anything that ISO 4217 does not list."""
    text = code.strip().upper() if isinstance(code, str) else ""
    if text in _KNOWN:
        return text
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise BadInput(N_("“{code}” is not a currency: three letters of ISO 4217 like BRL"), code=str(code))
    near = _nearest(text)
    if near:
        raise BadInput(N_("“{code}” is no currency of ISO 4217: did you mean “{near}”?"), code=text, near=near)
    raise BadInput(N_("“{code}” is no currency of ISO 4217, like BRL, USD or EUR"), code=text)


def _nearest(code: str) -> str | None:
    """Return the currency that two of the three letters suggest."""
    ratios = {known: SequenceMatcher(None, known, code).ratio() for known in CURRENCIES}
    best = max(CURRENCIES, key=ratios.__getitem__)
    return best if ratios[best] > 0.6 else None


def digits(code: str) -> int:
    """Return how many digits the currency's minor unit has: 2 for nearly all, 0 for JPY, 3 for KWD."""
    return _DIGITS.get(code, 2)


def to_minor(amount: Decimal, code: str) -> int:
    """Return the amount in minor units. Raises ``BadInput`` for more digits than the currency has, or no number."""
    if not amount.is_finite():
        raise BadInput(N_("“{amount}” is not an amount of money"), amount=str(amount))
    if amount.adjusted() >= LONGEST:
        raise _too_long(amount, code)
    places = digits(code)
    minor = int(amount.scaleb(places))
    if Decimal(minor).scaleb(-places) != amount:  # comparing is exact where scaling may round
        raise BadInput(
            N_("{amount} has more decimal places than {currency} keeps: at most {places}"),
            amount=_short(amount),
            currency=code,
            places=places,
        )
    if abs(minor) >= 10**LONGEST:
        raise _too_long(amount, code)
    return minor


def from_minor(minor: int, code: str) -> Decimal:
    """Return the amount that minor units stand for, with exactly the currency's decimal places."""
    return Decimal(minor).scaleb(-digits(code))


def text(amount: Decimal, code: str) -> str:
    """Return the amount as JSON shows it: plain digits, with the currency's decimal places at least."""
    places = max(digits(code), -_exponent(amount.normalize()))
    return f"{amount:.{places}f}"


def read(raw: Any) -> Decimal:
    """Read a number as people and files write it: ``1250.50``. Raises ``BadInput``.

    A float counts as its shortest decimal form, so that 0.1 is a tenth.
    """
    if isinstance(raw, Decimal) and raw.is_finite():
        return raw
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        value = Decimal(repr(raw) if isinstance(raw, float) else int(raw))
        if value.is_finite():
            return value
    if isinstance(raw, str) and len(raw) <= 60 and _PLAIN.fullmatch(raw.strip()):
        return Decimal(raw.strip())
    raise BadInput(N_("“{raw}” is not a number: write it like 1250.50"), raw=str(raw))


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def _short(amount: Decimal) -> str:
    return str(amount)[:40]


def _too_long(amount: Decimal, code: str) -> BadInput:
    return BadInput(
        N_("{amount} {currency} is too large: at most {digits} digits are kept"),
        amount=_short(amount),
        currency=code,
        digits=LONGEST,
    )
