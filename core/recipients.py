"""To whom a communication rule speaks, and at which address.

Bitrix24's rules: the first contact of the list, else the company; a chosen type that is not filled means that nothing
is sent. There is no falling through to another type or person, unless the rule names a chain: each step of it adds
candidates, which are tried in order. A chain passes over what is not filled or no address. Whoever has opted out of the
address that would be used is not reached at another one in its place, only other people are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias

from pydantic import AfterValidator

from core import phones
from core.errors import BadInput
from core.i18n import N_
from core.misfits import Unfit
from core.model.people import Address, Company, Contact
from core.rules.base import CannotAct
from core.views import Facts
from core.words import NO_WORDS, Words, load

Client: TypeAlias = Contact | Company
EmailChoice: TypeAlias = Literal["auto", "work", "home", "newsletter"]
PhoneChoice: TypeAlias = Literal["auto", "work", "mobile", "fax", "home", "pager", "mailing", "other"]
Use: TypeAlias = Literal["first", "last"]
Step: TypeAlias = Literal["type", "contact", "company"]
"""A step of a fallback chain: the same person's other types, the deal's next contacts, its company."""


def _each_once(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    if len(set(steps)) < len(steps):
        raise Unfit(N_("each step stands in the chain once"))
    return steps


Fallback: TypeAlias = Annotated[tuple[Step, ...], AfterValidator(_each_once)]
"""A chain, as settings have it."""

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


def email(facts: Facts, choice: EmailChoice = "auto", use: Use = "first", fallback: Sequence[Step] = ()) -> Chosen:
    """Return the client's e-mail address: the first or last added, of the chosen type or (``auto``) of all.

    Raises ``CannotAct``: ``no_recipient``, ``no_address``, ``bad_address``, ``opted_out``; with a fallback the reason
    of its first candidate.
    """
    return _Search(facts, "emails", NEWSLETTER.get(choice, choice.upper()), choice, use, _EMAIL).along(fallback)


def phone(facts: Facts, choice: PhoneChoice = "auto", fallback: Sequence[Step] = ()) -> Chosen:
    """Return the client's number as E.164: the first one, of the chosen type or (``auto``) whatever its type.

    Raises ``CannotAct``: ``no_recipient``, ``no_address``, ``bad_number``, ``opted_out``; with a fallback the reason of
    its first candidate.
    """
    return _Search(facts, "phones", choice.upper(), choice, "first", _PHONE).along(fallback)


def opted_out(facts: Facts, address: str) -> bool:
    """Return whether one of the deal's clients, or anybody else who has it, has opted out of an address, however it is
    written."""
    return _plain(address) in _declined(facts)


def declined(name: str, address: str) -> CannotAct:
    """Return the ending for an address that somebody has opted out of."""
    return CannotAct("opted_out", Words(_DECLINED, {"name": name, "address": address}))


def _declined(facts: Facts) -> frozenset[str]:
    clients: list[Client] = [*facts.contacts, *([facts.company] if facts.company else [])]
    own = frozenset(_plain(a.value) for c in clients for a in (*c.emails, *c.phones) if a.opted_out)
    return own.union(map(_plain, facts.declined))


def _plain(address: str) -> str:
    """Return an address as it is compared: small letters, a number without its blanks and signs."""
    bare = address.strip().casefold()
    return bare if "@" in bare else "".join(sign for sign in bare if sign.isdigit())


@dataclass(frozen=True, slots=True)
class _Kind:
    """What an address is called when there is none."""

    none: str
    none_of_type: str
    none_else: str


_EMAIL: Final = _Kind(
    N_("{name} has no e-mail address"),
    N_("{name} has no e-mail address of type {type}"),
    N_("{name} has no e-mail address of another type"),
)
_PHONE: Final = _Kind(
    N_("{name} has no telephone number"),
    N_("{name} has no telephone number of type {type}"),
    N_("{name} has no telephone number of another type"),
)
_DECLINED: Final = N_("{name} does not want messages at {address}")


@dataclass(frozen=True, slots=True)
class _Search:
    """One look for an address: whose (``emails`` or ``phones``), of which type, and which of several."""

    facts: Facts
    where: Literal["emails", "phones"]
    wanted: str
    choice: str
    use: Use
    kind: _Kind

    def along(self, fallback: Sequence[Step]) -> Chosen:
        """Return the first candidate that can be reached. Raises the ending of the very first one."""
        first: CannotAct | None = None
        passed: list[CannotAct] = []
        refused: list[Client] = []
        for owner, other in self._candidates(fallback):
            if owner in refused:
                continue
            try:
                found = self._other(owner) if other else self._chosen(owner)
            except CannotAct as ending:
                first = first or ending
                passed.append(ending)
                if ending.reason == "opted_out":
                    refused.append(owner)
                continue
            return found._replace(why=Words(_INSTEAD, {"why": found.why, "passed": _all(passed)})) if passed else found
        assert first is not None
        if len(passed) > 1:
            raise CannotAct(first.reason, _all(passed))
        raise first

    def _candidates(self, fallback: Sequence[Step]) -> Iterator[tuple[Client, bool]]:
        """Return whom to try, and whether at another type than the chosen one.

        A step counts for those that steps before it have added: ``type, contact`` tries every type of each contact in
        turn, ``contact, type`` the chosen type of all contacts before any other.
        """
        reached: list[Client] = [client(self.facts)]
        yield reached[0], False
        any_type = False
        for step in fallback:
            if step == "type":
                any_type = True
                yield from [(owner, True) for owner in reached]
                continue
            more = self.facts.contacts[1:] if step == "contact" else (self.facts.company,)
            for owner in more:
                if owner is None or owner in reached:
                    continue
                reached.append(owner)
                yield owner, False
                if any_type:
                    yield owner, True

    def _chosen(self, owner: Client) -> Chosen:
        fitting = [a for a in self._of(owner) if self.choice == "auto" or a.type == self.wanted]
        if not fitting:
            msg = self.kind.none if self.choice == "auto" else self.kind.none_of_type
            raise CannotAct("no_address", Words(msg, {"name": owner.name, "type": self.choice}))
        return self._checked(owner, fitting[-1 if self.use == "last" else 0], self.choice)

    def _other(self, owner: Client) -> Chosen:
        """Return an address of another type, unless its owner has opted out of one of them. Under ``auto`` the type of
        the address that comes first in its place is the one."""
        known = self._of(owner)
        wanted = known[-1 if self.use == "last" else 0].type if self.choice == "auto" and known else self.wanted
        others = [a for a in known if a.type != wanted]
        if not others:
            raise CannotAct("no_address", Words(self.kind.none_else, {"name": owner.name}))
        against = _declined(self.facts)
        for each in others:
            if _plain(each.value) in against:
                raise declined(owner.name, each.value)
        ending: CannotAct | None = None
        for each in reversed(others) if self.use == "last" else others:
            try:
                return self._checked(owner, each, each.type.lower())
            except CannotAct as bad:
                ending = ending or bad
        assert ending is not None
        raise ending

    def _of(self, owner: Client) -> Sequence[Address]:
        return [a for a in getattr(owner, self.where) if a.value.strip()]

    def _checked(self, owner: Client, found: Address, choice: str) -> Chosen:
        if opted_out(self.facts, found.value):
            raise declined(owner.name, found.value)
        address = _mailable(found.value) if self.where == "emails" else _callable(found.value, owner)
        return Chosen(owner, address, _why(owner, found, choice, self.use))


_INSTEAD: Final = N_("{why}; passed over: {passed}")


def _all(passed: Sequence[CannotAct]) -> Words:
    """Return several sentences as one."""
    said = NO_WORDS
    for detail in dict.fromkeys(ending.detail.dump() for ending in passed):
        said = Words("{first}; {then}", {"first": said, "then": load(detail)}) if said else load(detail)
    return said


def _mailable(value: str) -> str:
    try:
        return phones.check_email(value)
    except BadInput as error:
        raise CannotAct("bad_address", error.words) from None


def _callable(value: str, owner: Client) -> str:
    if not phones.possible(value):
        words = Words(N_("“{number}” of {name} is not a telephone number"), {"number": value, "name": owner.name})
        raise CannotAct("bad_number", words)
    return value


def _why(owner: Client, found: Address, choice: str, use: Use) -> Words:
    args = {"name": owner.name, "address": found.value, "type": choice if choice != "auto" else found.type}
    if choice == "auto":
        if use == "last":
            return Words(N_("{name}, the address added last: {address}"), args)
        return Words(N_("{name}, the first address: {address}"), args)
    if use == "last":
        return Words(N_("{name}, the address of type {type} added last: {address}"), args)
    return Words(N_("{name}, the first address of type {type}: {address}"), args)
