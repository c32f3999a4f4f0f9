"""The tags of an HTML text with their places in it, so that a value can be exchanged and everything else stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import entities, unescape
from html.parser import HTMLParser
from itertools import accumulate
from typing import Final

_ATTRIBUTE: Final = re.compile(
    r"""[\ \t\n\r\f/]* (?P<name>=?[^\ \t\n\r\f/>=]+)
        (?:[\ \t\n\r\f]*=[\ \t\n\r\f]*(?: "(?P<double>[^"]*)" | '(?P<single>[^']*)' | (?P<bare>[^\ \t\n\r\f>]*) ))?""",
    re.VERBOSE,
)
_REFERENCE: Final = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*)[;=]?")


@dataclass(frozen=True, slots=True)
class Value:
    """An attribute's value as it is written: from ``start`` to ``end`` of the whole text, without the quotes."""

    start: int
    end: int
    written: str

    @property
    def meant(self) -> str:
        """What the value means. As a browser reads it: ``&copy=1`` within an address is no copyright sign."""
        return _REFERENCE.sub(_referred, self.written) if "&" in self.written else self.written


@dataclass(frozen=True)
class Tag:
    """One tag: its name in small letters, where it starts, its text; ``closes`` for an end tag."""

    name: str
    start: int
    text: str
    closes: bool = False

    @cached_property
    def values(self) -> dict[str, Value]:
        """The attributes by name in small letters; of a doubled one the first counts."""
        found: dict[str, Value] = {}
        for match in _ATTRIBUTE.finditer(self.text, 1 + len(self.name), len(self.text) - 1):
            group = match.lastgroup or "name"
            begin, end = match.span(group) if group != "name" else (match.end(), match.end())
            value = Value(self.start + begin, self.start + end, self.text[begin:end])
            found.setdefault(match["name"].lower(), value)
        return found


def tags(html: str) -> Iterator[Tag]:
    """Return the tags that a reader of the text obeys: none within comments, scripts and styles."""
    parser = _Parser(html)
    parser.feed(html)
    parser.close()
    return iter(parser.found)


class TolerantParser(HTMLParser):
    """The standard library's parser, which passes over Outlook's conditional sections as over comments."""

    def parse_html_declaration(self, i: int) -> int:
        """Read ``<!…>``; ``<![if !mso]>`` hides nothing from other readers."""
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)


class _Parser(TolerantParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Tag] = []
        self._lines = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; what the library makes of its attributes has lost their places."""
        self.found.append(Tag(tag, self._place(), self.get_starttag_text() or ""))

    def handle_endtag(self, tag: str) -> None:
        """Note an end tag."""
        self.found.append(Tag(tag, self._place(), "", closes=True))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ``<a … />``, which opens like any other."""
        self.handle_starttag(tag, attrs)

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def _referred(match: re.Match[str]) -> str:
    reference = match[0]
    if reference.startswith("&#"):
        sign = "=" if reference.endswith("=") else ""
        return unescape(reference.removesuffix("=")) + sign
    known = reference[1:] in entities.html5 and not reference.endswith("=")
    return unescape(reference) if known else reference
