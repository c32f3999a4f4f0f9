"""Keeping what is thought of hits on mails."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import true, update

from core.judging_hits import Judged
from core.model.moment import Moment
from data.mapping import dump
from data.reader_hits import HitReader, judgements
from data.sql import Statement, among
from data.tx_statements import addition

ADD_JUDGEMENT = addition(judgements, answers=None)
NO_LONGER_LATEST = Statement(
    lambda: (
        update(judgements).where(among(judgements.c.event, "ids"), judgements.c.latest == true()).values(latest=False)
    )
)


class HitWriter(HitReader):
    """Writes opinions on hits."""

    def add_judgements(self, judged: Mapping[int, Judged], at: Moment) -> None:
        """Add the newest opinion on hits, formed at ``at``, by the event's number; earlier ones stay to be read."""
        if not judged:
            return
        self.db.run(NO_LONGER_LATEST, ids=list(judged))
        self.db.many(
            ADD_JUDGEMENT,
            [
                {
                    "event": event,
                    "version": one.version,
                    "who": one.who.value,
                    "reasons": dump(list(one.reasons)),
                    "at": at,
                    "latest": True,
                }
                for event, one in judged.items()
            ],
        )
