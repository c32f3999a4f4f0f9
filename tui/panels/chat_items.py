"""The chats with the deal's clients on its sheet: how each stands, and unfolded all that was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from core.i18n import N_
from core.i18n import gettext as _
from core.log_filter import STATUS_NAMES
from core.model.delivery import DeliveryStatus
from core.model.talk import Author, Chat, ChatStatus, Said
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt
from tui import log_files, reasons
from tui.actions import key_of as key_of_action
from tui.outbound_paint import Moments
from tui.panels.answer import Heading
from tui.panels.deal_sheet import DealView, spoken
from tui.panels.flow import Knob, Para, Piece
from tui.panels.sheet import Item, Section
from tui.panels.spots import ChatSpot, FileSpot, OlderSpot, SaidSpot

AT: Final = 4
"""The cell at which a speaker's name begins; words stand two further."""
CHAT_STATES: Final = {
    ChatStatus.WAITING: N_("nobody has taken it"),
    ChatStatus.ACCEPTED: N_("taken by {user}"),
    ChatStatus.CLOSED: N_("closed"),
}
_TROUBLED: Final = frozenset({DeliveryStatus.FAILED, DeliveryStatus.UNDELIVERED, DeliveryStatus.UNKNOWN})


def items(view: DealView, moments: Moments) -> Iterator[Item]:
    """Return each chat, newest first, with what was said in those that are unfolded."""
    for chat in view.chats:
        yield _head(view, chat, moments)
        said = view.said.get(chat.address)
        if said is not None:
            yield from _talk(view, chat, said, moments)


def key_of(chat: Chat) -> str:
    """Return the key of a chat's own item."""
    return f"chat:{chat.address}"


def last_key(view: DealView, chat: Chat) -> str:
    """Return the key of the item that stands last in an unfolded chat."""
    said = view.said.get(chat.address)
    if not said:
        return key_of(chat)
    last = said[-1]
    files = len(last.attachments)
    return f"{_key(chat, last)}:{files - 1}" if files else _key(chat, last)


def state(view: DealView, chat: Chat) -> str:
    """Say how it stands with a chat."""
    if chat.blocked:
        return _("the client has blocked us")
    user = view.house.users.get(chat.accepted_by or "")
    return safe_text(fill(_(CHAT_STATES[chat.status]), {"user": user.name if user else chat.accepted_by}))


def tone(chat: Chat) -> str:
    """Return the style of a chat's state: one that waits for somebody stands out."""
    return "warn" if chat.status is ChatStatus.WAITING else "muted"


def peer(view: DealView, chat: Chat) -> str:
    """Return the name of the client whose chat it is, else the number or id that they write from."""
    known = {contact.id: contact.name for contact in view.contacts}
    if view.company is not None and chat.company == view.company.id:
        return safe_text(view.company.name)
    return safe_text(known.get(chat.contact or "", chat.peer))


def heading(view: DealView, chat: Chat) -> Heading:
    """Return what the box says in which a chat is answered."""
    take = ((fill(_("take {key}"), {"key": key_of_action("chat.accept", "A")}), "chat.accept"),)
    send = (fill(_("send {key}"), {"key": key_of_action("chat.send", "ctrl+s")}), "chat.send")
    waits = chat.status is ChatStatus.WAITING
    return Heading(
        f"{peer(view, chat)} · {safe_text(chat.channel)}",
        state(view, chat),
        "warn" if waits else "dim",
        (*(take if waits else ()), send),
    )


def _head(view: DealView, chat: Chat, moments: Moments) -> Item:
    since = fmt.short_time(chat.session_at or chat.created_at, moments.zone, moments.today)
    pieces: tuple[Piece, ...] = (
        ("✈ ", "muted"),
        (safe_text(_("chat") + f" {chat.channel} · {chat.peer}"), "plain"),
        (f"  {state(view, chat)} · {since}", tone(chat)),
    )
    knobs = [Knob(_("answer"), "chat.answer", not chat.blocked)]
    if chat.status is ChatStatus.WAITING:
        knobs.insert(0, Knob(_("take"), "chat.accept"))
    paras = Para(pieces, hang=2, knobs=tuple(knobs))
    return Item(key=key_of(chat), section=Section.CLIENT, paras=(paras,), spot=ChatSpot(chat.chat, chat.channel), at=AT)


def _talk(view: DealView, chat: Chat, said: Sequence[Said], moments: Moments) -> Iterator[Item]:
    if chat.address in view.cut:
        earlier = Para(((_("… show what was said before"), "knob"),), AT, AT)
        key, spot = f"{key_of(chat)}:older", OlderSpot(chat.chat, chat.channel)
        yield Item(key=key, section=Section.CLIENT, paras=(earlier,), spot=spot)
    session = said[0].message.session if said else 0
    for each in said:
        begins, session = each.message.session != session, each.message.session
        yield _message(view, chat, each, moments, begins=begins)
        for place, file in enumerate(each.attachments):
            name = str(file.get("name") or "")
            spot_of = FileSpot(chat.chat, chat.channel, name, str(file.get("digest") or ""), int(file.get("size") or 0))
            line: tuple[Piece, ...] = (
                ("▤ ", "muted"),
                (safe_text(name), "link"),
                (f"  {log_files.size_words(file)}", "muted"),
            )
            yield Item(
                key=f"{_key(chat, each)}:{place}",
                section=Section.CLIENT,
                paras=(Para(line, AT + 2, AT + 4, (Knob(_("open"), "panel.open"),)),),
                spot=spot_of,
            )


def _key(chat: Chat, said: Said) -> str:
    return f"{key_of(chat)}:{said.message.id}"


def _message(view: DealView, chat: Chat, said: Said, moments: Moments, *, begins: bool) -> Item:
    new = (Para(((_("– a new conversation –"), "muted"),), AT, AT),) if begins else ()
    carried = said.delivery.public_id if said.delivery else None
    return Item(
        key=_key(chat, said),
        section=Section.CLIENT,
        paras=(*new, *talked(view, said, moments)),
        spot=SaidSpot(chat.chat, chat.channel, carried),
    )


def talked(view: DealView, said: Said, moments: Moments) -> Iterator[Para]:
    """Return one thing that was said in a chat: who, when, what, and whether it has arrived, or why not."""
    message = said.message
    time = fmt.short_time(message.at, moments.zone, moments.today)
    fate, bad = _fate(said)
    hidden = "  " + _("only for colleagues") if message.hidden else ""
    name = "accent" if message.author is Author.CLIENT else "muted"
    yield Para(
        ((f"{speaker(view, said)}", name), (f"  {time}", "muted"), (fate, "bad" if bad else "muted"), (hidden, "warn")),
        AT,
        AT,
    )
    yield Para(((safe_text(said.text, lines=True), "muted" if message.hidden else "plain"),), AT + 2, AT + 2)


def _fate(said: Said) -> tuple[str, bool]:
    """Return what became of a message that goes out, and whether somebody should see to it."""
    sent = said.delivery
    if sent is None:
        return "", False
    bad = sent.status in _TROUBLED
    status = _(STATUS_NAMES.get(sent.status.value, sent.status.value))
    why = spoken(sent.detail) or reasons.words(sent.reason) if bad or sent.reason else ""
    return f"  {status}: {why}" if why else f"  {status}", bad


def speaker(view: DealView, said: Said) -> str:
    """Say who has said something in a chat."""
    message = said.message
    match message.author:
        case Author.CLIENT:
            return _("client")
        case Author.RULE:
            rule = view.house.rules.get(message.by)
            return fill(_("rule “{name}”"), {"name": safe_text(rule.name if rule else message.by)})
    user = view.house.users.get(message.by)
    return safe_text(user.name if user else message.by)
