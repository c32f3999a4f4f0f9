"""Sentences that are stored once and read in any language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from core import stored_json
from core.i18n import gettext, zone
from core.unread import Unread, keep, stored_form

Arg: TypeAlias = "str | int | Words | At | None"
"""What fills a place; a sentence inside a sentence is read in the same language."""

LONGEST: Final = 64
"""Characters of a value that a complaint quotes."""
_QUOTED: Final = re.compile(r"“[&*]?\{(\w+)\}")
_NESTED: Final = "words"
_MOMENT: Final = "at"


def _nested(value: Any) -> Any:
    if isinstance(value, Words):
        return {_NESTED: [value.msg, dict(value.args)]}
    if isinstance(value, At):
        return {_MOMENT: value.moment}
    raise TypeError(f"{type(value).__name__} cannot be stored in a sentence")


_encode: Final = stored_json.encoder(_nested)


@dataclass(frozen=True, slots=True)
class At:
    """A moment in a sentence, in milliseconds: ISO 8601 in UTC in English for programs, on the reader's clock for
    people (:func:`core.i18n.use_zone`)."""

    moment: int

    def english(self) -> str:
        """Return ISO 8601 in UTC."""
        from core.model.moment import Moment, iso

        return iso(Moment(self.moment)) or ""

    def local(self) -> str:
        """Return day and time on the reader's clock; in UTC, and saying so, as long as nobody has said which it is."""
        from core import zones
        from core.model.moment import Moment

        name = zone()
        return zones.local(Moment(self.moment), zones.zone(name)).strftime("%Y-%m-%d %H:%M") if name else self.english()


@dataclass(frozen=True, slots=True)
class Words(Unread):
    """A sentence as its English pattern (a gettext msgid with ``{name}`` places) and the values that fill it.

    The database keeps pattern and values apart, so that JSON output is always English and the screen speaks the
    user's language. Values are data: they are filled in after translation and never interpreted.
    """

    msg: str
    args: Mapping[str, Arg] = field(default_factory=dict)
    _filled = frozenset({"msg", "args"})

    @staticmethod
    def _read(stored: Any) -> Mapping[str, Any]:
        words = _revived(stored_json.decode(stored))
        return {"msg": words.msg, "args": words.args}

    def __bool__(self) -> bool:
        return bool(self.msg)

    def english(self) -> str:
        """Return the sentence in English, whatever the user's language."""
        return fill(self.msg, {n: v.english() if isinstance(v, Words | At) else v for n, v in self.args.items()})

    def local(self) -> str:
        """Return the sentence in the language of the screen."""
        shown = {n: v.local() if isinstance(v, Words | At) else v for n, v in self.args.items()}
        return fill(gettext(self.msg), shown)

    def short(self) -> Words:
        """Return the sentence with each value that it quotes (``“{name}”``) cut to what is read at a glance.

        For complaints: what somebody gave wrong may be a whole file. Any id is short enough to stay whole.
        """
        quoted = _QUOTED.findall(self.msg)
        return Words(self.msg, {n: shortened(v) if n in quoted else v for n, v in self.args.items()})

    def dump(self) -> str:
        """Return the stored form, read back by :func:`load`."""
        stored: str | None = stored_form(self)
        return stored or _encode([self.msg, dict(self.args)] if self.args else [self.msg])


NO_WORDS: Final = Words("")


def shortened(value: Arg) -> Arg:
    """Return a value fit for a complaint: text beyond ``LONGEST`` characters ends in “…”."""
    if isinstance(value, Words):
        return value.short()
    return f"{value[: LONGEST - 1]}…" if isinstance(value, str) and len(value) > LONGEST else value


def load(stored: str | None) -> Words:
    """Read back what :meth:`Words.dump` wrote; nothing stored reads as no words. It is parsed when it is first looked
    at, so ``ValueError`` for anything else comes only then."""
    if not stored:
        return NO_WORDS
    unread = object.__new__(Words)
    keep(unread, stored)
    return unread


def _revived(parts: list[Any]) -> Words:
    if len(parts) == 1:
        return Words(parts[0])
    args = parts[1]
    for name, value in args.items():
        if type(value) is dict:
            args[name] = _revived(value[_NESTED]) if _NESTED in value else At(value[_MOMENT])
    return Words(parts[0], args)


def fill(pattern: str, args: Mapping[str, Arg]) -> str:
    """Put values into a pattern in one pass: a brace or a place name inside a value stays as it is."""
    if not args:
        return pattern
    out: list[str] = []
    rest = pattern
    while rest:
        head, brace, tail = rest.partition("{")
        out.append(head)
        if not brace:
            break
        name, close, rest = tail.partition("}")
        if close and name in args:
            value = args[name]
            out.append("" if value is None else str(value))
        else:
            out.append("{" + name + close)
    return "".join(out)
