"""Chats, what is said in them, invitations, and whose an address is, on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.effects import ChatNote, KeepInvite
from core.model.delivery import Channel, Message
from core.model.house import Connection
from core.model.moment import HOUR, MINUTE, Moment
from core.model.people import Address, Company, Contact
from core.model.talk import Author, Chat, ChatMessage, ChatStatus, Invite, Owner, Said
from core.plan import Plan
from core.talk_ports import ChatFilter
from data.tx import SqlTx
from tests.data.rows_ground import MARIA, NOON, Ground, a_deal, a_delivery, create

CHANNELS = ("tg", "web")


def a_chat(chat: str = "tg:555", **more: Any) -> Chat:
    """Return a chat that began at noon."""
    return replace(Chat(id=0, channel="tg", chat=chat, peer=chat, created_at=NOON, session_at=NOON), **more)


def added(tx: SqlTx, chat: Chat) -> Chat:
    """Keep a chat and return it with its row's number."""
    number = tx.add_chat(chat)
    assert number is not None
    return replace(chat, id=number)


def said(chat: Chat, text: str, **more: Any) -> ChatMessage:
    """Return what the client says."""
    base = ChatMessage(id=0, chat=chat.id, session=chat.session, at=NOON, author=Author.CLIENT, by=chat.peer, text=text)
    return replace(base, **more)


def test_a_chat_comes_back_as_it_was_kept(ground: Ground) -> None:
    tx = ground.tx()
    full = a_chat(
        contact="maria",
        deal="D1",
        status=ChatStatus.CLOSED,
        session=3,
        accepted_by="ana",
        accepted_at=Moment(NOON + 1),
        answered_at=Moment(NOON + 2),
        closed_at=Moment(NOON + 3),
        blocked=True,
    )
    kept = added(tx, full)
    assert tx.chat(kept.id) == kept
    assert tx.hold_chat("tg", "tg:555") == kept
    assert tx.hold_chat("web", "tg:555") is None
    changed = replace(kept, status=ChatStatus.WAITING, session=4, contact=None, company="acme", blocked=False)
    tx.put_chat(changed)
    assert tx.chat(kept.id) == changed


def test_a_channel_has_a_chat_once(ground: Ground) -> None:
    tx = ground.tx()
    first = added(tx, a_chat())
    assert tx.add_chat(a_chat(peer="somebody")) is None
    other = added(tx, a_chat(channel="web"))
    assert tx.chats_named("tg:555") == [first, other]
    assert tx.chats_named("tg:5") == []


def test_chats_are_listed_newest_first_by_what_is_asked(ground: Ground) -> None:
    tx = ground.tx()
    one = added(tx, a_chat("a", deal="D1"))
    two = added(tx, a_chat("b", channel="web", status=ChatStatus.CLOSED))
    three = added(tx, a_chat("c", status=ChatStatus.ACCEPTED))
    for where, found in (
        (ChatFilter(), [three, two, one]),
        (ChatFilter(limit=2), [three, two]),
        (ChatFilter(channel="tg"), [three, one]),
        (ChatFilter(status=ChatStatus.CLOSED), [two]),
        (ChatFilter(deal="D1"), [one]),
        (ChatFilter(channel="web", status=ChatStatus.ACCEPTED), []),
    ):
        assert tx.chats(where) == found


LATER = Moment(NOON + 1)
LAST: list[tuple[str, list[Chat], str | None]] = [
    ("the client's, created last", [a_chat("a", contact="maria"), a_chat("b", contact="maria", created_at=LATER)], "b"),
    ("by creation, not by row", [a_chat("a", contact="maria", created_at=LATER), a_chat("b", contact="maria")], "a"),
    (
        "closed ones count",
        [a_chat("a", contact="maria"), a_chat("b", contact="maria", status=ChatStatus.CLOSED, created_at=LATER)],
        "b",
    ),
    ("bound to the deal", [a_chat("a", deal="D1"), a_chat("b", deal="D2")], "a"),
    ("the deal's is newer", [a_chat("a", contact="maria"), a_chat("b", deal="D1", created_at=LATER)], "b"),
    ("the client's is newer", [a_chat("a", contact="maria", created_at=LATER), a_chat("b", deal="D1")], "a"),
    ("somebody else's", [a_chat("a", contact="joao"), a_chat("b", company="acme")], None),
    ("a channel that is not connected", [a_chat("a", contact="maria", channel="old")], None),
    (
        "any channel",
        [a_chat("a", contact="maria"), a_chat("b", contact="maria", channel="web", created_at=LATER)],
        "b",
    ),
    ("one moment: the later row", [a_chat("a", contact="maria"), a_chat("b", contact="maria")], "b"),
    ("none", [], None),
]  # fmt: skip


@pytest.mark.parametrize(("chats", "last"), [case[1:] for case in LAST], ids=[case[0] for case in LAST])
def test_the_last_chat(ground: Ground, chats: list[Chat], last: str | None) -> None:
    tx = ground.tx()
    for chat in chats:
        added(tx, chat)
    found = tx.last_chat("D1", Owner("contact", "maria"), CHANNELS)
    assert (found.chat if found else None) == last


def test_the_last_chat_of_a_company_and_of_nobody(ground: Ground) -> None:
    tx = ground.tx()
    firm = added(tx, a_chat("a", company="acme"))
    bound = added(tx, a_chat("b", deal="D1", created_at=Moment(NOON - 1)))
    assert tx.last_chat("D1", Owner("company", "acme"), CHANNELS) == firm
    assert tx.last_chat("D1", None, CHANNELS) == bound


def test_a_user_of_a_channel_is_known_by_the_newest_chat_with_a_client(ground: Ground) -> None:
    tx = ground.tx()
    added(tx, a_chat("a", peer="u1", contact="maria"))
    added(tx, a_chat("b", peer="u1", company="acme", created_at=LATER))
    added(tx, a_chat("c", peer="u1", created_at=Moment(NOON + 2)))
    added(tx, a_chat("d", peer="u1", contact="joao", channel="web", created_at=Moment(NOON + 3)))
    assert tx.known_peer("tg", "u1") == Owner("company", "acme")
    assert tx.known_peer("web", "u1") == Owner("contact", "joao")
    assert tx.known_peer("tg", "u2") is None


def test_a_history_is_read_oldest_first_and_the_newest_of_it(ground: Ground) -> None:
    tx = ground.tx()
    chat, other = added(tx, a_chat()), added(tx, a_chat("x"))
    words = ("Olá", "nota \x00", "fim")
    made = [
        said(chat, text, hidden=text.startswith("nota"), data={"attachments": [{"name": "a.png"}]}) for text in words
    ]
    ids = [tx.say(message) for message in made]
    tx.say(said(other, "elsewhere"))
    stored = [Said(replace(m, id=i, text=m.text.replace("\0", "\ufffd"))) for m, i in zip(made, ids, strict=True)]
    assert tx.said(chat.id) == stored
    assert tx.said(chat.id, 2) == stored[1:]
    assert stored[0].attachments == ({"name": "a.png"},)


def test_a_message_of_the_outbox_stands_in_its_chat_with_its_words_and_fate(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.put_connection(Connection(id="tg", channel="open_channel", adapter="simulated_telegram"))
    chat, other = added(tx, a_chat(session=2)), added(tx, a_chat("x", session=7))
    message = Message(channel=Channel.OPEN_CHANNEL, to="tg:tg:555", text="Oi", data={"chat": chat.id})
    sent = a_delivery(connection="tg", message=message)
    by_hand = replace(sent, rule=None, message=replace(message, text="Pois não", data={"chat": chat.id, "by": "ana"}))
    tx.apply(Plan(deliveries=[sent, by_hand, a_delivery()]))
    first, second = tx.said(chat.id)
    assert [(one.message.author, one.message.by, one.message.session, one.text) for one in (first, second)] == [
        (Author.RULE, "r1", 2, "Oi"),
        (Author.AGENT, "ana", 2, "Pois não"),
    ]
    assert first.delivery is not None and first.delivery.status.value == "queued"
    elsewhere = replace(message, to="tg:x", text="Oi de novo", data={"chat": other.id})
    tx.apply(Plan(deliveries_changed=[(first.delivery, replace(first.delivery, message=elsewhere))]))
    assert [one.text for one in tx.said(chat.id)] == ["Pois não"]
    (moved,) = tx.said(other.id)
    assert (moved.text, moved.message.session) == ("Oi de novo", 7)


def test_a_note_is_said_in_the_chat_and_told_in_the_history(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    chat = added(tx, a_chat(session=2))
    note = ChatNote(chat=chat.id, address="tg:tg:555", text="VIP", attachments=({"name": "a.png"},), rule="r-note")
    tx.apply(Plan(effects=[("D1", "system", note)]))
    (line,) = tx.said(chat.id)
    assert (line.message.hidden, line.message.author, line.message.by, line.message.session) == (
        True, Author.RULE, "r-note", 2,
    )  # fmt: skip
    assert (line.text, line.attachments) == ("VIP", ({"name": "a.png"},))
    (told,) = (entry for entry in tx.timeline("D1") if entry.kind.value == "chat")
    assert told.text.english() == "note in chat tg:tg:555: VIP"


def test_an_invitation_belongs_to_its_run_and_to_who_followed_it_first(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.apply(Plan(effects=[("D1", "system", KeepInvite(token="t1", channel="tg", contact="maria", run=7))]))
    invite = Invite(token="t1", deal="D1", channel="tg", at=NOON, contact="maria", run=7)
    assert tx.invite("t1") == tx.invite_of_run(7) == invite
    assert (tx.invite("T1"), tx.invite_of_run(8), tx.invite_followed_by("tg", "u1")) == (None, None, None)
    tx.add_invite(replace(invite, deal="D2"))
    assert tx.invite("t1") == invite
    assert tx.follow_invite("t1", "u1", Moment(NOON + MINUTE))
    assert not tx.follow_invite("t1", "u2", Moment(NOON + HOUR))
    followed = replace(invite, followed_at=Moment(NOON + MINUTE), followed_by="u1")
    assert tx.invite_followed_by("tg", "u1") == followed
    assert tx.invite_followed_by("tg", "u2") is None
    tx.add_invite(replace(invite, token="t2", run=8, followed_at=Moment(NOON + HOUR), followed_by="u1"))
    latest = tx.invite_followed_by("tg", "u1")
    assert latest is not None and latest.token == "t2"


def test_an_address_leads_to_its_owners_and_their_open_deals(ground: Ground) -> None:
    tx = ground.tx()
    number = "+5511987650001"
    tx.put_company(
        Company(id="firm", name="Firm", phones=(Address("WORK", number),), emails=(Address("WORK", "Oi@Firm.example"),))
    )
    tx.put_contact(Contact(id="ze", name="Zé", phones=(Address("WORK", "+5511900000000"), Address("HOME", number))))
    assert tx.owners_of("phone", number) == [
        Owner("contact", "maria"),
        Owner("contact", "ze"),
        Owner("company", "firm"),
    ]
    assert tx.owners_of("email", "OI@firm.example") == [Owner("company", "firm")]
    assert tx.owners_of("email", number) == []
    create(tx, a_deal("D1", contacts=("joao", "maria")))
    create(tx, a_deal("D2", contacts=(), company="firm"))
    create(tx, a_deal("D3", contacts=("maria",), closed=True))
    assert tx.open_deals_of(tx.owners_of("phone", number)) == ["D1", "D2"]
    assert tx.open_deals_of([]) == []
    tx.put_contact(replace(MARIA, phones=()))
    tx.archive("contacts", ["ze"])
    assert tx.owners_of("phone", number) == [Owner("company", "firm")]


def test_an_address_is_opted_out_of_for_everybody_until_nobody_says_so(ground: Ground) -> None:
    tx = ground.tx()
    mixed = (Address("WORK", "Oi@X.example"), Address("HOME", "oi@x.example", True), Address("WORK", "b@x.example"))
    tx.put_contact(Contact(id="ze", name="Zé", emails=mixed))
    tx.put_company(Company(id="firm", name="Firm", emails=(Address("WORK", "OI@x.example", True),)))
    wanted = ["OI@X.example", "b@x.example", "+5511987650001"]
    assert tx.opted_out(wanted) == {"oi@x.example", "+5511987650001"}
    tx.put_contact(Contact(id="ze", name="Zé", emails=mixed[:1]))
    tx.archive("companies", ["firm"])
    assert tx.opted_out(wanted[:2]) == {"oi@x.example"}
    tx.put_company(Company(id="firm", name="Firm"))
    assert tx.opted_out(wanted[:2]) == tx.opted_out([]) == frozenset()
