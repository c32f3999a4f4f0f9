"""Rows and core's values of the configuration, both ways, by the manners of :mod:`data.mapping`."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

from core.model.house import CompanySettings, Connection, FieldDef, FieldType
from core.model.moment import Duration, parse_duration
from core.model.people import User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Hours, Order, Rule, RunTime, Trigger, Unknown, When
from data.mapping import Params, Row, dump, dump_exact, load_dict, load_texts


def settings_params(company: CompanySettings) -> Params:
    """Return the row of the house's calendar and manners."""
    return {
        "id": 1,
        "timezone": company.timezone,
        "hours": dump(dict(company.hours)),
        "holidays": dump(company.holidays),
        "grace": company.grace,
        "currency": company.currency,
        "language": company.language,
        "gateway": company.gateway,
    }


def settings_of(row: Row) -> CompanySettings:
    """Read the house's calendar and manners."""
    _, timezone, hours, holidays, grace, currency, language, gateway = row
    return CompanySettings(
        timezone=timezone,
        hours=load_dict(hours),
        holidays=load_texts(holidays),
        grace=grace,
        currency=currency,
        language=language,
        gateway=gateway,
    )


def user_params(user: User) -> Params:
    """Return a user's row but for its position."""
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "mailboxes": dump(user.mailboxes),
        "phone": user.phone,
        "timezone": user.timezone,
        "hours": dump(dict(user.hours)),
        "archived": False,
    }


def user_of(row: Row) -> User:
    """Read a user."""
    id_, name, role, mailboxes, phone, timezone, hours, *_ = row
    return User(
        id=id_,
        name=name,
        role=role,
        mailboxes=load_texts(mailboxes),
        phone=phone,
        timezone=timezone,
        hours=load_dict(hours),
    )


def connection_params(connection: Connection) -> Params:
    """Return a connection's row but for its position."""
    return {
        "id": connection.id,
        "channel": connection.channel,
        "adapter": connection.adapter,
        "settings": dump(dict(connection.settings)),
        "new_deal": None if connection.new_deal is None else dump_exact(dict(connection.new_deal)),
        "paused": connection.paused,
        "archived": False,
    }


def connection_of(row: Row) -> Connection:
    """Read a connection."""
    id_, channel, adapter, settings, new_deal, paused, *_ = row
    return Connection(
        id=id_,
        channel=channel,
        adapter=adapter,
        settings=load_dict(settings),
        new_deal=None if new_deal is None else json.loads(new_deal),
        paused=paused,
    )


def field_params(definition: FieldDef) -> Params:
    """Return a custom field's row but for its position."""
    return {
        "id": definition.id,
        "type": definition.type.value,
        "name": definition.name,
        "multiple": definition.multiple,
        "options": dump(definition.options),
        "archived": False,
    }


def field_of(row: Row) -> FieldDef:
    """Read a custom field."""
    id_, kind, name, multiple, options, *_ = row
    return FieldDef(id=id_, type=FieldType(kind), name=name, multiple=bool(multiple), options=load_texts(options))


def stage_params(pipeline: str, stage: Stage, position: int) -> Params:
    """Return a stage's row at a place of its pipeline."""
    return {
        "pipeline": pipeline,
        "id": stage.id,
        "name": stage.name,
        "color": stage.color,
        "kind": stage.kind.value,
        "position": position,
    }


def stage_of(row: Row) -> Stage:
    """Read a stage."""
    _, id_, name, color, kind, position = row
    return Stage(id=id_, name=name, color=color, kind=StageKind(kind), position=position)


def pipeline_of(row: Row, stages: tuple[Stage, ...]) -> Pipeline:
    """Read a pipeline; its stages come from rows of their own."""
    id_, name, position, _ = row
    return Pipeline(id=id_, name=name, stages=stages, position=position)


# Rules and triggers ---------------------------------------------------------------------------------------------------


def dump_rule(rule: Rule) -> str:
    """Return what a revision of a rule keeps: all of it but its id and number."""
    run = rule.run
    return dump_exact(
        {
            "pipeline": rule.pipeline,
            "stage": rule.stage,
            "kind": rule.kind,
            "name": rule.name,
            "position": rule.position,
            "run": [run.when.value, _span(run.span), run.of, run.clock and run.clock.isoformat()],
            "order": rule.order.value,
            "hours": rule.hours.value,
            "when": rule.when,
            "once": rule.once,
            "enabled": rule.enabled,
            "stop_on_error": rule.stop_on_error,
            "late": _span(rule.late),
            "unknown": rule.unknown and rule.unknown.value,
            "settings": rule.settings,
        }
    )


def load_rule(rule_id: str, revision: int, spec: str) -> Rule:
    """Read a revision of a rule."""
    said = json.loads(spec)
    return Rule(
        id=rule_id,
        pipeline=said["pipeline"],
        stage=said["stage"],
        kind=said["kind"],
        name=said["name"],
        position=said["position"],
        run=_load_run_time(*said["run"]),
        order=Order(said["order"]),
        hours=Hours(said["hours"]),
        when=said["when"],
        once=said["once"],
        enabled=said["enabled"],
        stop_on_error=said["stop_on_error"],
        late=_load_span(said["late"]),
        unknown=Unknown(said["unknown"]) if said["unknown"] else None,
        settings=said["settings"],
        revision=revision,
    )


def trigger_params(trigger: Trigger) -> Params:
    """Return a trigger's row."""
    return {
        "id": trigger.id,
        "pipeline": trigger.pipeline,
        "stage": trigger.stage,
        "kind": trigger.kind,
        "name": trigger.name,
        "position": trigger.position,
        "as_user": trigger.as_user,
        "back": trigger.back,
        "when": None if trigger.when is None else dump_exact(dict(trigger.when)),
        "enabled": trigger.enabled,
        "settings": dump(dict(trigger.settings)),
        "removed": False,
    }


def trigger_of(row: Row) -> Trigger:
    """Read a trigger."""
    id_, pipeline, stage, kind, name, position, as_user, back, when, enabled, settings, _ = row
    return Trigger(
        id=id_,
        pipeline=pipeline,
        stage=stage,
        kind=kind,
        name=name,
        position=position,
        as_user=as_user,
        back=bool(back),
        when=None if when is None else json.loads(when),
        enabled=bool(enabled),
        settings=load_dict(settings),
    )


def _span(span: Duration | None) -> str | None:
    return None if span is None else str(span)


def _load_span(stored: str | None) -> Duration | None:
    return None if stored is None else parse_duration(stored)


def _load_run_time(when: str, span: str | None, of: str | None, clock: str | None) -> RunTime:
    return RunTime(When(when), _load_span(span), of, None if clock is None else time.fromisoformat(clock))


def same_rule(one: Rule, other: Rule) -> bool:
    """Return whether two rules say the same, wherever they stand in the stage and whether on or off."""
    return _said(one) == _said(other)


def _said(rule: Rule) -> dict[str, Any]:
    said = json.loads(dump_rule(rule))
    return {name: value for name, value in said.items() if name not in ("position", "enabled")}
