"""What a rule is judged on: the deal's facts, and what only its kind asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from core.model.deal import Deal, Entry
from core.model.delivery import Channel
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.people import Company, Contact
from core.model.rule import Rule
from core.model.talk import Owner
from core.ports import Facts, Reader
from core.rules import catalogue

ADDRESSED: Final = frozenset({Channel.EMAIL, Channel.SMS, Channel.TELEPHONY})
"""The channels whose messages go to an address or a number."""


def facts_for(
    reader: Reader, rule: Rule, deal: Deal, now: Moment, entry: Entry | None = None, run: int | None = None
) -> Facts:
    """Return what is known of a deal for a rule; ``entry`` None reads the deal's open one, ``run`` is whose message is
    to be written."""
    facts = reader.facts(deal, now, entry)
    kind = catalogue.kinds().get(rule.kind)
    if kind is None:
        return facts
    if not ADDRESSED.isdisjoint(kind.uses):
        facts = with_declined(reader, facts)
    if "chat" in kind.needs:
        channels = [connection.id for connection in facts.house.connected(Channel.OPEN_CHANNEL)]
        facts = replace(facts, chat=reader.last_chat(deal.id, _owner(facts), channels) if channels else None)
    if "turns" in kind.needs:
        facts = replace(facts, turns=reader.turns(rule.id), loads=reader.loads(facts.house.users, deal.id))
    if "rule" in kind.needs:
        facts = replace(facts, rule=rule)
    if "invite" in kind.needs and run is not None:
        facts = replace(facts, invite=reader.invite_of_run(run), run=run)
    return facts


def shares_out(rule: Rule) -> bool:
    """Return whether a rule gives deals to users by what each has had before."""
    kind = catalogue.kinds().get(rule.kind)
    return kind is not None and "turns" in kind.needs


def with_declined(reader: Reader, facts: Facts, beside: Iterable[str] = ()) -> Facts:
    """Return facts that know at which of the clients' addresses, and of those ``beside`` them, somebody wants no
    messages."""
    clients: list[Contact | Company] = [*facts.contacts, *([facts.company] if facts.company else [])]
    own = [address.value for client in clients for address in (*client.emails, *client.phones)]
    return replace(facts, declined=reader.opted_out([*own, *beside]))


def _owner(facts: Facts) -> Owner | None:
    """Return whom the rules speak to: the first contact, else the company."""
    if facts.contact is not None:
        return Owner("contact", facts.contact.id)
    return Owner("company", facts.company.id) if facts.company is not None else None
