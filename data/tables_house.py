"""Tables of what the admin sets up: pipelines, people of the house, ways in and out, rules, triggers.

JSON columns are empty (NULL) rather than ``{}`` or ``[]``. ``position`` keeps the order in which things were made.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as sql

from data.columns import Table, ident, prose, serial, whole, yes_no


class TurnRow(Table, table=True):
    """The last turn that a user had with a rule that shares deals out."""

    __tablename__ = "turns"

    rule: str = ident(primary_key=True)
    user: str = ident(primary_key=True)
    turn: int = whole()


class MetaRow(Table, table=True):
    """The house itself, one row: its id, the version of its configuration, its simulated clock, its counters, the
    machine whose engine last ran it, and the fingerprint of the key of its tracking tokens."""

    __tablename__ = "meta"

    id: int = whole(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    house: str = prose()
    config_version: int = whole(default=1, sa_column_kwargs={"server_default": sql("1")})
    clock: int | None = whole(default=None)
    deal_number: int = whole(default=1000, sa_column_kwargs={"server_default": sql("1000")})
    home: str | None = prose(default=None)
    tracking_key: str | None = prose(default=None)
    contact_number: int = whole(default=1000, sa_column_kwargs={"server_default": sql("1000")})
    company_number: int = whole(default=1000, sa_column_kwargs={"server_default": sql("1000")})


class CompanySettingsRow(Table, table=True):
    """The house's calendar and manners, at most one row."""

    __tablename__ = "company_settings"

    id: int = whole(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    timezone: str = prose()
    hours: str | None = prose(default=None)
    holidays: str | None = prose(default=None)
    grace: int = whole()
    currency: str = prose()
    language: str = prose()
    gateway: str | None = prose(default=None)


class UserRow(Table, table=True):
    """An employee."""

    __tablename__ = "users"

    id: str = ident(primary_key=True)
    name: str = prose()
    role: str = prose()
    mailboxes: str | None = prose(default=None)
    phone: str | None = prose(default=None)
    timezone: str | None = prose(default=None)
    hours: str | None = prose(default=None)
    position: int = whole(default=0)
    archived: bool = yes_no()


class ConnectionRow(Table, table=True):
    """A way in or out."""

    __tablename__ = "connections"

    id: str = ident(primary_key=True)
    channel: str = prose()
    adapter: str = prose()
    settings: str | None = prose(default=None)
    new_deal: str | None = prose(default=None)
    paused: str | None = prose(default=None)
    position: int = whole(default=0)
    archived: bool = yes_no()


class ConstantRow(Table, table=True):
    """A named value for texts and conditions, as JSON."""

    __tablename__ = "constants"

    name: str = ident(primary_key=True)
    value: str = prose()
    position: int = whole(default=0)
    archived: bool = yes_no()


class FieldRow(Table, table=True):
    """A typed custom field of deals."""

    __tablename__ = "fields"

    id: str = ident(primary_key=True)
    type: str = prose()
    name: str | None = prose(default=None)
    multiple: bool = yes_no()
    options: str | None = prose(default=None)
    position: int = whole(default=0)
    archived: bool = yes_no()


class PipelineRow(Table, table=True):
    """A pipeline."""

    __tablename__ = "pipelines"

    id: str = ident(primary_key=True)
    name: str = prose()
    position: int = whole(default=0)
    archived: bool = yes_no()


class StageRow(Table, table=True):
    """A column of the board."""

    __tablename__ = "stages"

    pipeline: str = ident(primary_key=True)
    id: str = ident(primary_key=True)
    name: str = prose()
    color: str = prose()
    kind: str = prose()
    position: int = whole(default=0)


class RuleRow(Table, table=True):
    """A rule as it stands: which revision, where in its stage, on or off."""

    __tablename__ = "rules"

    id: str = ident(primary_key=True)
    revision: int = whole()
    position: int = whole(default=0)
    enabled: bool = yes_no()
    removed: bool = yes_no()


class RuleRevisionRow(Table, table=True):
    """What a rule said from some moment on; never changed, since runs keep the revision that they began with."""

    __tablename__ = "rule_revisions"
    __table_args__ = (Index(None, "rule"),)

    id: int | None = serial()
    rule: str = ident()
    spec: str = prose()
    author: str = prose()
    at: int = whole()


class TriggerRow(Table, table=True):
    """A trigger on its target stage."""

    __tablename__ = "triggers"

    id: str = ident(primary_key=True)
    pipeline: str = ident()
    stage: str = ident()
    kind: str = prose()
    name: str = prose()
    position: int = whole(default=0)
    as_user: str = prose()
    back: bool = yes_no()
    when: str | None = prose(default=None)
    enabled: bool = yes_no()
    settings: str | None = prose(default=None)
    removed: bool = yes_no()
