"""The Store's reads: :class:`core.ports.Reader` on one connection inside one transaction."""

from __future__ import annotations

from data.reader_base import Memory
from data.reader_board import BoardReader
from data.reader_clients import ClientReader
from data.reader_events import EventReader
from data.reader_files import FileReader
from data.reader_find import FindReader
from data.reader_hits import HitReader
from data.reader_inbox import InboxReader
from data.reader_overdue import OverdueReader
from data.reader_survey import SurveyReader
from data.reader_talk import TalkReader
from data.reader_tasks import TaskReader
from data.reader_turns import TurnReader

__all__ = ["Memory", "SqlReader"]


class SqlReader(
    BoardReader,
    ClientReader,
    FindReader,
    OverdueReader,
    TalkReader,
    EventReader,
    FileReader,
    HitReader,
    InboxReader,
    SurveyReader,
    TaskReader,
    TurnReader,
):
    """Every read of the Store. Make a new one for each transaction: ``SqlReader(db, memory, clock)``."""
