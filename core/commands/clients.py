"""Making and changing clients: contacts and client companies."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from core import clients, phones
from core.client_ports import ClientKind
from core.commands import lookup
from core.errors import Refused, UnknownThing
from core.i18n import N_
from core.model.frozen import replace
from core.model.people import Address, Company, Contact
from core.naming import check_id
from core.ports import Job, Reader, Tx

Client: TypeAlias = "Contact | Company"
FIELDS: Final[Mapping[ClientKind, tuple[str, ...]]] = {
    "contacts": ("name", "email", "phone", "opted_out"),
    "companies": ("name", "email", "phone", "opted_out", "contact"),
}
SEVERAL: Final = ";"
_SAME: Final = {"emails": "email", "phones": "phone", "contacts": "contact"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """What a person says of a new client. ``contacts`` are a company's, by id."""

    name: str
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    opted_out: Sequence[str] = ()
    contacts: Sequence[str] = ()
    id: str | None = None


def add_client(what: ClientKind, new: NewClient) -> Job[Client]:
    """Return a job that makes a contact or a client company. Raises ``UnknownThing``, ``BadInput`` and ``Refused``."""

    def job(tx: Tx) -> Client:
        region = phones.region_of(tx.house().company)
        if new.id is not None:
            _need_free(tx, what, check_id(new.id))
        made = _made(what, new, region)
        if isinstance(made, Company):
            made = replace(made, contacts=known_contacts(tx, new.contacts))
        made = replace(made, id=new.id or tx.new_client_id(what))
        _put(tx, made)
        return made

    return job


def _made(what: ClientKind, new: NewClient, region: str) -> Client:
    given: dict[str, Any] = {
        "id": "",
        "name": clients.name(new.name),
        "emails": clients.emails(new.emails),
        "phones": clients.numbers(new.phones, region),
    }
    made: Client = Contact(**given) if what == "contacts" else Company(**given)
    found: Client = clients.opted_out(made, new.opted_out, region)
    return found


def _need_free(tx: Tx, what: ClientKind, client_id: str) -> None:
    found = find(tx, what, client_id)
    if found is not None:
        if found.removed:
            raise removed_already(what, client_id)
        raise Refused(ALREADY[what], id=client_id)


def set_client(what: ClientKind, client_id: str, values: Mapping[str, str]) -> Job[bool]:
    """Return a job that changes what is known of a client, and answers whether anything changed.

    Several addresses, numbers or contacts stand between semicolons and are the whole list; nothing clears. Raises
    ``UnknownThing``, ``BadInput`` and ``Refused``.
    """

    def job(tx: Tx) -> bool:
        before = client(tx, what, client_id)
        after = _changed(tx, what, before, {_field(what, name): text for name, text in values.items()})
        if after != before:
            _put(tx, after)
        return after != before

    return job


def _changed(tx: Tx, what: ClientKind, before: Client, values: Mapping[str, str]) -> Client:
    region = phones.region_of(tx.house().company)
    after = before
    if "name" in values:
        after = replace(after, name=clients.name(values["name"]))
    if "email" in values:
        after = replace(after, emails=clients.emails(values["email"].split(SEVERAL)))
    if "phone" in values:
        after = replace(after, phones=clients.numbers(values["phone"].split(SEVERAL), region))
    if "contact" in values and isinstance(after, Company):
        after = replace(after, contacts=known_contacts(tx, parted(values["contact"]), present=after.contacts))
    if "opted_out" in values:
        marked: Client = clients.opted_out(after, parted(values["opted_out"]), region)
        return marked
    return _still_out(before, after) if values.keys() & {"email", "phone"} else after


def _still_out(before: Client, after: Client) -> Client:
    """Return a client with new addresses, of which those stay opted out that were, whatever their type is now."""
    out = {each.value for each in (*before.emails, *before.phones) if each.opted_out}

    def marked(addresses: Iterable[Address]) -> tuple[Address, ...]:
        return tuple(replace(each, opted_out=each.value in out) for each in addresses)

    return replace(after, emails=marked(after.emails), phones=marked(after.phones))


def _field(what: ClientKind, name: str) -> str:
    field = _SAME.get(name, name)
    if field in FIELDS[what]:
        return field
    near = difflib.get_close_matches(name[:60], FIELDS[what], 1)
    if near:
        raise UnknownThing(N_("there is no field “{field}”: did you mean “{near}”?"), field=name, near=near[0])
    raise UnknownThing(
        N_("there is no field “{field}” (there are: {known})"), field=name, known=", ".join(FIELDS[what])
    )


def remove_clients(what: ClientKind, ids: Sequence[str]) -> Job[Sequence[str]]:
    """Return a job that takes clients out of use, and answers which were in use until now.

    Raises ``UnknownThing``, and ``Refused`` while a deal or a company has one.
    """

    def job(tx: Tx) -> Sequence[str]:
        found = [client(tx, what, each, removed=True) for each in dict.fromkeys(ids)]
        gone = [each.id for each in found if not each.removed]
        for each in gone:
            _need_unused(tx, what, each)
        tx.archive(what, gone)
        return gone

    return job


def _need_unused(tx: Tx, what: ClientKind, client_id: str) -> None:
    deal = next(iter(tx.deals_of_client(what, client_id)), None)
    if deal is not None:
        words = N_("“{id}” cannot go: deal “{deal}” has it; take it off the deal first")
        raise Refused(words, id=client_id, deal=deal)
    for company in tx.all_companies() if what == "contacts" else ():
        if client_id in company.contacts:
            words = N_("“{id}” cannot go: company “{company}” has it; take it off the company first")
            raise Refused(words, id=client_id, company=company.id)


def restore_clients(what: ClientKind, ids: Sequence[str]) -> Job[Sequence[str]]:
    """Return a job that takes removed clients into use again, and answers which were out of it."""

    def job(tx: Tx) -> Sequence[str]:
        found = [client(tx, what, each, removed=True) for each in dict.fromkeys(ids)]
        back = [each for each in found if each.removed]
        for each in back:
            _put(tx, replace(each, removed=False))
        return [each.id for each in back]

    return job


# Finding them ---------------------------------------------------------------------------------------------------------

NOBODY: Final[Mapping[ClientKind, str]] = {
    "contacts": N_("there is no contact “{id}”"),
    "companies": N_("there is no company “{id}”"),
}
ALREADY: Final[Mapping[ClientKind, str]] = {
    "contacts": N_("there is a contact “{id}” already"),
    "companies": N_("there is a company “{id}” already"),
}
_REMOVED: Final[Mapping[ClientKind, str]] = {
    "contacts": N_("contact “{id}” was removed: “funil contact restore {id}” brings it back"),
    "companies": N_("company “{id}” was removed: “funil company restore {id}” brings it back"),
}


def find(reader: Reader, what: ClientKind, client_id: str) -> Client | None:
    """Return a client, a removed one too; None for nobody."""
    return reader.contacts([client_id]).get(client_id) if what == "contacts" else reader.company(client_id)


def client(reader: Reader, what: ClientKind, client_id: str, *, removed: bool = False) -> Client:
    """Return a client. Raises ``UnknownThing``, and ``Refused`` for one out of use, unless ``removed`` ones will do."""
    found = find(reader, what, client_id)
    if found is None:
        raise UnknownThing(NOBODY[what], id=client_id)
    if found.removed and not removed:
        raise removed_already(what, client_id)
    return found


def removed_already(what: ClientKind, client_id: str) -> Refused:
    """Say that a client is out of use, and how it comes back."""
    return Refused(_REMOVED[what], id=client_id)


def known_contacts(reader: Reader, ids: Iterable[str], present: Sequence[str] = ()) -> tuple[str, ...]:
    """Check contacts by id; those that are ``present`` already may be out of use. Raises ``UnknownThing``."""
    wanted = tuple(dict.fromkeys(ids))
    known = reader.contacts(wanted)
    missing = [each for each in wanted if each not in known or (known[each].removed and each not in present)]
    if missing:
        raise UnknownThing(N_("there is no contact “{id}”"), id=lookup.names(missing[:1]))
    return wanted


def parted(text: str) -> list[str]:
    """Return what stands between semicolons."""
    return [each.strip() for each in text.split(SEVERAL) if each.strip()]


def _put(tx: Tx, made: Client) -> None:
    if isinstance(made, Company):
        tx.put_company(made)
    else:
        tx.put_contact(made)
