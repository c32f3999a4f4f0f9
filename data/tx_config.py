"""Writing the configuration and the clock."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Table, delete, func, not_, select, update

from core.model.house import CompanySettings, Connection, FieldDef
from core.model.moment import Moment
from core.model.people import User
from core.model.pipeline import Pipeline
from core.model.rule import Rule, Trigger
from data import mapping, mapping_house
from data.reader_base import meta, the
from data.reader_config import (
    ConfigReader,
    connections,
    constants,
    fields,
    pipelines,
    revisions,
    rules,
    settings,
    stages,
    triggers,
    users,
)
from data.reader_outbox import lines
from data.sql import Statement, among
from data.tx_feed import FeedWriter
from data.tx_statements import alteration, insertion, upsertion

_RANDOM_BITS: Final = 20


def _in_order(table: Table) -> Statement:
    last = select(func.coalesce(func.max(table.c.position), -1) + 1)
    return upsertion(table, position=last.scalar_subquery)


def _archiving(table: Table) -> Statement:
    first = next(iter(table.primary_key))
    return Statement(lambda: update(table).values(archived=the("archived")).where(among(first, "ids")))


PUT_SETTINGS = upsertion(settings)
PUT_USER = _in_order(users)
PUT_CONNECTION = _in_order(connections)
PUT_CONSTANT = _in_order(constants)
PUT_FIELD = _in_order(fields)
PUT_PIPELINE = upsertion(pipelines)
PUT_STAGE = upsertion(stages)
PUT_TRIGGER = upsertion(triggers)
PUT_RULE = upsertion(rules)
ADD_REVISION = insertion(revisions)
ARCHIVE: Final[Mapping[str, Statement]] = {
    table.name: _archiving(table) for table in (users, connections, constants, fields, pipelines)
}
DROP_STAGES = Statement(
    lambda: delete(stages).where(stages.c.pipeline == the("pipeline"), not_(among(stages.c.id, "ids")))
)
THE_RULE = Statement(
    lambda: (
        select(rules.c.revision, revisions.c.spec, rules.c.removed)
        .join(revisions, revisions.c.id == rules.c.revision)
        .where(rules.c.id == the("id"))
    )
)
REMOVE_RULE = alteration(rules, ("removed",))
REMOVE_TRIGGER = alteration(triggers, ("removed",))
# Not the same as before, where both may be NULL.
PAUSE = Statement(
    lambda: (
        update(connections)
        .values(paused=the("paused"))
        .where(connections.c.id == the("id"), connections.c.paused.is_distinct_from(the("present")))
    )
)
# Whoever mends a connection, or lets it go again, wants it tried now.
TRY_ANEW = Statement(
    lambda: update(lines).values(failures=0, opens=0, open_until=None).where(lines.c.connection == the("id"))
)
RECONFIGURED = Statement(lambda: update(meta).values(config_version=the("version")).where(meta.c.id == 1))
VERSION = Statement(
    lambda: select(meta.c.config_version).where(meta.c.id == 1),
    lambda: select(meta.c.config_version).where(meta.c.id == 1).with_for_update(),
)
SET_HOME = Statement(
    lambda: update(meta).values(home=the("home")).where(meta.c.id == 1, meta.c.home.is_not_distinct_from(the("before")))
)
SET_TRACKING_KEY = Statement(
    lambda: (
        update(meta)
        .values(tracking_key=the("tracking_key"))
        .where(meta.c.id == 1, meta.c.tracking_key.is_not_distinct_from(the("before")))
    )
)
SET_CLOCK = Statement(lambda: update(meta).values(clock=the("clock")).where(meta.c.id == 1))


class ConfigWriter(ConfigReader, FeedWriter):
    """What the admin changes."""

    def put_company_settings(self, company: CompanySettings) -> None:
        """Change the house's calendar and manners."""
        self._put(PUT_SETTINGS, mapping_house.settings_params(company))

    def put_user(self, user: User) -> None:
        """Make or change a user."""
        self._put(PUT_USER, mapping_house.user_params(user))

    def put_connection(self, connection: Connection) -> None:
        """Make or change a connection; its line is tried anew."""
        self.db.run(TRY_ANEW, id=connection.id)
        self._put(PUT_CONNECTION, mapping_house.connection_params(connection))

    def put_constant(self, name: str, value: Any) -> None:
        """Make or change a constant."""
        self._put(PUT_CONSTANT, {"name": name, "value": mapping.dump_exact(value), "archived": False})

    def put_field(self, definition: FieldDef) -> None:
        """Make or change a custom field."""
        self._put(PUT_FIELD, mapping_house.field_params(definition))

    def upsert_pipeline(self, pipeline: Pipeline) -> None:
        """Make or change a pipeline with its whole list of stages, in this order; stages not listed are removed."""
        self.db.run(DROP_STAGES, pipeline=pipeline.id, ids=[stage.id for stage in pipeline.stages])
        placed = enumerate(pipeline.stages)
        self.db.many(PUT_STAGE, [mapping_house.stage_params(pipeline.id, stage, place) for place, stage in placed])
        self._put(
            PUT_PIPELINE,
            {"id": pipeline.id, "name": pipeline.name, "position": pipeline.position, "archived": False},
        )

    def put_rule(self, rule: Rule, author: str, now: Moment) -> None:
        """Make a rule or a new revision of it; neither its place in the stage nor on and off make a revision."""
        known = self.db.one(THE_RULE, id=rule.id)
        if (
            known
            and not known[2]
            and mapping_house.same_rule(mapping_house.load_rule(rule.id, known[0], known[1]), rule)
        ):
            revision = known[0]
        else:
            spec = mapping_house.dump_rule(rule)
            revision = self.db.new_id(ADD_REVISION, rule=rule.id, spec=spec, author=author, at=now)
        self._put(
            PUT_RULE,
            {
                "id": rule.id,
                "revision": revision,
                "position": rule.position,
                "enabled": rule.enabled,
                "removed": False,
            },
        )

    def remove_rule(self, rule_id: str) -> None:
        """Put a rule out of use; its revisions stay for the runs that keep them."""
        self._put(REMOVE_RULE, {"id": rule_id, "removed": True})

    def put_trigger(self, trigger: Trigger) -> None:
        """Make or change a trigger."""
        self._put(PUT_TRIGGER, mapping_house.trigger_params(trigger))

    def remove_trigger(self, trigger_id: str) -> None:
        """Put a trigger out of use."""
        self._put(REMOVE_TRIGGER, {"id": trigger_id, "removed": True})

    def pause_connection(self, connection: str, reason: str | None) -> None:
        """Hold back everything behind a connection (a reason code), or let it go again (None); its line is tried
        anew."""
        self.db.run(TRY_ANEW, id=connection)
        if self.db.run(PAUSE, id=connection, paused=reason, present=reason):
            self._reconfigured()

    def set_clock(self, moment: Moment | None) -> None:
        """Set the simulated clock, or go back to the real one (None)."""
        self.db.run(SET_CLOCK, clock=moment)
        self._known = None
        self._tell([("config", "clock")])

    def set_home(self, home: str, before: str | None) -> bool:
        """Note where the engine runs now; False when another engine has changed ``before`` meanwhile."""
        return self.db.run(SET_HOME, home=home, before=before) == 1

    def set_tracking_key(self, fingerprint: str | None, before: str | None) -> bool:
        """Note which key tracking tokens are made with (None: whichever comes first); False when another process has
        changed ``before`` meanwhile."""
        return self.db.run(SET_TRACKING_KEY, tracking_key=fingerprint, before=before) == 1

    def _archive_setup(self, what: str, ids: Iterable[str]) -> None:
        self._put(ARCHIVE[what], {"archived": True, "ids": list(ids)})

    def _put(self, statement: Statement, params: Mapping[str, Any]) -> None:
        self.db.run(statement, **params)
        self._reconfigured()

    def _reconfigured(self) -> None:
        """Give the configuration a version that no other state has or will have.

        A transaction may be rolled back after its picture of the house was remembered, and the next one would count to
        the same number: so the lower bits are drawn by lot.
        """
        version = self.db.one(VERSION)
        assert version is not None
        count = (version[0] >> _RANDOM_BITS) + 1
        self.db.run(RECONFIGURED, version=(count << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS))
        self._known = None
        self._tell([("config", "")])
