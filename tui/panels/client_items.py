"""The deal's clients on its sheet: contacts and company with their addresses, and the chats with them."""

from __future__ import annotations

from collections.abc import Iterator

from core import phones
from core.client_ports import ClientKind
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.log_filter import STATUS_NAMES
from core.model.people import Address, Company, Contact
from core.model.talk import Author, Chat, ChatStatus, Said
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt
from tui.outbound_paint import Moments
from tui.panels.deal_sheet import DealView, type_name
from tui.panels.flow import Para, Piece
from tui.panels.sheet import Item, Section
from tui.panels.spots import AddressSpot, ChatSpot, LinkSpot, PersonSpot

AT = 4
"""The cell at which addresses begin."""
CHAT_STATES = {
    ChatStatus.WAITING: N_("nobody has taken it"),
    ChatStatus.ACCEPTED: N_("taken by {user}"),
    ChatStatus.CLOSED: N_("closed"),
}


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
    return [*found, *(_chat(view, chat, moments) for chat in view.chats)]


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


# Chats ----------------------------------------------------------------------------------------------------------------


def _chat(view: DealView, chat: Chat, moments: Moments) -> Item:
    key, said = f"chat:{chat.address}", view.said.get(chat.address)
    since = fmt.short_time(chat.session_at or chat.created_at, moments.zone, moments.today)
    head = Para(
        (
            ("✈ ", "muted"),
            (safe_text(_("chat") + f" {chat.channel} · {chat.peer}"), "plain"),
            (f"  {_state(view, chat)} · {since}", "warn" if chat.status is ChatStatus.WAITING else "muted"),
        ),
        hang=2,
    )
    talk = () if said is None else tuple(para for each in said for para in talked(view, each, moments))
    return Item(key=key, section=Section.CLIENT, paras=(head, *talk), spot=ChatSpot(chat.chat, chat.channel), at=AT)


def _state(view: DealView, chat: Chat) -> str:
    if chat.blocked:
        return _("the client has blocked us")
    user = view.house.users.get(chat.accepted_by or "")
    return safe_text(fill(_(CHAT_STATES[chat.status]), {"user": user.name if user else chat.accepted_by}))


def talked(view: DealView, said: Said, moments: Moments) -> Iterator[Para]:
    """Return one thing that was said in a chat: who, when, what, with which files, and whether it has arrived."""
    message = said.message
    time = fmt.short_time(message.at, moments.zone, moments.today)
    fate = ""
    if said.delivery is not None:
        fate = "  " + _(STATUS_NAMES.get(said.delivery.status.value, said.delivery.status.value))
    hidden = "  " + _("only for colleagues") if message.hidden else ""
    tone = "accent" if message.author is Author.CLIENT else "muted"
    yield Para(((f"{speaker(view, said)}", tone), (f"  {time}{fate}{hidden}", "muted")), AT, AT)
    yield Para(((safe_text(said.text, lines=True), "plain"),), AT + 2, AT + 2)
    files = [safe_text(each["name"]) for each in said.attachments]
    if files:
        told = fill(ngettext("file: {names}", "files: {names}", len(files)), {"names": ", ".join(files)})
        yield Para(((told, "muted"),), AT + 2, AT + 2)


def speaker(view: DealView, said: Said) -> str:
    """Say who has said something in a chat."""
    message = said.message
    match message.author:
        case Author.CLIENT:
            return _("client")
        case Author.RULE:
            rule = view.house.rules.get(message.by)
            return safe_text(rule.name if rule else message.by)
    user = view.house.users.get(message.by)
    return safe_text(user.name if user else message.by)
