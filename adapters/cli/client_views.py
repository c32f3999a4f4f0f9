"""What ``funil contact`` and ``funil company`` show."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from adapters.cli import shapes
from adapters.cli.printing import as_json, pairs, say, table
from adapters.cli.reading import read
from core.clients import marks
from core.commands.clients import Client, client
from core.i18n import gettext as _
from core.model.people import Address, Company
from core.ports import Reader

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def show(args: argparse.Namespace, roof: Roof) -> int:
    """Print one client, with the deals that have it."""

    def look(reader: Reader) -> tuple[Client, Sequence[str]]:
        return client(reader, args.what, args.id), reader.deals_of_client(args.what, args.id)

    found, deals = read(args, roof, look)
    if args.json:
        as_json(shapes.client(found) | {"deals": list(deals)})
        return 0
    rows = [(_("id"), found.id), (_("name"), found.name)]
    for title, addresses in ((_("e-mail"), found.emails), (_("phone"), found.phones)):
        rows += list(zip_longest([title][: len(addresses)], map(_told, addresses), fillvalue=""))
    if isinstance(found, Company):
        rows.append((_("contacts"), ", ".join(found.contacts)))
    pairs([*rows, (_("deals"), ", ".join(deals))])
    return 0


def _told(address: Address) -> str:
    mark = f" ({_('opted out')})" if address.opted_out else ""
    return f"{address.value} {address.type}{mark}"


def list_clients(args: argparse.Namespace, roof: Roof) -> int:
    """Print clients by id."""
    found = read(args, roof, lambda reader: _found(reader, args.what, args.search, args.limit))
    if args.json:
        as_json([shapes.client(each) for each in found])
    elif args.csv:
        _csv(found, companies=args.what == "companies")
    elif not found:
        say(_("No contacts.") if args.what == "contacts" else _("No companies."))
    else:
        head = (_("ID"), _("NAME"), _("E-MAIL"), _("PHONE"))
        table(head, [(each.id, each.name, _joined(each.emails), _joined(each.phones)) for each in found])
    return 0


def _found(reader: Reader, what: str, search: str | None, limit: int | None) -> Sequence[Client]:
    if search and search.strip():
        found = reader.found_contacts if what == "contacts" else reader.found_companies
        return found(search, limit)
    return reader.all_contacts(limit) if what == "contacts" else reader.all_companies(limit)


def _joined(addresses: Sequence[Address]) -> str:
    return ", ".join(each.value for each in addresses)


def _csv(found: Sequence[Client], *, companies: bool) -> None:
    head = ["id", "name", "email", "phone", "opted_out", *(["contact"] if companies else [])]
    from adapters.cli.csv_out import csv_file

    csv_file(head, (_cells(each) for each in found))


def _cells(each: Client) -> list[str]:
    out = ";".join(marks(each))
    lists = [*(";".join(f"{a.type}:{a.value}" for a in kind) for kind in (each.emails, each.phones)), out]
    return [each.id, each.name, *lists, *([";".join(each.contacts)] if isinstance(each, Company) else [])]
