"""What people and files say of a client: names, and typed addresses like ``MOBILE:+55 11 98765-0001``."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from core import phones
from core.errors import BadInput
from core.i18n import N_
from core.model.frozen import replace
from core.model.people import Address, EmailType, PhoneType
from core.naming import check_name

MOST: Final = 100
"""Addresses of one sort that a client may have."""


def name(text: str) -> str:
    """Return a client's name, one line. Raises ``BadInput``."""
    found = unicodedata.normalize("NFC", text).strip()
    if not found:
        raise BadInput(N_("field “{field}” cannot be empty"), field="name")
    try:
        found.encode()
    except UnicodeEncodeError:
        raise BadInput(N_("field “{field}”: “{value}” is not valid text"), field="name", value=_plain(text)) from None
    return check_name("name", found)


def emails(texts: Iterable[str]) -> tuple[Address, ...]:
    """Read e-mail addresses, each ``TYPE:ADDRESS`` or an address alone (WORK). Raises ``BadInput``."""
    return _addresses(texts, EmailType, phones.check_email, "email")


def numbers(texts: Iterable[str], region: str) -> tuple[Address, ...]:
    """Read telephone numbers as E.164 likewise; ``region`` is the country of one without its code."""
    return _addresses(texts, PhoneType, lambda text: phones.parse(_writable(text), region), "phone")


def opted_out(client: Any, marks: Iterable[str], region: str) -> Any:
    """Return a client (it has ``emails`` and ``phones``) with exactly these addresses and numbers marked as opted out.

    A type before one (``HOME:``) means that of several alike. Raises ``BadInput`` for one that the client lacks.
    """
    wanted = [mark.strip() for mark in marks if mark.strip()]
    known = [*client.emails, *client.phones]
    chosen = {each for mark in wanted for each in _meant(known, mark, region)}

    def marked(addresses: Sequence[Address]) -> tuple[Address, ...]:
        return tuple(replace(each, opted_out=each in chosen) for each in addresses)

    return replace(client, emails=marked(client.emails), phones=marked(client.phones))


def marks(client: Any) -> list[str]:
    """Return what :func:`opted_out` takes to mark again what is marked: the type only where it tells one from others
    alike."""
    known = [*client.emails, *client.phones]

    def mark(given: Address) -> str:
        alike = [each for each in known if each.value.casefold() == given.value.casefold()]
        return given.value if all(each.opted_out for each in alike) else f"{given.type}:{given.value}"

    return list(dict.fromkeys(mark(each) for each in known if each.opted_out))


def _meant(known: Sequence[Address], mark: str, region: str) -> list[Address]:
    """Return the addresses that a mark means: those written exactly so before any that are merely the same."""
    kind, _colon, value = mark.partition(":")
    typed = [each for each in known if each.type == kind.strip().upper()]
    text, among = (value.strip(), typed) if typed else (mark, known)
    exact = [each for each in among if each.value == text]
    number = _number(text, region)
    found = exact or [each for each in among if each.value == number or each.value.casefold() == text.casefold()]
    if found:
        return found
    values = ", ".join(each.value for each in known[:6]) or "-"
    raise BadInput(N_("“{mark}” is none of the client's addresses and numbers ({known})"), mark=mark, known=values)


def _number(text: str, region: str) -> str | None:
    try:
        return phones.parse(_writable(text), region)
    except BadInput:
        return None


def _addresses(texts: Iterable[str], types: Any, read: Callable[[str], str], field: str) -> tuple[Address, ...]:
    found: dict[tuple[str, str], Address] = {}
    for text in texts:
        if text.strip():
            each = _address(text, types, read)
            if (each.type, each.value) in found:
                raise BadInput(N_("field “{field}”: “{value}” is given twice"), field=field, value=each.value)
            found[each.type, each.value] = each
    if len(found) > MOST:
        raise BadInput(N_("field “{field}” takes {most} values at most, not {n}"), field=field, most=MOST, n=len(found))
    return tuple(found.values())


def _address(text: str, types: Any, read: Callable[[str], str]) -> Address:
    kind, colon, value = text.partition(":")
    if not colon:
        return Address(types.WORK.value, read(text.strip()))
    word = kind.strip().upper()
    if word not in types.__members__:
        known = list(types.__members__)
        near = difflib.get_close_matches(word[:60], known, 1)
        if near:
            raise BadInput(
                N_("“{type}” is no type of address: did you mean “{near}”?"), type=_plain(kind), near=near[0]
            )
        raise BadInput(
            N_("“{type}” is no type of address; there are {known}"), type=_plain(kind), known=", ".join(known)
        )
    return Address(word, read(value.strip()))


def _writable(text: str) -> str:
    """Refuse text that could not be a number before a library looks at it."""
    if len(text) > LONGEST_NUMBER:
        raise BadInput(
            N_("“{text}” is not a telephone number: give it with its country code, like +5511987650001"), text=text
        )
    return text


LONGEST_NUMBER: Final = 60


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
