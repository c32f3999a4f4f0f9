"""Writing clients, and putting things out of use."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update

from core.model.people import Company, Contact
from data import mapping
from data.reader_base import the
from data.reader_deals import links
from data.reader_listing import companies, contacts, deals
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


class PeopleWriter(PlanWriter, ConfigWriter, OutboxReader):
    """Clients, and the end of things."""

    def put_contact(self, contact: Contact) -> None:
        """Make or change a contact; cards that show it are told."""
        self.db.run(PUT_CONTACT, **mapping.contact_params(contact))
        self.index_addresses("contacts", [contact.id])
        self._tell([("deal", row[0]) for row in self.db.rows(DEALS_OF_CONTACT, id=contact.id)])

    def put_company(self, company: Company) -> None:
        """Make or change a client company; cards that show it are told."""
        self.db.run(PUT_COMPANY, **mapping.company_params(company))
        self.index_addresses("companies", [company.id])
        self._tell([("deal", row[0]) for row in self.db.rows(DEALS_OF_COMPANY, id=company.id)])

    def archive(self, what: str, ids: Iterable[str]) -> None:
        """Put things out of use: ``users connections constants fields pipelines contacts companies``."""
        gone = list(ids)
        if not gone:
            return
        if what == "contacts":
            self.db.run(REMOVE_CONTACTS, ids=gone)
        elif what == "companies":
            self.db.run(REMOVE_COMPANIES, ids=gone)
        else:
            self._archive_setup(what, gone)
