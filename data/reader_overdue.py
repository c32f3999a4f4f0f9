"""What should have gone out while no engine ran."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, and_, func, select

from core.model.delivery import Delivery
from core.model.moment import Moment
from core.model.run import Run
from core.views import Overdue
from data.reader_base import the
from data.reader_config import ConfigReader, connections
from data.reader_entries import runs
from data.reader_lines import LineReader
from data.reader_outbox import deliveries, queued, usable
from data.sql import Statement, among

_run: Final = and_(runs.c.status == "waiting", runs.c.due_at.is_not(None), runs.c.due_at < the("before"))
_message: Final = and_(queued, deliveries.c.due_at < the("before"), deliveries.c.tried_at.is_(None), usable)


def _runs() -> Select[Any]:
    return (
        select(runs)
        .where(_run, among(runs.c.revision, "revisions"))
        .order_by(runs.c.due_at, runs.c.mover, runs.c.position, runs.c.id)
        .limit(the("limit"))
        .offset(the("offset"))
    )


def _messages(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(connections.join(deliveries, deliveries.c.connection == connections.c.id))


OVERDUE_REVISIONS = Statement(lambda: select(runs.c.revision, func.count()).where(_run).group_by(runs.c.revision))
OVERDUE_RUNS = Statement(_runs)
OVERDUE_MESSAGES_COUNT = Statement(lambda: _messages(func.count()).where(_message))
OVERDUE_MESSAGES = Statement(
    lambda: (
        _messages(deliveries)
        .where(_message)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(the("limit"))
        .offset(the("offset"))
    )
)


class OverdueReader(LineReader, ConfigReader):
    """Counts and lists what an engine finds overdue when it starts."""

    def overdue(self, before: Moment) -> Overdue:
        """Return how much should have gone out before a moment."""
        messages = self.db.one(OVERDUE_MESSAGES_COUNT, before=before)
        return Overdue(sum(self._overdue_by_revision(before).values()), messages[0] if messages else 0)

    def overdue_runs(self, before: Moment, limit: int, offset: int = 0) -> Sequence[Run]:
        """Return waiting runs, of rules that send something, that were due before a moment, longest overdue first."""
        revisions = list(self._overdue_by_revision(before))
        if not revisions:
            return []
        return self._runs(OVERDUE_RUNS, before=before, revisions=revisions, limit=limit, offset=offset)

    def overdue_messages(self, before: Moment, limit: int, offset: int = 0) -> Sequence[Delivery]:
        """Return queued messages, never tried and behind no pause, that were due before a moment, oldest first."""
        return self._deliveries(OVERDUE_MESSAGES, before=before, limit=limit, offset=offset)

    def _overdue_by_revision(self, before: Moment) -> dict[int, int]:
        """Count overdue runs by revision, of those only whose kind sends something: few hold what many runs share."""
        from core.engine.judging import sends

        counted = {row[0]: row[1] for row in self.db.rows(OVERDUE_REVISIONS, before=before)}
        return {revision: count for revision, count in counted.items() if sends(self.revision(revision))}
