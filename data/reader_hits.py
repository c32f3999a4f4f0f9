"""Reading what is thought of hits on mails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import select, true

from core.judging_hits import Judged, Who
from data.columns import table_of
from data.mapping import load_texts
from data.reader_base import Base, the
from data.reader_outbox import events
from data.sql import Statement, among
from data.tables_hits import JudgementRow

judgements: Final = table_of(JudgementRow)

JUDGEMENTS = Statement(
    lambda: (
        select(judgements.c.event, judgements.c.who, judgements.c.reasons, judgements.c.version)
        .where(among(judgements.c.event, "ids"))
        .order_by(judgements.c.event, judgements.c.id)
    )
)
OUTDATED = Statement(
    lambda: (
        select(events.c.delivery)
        .join(judgements, judgements.c.event == events.c.id)
        .where(judgements.c.latest == true(), judgements.c.version < the("version"), events.c.delivery.is_not(None))
        .order_by(judgements.c.version, judgements.c.id)
        .limit(the("limit"))
    )
)


class HitReader(Base):
    """Opinions on hits."""

    def judgements(self, events: Iterable[int]) -> Mapping[int, Sequence[Judged]]:
        """Return what has been thought of hits, oldest first, by the event's number; the last one counts."""
        found: dict[int, list[Judged]] = {}
        for event, who, reasons, version in self.db.rows(JUDGEMENTS, ids=list(events)):
            found.setdefault(event, []).append(Judged(Who(who), load_texts(reasons), version))
        return found

    def outdated_hits(self, version: int, limit: int) -> Sequence[int]:
        """Return the messages (each once) with hits that were last judged by an older version of the rules."""
        return list(dict.fromkeys(row[0] for row in self.db.rows(OUTDATED, version=version, limit=limit)))
