"""Whom a message may go to, told anew by simpler means than the rules': fallback, opt-out, chat, invitation, files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from core.model.deal import Deal
from core.model.delivery import Channel, Delivery
from core.model.people import Address, Company, Contact
from core.plan import Plan
from core.ports import Reader
from core.talk_ports import ChatFilter

if TYPE_CHECKING:
    from tests.simulator.world import Attempt, World

_WHERE: Final = {Channel.EMAIL: "emails", Channel.SMS: "phones", Channel.TELEPHONY: "phones"}


def at_apply(world: World, reader: Reader, plan: Plan) -> None:
    """Judge the recipients of messages that rules write, or write anew, by what is known at that moment."""
    written = [*plan.deliveries, *(after for before, after in plan.deliveries_changed if _rewritten(before, after))]
    for delivery in written:
        problem = _problem(reader, delivery) if delivery.run is not None else None
        if problem is not None:
            world.violated(f"{delivery.public_id} of {delivery.rule} is written to {delivery.message.to}: {problem}")


def _rewritten(before: Delivery, after: Delivery) -> bool:
    return before.message is not after.message or before.connection != after.connection


def _problem(reader: Reader, delivery: Delivery) -> str | None:
    deal = reader.deal(delivery.deal)
    assert deal is not None
    if delivery.message.channel is Channel.OPEN_CHANNEL:
        return _wrong_chat(reader, deal, delivery)
    if opted_out(reader, deal, delivery):
        return "the client has opted out of it"
    wanted = _wanted(reader, deal, delivery)
    return None if delivery.message.to == wanted else f"who comes before in its chain could be reached at {wanted}"


def _wrong_chat(reader: Reader, deal: Deal, delivery: Delivery) -> str | None:
    owner = deal.contacts[0] if deal.contacts else None
    theirs = [
        chat
        for chat in reader.chats(ChatFilter())
        if chat.deal == deal.id or (chat.contact is not None and chat.contact == owner)
    ]
    last = max(theirs, key=lambda chat: (chat.created_at, chat.id), default=None)
    if last is None or last.id != delivery.message.data["chat"]:
        return f"the chat created last is {last and last.address}"
    return "that client has blocked us" if last.blocked else None


def opted_out(reader: Reader, deal: Deal, delivery: Delivery) -> bool:
    """Return whether a client of the deal has opted out of the address that a message goes to."""
    return delivery.message.channel in _WHERE and delivery.message.to in _declined(_people(reader, deal))


def _people(reader: Reader, deal: Deal) -> Sequence[Contact | Company]:
    known = reader.contacts(deal.contacts)
    company = reader.company(deal.company) if deal.company is not None else None
    return [*(known[each] for each in deal.contacts), *([company] if company is not None else [])]


def _declined(people: Iterable[Contact | Company]) -> set[str]:
    return {each.value for one in people for each in (*one.emails, *one.phones) if each.opted_out}


def _wanted(reader: Reader, deal: Deal, delivery: Delivery) -> str | None:
    """Return the address of the first in the rule's chain who can be reached; None: nobody can."""
    run = reader.run(delivery.run or 0)
    assert run is not None
    settings = reader.revision(run.revision).settings
    people = _people(reader, deal)
    declined = _declined(people)
    for person in _chain(people, settings):
        addresses: Sequence[Address] = getattr(person, _WHERE[delivery.message.channel])
        reached = _reached(addresses, settings, declined)
        if reached is not None:
            return reached
    return None


def _chain(people: Sequence[Contact | Company], settings: Mapping[str, Any]) -> Iterator[Contact | Company]:
    chain = settings.get("fallback", ())
    for place, person in enumerate(people):
        step = "company" if isinstance(person, Company) else "contact"
        if place == 0 or step in chain:
            yield person


def _reached(addresses: Sequence[Address], settings: Mapping[str, Any], declined: set[str]) -> str | None:
    choice = settings.get("phone", "auto").upper()
    fitting = [each.value for each in addresses if choice in ("AUTO", each.type)]
    if fitting:
        return None if fitting[0] in declined else fitting[0]
    others = [each.value for each in addresses] if "type" in settings.get("fallback", ()) else []
    return None if not others or set(others) & declined else others[0]


def at_send(world: World, reader: Reader, attempt: Attempt, connection: str) -> Sequence[str]:
    """Judge what goes with a message on the wire: its files, and the invitation that its link stands for."""
    data, problems = attempt.message.data, []
    if data.get("attachments") and connection not in world.carrying:
        problems.append("its files go to a peer that takes none")
    if "invite" in data and reader.invite(data["invite"]["token"]) is None:
        problems.append("its link is no invitation")
    return problems
