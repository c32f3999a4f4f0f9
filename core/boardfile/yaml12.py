"""YAML 1.2 (core schema) read into plain values that know their places.

The library's events are turned into values here, so that ``no`` and ``2026-12-01`` are words, a number can be read as
it was written (a phone number keeps its plus, an id its zeros), and every key and item has its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from core.boardfile.places import Misplaced, Place, wrong
from core.i18n import N_

DEEPEST: Final = 40
MOST_REPEATED: Final = 200_000
"""How many values aliases may repeat altogether."""
LONGEST_NUMBER: Final = 400

_STANDARD: Final = "tag:yaml.org,2002:"
_TAGS: Final = frozenset({None, "!", *(_STANDARD + name for name in "str int float bool null map seq".split())})
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Final = {word: word[0] in "tT" for word in "true True TRUE false False FALSE".split()}
_INT: Final = re.compile(r"[-+]?[0-9]+", re.ASCII)
_RADIX: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT: Final = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", re.ASCII
)
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNKEPT: Final = re.compile("[\x00\ud800-\udfff]")
_MARKS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


class Map(dict[str, Any]):
    """A mapping that knows the place of each key and of each value."""

    __slots__ = ("keys_at", "values_at")

    def __init__(self) -> None:
        super().__init__()
        self.keys_at: dict[str, Place] = {}
        self.values_at: dict[str, Place] = {}


class Seq(list[Any]):
    """A list that knows the place of each item."""

    __slots__ = ("items_at",)

    def __init__(self) -> None:
        super().__init__()
        self.items_at: list[Place] = []


class Whole(int):
    """A whole number that remembers how it was written."""

    written: str


class Real(float):
    """A decimal number that remembers how it was written."""

    __slots__ = ("written",)
    written: str


@dataclass(slots=True)
class _Open:
    """A collection being read. ``size`` counts the values in it."""

    value: Map | Seq
    anchor: str | None
    at: Place
    size: int = 1
    key: str | None = None
    key_at: Place | None = None


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    file: str
    top: Any = None
    documents: int = 0
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int, Place]] = field(default_factory=dict)
    repeated: int = 0


def load(content: str | bytes, file: str) -> Any:
    """Return the one document of a file; ``file`` is what places call it.

    Raises ``BadInput`` with the place for what is no YAML, holds characters that cannot be kept, gives a key twice,
    nests too deep, or repeats itself without end.
    """
    text = _decoded(content, file)
    _check_characters(text, file)
    reading = _Reading(file)
    for event in _events(text, file):
        _TAKE.get(type(event).__name__, _ignore)(reading, event)
    return reading.top


def _decoded(content: str | bytes, file: str) -> str:
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "replace")
        raise wrong(_place_after(before, file), N_("this is no text in UTF-8")) from None


def _check_characters(text: str, file: str) -> None:
    found = _UNPRINTABLE.search(text)
    if found:
        code = f"U+{ord(found[0]):04X}"
        at = _place_after(text[: found.start()], file)
        raise wrong(at, N_("the character {code} cannot stand in a YAML file"), code=code)


def _place_after(before: str, file: str) -> Place:
    lines = re.split("\r\n|\r|\n", before)
    return Place(file, len(lines), len(lines[-1]) + 1)


def _events(text: str, file: str) -> Iterator[Any]:
    """Yield the library's events. Whatever its parser raises over broken text, it is the text that is wrong."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    at = Place(file, 1, 1)
    events = YAML(typ="safe", pure=True).parse(text)
    while True:
        try:
            event = next(events)
        except StopIteration:
            return
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise _no_yaml(_place(mark, file) if mark else at, error) from None
        except Exception as error:
            raise wrong(at, N_("this is no YAML: {problem}"), problem=str(error).split("\n")[0][:200]) from None
        at = _place(event.start_mark, file)
        yield event


def _no_yaml(at: Place, error: Any) -> Misplaced:
    """Say it in our words where a slip is common, else join the two halves of the library's complaint."""
    problem = str(error.problem or "").split("\n")[0]
    for slip, ours in _SLIPS.items():
        if slip in problem:
            return wrong(at, ours)
    halves = (str(half).strip().split("\n")[0] for half in (error.context, problem) if half)
    return wrong(at, N_("this is no YAML: {problem}"), problem=", ".join(halves)[:200])


_SLIPS: Final = {
    "mapping values are not allowed": N_(
        "this is no YAML: a text with “: ” in it stands in quotes, and keys of one thing stand at one indentation"
    ),
    "found character '\\t'": N_("this is no YAML: a tab stands here; indent with spaces"),
    "that cannot start any token": N_("this is no YAML: a text that begins with this character stands in quotes"),
    "unknown escape character": N_("this is no YAML: “\\” begins an escape in double quotes, but not in single ones"),
}


def _place(mark: Any, file: str) -> Place:
    return Place(file, mark.line + 1, mark.column + 1)


# Events ---------------------------------------------------------------------------------------------------------------


def _ignore(reading: _Reading, event: Any) -> None:
    return


def _document(reading: _Reading, event: Any) -> None:
    reading.documents += 1
    if reading.documents > 1:
        raise wrong(_place(event.start_mark, reading.file), N_("a second document begins here: one file has one"))


def _mapping(reading: _Reading, event: Any) -> None:
    _begin(reading, event, Map())


def _sequence(reading: _Reading, event: Any) -> None:
    _begin(reading, event, Seq())


def _begin(reading: _Reading, event: Any, value: Map | Seq) -> None:
    at = _place(event.start_mark, reading.file)
    _check_tag(event, at)
    if len(reading.open) >= DEEPEST:
        raise wrong(at, N_("nested deeper than {limit} levels"), limit=DEEPEST)
    if _key_is_due(reading):
        raise wrong(at, N_("a key is a word, not a list or a mapping"))
    reading.open.append(_Open(value, event.anchor, at))


def _end(reading: _Reading, event: Any) -> None:
    done = reading.open.pop()
    _keep(reading, done.anchor, done.value, done.size, done.at)
    _put(reading, done.value, done.at, done.size)


def _scalar(reading: _Reading, event: Any) -> None:
    at = _place(event.start_mark, reading.file)
    _check_tag(event, at)
    text = event.value
    if event.style == '"' and _UNKEPT.search(text):
        text = _whole_characters(text, at)
    if _key_is_due(reading):
        _key(reading, text, at)
        return
    plain = event.style is None and event.tag is None
    value = _resolved(text, at) if plain else _tagged(event.tag, text, at)
    _keep(reading, event.anchor, value, 1, at)
    _put(reading, value, at, 1)


def _alias(reading: _Reading, event: Any) -> None:
    at = _place(event.start_mark, reading.file)
    name = event.anchor
    if name not in reading.anchors:
        if any(each.anchor == name for each in reading.open):
            raise wrong(at, N_("“*{name}” stands inside what it repeats"), name=name)
        raise wrong(at, N_("nothing above is called “&{name}”"), name=name)
    value, size, origin = reading.anchors[name]
    reading.repeated += size
    if reading.repeated > MOST_REPEATED:
        raise wrong(at, N_("“*{name}” makes the file endless: it repeats too much"), name=name)
    if _key_is_due(reading):
        raise wrong(at, N_("a key is a word, not an alias"))
    _put(reading, value, at if not isinstance(value, Map | Seq) else origin, size)


_TAKE: Final = {
    "DocumentStartEvent": _document,
    "MappingStartEvent": _mapping,
    "MappingEndEvent": _end,
    "SequenceStartEvent": _sequence,
    "SequenceEndEvent": _end,
    "ScalarEvent": _scalar,
    "AliasEvent": _alias,
}


def _key_is_due(reading: _Reading) -> bool:
    return bool(reading.open) and isinstance(reading.open[-1].value, Map) and reading.open[-1].key is None


def _key(reading: _Reading, key: str, at: Place) -> None:
    here = reading.open[-1]
    assert isinstance(here.value, Map)
    before = here.value.keys_at.get(key)
    if before:
        raise wrong(at, N_("the key “{key}” stands in line {line} already"), key=key, line=before.line)
    here.key, here.key_at = key, at


def _keep(reading: _Reading, anchor: str | None, value: Any, size: int, at: Place) -> None:
    if anchor is not None:
        reading.anchors[anchor] = value, size, at


def _put(reading: _Reading, value: Any, at: Place, size: int) -> None:
    """Put a finished value where it belongs: under its key, at the end of its list, or on top."""
    if not reading.open:
        reading.top = value
        return
    here = reading.open[-1]
    here.size += size
    if isinstance(here.value, Seq):
        here.value.append(value)
        here.value.items_at.append(at)
        return
    assert here.key is not None and here.key_at is not None
    here.value[here.key] = value
    here.value.keys_at[here.key] = here.key_at
    here.value.values_at[here.key] = at
    here.key = None


# Scalars --------------------------------------------------------------------------------------------------------------


def _check_tag(event: Any, at: Place) -> None:
    if event.tag not in _TAGS:
        raise wrong(at, N_("“{tag}”: a board file has no tags"), tag=str(event.tag))


def _whole_characters(text: str, at: Place) -> str:
    """Join the halves in which JSON escapes write a character beyond U+FFFF; refuse what no database keeps."""
    try:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise wrong(at, N_("half of a character (a lone surrogate) stands here")) from None
    if "\0" in text:
        raise wrong(at, N_("a character that cannot be kept (NUL) stands here"))
    return text


def _tagged(tag: str | None, text: str, at: Place) -> Any:
    """Return a quoted scalar, or one with a tag of YAML's own: the tag decides, not the looks."""
    name = (tag or "!").removeprefix(_STANDARD)
    if name in ("!", "str"):
        return text
    value = _resolved(text, at)
    if type(value) not in _OF_TAG.get(name, ()):
        raise wrong(at, N_("“{text}” is no {tag}"), text=text, tag=name)
    return value


_OF_TAG: Final[dict[str, Sequence[type]]] = {
    "int": (Whole,),
    "float": (Real, Whole),
    "bool": (bool,),
    "null": (type(None),),
}


def _resolved(text: str, at: Place) -> Any:
    """Return what a plain scalar means in YAML 1.2's core schema."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] not in "+-.0123456789":
        return text
    whole = 10 if _INT.fullmatch(text) else 0 if _RADIX.fullmatch(text) else None
    if whole is None and not _FLOAT.fullmatch(text):
        return text
    if len(text) > LONGEST_NUMBER:
        raise wrong(at, N_("a number of {digits} characters: if it is a text, put it in quotes"), digits=len(text))
    if whole is not None:
        number = Whole(text, whole)
        number.written = text
        return number
    real = Real(text.replace(".inf", "inf").replace(".nan", "nan") if text[-1] in "fFnN" else text)
    if not isfinite(real):
        raise wrong(at, N_("“{text}” is no number that can be kept: if it is a text, put it in quotes"), text=text)
    real.written = text
    return real
