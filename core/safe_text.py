"""Text that others wrote, made harmless: for the terminal, for a header, for the wire, for a search.

Text from customers is data. It is stored as it came (:func:`storable`) and made harmless where it is read
(:func:`safe_text`), so that no widget has to think of it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BROKEN: Final = "\ufffd"
"""Stands for something that was there and must not reach a terminal."""

_MOST_MARKS: Final = 4
_PLAIN_BELOW: Final = "\u0300"
_BREAKS: Final = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
_SEEN_FORMATS: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_JOINERS: Final = "\u200c\u200d"
_JOINING: Final = re.compile(f"(?<=[\u0600-\u1cff])[{_JOINERS}](?=[\u0600-\u1cff])")
_KEPT_JOINER: Final = {"\u200c": "\ue000", "\u200d": "\ue001"}
_ENCODED_WORD: Final = re.compile(r"=(?=\?)")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_OFF_THE_WIRE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NO_DECOMPOSITION: Final = str.maketrans("łøđħıŧ", "lodhit")


def safe_text(text: str | None, *, lines: bool = False) -> str:
    """Return the text with nothing in it that steers a terminal, and never raise; None reads as nothing.

    Escape and control characters become a visible ``�``; what hides, reorders or joins (bidi controls, zero-width
    characters, variation selectors, tags) goes away. Line breaks become spaces, or ``\\n`` when ``lines`` is set.
    """
    if text is None:
        return ""
    if text.isprintable() and (text.isascii() or max(text) < _PLAIN_BELOW):
        return text
    text = _BREAKS.sub("\n" if lines else " ", text).replace("\t", "    " if lines else " ")
    text = _JOINING.sub(lambda found: _KEPT_JOINER[found[0]], text.translate(_NO_PRIVATE))
    return _few_marks(text.translate(_TERMINAL)).translate(_JOINERS_BACK)


def storable(text: str) -> str:
    """Return the text as a database can hold it: no NUL (PostgreSQL) and no half of a surrogate pair (UTF-8)."""
    return _UNSTORABLE.sub(BROKEN, text)


def wire_text(text: str) -> str:
    """Return a message's text as it may leave the house: line breaks as ``\\n``, no control characters but tabs."""
    return storable(_OFF_THE_WIRE.sub("", _BREAKS.sub("\n", text)))


def header_text(text: str) -> str:
    """Return one line that is safe as a mail header's value.

    Controls and direction marks are dropped, and ``=?`` is broken: Python's mail package would decode an encoded word
    in a customer's name (RFC 2047), with any line break and further header that hides in it.
    """
    line = _DIRECTIONS.sub("", wire_text(text)).replace("\n", " ").replace("\t", " ")
    return _ENCODED_WORD.sub("= ", line).strip()


def fold(text: str) -> str:
    """Return the text for searching: case, accents and the invisible do not count. Folding again changes nothing."""
    for _ in range(3):
        folded = _fold_once(text)
        if folded == text:
            break
        text = folded
    return text


def _fold_once(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.lower()
    text = unicodedata.normalize("NFKD", _BREAKS.sub(" ", text.replace("\t", " "))).casefold()
    text = unicodedata.normalize("NFKD", text).translate(_SEARCH).translate(_NO_DECOMPOSITION)
    return unicodedata.normalize("NFC", text)


def _for_terminal(char: str) -> str | None:
    if char in _BLANK_LETTERS:
        return " "
    if char in _SEEN_FORMATS or char == "\n" or char in "\ue000\ue001":
        return char
    match unicodedata.category(char):
        case "Cc" | "Cs" | "Co":
            return BROKEN
        case "Cf":
            return None
        case "Cn":
            return BROKEN if _noncharacter(ord(char)) else char
        case "Mn":
            return None if _selects_variation(ord(char)) else char
        case "Zs" | "Zl" | "Zp":
            return " "
    return char


def _for_search(char: str) -> str | None:
    match unicodedata.category(char):
        case "Cc" | "Cf" | "Mn" | "Me":
            return None
        case "Cs":
            return BROKEN
        case "Zs":
            return " "
    return char


def _noncharacter(code: int) -> bool:
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _selects_variation(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or code in (0x034F, 0x17B4, 0x17B5, 0x180F)


def _few_marks(text: str) -> str:
    """Keep at most a few combining marks on a character, and none on nothing: they would climb over other cells."""
    if text.isascii():
        return text
    out: list[str] = []
    marks = _MOST_MARKS
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me"):
            marks += 1
            if marks > _MOST_MARKS:
                continue
        else:
            marks = _MOST_MARKS if char.isspace() else 0
        out.append(char)
    return "".join(out)


class _Judged(dict[int, str | None]):
    """A translation table that judges each character once."""

    def __init__(self, search: bool) -> None:
        super().__init__()
        self._judge = _for_search if search else _for_terminal

    def __missing__(self, code: int) -> str | None:
        verdict = self._judge(chr(code))
        if code < 0x10000:
            self[code] = verdict
        return verdict


_TERMINAL: Final = _Judged(search=False)
_SEARCH: Final = _Judged(search=True)
_NO_PRIVATE: Final = {0xE000: BROKEN, 0xE001: BROKEN}
_JOINERS_BACK: Final = {0xE000: "\u200c", 0xE001: "\u200d"}
