"""Making the database match a board file, and saying what changes. All of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from core.applying import checking, deals, files, people, pipelines, pruning, rules, setup
from core.applying.ledger import Change, CheckConnection, Ledger
from core.applying.uploads import ReadFile, Uploads
from core.boardfile.document import Document, together
from core.boardfile.places import Misplaced
from core.errors import Refused
from core.i18n import N_
from core.model.house import House
from core.ports import Job, Tx

__all__ = ["Change", "Rehearsed", "apply", "judged", "rehearsal"]

T = TypeVar("T")


def apply(
    documents: Sequence[Document],
    *,
    author: str = "system",
    prune: bool = False,
    check_connection: CheckConnection | None = None,
    read_file: ReadFile | None = None,
) -> Job[Sequence[Change]]:
    """Return a job that makes the database match board files, taken together, and answers what changed.

    ``check_connection`` raises ``BadInput`` for a connection whose adapter or settings cannot work (the adapters know).
    ``read_file`` reads what lies beside the files, now; without it only files that are stored already can be named.
    It is an import: no rules start, no triggers fire, no existing deal moves. A second time changes nothing. Raises
    ``BadInput`` with the place in the file; the job raises it too, and ``Refused`` for what cannot be given up.
    """
    document = together(documents)
    uploads = Uploads.of(document, read_file)

    def job(tx: Tx) -> Sequence[Change]:
        ledger, before = Ledger(tx, document, author, check_connection, uploads=uploads), tx.house()
        _lay(ledger)
        if prune:
            pruning.prune(ledger)
        if ledger.narrowed:
            _check_the_rest(ledger, before)
        return ledger.changes

    return job


def judged(documents: Sequence[Document], read_file: ReadFile | None = None) -> Job[Sequence[Misplaced]]:
    """Return a job that applies what can be applied and answers what cannot: for lint, inside a rehearsal."""
    document = together(documents)
    uploads = Uploads.of(document, read_file)

    def job(tx: Tx) -> Sequence[Misplaced]:
        ledger = Ledger(tx, document, lenient=True, uploads=uploads)
        _lay(ledger)
        return ledger.refused

    return job


def _lay(ledger: Ledger) -> None:
    """Lay the sections over the house, each after those that it points at."""
    for section in (setup, people, files, pipelines, rules, deals):
        section.apply(ledger)


def _check_the_rest(ledger: Ledger, before: House) -> None:
    """Refuse to leave rules and triggers behind that pointed at something which is gone now."""
    were = checking.broken(before, ledger.document)
    for (what, thing_id), problem in checking.broken(ledger.house, ledger.document).items():
        if (what, thing_id) not in were:
            words = N_("{what} “{id}” would no longer work: {problem}")
            raise Refused(words, what=what, id=thing_id, problem=problem.local())


class Rehearsed(Exception):
    """Ends a rehearsal: the Store takes back what the job wrote."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        super().__init__("a rehearsal ended")


def rehearsal(job: Job[T]) -> Job[T]:
    """Return a job that runs another one to its end and then leaves no trace, by raising :class:`Rehearsed`."""

    def rehearse(tx: Tx) -> T:
        raise Rehearsed(job(tx))

    return rehearse
