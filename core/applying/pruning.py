"""Putting out of use what the files do not list: ``--prune``. A section that no file has stays as it is."""

from __future__ import annotations

from collections.abc import Iterable

from core import hooks
from core.applying.ledger import Change, Ledger
from core.applying.pipelines import check_empty
from core.applying.rules import remove_rule, remove_trigger
from core.engine import removing
from core.errors import Refused
from core.i18n import N_
from core.model.delivery import Channel
from core.model.house import House
from core.views import DealFilter

_ONE = {
    "users": "user",
    "connections": "connection",
    "constants": "constant",
    "fields": "field",
    "files": "file",
    "pipelines": "pipeline",
    "contacts": "contact",
    "companies": "client",
    "deals": "deal",
}


def prune(ledger: Ledger) -> None:
    """Archive section by section, what points at other things first. Raises ``Refused`` for what is still needed."""
    tx = ledger.tx
    if _has(ledger, "deals"):
        gone_deals = _unlisted(ledger, "deals", (deal.id for deal in tx.deals(DealFilter())))
        removing.remove(tx, gone_deals, ledger.author)
        _note(ledger, "deals", gone_deals)
    _pipelines(ledger)
    house = ledger.house
    gone = {
        "companies": _unlisted(ledger, "companies", (c.id for c in tx.all_companies())),
        "contacts": _unlisted(ledger, "contacts", (c.id for c in tx.all_contacts())),
        "users": _unlisted(ledger, "users", house.users),
    }
    if any(gone.values()):
        _check_nobody_is_needed(ledger, *(set(ids) for ids in gone.values()))
    gone |= {
        "connections": [each for each in _unlisted(ledger, "connections", house.connections) if not _made(house, each)],
        "constants": _unlisted(ledger, "constants", house.constants),
        "fields": _unlisted(ledger, "fields", house.fields),
    }
    for section, ids in gone.items():
        _archive(ledger, section, ids)
    _files(ledger)


def _made(house: House, connection: str) -> bool:
    """Return whether a connection was made for the webhook rules, which still need it: no file lists it."""
    ways = [each.id for each in house.connected(Channel.WEBHOOK)]
    needed = ways == [hooks.CONNECTION] and any(rule.kind == hooks.KIND for rule in house.rules.values())
    return needed and connection == hooks.CONNECTION


def _has(ledger: Ledger, section: str) -> bool:
    return ledger.document.board.given(section)


def _unlisted(ledger: Ledger, section: str, present: Iterable[str]) -> list[str]:
    if not _has(ledger, section):
        return []
    things = getattr(ledger.document.board, section) or ()
    listed = {thing if isinstance(thing, str) else thing.id for thing in things}
    return [thing_id for thing_id in present if thing_id not in listed]


def _archive(ledger: Ledger, section: str, gone: list[str]) -> None:
    if gone:
        ledger.tx.archive(section, gone)
        _note(ledger, section, gone)


def _note(ledger: Ledger, section: str, gone: list[str]) -> None:
    if gone:
        ledger.changes += [Change("remove", _ONE[section], thing_id) for thing_id in gone]
        ledger.narrowed = True


def _files(ledger: Ledger) -> None:
    """Take files out of the house's store that the files do not list."""
    for name in _unlisted(ledger, "files", (name for name in ledger.house.files if name not in ledger.filed)):
        ledger.tx.remove_file(name)
        ledger.changes.append(Change("remove", "file", name))
        ledger.narrowed = True


def _pipelines(ledger: Ledger) -> None:
    """Archive pipelines with their rules and triggers; one that holds deals is refused."""
    house = ledger.house
    gone = _unlisted(ledger, "pipelines", house.pipelines)
    for pipeline in gone:
        for stage in house.pipelines[pipeline].stages:
            check_empty(ledger, house.pipelines[pipeline], stage.id)
    for rule in house.rules.values():
        if rule.pipeline in gone:
            remove_rule(ledger, rule.id)
    for trigger in house.triggers.values():
        if trigger.pipeline in gone:
            remove_trigger(ledger, trigger.id)
    _archive(ledger, "pipelines", gone)


def _check_nobody_is_needed(ledger: Ledger, companies: set[str], contacts: set[str], users: set[str]) -> None:
    words = N_("{what} “{id}” cannot go: deal “{deal}” has it; list it, or take it off the deal")
    for deal in ledger.tx.deals(DealFilter()):
        for what, wanted, gone in (
            ("company", (deal.company,), companies),
            ("contact", deal.contacts, contacts),
            ("user", (deal.responsible,), users),
        ):
            for thing in gone.intersection(wanted):
                raise Refused(words, what=what, id=thing, deal=deal.id)
    for company in ledger.tx.all_companies():
        for contact in contacts.intersection(company.contacts if company.id not in companies else ()):
            words = N_("contact “{id}” cannot go: company “{company}” has it; list it, or take it off the company")
            raise Refused(words, id=contact, company=company.id)
