"""Contacts and client companies of a board file."""

from __future__ import annotations

from collections.abc import Mapping

from core import phones
from core.applying.ledger import Ledger
from core.boardfile import merging
from core.errors import UnknownThing
from core.i18n import N_
from core.model.people import Contact


def apply(ledger: Ledger) -> None:
    """Lay contacts and companies over the present ones."""
    region = phones.region_of(ledger.house.company)
    _contacts(ledger, region)
    _companies(ledger, region)


def _contacts(ledger: Ledger, region: str) -> None:
    tx, parts = ledger.tx, ledger.document.board.contacts or ()
    present = tx.contacts([part.id for part in parts])
    for index, part in enumerate(parts):
        with ledger.at("contacts", index):
            before = present.get(part.id)
            after = merging.contact(part, before, region)
            ledger.put("contact", part.id, before, after, lambda c=after: tx.put_contact(c))  # type: ignore[misc]


def _companies(ledger: Ledger, region: str) -> None:
    tx, parts = ledger.tx, ledger.document.board.companies or ()
    known = tx.contacts({contact for part in parts for contact in part.contacts or ()})
    for index, part in enumerate(parts):
        with ledger.at("companies", index):
            before = tx.company(part.id)
            after = merging.client(part, before, region)
            for place, contact in enumerate(part.contacts or ()):
                with ledger.at("companies", index, "contacts", place):
                    need_contact(known, contact)
            ledger.put("client", part.id, before, after, lambda c=after: tx.put_company(c))  # type: ignore[misc]


def need_contact(known: Mapping[str, Contact], contact: str) -> None:
    """Raise ``UnknownThing`` for a contact that nobody has, or that is out of use."""
    if contact not in known or known[contact].removed:
        raise UnknownThing(N_("there is no contact “{id}”"), id=contact)
