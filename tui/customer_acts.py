"""Being the client: whoever sits at the board does what the client of a deal could do, where peers are simulated.

What is done here is reported as channels report it; what comes of it the engine decides as ever.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from core import in_hand
from core.commands import incoming
from core.commands.chats import chat_message
from core.commands.recording import Report
from core.i18n import gettext as _
from core.in_hand import Hand, Mail
from core.ports import Job
from core.words import fill
from tui import writing
from tui.panels.ask import Ask
from tui.panels.picker import Choice, Picker

if TYPE_CHECKING:
    from tui.app import FunilApp

_LONGEST: Final = 4_000
_BROWSER: Final = {
    "method": "GET",
    "agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "ip": "192.0.2.10",
}
"""How the client's hits look: a browser of a documentation network (RFC 5737)."""
_SCANNER: Final = {"method": "HEAD", "agent": "", "ip": "198.51.100.7"}
_CALLBACK: Final = "callback"
_CRM: Final = "contact"

Act = Callable[["FunilApp", Hand], Awaitable[Job[Any] | None]]


async def be_client(app: FunilApp) -> None:
    """Ask what the client of the deal in question does, and report it."""
    deal = _deal(app)
    hand = await asyncio.to_thread(app.desk.store.read, lambda reader: in_hand.of(reader, deal)) if deal else None
    if hand is None:
        return
    acts = dict(_acts(hand))
    choices = [choice for choice, _act in acts.values()]
    chosen = await app.push_screen_wait(
        Picker(fill(_("You are {client}. What do you do?"), {"client": hand.name}), choices)
    )
    if chosen is None:
        return
    job = await acts[chosen][1](app, hand)
    if job is not None:
        await _report(app, hand, job)


def _deal(app: FunilApp) -> str | None:
    """Return the deal whose client is played: the open one, else the one under the cursor."""
    view = app.panel.view
    return view.deal.id if view is not None else app.board.model.deal


def why_not(app: FunilApp) -> str | None:
    """Say why nobody can be played here."""
    if _deal(app) is None:
        return _("There is no deal under the cursor.")
    played = any(each.adapter.startswith(in_hand.SIMULATED) for each in app.desk.house.connections.values())
    return None if played else _("No connection is simulated: real clients act for themselves.")


async def _report(app: FunilApp, hand: Hand, job: Job[Any]) -> None:
    if await writing.written(app, job):
        told = _("{client} has done that. Opened mails and clicks count after ten seconds.")
        app.say(fill(told, {"client": hand.name}))


# What can be done -----------------------------------------------------------------------------------------------------


def _acts(hand: Hand) -> dict[str, tuple[Choice, Act]]:
    """Return each thing that the client can do, by an id of its own, the newest mail first."""
    found: dict[str, tuple[Choice, Act]] = {}

    def add(words: str, act: Act, note: str = "") -> None:
        name = str(len(found))
        found[name] = Choice(name, words, note), act

    for mail in hand.mails:
        add(fill(_("Read “{subject}”"), {"subject": mail.subject}), _read(mail), mail.delivery)
    for invite in hand.invitations:
        words = fill(_("Follow the invitation to {channel}, and write"), {"channel": invite.channel})
        add(words, _follow(invite.token, invite.channel))
    for chat in hand.chats:
        add(fill(_("Write in the chat {chat}"), {"chat": chat.address}), _write(chat.channel, chat.chat, chat.peer))
    for channel in hand.channels:
        add(fill(_("Begin a chat on {channel}"), {"channel": channel}), _begin(channel))
    if hand.email:
        add(_("Write an e-mail"), _mail(None))
    for line in hand.lines if hand.phone else ():
        add(fill(_("Call {line}"), {"line": line}), _call("call_received", line))
        add(fill(_("Call {line}; nobody answers"), {"line": line}), _call("call_missed", line))
    if hand.phone or hand.email:
        add(_("Ask to be called back, by the form of the web site"), _form(_CALLBACK, incoming.CALLBACK))
        add(_("Fill in the form of the web site"), _form(_CRM, "crm"))
    return found


def _report_id() -> Report:
    return Report(id=uuid.uuid4().hex, source="played")


async def _ask(app: FunilApp, title: str) -> str | None:
    """Ask for the client's words."""

    def wrong(text: str) -> str | None:
        if not text.strip():
            return _("Write something first.")
        return None if len(text) <= _LONGEST else fill(_("At most {n} characters."), {"n": _LONGEST})

    answer: str | None = await app.push_screen_wait(Ask(title, "", wrong))
    return answer


def _read(mail: Mail) -> Act:
    async def act(app: FunilApp, hand: Hand) -> Job[Any] | None:
        untold = None if mail.opens else _("Opening it is not tracked: nothing would be seen.")
        choices = [Choice("open", _("Open it"), why_not=untold)]
        choices += [Choice(f"link {link}", fill(_("Follow {link}"), {"link": link})) for link in mail.links]
        choices += [Choice("answer", _("Answer it")), Choice("away", _("Answer by itself: out of office"))]
        choices += [Choice("scan", _("Have it looked at by a mail scanner"), why_not=untold)]
        chosen: str | None = await app.push_screen_wait(Picker(mail.subject, choices))
        if chosen == "answer":
            return await _mail(mail)(app, hand)
        if chosen == "away":
            return _away(mail, hand)
        if chosen is None:
            return None
        kind = "link_clicked" if chosen.startswith("link ") else "email_opened"
        said = dict(_SCANNER if chosen == "scan" else _BROWSER)
        if kind == "link_clicked":
            said["link"] = chosen.removeprefix("link ")
        return incoming.mail_hit(_report_id(), kind, mail.delivery, said)

    return act


def _mail(answers: Mail | None) -> Act:
    async def act(app: FunilApp, hand: Hand) -> Job[Any] | None:
        text = await _ask(app, fill(_("What does {client} write?"), {"client": hand.name}))
        if text is None or hand.email is None:
            return None
        subject = f"Re: {answers.subject}" if answers else text.strip().splitlines()[0][:60]
        reference = answers.reference if answers else None
        return incoming.email_received(_report_id(), hand.email, subject, text, in_reply_to=reference)

    return act


def _away(mail: Mail, hand: Hand) -> Job[Any] | None:
    if hand.email is None:
        return None
    headers = {"auto_submitted": "auto-replied"}
    subject, text = f"Auto: {mail.subject}", "…"
    return incoming.email_received(_report_id(), hand.email, subject, text, in_reply_to=mail.reference, headers=headers)


def _write(channel: str, chat: str, peer: str) -> Act:
    async def act(app: FunilApp, hand: Hand) -> Job[Any] | None:
        text = await _ask(app, fill(_("What does {client} write?"), {"client": hand.name}))
        return chat_message(_report_id(), chat, text, channel=channel, sender=peer) if text is not None else None

    return act


def _begin(channel: str) -> Act:
    async def act(app: FunilApp, hand: Hand) -> Job[Any] | None:
        peer = hand.phone or f"{channel}:{hand.deal}"
        return await _write(channel, f"played-{hand.deal}", peer)(app, hand)

    return act


def _follow(token: str, channel: str) -> Act:
    async def act(app: FunilApp, hand: Hand) -> Job[Any] | None:
        peer = f"tg:{hand.deal}"
        text = await _ask(app, fill(_("What does {client} write?"), {"client": hand.name}))
        if text is None:
            return None
        follow = chat_message(_report_id(), peer, f"/start {token}", channel=channel, sender=peer)
        write = chat_message(_report_id(), peer, text, channel=channel, sender=peer)

        def both(tx: Any) -> None:
            follow(tx)
            write(tx)

        return both

    return act


def _call(kind: str, line: str) -> Act:
    async def act(app: FunilApp, hand: Hand) -> Job[Any] | None:
        return incoming.call_came(_report_id(), kind, hand.phone or "", line)

    return act


def _form(form: str, kind: str) -> Act:
    async def act(app: FunilApp, hand: Hand) -> Job[Any] | None:
        said = {"name": hand.name, "phone": hand.phone or "", "email": hand.email or ""}
        return incoming.form_submitted(_report_id(), form, kind, said)

    return act
