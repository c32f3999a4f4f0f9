"""Writing the house as a board file: ``apply`` of it changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.boardfile.writing import dump
from core.commands.files import attached_names
from core.model.deal import Deal
from core.model.file import StoredFile
from core.model.house import CompanySettings, Connection, FieldDef, House
from core.model.moment import DAY, HOUR, MINUTE, SECOND
from core.model.people import Address, Company, Contact, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import NOW, Rule, RunTime, Trigger, When
from core.ports import Reader
from core.views import DealFilter


class Paths:
    """Where the files lie that a board file names by their paths: each content in a folder of its own below one."""

    def __init__(self, folder: str) -> None:
        self._folder = folder.rstrip("/") or "/"
        self.wanted: dict[str, str] = {}
        """The digests of the contents, by path."""

    def of(self, name: str, digest: str) -> str:
        """Return the path of a file, and note it as wanted."""
        path = f"{self._folder}/{digest[:16]}/{name}"
        self.wanted[path] = digest
        return path


def export(reader: Reader, only: str | None = None) -> str:
    """Return the board file of the present database; ``only="rules"`` leaves out everything but pipelines."""
    return dump(board(reader, only))


def board(reader: Reader, only: str | None = None, paths: Paths | None = None) -> dict[str, Any]:
    """Return the board file's content as plain values, in the file's order.

    Files stand there by their digest, which only a database that has the contents understands, or by ``paths``.
    """
    house = reader.house()
    pipelines = [_pipeline(house, p) for p in house.pipelines.values()]
    if only == "rules":
        files = _files([house.files[name] for name in _attached(house)], paths)
        return {"funil": 1, **files, "pipelines": pipelines}
    return {
        "funil": 1,
        "company": _company(house.company),
        "users": [_user(u) for u in house.users.values()],
        "connections": [_connection(c) for c in house.connections.values()],
        "constants": dict(house.constants),
        "fields": [_field(f) for f in house.fields.values()],
        **_files(house.files.values(), paths),
        "pipelines": pipelines,
        "contacts": [_contact(c) for c in reader.all_contacts()],
        "companies": [_client(c) for c in reader.all_companies()],
        "deals": [_deal(d, house, paths) for d in reader.deals(DealFilter())],
    }


def names_files(tree: Mapping[str, Any]) -> bool:
    """Return whether a board file names any file by its digest."""
    values = [value for deal in tree.get("deals", ()) for value in deal["fields"].values()]
    several = [each for value in values for each in (value if isinstance(value, list) else [value])]
    return any(isinstance(each, Mapping) and "digest" in each for each in [*tree.get("files", ()), *several])


def _files(files: Collection[StoredFile], paths: Paths | None) -> dict[str, Any]:
    """Return the section of stored files, and none where there are none."""
    where = [{"file": paths.of(f.name, f.digest)} if paths else {"digest": f.digest} for f in files]
    shown = [{"name": f.name} | at for f, at in zip(files, where, strict=True)]
    return {"files": shown} if shown else {}


def _attached(house: House) -> list[str]:
    """Return the stored files that rules attach, by name."""
    named = {name for rule in house.rules.values() for name in attached_names(rule.settings)}
    return sorted(named & house.files.keys())


def _company(c: CompanySettings) -> dict[str, Any]:
    shown = {
        "timezone": c.timezone,
        "hours": dict(c.hours),
        "holidays": list(c.holidays),
        "grace": span(c.grace),
        "currency": c.currency,
        "language": c.language,
    }
    return shown | ({"gateway": c.gateway} if c.gateway is not None else {})


def span(millis: int) -> str:
    """Write milliseconds as a board file's duration, in the largest unit that divides them."""
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND)):
        if millis and millis % size == 0:
            return f"{millis // size}{unit}"
    return f"{millis // SECOND}s"


def _user(u: User) -> dict[str, Any]:
    return {
        "id": u.id,
        "name": u.name,
        "role": u.role,
        "mailboxes": list(u.mailboxes),
        "phone": u.phone,
        "timezone": u.timezone,
        "hours": dict(u.hours),
    }


def _connection(c: Connection) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": c.id, "channel": c.channel, "adapter": c.adapter, "settings": dict(c.settings)}
    return shown | ({"new_deal": dict(c.new_deal)} if c.new_deal is not None else {})


def _field(f: FieldDef) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": f.id, "type": f.type.value}
    if f.name is not None:
        shown["name"] = f.name
    if f.multiple:
        shown["multiple"] = True
    return shown | ({"options": list(f.options)} if f.options else {})


def _pipeline(house: House, p: Pipeline) -> dict[str, Any]:
    rules = [r for s in p.stages for r in house.rules_by_stage.get((p.id, s.id), ())]
    rules.sort(key=lambda r: r.position)
    triggers = sorted((t for t in house.triggers.values() if t.pipeline == p.id), key=lambda t: t.position)
    return {
        "id": p.id,
        "name": p.name,
        "stages": [_stage(s) for s in p.stages],
        "rules": [rule_part(r) for r in rules],
        "triggers": [trigger_part(t) for t in triggers],
    }


def _stage(s: Stage) -> dict[str, Any]:
    shown = {"id": s.id, "name": s.name, "color": s.color}
    return shown | ({"kind": s.kind.value} if s.kind is not StageKind.PROCESS else {})


def rule_part(r: Rule) -> dict[str, Any]:
    """Return a rule as it stands in a board file."""
    shown: dict[str, Any] = {
        "id": r.id,
        "stage": r.stage,
        "kind": r.kind,
        "name": r.name,
        "run": run_time(r.run),
        "order": r.order.value,
        "hours": r.hours.value,
        "when": r.when,
        "once": r.once,
        "enabled": r.enabled,
        "settings": dict(r.settings),
    }
    if r.stop_on_error:
        shown["stop_on_error"] = True
    if r.late is not None:
        shown["late"] = str(r.late)
    return shown | ({"unknown": r.unknown.value} if r.unknown else {})


def run_time(run: RunTime) -> Any:
    """Write a run time as a board file has it."""
    if run == NOW:
        return "now"
    if run.when is When.AT:
        clock = run.clock
        assert clock is not None
        return {"at": clock.isoformat("seconds" if clock.second else "minutes"), "of": run.of}
    shown = {run.when.value: str(run.span)}
    return shown | ({"of": run.of} if run.of else {})


def trigger_part(t: Trigger) -> dict[str, Any]:
    """Return a trigger as it stands in a board file."""
    return {
        "id": t.id,
        "stage": t.stage,
        "kind": t.kind,
        "name": t.name,
        "as": t.as_user,
        "back": t.back,
        "when": t.when,
        "enabled": t.enabled,
        "settings": dict(t.settings),
    }


def _addresses(addresses: Sequence[Address]) -> list[dict[str, Any]]:
    return [{"type": a.type, "value": a.value} | ({"opted_out": True} if a.opted_out else {}) for a in addresses]


def _contact(c: Contact) -> dict[str, Any]:
    return {"id": c.id, "name": c.name, "emails": _addresses(c.emails), "phones": _addresses(c.phones)}


def _client(c: Company) -> dict[str, Any]:
    shown = {"id": c.id, "name": c.name, "emails": _addresses(c.emails), "phones": _addresses(c.phones)}
    return shown | {"contacts": list(c.contacts)}


def _deal(d: Deal, house: House, paths: Paths | None) -> dict[str, Any]:
    return {
        "id": d.id,
        "title": d.title,
        "amount": str(d.amount) if d.amount is not None else None,
        "currency": d.currency,
        "pipeline": d.pipeline,
        "stage": d.stage,
        "responsible": d.responsible,
        "contacts": list(d.contacts),
        "company": d.company,
        "begin_date": d.begin_date,
        "close_date": d.close_date,
        # Values of fields that are out of use lie hidden in the deal: no file could bring them back.
        "fields": {name: _held(value, paths) for name, value in d.fields.items() if name in house.fields},
    }


def _held(value: Any, paths: Paths | None) -> Any:
    if isinstance(value, list):
        return [_held(each, paths) for each in value]
    if paths is None or not isinstance(value, Mapping):
        return value
    return {"file": paths.of(value["name"], value["digest"])}
