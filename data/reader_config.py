"""Reading the configuration and the clock."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import false, select

from core.errors import UnknownThing
from core.i18n import N_
from core.model.house import CompanySettings, House
from core.model.moment import Moment
from core.model.pipeline import Pipeline, Stage
from core.model.rule import Rule
from data import mapping_house as mapping
from data.columns import table_of
from data.reader_base import HOME, TRACKING_KEY, Base, the
from data.reader_files import STORED_FILES, stored_file_of
from data.sql import Statement
from data.tables_house import (
    CompanySettingsRow,
    ConnectionRow,
    ConstantRow,
    FieldRow,
    PipelineRow,
    RuleRevisionRow,
    RuleRow,
    StageRow,
    TriggerRow,
    UserRow,
)

settings: Final = table_of(CompanySettingsRow)
users: Final = table_of(UserRow)
connections: Final = table_of(ConnectionRow)
constants: Final = table_of(ConstantRow)
fields: Final = table_of(FieldRow)
pipelines: Final = table_of(PipelineRow)
stages: Final = table_of(StageRow)
rules: Final = table_of(RuleRow)
revisions: Final = table_of(RuleRevisionRow)
triggers: Final = table_of(TriggerRow)


def _in_use(table: Any) -> Statement:
    first = next(iter(table.primary_key))
    return Statement(lambda: select(table).where(table.c.archived == false()).order_by(table.c.position, first))


SETTINGS = Statement(lambda: select(settings).where(settings.c.id == 1))
USERS = _in_use(users)
CONNECTIONS = _in_use(connections)
CONSTANTS = _in_use(constants)
FIELDS = _in_use(fields)
PIPELINES = _in_use(pipelines)
STAGES = Statement(lambda: select(stages).order_by(stages.c.pipeline, stages.c.position))
RULES = Statement(
    lambda: (
        select(rules.c.id, rules.c.revision, revisions.c.spec, rules.c.position, rules.c.enabled)
        .join(revisions, revisions.c.id == rules.c.revision)
        .where(rules.c.removed == false())
        .order_by(rules.c.position, rules.c.id)
    )
)
TRIGGERS = Statement(
    lambda: select(triggers).where(triggers.c.removed == false()).order_by(triggers.c.position, triggers.c.id)
)
REVISION = Statement(lambda: select(revisions.c.rule, revisions.c.spec).where(revisions.c.id == the("id")))


class ConfigReader(Base):
    """The house as its admin set it up, and the time."""

    def house(self) -> House:
        """Return the configuration in force; the same object as long as its version stands."""
        version = self._meta()[0]
        known = self.memory.house
        if known is None or known.version != version:
            known = self.memory.house = self._load(version)
        return known

    def revision(self, revision: int) -> Rule:
        """Return a stored revision of a rule."""
        found = self._revisions.get(revision)
        if found is None:
            row = self.db.one(REVISION, id=revision)
            if row is None:
                raise UnknownThing(N_("there is no rule revision {revision}"), revision=revision)
            found = self._revisions[revision] = self._parsed(row[0], revision, row[1])
        return found

    def now(self) -> Moment:
        """Return the present moment: the simulated clock's, else the real one's."""
        simulated = self._meta()[1]
        return self.clock.now() if simulated is None else Moment(simulated)

    def simulated_now(self) -> Moment | None:
        """Return the simulated clock, or None when the clock is real."""
        simulated = self._meta()[1]
        return None if simulated is None else Moment(simulated)

    def home(self) -> str | None:
        """Return the fingerprint of where an engine last ran on this database; None before the first."""
        row = self.db.one(HOME)
        return row[0] if row else None

    def tracking_key(self) -> str | None:
        """Return the fingerprint of the key that the house's tracking tokens are made with; None before the first."""
        row = self.db.one(TRACKING_KEY)
        return row[0] if row else None

    def _load(self, version: int) -> House:
        company = self.db.one(SETTINGS)
        known = [self._rule(*row) for row in self.db.rows(RULES)]
        by_stage: defaultdict[tuple[str, str], list[Rule]] = defaultdict(list)
        for rule in known:
            by_stage[rule.pipeline, rule.stage].append(rule)
        return House(
            id=self._meta()[2],
            version=version,
            company=mapping.settings_of(company) if company else CompanySettings(),
            users={row[0]: mapping.user_of(row) for row in self.db.rows(USERS)},
            connections={row[0]: mapping.connection_of(row) for row in self.db.rows(CONNECTIONS)},
            constants={row[0]: json.loads(row[1]) for row in self.db.rows(CONSTANTS)},
            fields={row[0]: mapping.field_of(row) for row in self.db.rows(FIELDS)},
            pipelines=self._pipelines(),
            rules={rule.id: rule for rule in known},
            triggers={row[0]: mapping.trigger_of(row) for row in self.db.rows(TRIGGERS)},
            rules_by_stage={stage: tuple(found) for stage, found in by_stage.items()},
            files={row[0]: stored_file_of(row) for row in self.db.rows(STORED_FILES)},
        )

    def _pipelines(self) -> dict[str, Pipeline]:
        columns: defaultdict[str, list[Stage]] = defaultdict(list)
        for row in self.db.rows(STAGES):
            columns[row[0]].append(mapping.stage_of(row))
        return {row[0]: mapping.pipeline_of(row, tuple(columns[row[0]])) for row in self.db.rows(PIPELINES)}

    def _rule(self, rule_id: str, revision: int, spec: str, position: int, enabled: bool) -> Rule:
        """Return a rule as it stands: what its revision says, at its present place, on or off."""
        return replace(self._parsed(rule_id, revision, spec), position=position, enabled=bool(enabled))

    def _parsed(self, rule_id: str, revision: int, spec: str) -> Rule:
        known = self.memory.revisions.get(revision)
        if known is None or known[0] != spec or known[1].id != rule_id:
            known = self.memory.revisions[revision] = spec, mapping.load_rule(rule_id, revision, spec)
        return known[1]
