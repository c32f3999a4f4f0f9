"""The Store's writes: :class:`core.ports.Tx` on one connection inside one transaction."""

from __future__ import annotations

from data.reader import SqlReader
from data.tx_clients import ClientWriter
from data.tx_files import FileWriter
from data.tx_hits import HitWriter
from data.tx_inbox import InboxWriter
from data.tx_lines import LineWriter
from data.tx_people import PeopleWriter
from data.tx_queue import QueueTaker
from data.tx_staged import StagedWriter
from data.tx_tasks import TaskWriter

__all__ = ["SqlTx"]


class SqlTx(
    PeopleWriter,
    QueueTaker,
    StagedWriter,
    ClientWriter,
    LineWriter,
    InboxWriter,
    FileWriter,
    HitWriter,
    TaskWriter,
    SqlReader,
):
    """Every write of the Store. Make a new one for each job: ``SqlTx(db, memory, clock)``."""
