"""Finding the chat, the channel and the client that somebody means, with a sentence when there is no such thing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Final

from core import phones
from core.commands.lookup import names
from core.errors import BadInput, FunilError, Refused, UnknownThing
from core.i18n import N_
from core.model.deal import Deal
from core.model.delivery import Channel
from core.model.house import House
from core.model.talk import Chat, Invite, Owner
from core.ports import Reader
from core.safe_text import storable
from core.talk_ports import ChatFilter

LONGEST_ID: Final = 128
LONGEST_TEXT: Final = 100_000
_COMPARED: Final = 500
"""How many of the newest chats a misspelt id is compared with."""
_NUMBER: Final = re.compile(r"\+[\d\s()./-]{5,30}|(?=.*[\s()./-])[\d(][\d\s()./-]{5,30}", re.ASCII)
"""A telephone number as people write it; mere digits are a channel's own id."""


def channels(house: House) -> list[str]:
    """Return the open channels that are connected."""
    return [connection.id for connection in house.connected(Channel.OPEN_CHANNEL)]


def channel(house: House, wanted: str) -> str:
    """Return an open channel. Raises ``UnknownThing`` with the nearest id."""
    known = channels(house)
    if wanted in known:
        return wanted
    near = difflib.get_close_matches(wanted[:60], known, 1)
    if near:
        raise UnknownThing(N_("there is no open channel “{id}”: did you mean “{near}”?"), id=wanted, near=near[0])
    raise UnknownThing(N_("there is no open channel “{id}” (there are: {known})"), id=wanted, known=names(known))


def chat(reader: Reader, wanted: str, channel_id: str | None = None, *, archived: bool = False) -> Chat:
    """Return the chat that a channel knows by this id, or by ``CONNECTION:CHAT``; ``archived`` looks in channels out of
    use too. Raises ``UnknownThing``, and ``Refused`` naming the channels where several have one."""
    house = reader.house()
    if channel_id is not None:
        channel(house, channel_id)
    found = _named(reader, wanted, channel_id, archived)
    if not found and ":" in wanted:
        prefix, _, rest = wanted.partition(":")
        found = _named(reader, rest, prefix, archived) if channel_id in (None, prefix) else []
    if not found:
        raise _no_chat(reader, wanted, channel_id)
    if len(found) > 1:
        raise in_doubt(wanted, (each.channel for each in found))
    return found[0]


def channel_for(reader: Reader, chat_id: str, wanted: str | None) -> str:
    """Return the channel of a chat that may be new: the one named, the only one that has the chat, or the only one.

    Raises ``UnknownThing``, and ``Refused`` naming the channels in doubt.
    """
    house = reader.house()
    if wanted is not None:
        return channel(house, wanted)
    found = _named(reader, chat_id, None, archived=False)
    known = [each.channel for each in found] or channels(house)
    if len(known) == 1:
        return known[0]
    if not known:
        raise Refused(N_("no open channel is connected"))
    if found:
        raise in_doubt(chat_id, known)
    raise Refused(
        N_("no channel has a chat “{id}” yet: say which one it begins on ({known})"), id=chat_id, known=names(known)
    )


def in_doubt(chat_id: str, known: Iterable[str]) -> Refused:
    """Return the refusal of a chat id that several channels know."""
    return Refused(N_("several channels have a chat “{id}”: say which one ({known})"), id=chat_id, known=names(known))


def _named(reader: Reader, wanted: str, channel_id: str | None, archived: bool) -> list[Chat]:
    known = channels(reader.house())
    found = reader.chats_named(storable(wanted))
    return [c for c in found if (archived or c.channel in known) and channel_id in (None, c.channel)]


def _no_chat(reader: Reader, wanted: str, channel_id: str | None) -> FunilError:
    newest = reader.chats(ChatFilter(channel=channel_id, limit=_COMPARED))
    near = difflib.get_close_matches(wanted[:60], [c.chat for c in newest], 1)
    if near:
        return UnknownThing(N_("there is no chat “{id}”: did you mean “{near}”?"), id=wanted, near=near[0])
    return UnknownThing(N_("there is no chat “{id}”: it begins with the client's first message"), id=wanted)


def chat_id(text: str) -> str:
    """Check a channel's id of a chat. Raises ``BadInput``."""
    if not _fits(text):
        raise BadInput(
            N_("“{text}” is no id of a chat: it has up to {most} visible characters"), text=text, most=LONGEST_ID
        )
    return text


def peer(text: str, house: House) -> str:
    """Return who writes: a phone number as E.164, or the channel's own user id. Raises ``BadInput``."""
    if _NUMBER.fullmatch(text.strip()):
        return phones.parse(text.strip(), phones.region_of(house.company))
    if not _fits(text):
        msg = N_("“{text}” is neither a telephone number nor a channel's user id like tg:555")
        raise BadInput(msg, text=text)
    return text


def text(given: str) -> str:
    """Check what is said. Raises ``BadInput`` for nothing, and for more than any channel carries."""
    if not given.strip():
        raise BadInput(N_("a chat message needs a text"))
    if len(given) > LONGEST_TEXT:
        msg = N_("the text has {length} characters; a chat message has {most} at most")
        raise BadInput(msg, length=len(given), most=LONGEST_TEXT)
    return given


def _fits(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and text.isprintable() and " " not in text


def client(reader: Reader, channel_id: str, who: str, invite: Invite | None) -> Owner | None:
    """Return the client behind a channel's user: the one invited, the one known from earlier chats, the owner of the
    telephone number; None when nobody knows."""
    if invite is not None and invite.contact is not None:
        return Owner("contact", invite.contact)
    if invite is not None and invite.company is not None:
        return Owner("company", invite.company)
    known = reader.known_peer(channel_id, who)
    if known is not None:
        return known
    return next(iter(reader.owners_of("phone", who)), None) if who.startswith("+") else None


def deals(reader: Reader, found: Chat) -> Sequence[str]:
    """Return the deals that a chat concerns: the one it is bound to, else all open ones of its client and of who has
    the number that it is written from."""
    if found.deal is not None:
        bound = reader.deal(found.deal)
        return [bound.id] if bound is not None and not bound.removed else []
    return reader.open_deals_of(owners(reader, found))


def owners(reader: Reader, found: Chat) -> Iterable[Owner]:
    """Return a chat's client, and whoever has the number that it is written from."""
    known = dict.fromkeys([found.owner] if found.owner else [])
    if found.peer.startswith("+"):
        known |= dict.fromkeys(reader.owners_of("phone", found.peer))
    return known


def deal(reader: Reader, found: Chat) -> Deal | None:
    """Return the deal in whose name an agent speaks in a chat: of several, the one that something happened on last; of
    a client who has none open, the last closed one."""
    known = reader.deals_by_id(deals(reader, found) or reader.deals_of(owners(reader, found))).values()
    return max((one for one in known if not one.removed), key=lambda one: (one.active_at, one.id), default=None)
