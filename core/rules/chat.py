"""The rule that writes to the client in their chat, or leaves a note there for the employees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from pydantic import Field

from core import context, recipients, templates
from core.effects import ChatNote, Deliver, Effect
from core.i18n import N_
from core.model.delivery import Channel, Message
from core.model.house import House
from core.model.moment import Moment
from core.model.talk import Chat
from core.ports import Facts, Random
from core.rules import attaching
from core.rules.attaching import Attach
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.safe_text import wire_text
from core.words import Words


class ChatSettings(Settings):
    """What is said, and to whom: the client, or only the employees."""

    text: str = Field(
        min_length=1,
        title=N_("Text"),
        description=N_("What is written; names like {{ contact.first_name }} are filled in."),
        json_schema_extra={"template": "text"},
    )
    hidden: bool = Field(
        default=False,
        title=N_("Hidden message"),
        description=N_("Only the employees see it in the chat; nothing goes to the client."),
    )
    attach: Attach = Field(
        default=Attach(),
        title=N_("Attachments"),
        description=N_("Files that go with the message."),
        json_schema_extra={"picker": "files"},
    )


class ChatRule(RuleKind[ChatSettings]):
    """Write in the chat created last with the client, or bound to the deal, in whatever open channel."""

    id = "chat"
    name = N_("Send message to chat")
    about = N_("Writes in the chat created last with the deal's client; needs an open channel and a chat.")
    group = "communication"
    icon = "❝"
    Settings: ClassVar[type[ChatSettings]] = ChatSettings
    needs = frozenset({"contacts", "company", "responsible", "chat"})
    uses = frozenset({Channel.OPEN_CHANNEL})
    asks = uses

    def plan(self, facts: Facts, settings: ChatSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the message, or the note. Raises ``CannotAct``: ``no_channel``, ``no_recipient``, ``no_chat``,
        ``blocked``, ``template_error``, and those of the attachments."""
        chat = _chat(facts)
        if chat.blocked and not settings.hidden:
            words = Words(N_("{peer} has blocked us on {channel}"), {"peer": chat.peer, "channel": chat.channel})
            raise CannotAct("blocked", words)
        text = wire_text(templates.render(settings.text, context.of(facts)))
        if not text.strip():
            raise CannotAct("template_error", Words(N_("the text has come out empty")))
        files = attaching.attached(facts, settings.attach)
        if settings.hidden:
            return (ChatNote(chat=chat.id, address=chat.address, text=text, attachments=files.files),)
        owner = chat.owner
        data = {"chat": chat.id, "recipient": owner.id if owner else None, "peer": chat.peer, **files.data()}
        message = Message(channel=Channel.OPEN_CHANNEL, to=chat.address, text=text, data=data)
        return (Deliver(connection=chat.channel, message=message, why=files.why(_why(facts, chat))),)

    def sentence(self, settings: ChatSettings) -> Words:
        """Say what is written, and who sees it."""
        if settings.hidden:
            return Words(N_("leave a note in the client's chat, for employees only: “{text}”"), {"text": settings.text})
        return Words(N_("write to the client in the chat: “{text}”"), {"text": settings.text})

    def sends(self, settings: ChatSettings) -> bool:
        """Return whether the client gets it."""
        return not settings.hidden

    def lint(self, settings: ChatSettings, house: House) -> Iterable[Finding]:
        """Find mistakes in the text and the attachments, and that there is no open channel."""
        yield from templates.check(settings.text, house, field="text")
        yield from attaching.lint(settings.attach, house)
        if not house.connected(Channel.OPEN_CHANNEL):
            yield Finding(None, Words(N_("no open channel is connected")), error=False)


def _chat(facts: Facts) -> Chat:
    if not facts.house.connected(Channel.OPEN_CHANNEL):
        raise CannotAct("no_channel", Words(N_("no open channel is connected")))
    if facts.chat is None:
        owner = recipients.client(facts)
        raise CannotAct("no_chat", Words(N_("there is no chat with {name} yet"), {"name": owner.name}))
    return facts.chat


def _why(facts: Facts, chat: Chat) -> Words:
    if chat.deal == facts.deal.id:
        return Words(N_("the chat bound to this deal, created last: {chat}"), {"chat": chat.address})
    client = facts.contact or facts.company
    return Words(
        N_("{name}, the chat created last: {chat}"), {"name": client.name if client else "", "chat": chat.address}
    )
