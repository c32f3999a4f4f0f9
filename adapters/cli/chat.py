"""``funil chat``: the verbs and their options, and what an agent does."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adapters.cli import chat_views
from adapters.cli.parser import Family, at_least_one
from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import opened
from core import commands, outbound, outbound_export
from core.commands import Talked
from core.i18n import gettext as _
from core.ports import Job, Reader
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    family = Family(parser)
    verb = family.add("list", "chat_views:list_chats", _("print the chats, newest first"))
    verb.add_argument("--channel", metavar=_("CHANNEL"), help=_("those on one open channel"))
    verb.add_argument("--deal", metavar=_("DEAL"), help=_("those of a deal: bound to it, or its clients'"))
    verb.add_argument("--status", metavar=_("STATUS"), help=_("waiting, accepted or closed"))
    verb.add_argument("--limit", metavar="N", type=at_least_one, help=_("the newest N only"))
    verb = _verb(family, "show", "chat_views:show", _("print a chat with its whole history, hidden notes too"))
    verb.add_argument("--limit", metavar="N", type=at_least_one, help=_("the newest N only"))
    _acting(_verb(family, "accept", "chat:accept", _("take a chat: press Answer")))
    answer = _verb(family, "answer", "chat:answer", _("write to the client through the chat's channel"))
    answer.add_argument("--text", metavar=_("TEXT"), required=True)
    _acting(answer)
    _acting(_verb(family, "close", "chat:close", _("end the chat's session; the client's next message begins another")))


def _verb(family: Family, name: str, act: str, about: str) -> argparse.ArgumentParser:
    verb = family.add(name, act, about)
    verb.add_argument("chat", metavar=_("CHAT"), help=_("the channel's id of the chat, or CONNECTION:CHAT"))
    verb.add_argument("--channel", metavar=_("CHANNEL"), help=_("where several channels have such a chat"))
    return verb


def _acting(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--by", metavar=_("USER"), help=_("who acts; default: who has taken it, else the responsible"))


def accept(args: argparse.Namespace, roof: Roof) -> int:
    """Take a chat."""
    return _act(args, roof, commands.accept_chat(args.chat, args.by, args.channel), _("{chat}: taken by {user}"))


def answer(args: argparse.Namespace, roof: Roof) -> int:
    """Write to the client."""
    job = commands.answer_chat(args.chat, args.text, args.by, args.channel)
    return _act(args, roof, job, _("{chat}: {message} goes out"))


def close(args: argparse.Namespace, roof: Roof) -> int:
    """End a chat's session."""
    return _act(args, roof, commands.close_chat(args.chat, args.by, args.channel), _("{chat}: closed"))


def _act(args: argparse.Namespace, roof: Roof, job: Job[Talked], sentence: str) -> int:
    with opened(args, roof) as store:
        done = store.write_now(job)
        house = store.read(lambda reader: reader.house())
        if args.json:
            as_json(store.read(lambda reader: _shape(reader, done)))
            return 0
    message = done.delivery.public_id if done.delivery else None
    say(fill(sentence, {"chat": done.chat.address, "user": done.chat.accepted_by, "message": message}))
    connection = house.connections.get(done.chat.channel)
    if done.delivery and connection and connection.paused:
        note(fill(_("connection {id} is paused: it goes out when that is resumed"), {"id": connection.id}))
    return 0


def _shape(reader: Reader, done: Talked) -> dict[str, object]:
    row = done.delivery and outbound.row_of(reader.house(), done.delivery, reader.lines(), reader.now())
    return {"chat": chat_views.shape(done.chat), "delivery": row and outbound_export.shape(row)}
