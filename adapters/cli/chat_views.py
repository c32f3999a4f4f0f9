"""What ``funil chat`` shows."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from adapters.cli.printing import as_json, pairs, say, table
from adapters.cli.reading import local, one_of, read
from core.commands import chat_finding, lookup
from core.i18n import gettext as _
from core.model.house import House
from core.model.moment import iso
from core.model.talk import Chat, ChatStatus, Owner, Said
from core.ports import Reader
from core.talk_ports import ChatFilter
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def list_chats(args: argparse.Namespace, roof: Roof) -> int:
    """Print the chats, newest first."""
    status = one_of(args.status, [each.value for each in ChatStatus], "status")
    where = ChatFilter(channel=args.channel, status=ChatStatus(status) if status else None, limit=args.limit)
    house, found = read(args, roof, lambda reader: _listed(reader, where, args.deal))
    if args.json:
        as_json([shape(chat) for chat in found])
        return 0
    rows = [
        (
            each.channel,
            each.chat,
            _client(each),
            each.deal or "",
            _state(each),
            local(house, each.session_at, seconds=False),
        )
        for each in found
    ]
    since = fill(_("SESSION SINCE ({zone})"), {"zone": house.company.timezone})
    table((_("CHANNEL"), _("CHAT"), _("CLIENT"), _("DEAL"), _("STATUS"), since), rows)
    return 0


def show(args: argparse.Namespace, roof: Roof) -> int:
    """Print a chat with its history."""
    house, chat, said = read(args, roof, lambda reader: _whole(reader, args))
    if args.json:
        as_json(shape(chat) | {"messages": [message(each) for each in said]})
        return 0
    pairs(
        [
            (_("channel"), chat.channel),
            (_("chat"), chat.chat),
            (_("client"), f"{_client(chat)} ({chat.peer})"),
            (_("deal"), chat.deal or ""),
            (_("status"), _state(chat)),
            (_("begun"), local(house, chat.created_at)),
            (_("session"), f"{chat.session} ({local(house, chat.session_at)})"),
        ]
    )
    say()
    at = fill(_("AT ({zone})"), {"zone": house.company.timezone})
    rows = [(local(house, s.message.at), _author(s), _fate(s), _text(s)) for s in said]
    table((at, _("BY"), _("STATUS"), _("TEXT")), rows)
    return 0


def _listed(reader: Reader, where: ChatFilter, deal_id: str | None) -> tuple[House, Sequence[Chat]]:
    house = reader.house()
    if where.channel is not None:
        chat_finding.channel(house, where.channel)
    if deal_id is None:
        return house, reader.chats(where)
    deal = lookup.deal(reader, deal_id)
    owners = [Owner("contact", each) for each in deal.contacts]
    owners += [Owner("company", deal.company)] if deal.company else []
    found = reader.chats_of(deal.id, owners)
    fits = [c for c in found if where.channel in (None, c.channel) and where.status in (None, c.status)]
    return house, fits[: where.limit]


def _whole(reader: Reader, args: argparse.Namespace) -> tuple[House, Chat, Sequence[Said]]:
    found = chat_finding.chat(reader, args.chat, args.channel, archived=True)
    return reader.house(), found, reader.said(found.id, args.limit)


def shape(chat: Chat) -> dict[str, Any]:
    """Return the JSON of a chat."""
    return {
        "channel": chat.channel,
        "chat": chat.chat,
        "address": chat.address,
        "peer": chat.peer,
        "contact": chat.contact,
        "company": chat.company,
        "deal": chat.deal,
        "status": chat.status.value,
        "session": chat.session,
        "session_at": iso(chat.session_at),
        "created_at": iso(chat.created_at),
        "accepted_by": chat.accepted_by,
        "accepted_at": iso(chat.accepted_at),
        "answered_at": iso(chat.answered_at),
        "closed_at": iso(chat.closed_at),
        "blocked": chat.blocked,
    }


def message(said: Said) -> dict[str, Any]:
    """Return the JSON of a line of a chat's history; what the outbox carries has a status there."""
    line, delivery = said.message, said.delivery
    return {
        "at": iso(line.at),
        "session": line.session,
        "author": line.author.value,
        "by": line.by,
        "text": said.text,
        "hidden": line.hidden,
        "attachments": [dict(each) for each in said.attachments],
        "delivery": delivery.public_id if delivery else None,
        "status": delivery.status.value if delivery else None,
        "reason": delivery.reason if delivery else None,
        "detail": (delivery.detail.english() or None) if delivery else None,
        "sent_at": iso(delivery.sent_at) if delivery else None,
    }


def _client(chat: Chat) -> str:
    return chat.contact or chat.company or chat.peer


def _state(chat: Chat) -> str:
    taken = f"{chat.status.value} ({chat.accepted_by})" if chat.accepted_by else chat.status.value
    return f"{taken}, {_('blocked')}" if chat.blocked else taken


def _author(said: Said) -> str:
    return f"{said.message.by} ({_('note')})" if said.message.hidden else said.message.by


def _fate(said: Said) -> str:
    if said.delivery is None:
        return ""
    reason = said.delivery.reason
    return f"{said.delivery.status.value} ({reason})" if reason else said.delivery.status.value


def _text(said: Said) -> str:
    return " ".join([said.text, *(f"[{each.get('name')}]" for each in said.attachments)])
