"""What channels report of chats: the event, and in the same transaction the chat as it stands then.

A report that is known already (same source, same id) changes nothing. What a report tells twice under another id is
kept as an event and makes no difference to the chat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.commands import chat_finding, lookup, recording
from core.commands.recording import Recorded, Report
from core.engine import slow_answers, talking
from core.errors import Refused, UnknownThing
from core.i18n import N_
from core.model.event import Event
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.talk import Author, Chat, ChatMessage, ChatStatus, Invite
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import Plan
from core.ports import Job, Tx
from core.words import Words

_QUOTED: Final = 200
"""Characters of a message that a line of history quotes; its data hold all."""


def chat_message(
    report: Report, chat: str, text: str, *, channel: str | None = None, sender: str | None = None
) -> Job[Recorded]:
    """Return a job that takes in what a client has written. ``channel`` may be left out while it is in no doubt, and
    ``sender`` (a phone number, or the channel's user id) where the chat is known.

    The first message makes the chat, and one after closing begins a session; ``/start TOKEN`` follows an invitation.
    Raises ``UnknownThing``, ``BadInput`` and ``Refused``.
    """

    def job(tx: Tx) -> Recorded:
        known = recording.known(tx, report)
        if known is not None:
            return known
        chat_finding.text(text)
        where = chat_finding.channel_for(tx, chat_finding.chat_id(chat), channel)
        found = tx.hold_chat(where, chat)
        who = _sender(tx, sender, found)
        at = report.at if report.at is not None else tx.now()
        token = talking.token_of(text) if tx.house().connections[where].bot else None
        if token is not None:
            return _followed(tx, report, _Said(where, chat, who, text, at), token)
        return _written(tx, report, _Said(where, chat, who, text, at), found)

    return job


@dataclass(frozen=True, slots=True)
class _Said:
    """A client's words as they were reported."""

    channel: str
    chat: str
    peer: str
    text: str
    at: Moment

    @property
    def data(self) -> dict[str, Any]:
        """What the event says of them."""
        return {"channel": self.channel, "chat": self.chat, "from": self.peer}


def _sender(tx: Tx, sender: str | None, chat: Chat | None) -> str:
    if sender:
        return chat_finding.peer(sender, tx.house())
    if chat is None:
        raise Refused(N_("this is the chat's first message: say who writes (a phone number, or an id like tg:555)"))
    return chat.peer


def _written(tx: Tx, report: Report, said: _Said, found: Chat | None) -> Recorded:
    """Take in an ordinary message: the first of a session is also what begins it."""
    before, made = (found, False) if found else _begun(tx, said)
    after = talking.written(before, said.at)
    if after.owner is None:
        owner = chat_finding.client(tx, said.channel, said.peer, None)
        after = replace(after, **{owner.kind: owner.id}) if owner else after
    first = made or after.session != before.session
    kinds = ["chat_started", "chat_message"] if first else ["chat_message"]
    data = {**said.data, "text": said.text, "session": after.session, "first": first, "kinds": kinds}
    taken = _recorded(tx, report, "chat_message", after, said.at, data)
    if not taken.new:
        return taken
    if after != before:
        tx.put_chat(after)
    tx.say(
        ChatMessage(
            id=0, chat=after.id, session=after.session, at=said.at, author=Author.CLIENT, by=said.peer, text=said.text
        )
    )
    pattern = N_("{channel}: the client begins a chat: {text}") if first else N_("{channel}: the client writes: {text}")
    tell(tx, after, "client", said.at, Words(pattern, {"text": said.text[:_QUOTED]}), {"what": "message", **data})
    return replace(taken, chat=after)


def _begun(tx: Tx, said: _Said) -> tuple[Chat, bool]:
    """Make the chat, bound to the deal whose invitation its user has followed; another transaction may have been
    quicker: then the chat is its, and False."""
    invite = tx.invite_followed_by(said.channel, said.peer)
    owner = chat_finding.client(tx, said.channel, said.peer, invite)
    new = Chat(
        id=0,
        channel=said.channel,
        chat=said.chat,
        peer=said.peer,
        created_at=said.at,
        session_at=said.at,
        deal=invite.deal if invite else None,
        **({owner.kind: owner.id} if owner else {}),  # type: ignore[arg-type]
    )
    number = tx.add_chat(new)
    chat = replace(new, id=number) if number is not None else tx.hold_chat(said.channel, said.chat)
    assert chat is not None, "another transaction has just added it"
    return chat, number is not None


def _followed(tx: Tx, report: Report, said: _Said, token: str) -> Recorded:
    """Take in that somebody has followed an invitation: it is theirs if nobody has before, and binds the chat that
    they begin, or have, to its deal."""
    invite = tx.invite(token)
    if invite is None:
        raise UnknownThing(N_("there is no invitation “{token}”"), token=token)
    if invite.channel != said.channel:
        msg = N_("invitation “{token}” leads to channel {theirs}, not {channel}")
        raise Refused(msg, token=token, theirs=invite.channel, channel=said.channel)
    first = tx.follow_invite(token, said.peer, said.at)
    bound = first or invite.followed_by == said.peer
    data = {**said.data, "token": token, "bound": bound}
    given = Event(
        kind="invite_followed",
        source=report.source,
        outside_id=report.id,
        at=said.at,
        deal=invite.deal,
        connection=said.channel,
        data=data,
    )
    taken = recording.record(tx, given)
    if not taken.new:
        return taken
    chat = _bound(tx, said, invite) if bound else None
    notes: tuple[Words, ...] = ()
    if first:
        told = N_("{channel}: {peer} has followed the invitation")
        _tell(tx, [invite.deal], "client", said.at, Words(told, {"peer": said.peer}), {"what": "followed", **data})
    elif not bound:
        told = N_("invitation “{token}” was followed by {peer} before: it binds nobody else")
        notes = (Words(told, {"token": token, "peer": invite.followed_by}),)
    return replace(taken, chat=chat, notes=notes)


def _bound(tx: Tx, said: _Said, invite: Invite) -> Chat | None:
    """Bind the chat that its user has already to the invitation's deal and client; None while there is none."""
    chat = tx.hold_chat(said.channel, said.chat)
    if chat is None:
        return None
    owner = {"contact": invite.contact, "company": invite.company} if invite.contact or invite.company else {}
    after = replace(chat, deal=invite.deal, **owner)
    if after != chat:
        tx.put_chat(after)
    return after


def chat_accepted(report: Report, chat: str, by: str, channel: str | None = None) -> Job[Recorded]:
    """Return a job that takes in that an agent has pressed *Answer*. Raises ``UnknownThing``, and ``Refused`` for a
    chat that is closed."""

    def act(tx: Tx, found: Chat, at: Moment) -> Change:
        agent = lookup.user(tx.house(), by).id
        if found.status is ChatStatus.CLOSED:
            raise shut(found)
        again = found.status is ChatStatus.ACCEPTED
        note = Words(
            N_("chat {chat} has been taken by {user} before"), {"chat": found.address, "user": found.accepted_by}
        )
        words = Words(N_("{channel}: {user} takes the chat"), {"user": agent})
        return Change(talking.accepted(found, agent, at), agent, words, note if again else None)

    return _reported(report, "chat_accepted", chat, channel, act)


def chat_answered(report: Report, chat: str, by: str, text: str, channel: str | None = None) -> Job[Recorded]:
    """Return a job that takes in what an agent has answered on the channel itself: nothing is sent. It may come before
    the acceptance or after closing, and counts as the session's answer only in between. Raises ``UnknownThing`` and
    ``BadInput``."""

    def act(tx: Tx, found: Chat, at: Moment) -> Change:
        agent = lookup.user(tx.house(), by).id
        chat_finding.text(text)
        words = Words(N_("{channel}: {user} answers: {text}"), {"user": agent, "text": text[:_QUOTED]})
        return Change(talking.answered(found, at), agent, words, said=text)

    return _reported(report, "chat_answered", chat, channel, act)


def chat_closed(report: Report, chat: str, channel: str | None = None, by: str | None = None) -> Job[Recorded]:
    """Return a job that takes in that a session is over. Raises ``UnknownThing``."""

    def act(tx: Tx, found: Chat, at: Moment) -> Change:
        agent = lookup.user(tx.house(), by).id if by is not None else "system"
        again = found.status is ChatStatus.CLOSED
        note = Words(N_("chat {chat} is closed already"), {"chat": found.address})
        return Change(
            talking.closed(found, at), agent, Words(N_("{channel}: the chat is closed")), note if again else None
        )

    return _reported(report, "chat_closed", chat, channel, act)


@dataclass(frozen=True, slots=True)
class Change:
    """What a report makes of a chat, who did it, and how the history tells it; ``note`` where it is so already."""

    after: Chat
    by: str
    words: Words
    note: Words | None = None
    said: str | None = None


def _reported(report: Report, kind: str, chat: str, channel: str | None, act: Any) -> Job[Recorded]:
    def job(tx: Tx) -> Recorded:
        known = recording.known(tx, report)
        if known is not None:
            return known
        named = chat_finding.chat(tx, chat, channel)
        found = tx.hold_chat(named.channel, named.chat) or named
        at = report.at if report.at is not None else tx.now()
        change: Change = act(tx, found, at)
        data = {"channel": found.channel, "chat": found.chat, "from": found.peer, "session": found.session}
        data |= {"by": change.by} | ({"text": change.said} if change.said is not None else {})
        taken = _recorded(tx, report, kind, found, at, data)
        if not taken.new:
            return taken
        if change.note is not None:
            return replace(taken, chat=found, notes=(change.note,))
        return replace(taken, chat=write(tx, found, change, at, {"what": kind.removeprefix("chat_"), **data}))

    return job


def write(tx: Tx, before: Chat, change: Change, at: Moment, data: Mapping[str, Any]) -> Chat:
    """Write what an agent has done to a chat, and tell it in the history of the deals concerned."""
    after = change.after
    if after != before:
        tx.put_chat(after)
        slow_answers.follow(tx, before, after)
    if change.said is not None:
        said = ChatMessage(
            id=0,
            chat=after.id,
            session=after.session,
            at=at,
            author=Author.AGENT,
            by=change.by,
            text=change.said,
        )
        tx.say(said)
    tell(tx, after, change.by, at, change.words, data)
    return after


def _recorded(tx: Tx, report: Report, kind: str, chat: Chat, at: Moment, data: Mapping[str, Any]) -> Recorded:
    event = Event(
        kind=kind,
        source=report.source,
        outside_id=report.id,
        at=at,
        deal=chat.deal,
        connection=chat.channel,
        data=data,
    )
    return recording.record(tx, event)


def shut(chat: Chat) -> Refused:
    """Return the refusal of what a closed chat does not allow."""
    return Refused(N_("chat {chat} is closed: it begins again when the client writes"), chat=chat.address)


def tell(tx: Tx, chat: Chat, by: str, at: Moment, words: Words, data: Mapping[str, Any]) -> None:
    """Add a line to the history of every deal that a chat concerns."""
    _tell(tx, chat_finding.deals(tx, chat), by, at, words, {**data, "channel": chat.channel})


def _tell(tx: Tx, deals: Any, by: str, at: Moment, words: Words, data: Mapping[str, Any]) -> None:
    text = Words(words.msg, {"channel": str(data["channel"]), **words.args})
    rows = [TimelineRow(deal=each, at=at, kind=TimelineKind.CHAT, by=by, text=text, data=data) for each in deals]
    if rows:
        tx.apply(Plan(timeline=rows))
