"""Houses made of board files in memory, for the tests of reading, applying, exporting and linting."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

import pytest

from adapters.registry import Registry
from core import applying, boardfile, exporting
from core.applying import Change
from core.boardfile import Document
from core.errors import FunilError
from core.model.house import House
from core.model.moment import Moment, parse_iso
from core.ports import Job, Store
from data import fresh

HERE: Final = Path(__file__).parent
CONTRACT: Final = (HERE.parent / "cli" / "contract_board.yaml").read_text(encoding="utf-8")
"""The whole example that the command line's contract gives."""
FULL: Final = (HERE / "full.yaml").read_text(encoding="utf-8")
"""A house in which nothing has its default."""

START: Final = parse_iso("2026-12-01T12:00Z")
STAGES: Final = """
    stages:
      - {id: new, name: New}
      - {id: delivery, name: Delivery}
      - {id: won, name: Won, kind: success}
      - {id: lost, name: Lost, kind: failure}
"""
SALES: Final = f"pipelines:\n  - id: sales{STAGES}"
PEOPLE: Final = """
users:
  - {id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}
  - {id: rui, name: Rui Reis}
connections:
  - {id: mail, channel: email, adapter: simulated}
  - {id: sms1, channel: sms, adapter: simulated}
fields:
  - {id: tracking, type: text}
  - {id: price, type: money}
  - {id: visit, type: date}
contacts:
  - {id: maria, name: Maria Lima, emails: [{value: maria@cliente.example}], phones: [{value: "+5511987650001"}]}
  - {id: joao, name: João}
companies:
  - {id: acme, name: Acme, contacts: [maria, joao]}
"""
HOUSE: Final = PEOPLE + SALES


class Hand:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at: Moment = START

    def now(self) -> Moment:
        """Return where it stands."""
        return self.at


class Home:
    """A house in memory that board files are applied to."""

    def __init__(self, *texts: str) -> None:
        self.clock = Hand()
        self.db = fresh.memory_db()
        self.store: Store = fresh.inline_store(self.db, self.clock)
        for text in texts:
            self.apply(text)

    def apply(self, *texts: str | bytes, prune: bool = False) -> Sequence[Change]:
        """Apply texts as files ``a.yaml``, ``b.yaml`` …"""
        job = applying.apply(documents(*texts), prune=prune, check_connection=Registry().validate)
        return self.store.write_now(job)

    def write(self, job: Job[Any]) -> Any:
        """Run a job."""
        return self.store.write_now(job)

    def read(self, query: Any) -> Any:
        """Run a read."""
        return self.store.read(query)

    def rehearse(self, job: Job[Any]) -> Any:
        """Run a job and take it back."""
        with pytest.raises(applying.Rehearsed) as ended:
            self.store.write_now(applying.rehearsal(job))
        return ended.value.answer

    @property
    def house(self) -> House:
        """The configuration."""
        found: House = self.read(lambda reader: reader.house())
        return found

    def deal(self, deal: str) -> Any:
        """Return a deal."""
        return self.read(lambda reader: reader.deal(deal))

    def export(self, only: str | None = None) -> str:
        """Return the board file."""
        text: str = self.read(lambda reader: exporting.export(reader, only))
        return text

    def refuses(self, *texts: str | bytes, prune: bool = False) -> str:
        """Return the sentence with which files are refused; nothing may have been written."""
        before = self.export()
        with pytest.raises(FunilError) as refused:
            self.apply(*texts, prune=prune)
        assert self.export() == before
        return str(refused.value)


def documents(*texts: str | bytes) -> list[Document]:
    """Read texts as files ``a.yaml``, ``b.yaml`` …"""
    names = (f"{letter}.yaml" for letter in "abcdef")
    return [
        boardfile.read(dedent(text) if isinstance(text, str) else text, name, Path())
        for text, name in zip(texts, names, strict=False)
    ]


def complaint(*texts: str | bytes) -> str:
    """Return what is said when the files are read."""
    with pytest.raises(FunilError) as refused:
        boardfile.together(documents(*texts))
    return str(refused.value)


def done(changes: Sequence[Change]) -> list[str]:
    """Return changes as short lines, notes left out."""
    return [f"{c.verb} {c.what} {c.id}" for c in changes if c.verb != "note"]


def notes(changes: Sequence[Change]) -> list[str]:
    """Return what was noted, in English."""
    return [f"{c.id}: {c.note.english()}" for c in changes if c.note]
