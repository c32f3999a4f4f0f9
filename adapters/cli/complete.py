"""The ids that a shell asks for while a command line is being written. Never makes a database, never complains."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from core.errors import FunilError
from core.ports import Reader

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

MOST: Final = 200


def run(words: Sequence[str], address: str | None, roof: Roof) -> int:
    """Print the ids of a kind that begin with a text, one a line; nothing where none can be had."""
    kind, prefix = (*words, "", "")[:2]
    query = _QUERIES.get(kind)
    if query is None:
        return 0
    try:
        place = roof.place(address)
        if not roof.exists(place):
            return 0
        with roof.opened(place) as store:
            found = store.read(lambda reader: list(query(reader, prefix)))
    except (FunilError, OSError, UnicodeError):
        return 0
    sys.stdout.write("".join(f"{each}\n" for each in found[:MOST]))
    return 0


def _named(pick: Callable[[Reader], Iterable[str]]) -> Callable[[Reader, str], Iterable[str]]:
    return lambda reader, prefix: [each for each in dict.fromkeys(pick(reader)) if each.startswith(prefix)]


_QUERIES: Final[Mapping[str, Callable[[Reader, str], Iterable[str]]]] = {
    "deals": lambda reader, prefix: reader.ids_beginning("deals", prefix, MOST),
    "contacts": lambda reader, prefix: reader.ids_beginning("contacts", prefix, MOST),
    "companies": lambda reader, prefix: reader.ids_beginning("companies", prefix, MOST),
    "stages": _named(lambda reader: (s.id for p in reader.house().pipelines.values() for s in p.stages)),
    "pipelines": _named(lambda reader: reader.house().pipelines),
    "rules": _named(lambda reader: reader.house().rules),
    "connections": _named(lambda reader: reader.house().connections),
    "stored": _named(lambda reader: reader.house().files),
    "tasks": _named(lambda reader: (task.public_id for task in reader.open_tasks(limit=MOST))),
    "users": _named(lambda reader: reader.house().users),
}
