"""Looking over all open deals, for lint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Select, and_, false, select

from core.stored_json import encode
from data.reader_base import the
from data.reader_listing import deals
from data.reader_past import PastReader
from data.reader_rules import RuleReader
from data.sql import Statement

_open: Final = and_(deals.c.removed == false(), deals.c.closed == false())


def _filled(condition: Any) -> Statement:
    def build() -> Select[Any]:
        return select(deals.c.id).where(deals.c.pipeline == the("pipeline"), _open, condition()).limit(1)

    return Statement(build)


RESPONSIBLES = Statement(lambda: select(deals.c.pipeline, deals.c.responsible).where(_open).distinct())
FILLED_DATES: Final = {
    name: _filled(lambda name=name: deals.c[name].is_not(None)) for name in ("begin_date", "close_date")
}
FILLED_FIELD = _filled(lambda: deals.c.fields.like(the("key"), escape="\\"))


class SurveyReader(RuleReader, PastReader):
    """Reads over all open deals."""

    def responsibles(self) -> Mapping[str, frozenset[str]]:
        """Return the users who have open deals, by pipeline; a pipeline without any is left out."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for pipeline, responsible in self.db.rows(RESPONSIBLES):
            found[pipeline].update([responsible] if responsible is not None else [])
        return {pipeline: frozenset(users) for pipeline, users in found.items()}

    def any_filled(self, pipeline: str, field: str) -> bool:
        """Return whether an open deal of the pipeline has a value in ``begin_date``, ``close_date`` or a custom field
        (by its bare id)."""
        if field in FILLED_DATES:
            return self.db.one(FILLED_DATES[field], pipeline=pipeline) is not None
        key = encode(field).replace("_", "\\_").replace("%", "\\%")
        return self.db.one(FILLED_FIELD, pipeline=pipeline, key=f"%{key}:%") is not None
