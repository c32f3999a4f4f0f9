"""What clients do with chats, addresses and files, and what the person does about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.commands import chat_acts, chats
from core.commands.clients import set_client
from core.commands.files import add_file, remove_file
from core.commands.recording import Report
from core.model.delivery import Channel, Delivery
from core.model.frozen import replace
from core.model.talk import Author, Chat, ChatStatus, Invite
from core.ports import Reader, Tx
from core.talk_ports import ChatFilter
from core.views import DeliveryFilter
from data.tx import SqlTx
from tests.simulator.houses import CHANNEL, CHATS, OFFER, OTHER_CHANNEL
from tests.simulator.person import Acts, Person
from tests.simulator.world import START, World

_USERS: Final = {**CHATS, "c3": "tg:555", "c4": "tg:556"}
"""The chats that may be, with who writes in each: two of them nobody knows before they are invited."""
_ADDRESSES: Final = {
    "maria": ("+5511987650001", "+551132650001", "maria@cliente.example"),
    "joao": ("+551132650002", "joao@cliente.example"),
    "acme": ("+551132650003", "info@acme.example"),
}
_PHONES: Final = {
    "maria": ("MOBILE:+5511987650001;WORK:+551132650001", "WORK:+551132650001", ""),
    "joao": ("HOME:+551132650002", "MOBILE:+551132650002", ""),
}


def begin(world: World) -> None:
    """Note what has been written before."""
    world.talk.reports = list(enumerate(CHATS))
    world.talk.said = {chat: [f"text {number}"] for number, chat in world.talk.reports}
    for chat in CHATS:
        world.watch.written(chat, START)


def write(person: Person, chat: str | None = None) -> None:
    """Let a client write in a chat; what was reported may be reported again."""
    world, talk = person.world, person.world.talk
    again = chat is None and talk.reports and world.chance(0.25)
    fresh = len(talk.reports), chat or world.rng.choice(list(_USERS))
    number, where = world.rng.choice(talk.reports) if again else fresh
    there = {each.chat: each.id for each in person.store.read(known)}
    report = Report(id=f"w{number}", source=CHANNEL)
    job = chats.chat_message(report, where, f"text {number}", channel=CHANNEL, sender=_USERS[where])
    done = person.command(f"{_USERS[where]} writes text {number} in {where}", job)
    if done is None:
        return
    if done.new == bool(again):
        world.violated(f"text {number} of a chat acted {'twice' if again else 'never'}")
    if again:
        return
    talk.reports.append(fresh)
    talk.said.setdefault(where, []).append(f"text {number}")
    talk.blocked.discard(there.get(where, 0))
    if where not in there:
        talk.bound[where] = frozenset(talk.followed.get(where, ())) or frozenset({None})
    world.watch.written(where, world.clock.at)


def follow(person: Person) -> None:
    """Let somebody follow an invitation, mostly to write then."""
    world, talk = person.world, person.world.talk
    invites = person.store.read(_invites)
    if not invites or person.store.read(lambda r: r.house()).connections[CHANNEL].bot is None:
        return
    invite, chat = world.rng.choice(invites), world.rng.choice(("c3", "c4"))
    report = Report(id=f"f{len(world.trace)}", source=CHANNEL)
    job = chats.chat_message(report, chat, f"/start {invite.token}", channel=CHANNEL, sender=_USERS[chat])
    there = {each.chat for each in person.store.read(known)}
    if person.command(f"{chat} follows an invitation to {invite.deal}", job) is None:
        return
    if invite.followed_by is None:
        talk.followed.setdefault(chat, set()).add(invite.deal)
    if invite.followed_by in (None, _USERS[chat]) and chat in there:
        talk.bound[chat] = frozenset({invite.deal})
    if world.chance(0.7):
        write(person, chat)


def known(reader: Reader) -> Sequence[Chat]:
    """Return all chats."""
    return reader.chats(ChatFilter())


def _invites(reader: Reader) -> Sequence[Invite]:
    """Return the invitations to the channel that messages in the log carry."""
    said = [d.message.data["invite"] for d in reader.deliveries(DeliveryFilter()) if "invite" in d.message.data]
    tokens = dict.fromkeys(each["token"] for each in said if each["channel"] == CHANNEL)
    return [invite for invite in map(reader.invite, tokens) if invite is not None]


def attend(person: Person) -> None:
    """Take a client's chat, answer in it, or close it."""
    found = person.store.read(known)
    if not found:
        return
    chat, dice, watch = person.world.rng.choice(found), person.world.rng.random(), person.world.watch
    if chat.status is ChatStatus.WAITING and dice < 0.4:
        accept(person, chat)
    elif dice < 0.8:
        if person.command(f"answer in {chat.chat}", chat_acts.answer_chat(chat.address, "an answer", by="ana")):
            watch.answered(chat.chat)
    elif person.command(f"close {chat.chat}", chat_acts.close_chat(chat.address, by="ana")):
        watch.answered(chat.chat, closed=True)


def accept(person: Person, chat: Chat) -> None:
    """Take a chat."""
    if person.command(f"take {chat.chat}", chat_acts.accept_chat(chat.address, by="ana")):
        person.world.watch.taken(chat.chat, person.world.clock.at)


def opt_out(person: Person) -> None:
    """Note that a client wants no more messages at some addresses, or wants them again."""
    rng = person.world.rng
    client = rng.choice(("maria", "maria", "joao", "acme"))
    marks = ";".join(each for each in _ADDRESSES[client] if rng.random() < 0.5)
    job = set_client("companies" if client == "acme" else "contacts", client, {"opted_out": marks})
    person.command(f"{client} opts out of {marks or 'nothing'}", job)


def renumber(person: Person) -> None:
    """Change which telephone numbers a client has."""
    client = person.world.rng.choice(list(_PHONES))
    phones = person.world.rng.choice(_PHONES[client])
    person.command(f"{client} has {phones or 'no number'}", set_client("contacts", client, {"phone": phones}))


def tidy(person: Person) -> None:
    """Take the file that rules attach out of the store, lose its bytes, or bring it back."""
    here, dice = OFFER.name in person.store.read(lambda r: r.house()).files, person.world.rng.random()
    if here and dice < 0.3:
        person.command("the offer is taken out of the store", remove_file(OFFER.name))
    elif here and dice < 0.6:
        person.command("the bytes of the offer are lost", _lose)
    else:
        person.command("the offer is in the store", add_file(OFFER))


def _lose(tx: Tx) -> None:
    assert isinstance(tx, SqlTx)
    tx.db.text("DELETE FROM contents")


def swap_bots(person: Person) -> None:
    """Let the bot serve the other channel: invitations lead there from now on."""
    person.command("the bot serves the other channel", _swap)


def _swap(tx: Tx) -> None:
    connections = tx.house().connections
    for one, other in ((CHANNEL, OTHER_CHANNEL), (OTHER_CHANNEL, CHANNEL)):
        tx.put_connection(replace(connections[one], settings=connections[other].settings))


MORE: Final[Acts] = {
    write: 3,
    follow: 2,
    attend: 1.5,
    opt_out: 2,
    renumber: 0.7,
    tidy: 0.5,
    swap_bots: 0.4,
}
"""What happens besides in a house that calls and chats."""


def problems(world: World, reader: Reader, deliveries: Sequence[Delivery]) -> Sequence[str]:
    """Compare the chats with what was said in them."""
    found, sent = [], _by_chat(deliveries)
    for chat in known(reader):
        history = [said.message for said in reader.said(chat.id)]
        texts = [each.text for each in history if each.author is Author.CLIENT]
        if texts != world.talk.said.get(chat.chat, []):
            found.append(f"{chat.chat} tells {texts}, the client wrote {world.talk.said.get(chat.chat)}")
        carried = sorted(each.delivery for each in history if each.delivery is not None)
        if carried != sorted(sent.get(chat.id, ())):
            found.append(f"{chat.chat} tells of messages {carried}, the outbox has {sent.get(chat.id)} for it")
        sessions = [each.session for each in history if each.delivery is None]
        if sessions != sorted(sessions) or any(each > chat.session for each in sessions):
            found.append(f"the sessions of {chat.chat} are told as {sessions}, it is in its {chat.session}.")
        if chat.blocked != (chat.id in world.talk.blocked):
            found.append(f"{chat.chat} {'has' if chat.blocked else 'has not'} blocked us, says its row")
        if chat.deal not in world.talk.bound.get(chat.chat, {None}):
            found.append(f"{chat.chat} is bound to {chat.deal}, not to {world.talk.bound.get(chat.chat)}")
    return found


def _by_chat(deliveries: Sequence[Delivery]) -> Mapping[int, Sequence[int]]:
    found: dict[int, list[int]] = {}
    for delivery in deliveries:
        if delivery.message.channel is Channel.OPEN_CHANNEL:
            found.setdefault(delivery.message.data["chat"], []).append(delivery.id)
    return found
