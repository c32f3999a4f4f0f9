"""Whole words in a client's text, by Unicode: what a keyword of a trigger is looked for in.

A word is a run of letters, digits and their marks (accents), after NFC. Scripts that are written without blanks have no
such runs, so each of their letters is a word by itself; so is a symbol (an emoji with all that makes it one, a currency
sign). Everything else (blanks, punctuation, underscores) separates words and counts for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_GAP: Final = "\0"
_JOINER: Final = "\u200d"
_BLANK: Final = "\u200b"
"""Zero width space: a format character that separates words."""
_ALONE: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u309f"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai and Lao, Myanmar, Khmer, hiragana and ideographs: written without blanks between words."""
_TONES: Final = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
"""Skin tones: symbols that belong to the one before them."""
_SHAPES: Final = "".join(map(chr, range(0xFE00, 0xFE10)))
"""Variation selectors: whether a symbol is drawn as a picture says nothing about which it is."""


@lru_cache(maxsize=64)
def words(text: str, *, ignore_case: bool = False, ignore_accents: bool = False) -> tuple[str, ...]:
    """Return the words of a text in their order."""
    cutter = _Cutter()
    for char in plain(text, ignore_case=ignore_case, ignore_accents=ignore_accents):
        cutter.take(char)
    return tuple(cutter.words)


def occurs(wanted: str, text: str, *, ignore_case: bool = False, ignore_accents: bool = False) -> bool:
    """Return whether a text holds the words of ``wanted`` as one run, none left out and none in between.

    What has no words (``?``) is looked for as it stands.
    """
    sought = words(wanted, ignore_case=ignore_case, ignore_accents=ignore_accents)
    if not sought:
        return plain(wanted).strip() in plain(text)
    return _line(sought) in _line(words(text, ignore_case=ignore_case, ignore_accents=ignore_accents))


def plain(text: str, *, ignore_case: bool = False, ignore_accents: bool = False) -> str:
    """Return a text with its letters composed (NFC), and without the differences that do not count."""
    text = _composed(text)
    if ignore_case:
        text = _composed(text.casefold())
    if ignore_accents and not text.isascii():
        apart = unicodedata.normalize("NFD", text)
        text = _composed("".join(each for each in apart if unicodedata.category(each) != "Mn"))
    return text


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _line(several: tuple[str, ...]) -> str:
    return _GAP + _GAP.join(several) + _GAP


class _Cutter:
    """Cuts a text into words, character by character."""

    __slots__ = ("_open", "_sticks", "_symbol", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self._open = False
        """Whether letters go on the last word."""
        self._symbol = False
        """Whether the last word is a symbol or a letter that stands alone, and nothing has come after it."""
        self._sticks = False
        """Whether the next symbol belongs to the last one."""

    def take(self, char: str) -> None:
        """Go on with the next character of the text."""
        kind = unicodedata.category(char)
        if char in _SHAPES:
            return
        if kind == "Cf" and char != _BLANK:
            self._sticks = char == _JOINER and self._symbol
        elif kind[0] == "M" and (self._open or self._symbol):
            self.words[-1] += char
        elif kind[0] in "LNM":
            self._letter(char)
        elif kind[0] == "S":
            self._sign(char)
        else:
            self._open = self._symbol = self._sticks = False

    def _letter(self, char: str) -> None:
        alone = _ALONE.match(char) is not None
        if self._open and not alone:
            self.words[-1] += char
        else:
            self.words.append(char)
        self._open, self._symbol, self._sticks = not alone, alone, False

    def _sign(self, char: str) -> None:
        if self._symbol and (self._sticks or char in _TONES):
            self.words[-1] += char
        else:
            self.words.append(char)
        self._open, self._symbol, self._sticks = False, True, False
