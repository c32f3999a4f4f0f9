"""Keeping whose an address is in step with the clients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import TextClause, delete

from data.reader_addresses import AddressReader, addresses
from data.reader_base import the
from data.sql import Statement, among, with_list

_OWNERS: Final = {"contacts": "contact", "companies": "company"}
FORGET_ADDRESSES = Statement(
    lambda: delete(addresses).where(among(addresses.c.owner, "ids"), addresses.c.owner_kind == the("owner_kind"))
)


def _taken(table: str, column: str, *, sqlite: bool) -> TextClause:
    """Return the statement that reads the addresses of some clients off their own rows."""
    value, opted_out, each, among_ids = (
        (
            "lower(json_extract(json_each.value, '$[1]'))",
            "coalesce(max(json_extract(json_each.value, '$[2]')), 0)",
            f"json_each(c.{column})",
            "IN (SELECT value FROM json_each(:ids))",
        )
        if sqlite
        else (
            'lower((a.value ->> 1) COLLATE "C")',
            "coalesce(bool_or(a.value ->> 2 = 'true'), false)",
            f"jsonb_array_elements(CAST(c.{column} AS jsonb)) AS a",
            "= ANY(CAST(:ids AS TEXT[]))",
        )
    )
    wanted = f"{value}, '{column.removesuffix('s')}', '{_OWNERS[table]}', c.id, {opted_out}"
    return with_list(
        f"INSERT INTO addresses (value, kind, owner_kind, owner, opted_out) SELECT {wanted} FROM {table} c, {each} "
        f"WHERE c.id {among_ids} AND c.{column} IS NOT NULL GROUP BY c.id, {value}",
        "ids",
    )


def _taking(table: str, column: str) -> Statement:
    return Statement(lambda: _taken(table, column, sqlite=True), lambda: _taken(table, column, sqlite=False))


TAKE_ADDRESSES = {f"{table}.{column}": _taking(table, column) for table in _OWNERS for column in ("emails", "phones")}


class AddressWriter(AddressReader):
    """Writes the index of addresses."""

    def index_addresses(self, table: str, ids: Iterable[str]) -> None:
        """Write anew whose the addresses of these ``contacts`` or ``companies`` are, as their rows say."""
        known = list(ids)
        self.db.run(FORGET_ADDRESSES, ids=known, owner_kind=_OWNERS[table])
        for column in ("emails", "phones"):
            self.db.run(TAKE_ADDRESSES[f"{table}.{column}"], ids=known)
