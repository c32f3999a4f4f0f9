"""What the verbs share: opening the database that is meant, and naming things that must exist."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

from core.errors import BadInput
from core.i18n import N_, use_zone
from core.model.house import House
from core.model.moment import Moment
from core.ports import Reader, Store

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

T = TypeVar("T")


def opened(args: argparse.Namespace, roof: Roof) -> AbstractContextManager[Store]:
    """Open the database that the command line means."""
    return roof.opened(roof.place(args.db))


def read(args: argparse.Namespace, roof: Roof, query: Callable[[Reader], T]) -> T:
    """Open the database for one read; from then on sentences show moments on the company's clock."""

    def looked(reader: Reader) -> T:
        found = query(reader)
        use_zone(reader.house().company.timezone)
        return found

    with opened(args, roof) as store:
        return store.read(looked)


def one_of(value: str | None, known: Iterable[str], what: str) -> str | None:
    """Return a value when it is one of the known ones, None for none. Raises ``BadInput`` that lists them."""
    names = list(known)
    if value is None or value in names:
        return value
    raise BadInput(N_("{what}: “{value}” is none of {known}"), what=what, value=value, known=", ".join(names))


def local(house: House, moment: Moment | None, *, seconds: bool = True) -> str:
    """Write a moment for people, on the company's clock; nothing for none."""
    if moment is None:
        return ""
    from core import zones

    at = zones.local(moment, zones.zone(house.company.timezone))
    return at.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
