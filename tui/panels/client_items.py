"""The deal's clients on its sheet: contacts and company with their addresses. The chats with them stand below."""

from __future__ import annotations

from collections.abc import Iterator

from core import phones
from core.client_ports import ClientKind
from core.i18n import gettext as _
from core.model.people import Address, Company, Contact
from core.safe_text import safe_text
from tui.outbound_paint import Moments
from tui.panels import chat_items
from tui.panels.deal_sheet import DealView, type_name
from tui.panels.flow import Para, Piece
from tui.panels.sheet import Item, Section
from tui.panels.spots import AddressSpot, LinkSpot, PersonSpot

AT = 4
"""The cell at which addresses begin."""


def items(view: DealView, moments: Moments) -> list[Item]:
    """Return people with their addresses, a place for one more of each, and chats."""
    found: list[Item] = []
    for place, contact in enumerate(view.contacts):
        note = _("primary contact") if place == 0 and len(view.contacts) > 1 else ""
        found += _person("contacts", contact, note)
    found.append(_more("contact+", _("+ contact"), LinkSpot("contacts")))
    if view.company is not None:
        found += _person("companies", view.company, _("company"))
    else:
        found.append(_more("company+", _("+ company"), LinkSpot("company")))
    return [*found, *chat_items.items(view, moments)]


def _person(what: ClientKind, whose: Contact | Company, note: str) -> Iterator[Item]:
    if whose.removed:
        note = " · ".join(filter(None, (note, _("no longer in use"))))
    name = Para(((safe_text(whose.name), "strong"), (f"  {note}" if note else "", "muted")), hang=2)
    key = f"{what}:{whose.id}"
    yield Item(key=key, section=Section.CLIENT, paras=(name,), spot=PersonSpot(what, whose.id, whose.name))
    for phone, addresses in ((False, whose.emails), (True, whose.phones)):
        for address in addresses:
            yield _address(what, whose.id, address, phone=phone)
    spot = AddressSpot(what, whose.id)
    yield _more(f"{key}+", _("+ e-mail or phone"), spot, indent=2)


def _address(what: ClientKind, whose: str, address: Address, *, phone: bool) -> Item:
    value = phones.readable(address.value) if phone else address.value
    out: Piece = ("  " + _("wants no messages here"), "warn") if address.opted_out else ("", "plain")
    pieces: tuple[Piece, ...] = (
        ("☎ " if phone else "✉ ", "muted"),
        (safe_text(value), "off" if address.opted_out else "plain"),
        (f"  {type_name(address.type)}", "muted"),
        out,
    )
    return Item(
        key=f"{what}:{whose}:{address.value}",
        section=Section.CLIENT,
        paras=(Para(pieces, indent=AT - 2, hang=AT),),
        spot=AddressSpot(what, whose, address, phone),
        at=AT,
    )


def _more(key: str, words: str, spot: LinkSpot | AddressSpot, indent: int = 0) -> Item:
    pieces: tuple[Piece, ...] = (("", "muted"), (words, "muted"))
    return Item(key=key, section=Section.CLIENT, paras=(Para(pieces, indent, indent),), spot=spot, at=indent + 2)
