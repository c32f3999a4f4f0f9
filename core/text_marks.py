"""Where what stands in a text: found by Jinja2's own lexer, for an editor to colour and to underline by.

Positions count characters from the text's beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jinja2 import TemplateSyntaxError

from core.jinja_env import Environment
from core.rules.base import Finding
from core.words import Words

_LEXER: Final = Environment(html=False).lexer
_LOOKS: Final = {
    "variable_begin": "brace",
    "variable_end": "brace",
    "block_begin": "brace",
    "block_end": "brace",
    "comment_begin": "comment",
    "comment": "comment",
    "comment_end": "comment",
    "name": "name",
    "string": "string",
    "integer": "number",
    "float": "number",
    "operator": "operator",
}
_KEYWORDS: Final = frozenset("if elif else endif for endfor in is not and or true false none True False None".split())
_OPENING: Final = ("variable_begin", "block_begin", "comment_begin")
_TAG: Final = re.compile(r"</?[A-Za-z!][^<>]*>?|&#?\w{1,10};")
_REST_OF_TAG: Final = re.compile(r"[^<>]*>?")


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a text and how it looks: ``brace name keyword string number operator filter comment tag``."""

    start: int
    end: int
    look: str


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it is written in a text (``deal.fields.tracking``), with its line, counted from 1."""

    start: int
    end: int
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong, or doubtful, and where it stands."""

    start: int
    end: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    kind: str
    line: int
    text: str


def marks(source: str, *, html: bool = False) -> list[Mark]:
    """Return the pieces of a text that are not plain; ``html`` marks tags and entities too."""
    return list(_marks(list(_tokens(source)), html=html))


def _marks(tokens: Sequence[_Token], *, html: bool) -> Iterator[Mark]:
    before, within = "", False
    for token in tokens:
        if token.kind == "data":
            if html:
                for mark in _tags(token, within=within):
                    within = not _ends(token.text[mark.start - token.start : mark.end - token.start])
                    yield mark
            continue
        look = _LOOKS.get(token.kind)
        if look is not None:
            yield Mark(token.start, token.end, _look_of(token, look, before))
        if token.kind != "whitespace":
            before = token.text


def _look_of(token: _Token, look: str, before: str) -> str:
    if look != "name":
        return look
    if before == "|":
        return "filter"
    return "keyword" if token.text in _KEYWORDS and before != "." else "name"


def _tags(token: _Token, *, within: bool) -> Iterator[Mark]:
    """Yield the tags of a piece of text, first the rest of one that a name stands in (``<a href="{{ … }}">``)."""
    at = 0
    if within and (rest := _REST_OF_TAG.match(token.text)) and rest.end():
        at = rest.end()
        yield Mark(token.start, token.start + at, "tag")
    for found in _TAG.finditer(token.text, at):
        yield Mark(token.start + found.start(), token.start + found.end(), "tag")


def _ends(tag: str) -> bool:
    return tag.endswith((">", ";"))


def _tokens(source: str) -> Iterator[_Token]:
    """Yield what the lexer finds, up to where it can read no further.

    It leaves out blanks beside ``{%-``: each piece is looked up from where the last one has ended.
    """
    at = 0
    try:
        for line, kind, text in _LEXER.tokeniter(source, None):
            start = source.find(text, at)
            if start < 0:  # only where line breaks are not plain ones
                return
            yield _Token(start, start + len(text.rstrip() if kind.endswith("_end") else text), kind, line, text)
            at = start + len(text)
    except TemplateSyntaxError:
        return


def written_names(source: str) -> list[Named]:
    """Return the names that a text writes, filters' included, in their order."""
    out: list[Named] = []
    joined = False
    for token in _tokens(source):
        if token.kind == "name" and joined and out:
            out[-1] = Named(out[-1].start, token.end, f"{out[-1].name}.{token.text}", out[-1].line)
        elif token.kind == "name":
            out.append(Named(token.start, token.end, token.text, token.line))
        if token.kind not in ("whitespace",):
            joined = token.text == "." and bool(out) and source[out[-1].end : token.start].strip() == ""
    return out


def placed(source: str, findings: Iterable[Finding]) -> list[Trouble]:
    """Return where each finding of :func:`core.templates.check` stands."""
    known = list(findings)
    named = written_names(source) if known else []
    return [Trouble(start, end, finding) for finding in known for start, end in _places(source, named, finding.words)]


def _places(source: str, named: Sequence[Named], words: Words) -> Iterator[tuple[int, int]]:
    theirs, name, line = (words.args.get(key) for key in ("theirs", "name", "line"))
    if isinstance(theirs, str):
        start = source.find(theirs)
        yield (start, start + len(theirs)) if start >= 0 else (0, 0)
        return
    own = [each for each in named if each.name == name]
    here = [each for each in own if each.line == line] or own
    if here:
        yield from ((each.start, each.end) for each in here)
    else:
        yield _line(source, line if isinstance(line, int) else 1)


def _line(source: str, number: int) -> tuple[int, int]:
    """Return a line from its first brace, where there is one."""
    lines = source.split("\n")
    number = max(1, min(number, len(lines)))
    start = sum(len(line) + 1 for line in lines[: number - 1])
    text = lines[number - 1]
    brace = text.find("{")
    return start + max(0, brace), start + len(text)
