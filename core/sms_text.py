"""How many SMS a text makes: GSM-7 (3GPP TS 23.038, default alphabet with its extension table) or UCS-2.

One SMS holds 160 septets or 70 UTF-16 units; of a longer text each part holds 153 or 67. A character of the extension
table counts two septets. Neither it nor a surrogate pair is ever cut in two by the end of a part.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple

LIMIT: Final = 200
"""The longest text of an SMS rule, in Unicode code points (Bitrix24)."""

GSM7: Final = "GSM-7"
UCS2: Final = "UCS-2"

_DEFAULT: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
_CLOSEST: Final = {
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "´": "'", "`": "'",
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "•": "*", "·": ".", "ª": "a", "º": "o", "°": "o",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": "", "\ufeff": "", "\t": " ",
    "×": "x", "÷": "/", "™": "TM", "®": "(R)", "©": "(C)", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE",
}  # fmt: skip


class Measured(NamedTuple):
    """How a text travels: ``GSM-7`` or ``UCS-2``, in how many parts, and its length in code points."""

    encoding: str
    segments: int
    characters: int


def measure(text: str) -> Measured:
    """Return encoding, parts and characters of a text; nothing makes no part."""
    if all(char in _DEFAULT or char in _EXTENSION for char in text):
        return Measured(GSM7, _parts(text, _septets, 160, 153), len(text))
    return Measured(UCS2, _parts(text, _units, 70, 67), len(text))


def transliterate(text: str) -> str:
    """Return the text with what GSM-7 lacks replaced by what comes closest (``ção`` → ``cao``), where anything does."""
    return "".join(char if char in _DEFAULT or char in _EXTENSION else _closest(char) for char in _composed(text))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _closest(char: str) -> str:
    if char in _CLOSEST:
        return _CLOSEST[char]
    bare = "".join(part for part in unicodedata.normalize("NFKD", char) if unicodedata.category(part) != "Mn")
    return bare if bare and all(part in _DEFAULT or part in _EXTENSION for part in bare) else char


def _septets(char: str) -> int:
    return 2 if char in _EXTENSION else 1


def _units(char: str) -> int:
    return 2 if ord(char) > 0xFFFF else 1


def _parts(text: str, size: Callable[[str], int], alone: int, each: int) -> int:
    sizes = [size(char) for char in text]
    total = sum(sizes)
    if total <= alone:
        return 1 if total else 0
    parts, left = 1, each
    for n in sizes:
        if n > left:
            parts, left = parts + 1, each
        left -= n
    return parts
