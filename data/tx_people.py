"""Writing clients, and putting things out of use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from sqlalchemy import select, update

from core.i18n import N_
from core.model.deal import Deal
from core.model.delivery import DeliveryStatus
from core.model.people import Company, Contact
from core.model.run import RunStatus
from core.plan import Plan
from core.ports import DeliveryFilter
from core.words import Words
from data import mapping
from data.reader_base import the
from data.reader_deals import companies, contacts, deals, links
from data.reader_outbox import OutboxReader
from data.sql import Statement, among
from data.tx_config import ConfigWriter
from data.tx_plan import PlanWriter
from data.tx_statements import upsertion

PUT_CONTACT = upsertion(contacts)
PUT_COMPANY = upsertion(companies)
REMOVE_CONTACTS = Statement(lambda: update(contacts).values(removed=True).where(among(contacts.c.id, "ids")))
REMOVE_COMPANIES = Statement(lambda: update(companies).values(removed=True).where(among(companies.c.id, "ids")))
DEALS_OF_CONTACT = Statement(lambda: select(links.c.deal).where(links.c.contact == the("id")))
DEALS_OF_COMPANY = Statement(
    lambda: select(deals.c.id).where(deals.c.company == the("id"), deals.c.company.is_not(None))
)

_REMOVED: Final = Words(N_("the deal was removed"))


class PeopleWriter(PlanWriter, ConfigWriter, OutboxReader):
    """Clients, and the end of things."""

    def put_contact(self, contact: Contact) -> None:
        """Make or change a contact; cards that show it are told."""
        self.db.run(PUT_CONTACT, **mapping.contact_params(contact))
        self._tell([("deal", row[0]) for row in self.db.rows(DEALS_OF_CONTACT, id=contact.id)])

    def put_company(self, company: Company) -> None:
        """Make or change a client company; cards that show it are told."""
        self.db.run(PUT_COMPANY, **mapping.company_params(company))
        self._tell([("deal", row[0]) for row in self.db.rows(DEALS_OF_COMPANY, id=company.id)])

    def archive(self, what: str, ids: Iterable[str]) -> None:
        """Put things out of use: ``users connections constants fields pipelines contacts companies deals``.

        What a deal still waits for and has in the outbox is cancelled with it (``stopped``).
        """
        gone = list(ids)
        if not gone:
            return
        if what == "contacts":
            self.db.run(REMOVE_CONTACTS, ids=gone)
        elif what == "companies":
            self.db.run(REMOVE_COMPANIES, ids=gone)
        elif what == "deals":
            for deal in filter(None, map(self.deal, gone)):
                self._remove(deal)
        else:
            self._archive_setup(what, gone)

    def _remove(self, deal: Deal) -> None:
        if deal.removed:
            return
        now, stopped = self.now(), "stopped"
        plan = Plan(deals_changed=[(deal, replace(deal, removed=True, version=deal.version + 1))])
        for run in self.runs(deal.entry) if deal.entry is not None else ():
            if run.status in (RunStatus.WAITING, RunStatus.NO_DATE):
                after = replace(run, status=RunStatus.CANCELLED, reason=stopped, detail=_REMOVED, ended_at=now)
                plan.runs_changed.append((run, after))
        for delivery in self.deliveries(DeliveryFilter(deal=deal.id, statuses=frozenset({DeliveryStatus.QUEUED}))):
            if delivery.worker is None:
                cancelled = replace(delivery, status=DeliveryStatus.CANCELLED, reason=stopped, detail=_REMOVED)
                plan.deliveries_changed.append((delivery, cancelled))
        self.apply(plan)
