"""Chats, what is said in them, and invitations as rows, both ways."""

from __future__ import annotations

from core.model.talk import Author, Chat, ChatMessage, ChatStatus, Invite
from data.building import builder
from data.mapping import Params, Row, dump, kept, load_dict

_chat = builder(Chat)
_invite = builder(Invite)


def chat_params(chat: Chat) -> Params:
    """Return a chat's columns, its row's number among them."""
    return {
        "id": chat.id,
        "channel": chat.channel,
        "chat": chat.chat,
        "peer": chat.peer,
        "created_at": chat.created_at,
        "contact": chat.contact,
        "company": chat.company,
        "deal": chat.deal,
        "status": chat.status.value,
        "session": chat.session,
        "session_at": chat.session_at,
        "accepted_by": chat.accepted_by,
        "accepted_at": chat.accepted_at,
        "answered_at": chat.answered_at,
        "closed_at": chat.closed_at,
        "blocked": chat.blocked,
    }


def chat_of(row: Row) -> Chat:
    """Read a chat."""
    *names, status, session, session_at, accepted_by, accepted_at, answered_at, closed_at, blocked = row
    state = (ChatStatus(status), session, session_at, accepted_by, accepted_at, answered_at, closed_at, bool(blocked))
    return _chat(*names, *state)


def message_params(message: ChatMessage) -> Params:
    """Return the columns of what was said."""
    return {
        "chat": message.chat,
        "session": message.session,
        "at": message.at,
        "author": message.author.value,
        "by": kept(message.by),
        "text": kept(message.text),
        "hidden": message.hidden,
        "delivery": message.delivery,
        "data": dump(dict(message.data)),
    }


def message_of(row: Row) -> ChatMessage:
    """Read what was said."""
    number, chat, session, at, author, by, text, hidden, delivery, data = row
    return ChatMessage(
        id=number,
        chat=chat,
        session=session,
        at=at,
        author=Author(author),
        by=by,
        text=text,
        hidden=bool(hidden),
        delivery=delivery,
        data=load_dict(data),
    )


def invite_params(invite: Invite) -> Params:
    """Return an invitation's columns."""
    return {
        "token": invite.token,
        "deal": invite.deal,
        "channel": invite.channel,
        "at": invite.at,
        "contact": invite.contact,
        "company": invite.company,
        "run": invite.run,
        "followed_at": invite.followed_at,
        "followed_by": invite.followed_by,
    }


def invite_of(row: Row) -> Invite:
    """Read an invitation."""
    return _invite(*row)
