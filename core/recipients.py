"""To whom a communication rule speaks, and at which address.

Bitrix24's rules: the first contact of the list, else the company; a chosen type that is not filled means that nothing
is sent. There is no falling through to another type or person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from core import phones
from core.errors import BadInput
from core.i18n import N_
from core.model.people import Address, Company, Contact
from core.rules.base import CannotAct
from core.views import Facts
from core.words import Words

Client: TypeAlias = Contact | Company
EmailChoice: TypeAlias = Literal["auto", "work", "home", "newsletter"]
PhoneChoice: TypeAlias = Literal["auto", "work", "mobile", "fax", "home", "pager", "mailing", "other"]
Use: TypeAlias = Literal["first", "last"]

NEWSLETTER: Final = {"newsletter": "MAILING"}


class Chosen(NamedTuple):
    """A recipient with the bare address, and why these were chosen."""

    owner: Client
    address: str
    why: Words


def client(facts: Facts) -> Client:
    """Return the deal's first contact, else its company. Raises ``CannotAct("no_recipient")`` when it has neither."""
    found = facts.contact or facts.company
    if found is None:
        raise CannotAct("no_recipient", Words(N_("the deal has neither a contact nor a company")))
    return found


def email(facts: Facts, choice: EmailChoice = "auto", use: Use = "first") -> Chosen:
    """Return the client's e-mail address: the first or last added, of the chosen type or (``auto``) of all.

    Raises ``CannotAct``: ``no_recipient``, ``no_address``, ``bad_address``, ``opted_out``.
    """
    owner = client(facts)
    found = _pick(
        owner,
        owner.emails,
        choice,
        use,
        N_("{name} has no e-mail address"),
        N_("{name} has no e-mail address of type {type}"),
    )
    try:
        address = phones.check_email(found.value)
    except BadInput as error:
        raise CannotAct("bad_address", error.words) from None
    return Chosen(owner, address, _why(owner, found, choice, use))


def phone(facts: Facts, choice: PhoneChoice = "auto") -> Chosen:
    """Return the client's number as E.164: the first one, of the chosen type or (``auto``) whatever its type.

    Raises ``CannotAct``: ``no_recipient``, ``no_address``, ``bad_number``, ``opted_out``.
    """
    owner = client(facts)
    found = _pick(
        owner,
        owner.phones,
        choice,
        "first",
        N_("{name} has no telephone number"),
        N_("{name} has no telephone number of type {type}"),
    )
    if not phones.possible(found.value):
        words = Words(N_("“{number}” of {name} is not a telephone number"), {"number": found.value, "name": owner.name})
        raise CannotAct("bad_number", words)
    return Chosen(owner, found.value, _why(owner, found, choice, "first"))


def _pick(owner: Client, addresses: Sequence[Address], choice: str, use: Use, none: str, none_of_type: str) -> Address:
    wanted = NEWSLETTER.get(choice, choice.upper())
    fitting = [a for a in addresses if a.value.strip() and (choice == "auto" or a.type == wanted)]
    if not fitting:
        msg = none if choice == "auto" else none_of_type
        raise CannotAct("no_address", Words(msg, {"name": owner.name, "type": choice}))
    found = fitting[-1 if use == "last" else 0]
    if found.opted_out:
        words = Words(N_("{name} does not want messages at {address}"), {"name": owner.name, "address": found.value})
        raise CannotAct("opted_out", words)
    return found


def _why(owner: Client, found: Address, choice: str, use: Use) -> Words:
    args = {"name": owner.name, "address": found.value, "type": choice if choice != "auto" else found.type}
    if choice == "auto":
        if use == "last":
            return Words(N_("{name}, the address added last: {address}"), args)
        return Words(N_("{name}, the first address: {address}"), args)
    if use == "last":
        return Words(N_("{name}, the address of type {type} added last: {address}"), args)
    return Words(N_("{name}, the first address of type {type}: {address}"), args)
