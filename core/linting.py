"""Finding what would not work before it runs: place, reason, remedy."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ValidationError

from core import applying, circles, conditions, fields, lint_mail, lint_stages, timing
from core.applying import checking
from core.applying.ledger import CheckConnection
from core.applying.uploads import ReadFile
from core.boardfile import Document, together
from core.boardfile.complaints import data_path
from core.boardfile.places import dotted, undotted
from core.commands import lookup
from core.commands.homes import why_paused
from core.errors import FunilError, UnknownThing
from core.i18n import N_
from core.misfits import said
from core.model.house import Connection, House
from core.model.moment import Moment
from core.model.rule import Hours, Rule, Trigger
from core.ports import Job, Tx
from core.rules.base import Finding
from core.survey_ports import SurveyReader
from core.words import Words

Where = Callable[[str, str, str | None], str]
"""Says where something stands: what it is (``rule``), its id, and the key in it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that would not work, or might not (``error`` False): where, and why with the remedy."""

    place: str
    words: Words
    error: bool = True


class Outside(lint_mail.Tracking, Protocol):
    """What is known of this machine and of the adapters."""

    def lacking(self, connection: Connection) -> Words | None:
        """Return which secret of a connection no source on this machine has; None: none is missing."""


def lint(
    house: House,
    check_connection: CheckConnection | None = None,
    *,
    now: Moment | None = None,
    where: Where | None = None,
    outside: Outside | None = None,
    deals: SurveyReader | None = None,
    key: str | None = None,
) -> list[Trouble]:
    """Return everything found, in the order of the board: company, users, connections, rules, triggers, circles.

    ``check_connection`` raises ``BadInput`` for a connection whose adapter or settings cannot work (the adapters know).
    With ``now``, hours that never come from then on are found too; with ``outside``, what this machine lacks for them
    to work; with ``deals``, what none of the open deals gives a rule to work with; ``key`` is the fingerprint of the
    house's tracking key.
    """
    at = where or _in_the_house
    found: list[Trouble] = []
    if outside is not None:
        found += _told(at, "company", "company", lint_mail.gateway(house, outside, key))
    for user, finding in lint_mail.mailboxes(house, deals.responsibles()) if deals is not None else ():
        found += _told(at, "user", user, [finding])
    for connection in house.connections.values():
        found += _told(at, "connection", connection.id, _connection(connection, check_connection, house))
        if outside is not None:
            found += _told(at, "connection", connection.id, _secrets(connection, outside))
    for rule in sorted(house.rules.values(), key=lambda r: (r.pipeline, r.position)):
        found += _told(at, "rule", rule.id, of_rule(rule, house, now))
        if deals is not None:
            found += _told(at, "rule", rule.id, _undated(rule, house, deals))
    for trigger in sorted(house.triggers.values(), key=lambda t: (t.pipeline, t.position)):
        found += _told(at, "trigger", trigger.id, of_trigger(trigger, house))
    found += [Trouble(at("rule", circle.rules[0], None), circle.words, error=False) for circle in circles.find(house)]
    return found


def lint_files(
    documents: Sequence[Document],
    check_connection: CheckConnection | None = None,
    read_file: ReadFile | None = None,
    outside: Outside | None = None,
) -> Job[Sequence[Trouble]]:
    """Return a job that lays board files over the database, to be rehearsed, and answers what would not work then.

    What ``apply`` would refuse comes first, all of it; everything has its place in the files.
    """
    document = together(documents)
    where = _in_the_file(document)
    judge = applying.judged([document], read_file)

    def job(tx: Tx) -> Sequence[Trouble]:
        refused = [Trouble(each.place, each.problem) for each in judge(tx)]
        now, key = tx.now(), tx.tracking_key()
        found = lint(tx.house(), check_connection, now=now, where=where, outside=outside, deals=tx, key=key)
        return [*refused, *found]

    return job


def _told(at: Where, what: str, thing_id: str, findings: Iterable[Finding]) -> Iterator[Trouble]:
    for finding in findings:
        yield Trouble(at(what, thing_id, finding.field), finding.words, finding.error)


def _in_the_house(what: str, thing_id: str, key: str | None) -> str:
    name = what if what == thing_id else f"{what} {thing_id}"
    return f"{name}, {key}" if key else name


def _in_the_file(document: Document) -> Where:
    """Return how places are found in a file; what it does not have stands in the house."""
    board = document.board
    known: dict[tuple[str, str], tuple[str | int, ...]] = {}
    known["company", "company"] = ("company",)
    for index, user in enumerate(board.users or ()):
        known["user", user.id] = "users", index
    for index, connection in enumerate(board.connections or ()):
        known["connection", connection.id] = "connections", index
    for index, pipeline in enumerate(board.pipelines or ()):
        for section, what in (("rules", "rule"), ("triggers", "trigger")):
            for position, thing in enumerate(getattr(pipeline, section) or ()):
                known[what, thing.id] = "pipelines", index, section, position

    def where(what: str, thing_id: str, key: str | None) -> str:
        name = _in_the_house(what, thing_id, key)
        path = known.get((what, thing_id))
        return name if path is None else f"{document.place((*path, *undotted(key or '')))} ({name})"

    return where


# Connections ----------------------------------------------------------------------------------------------------------


def _connection(connection: Connection, check: CheckConnection | None, house: House) -> Iterator[Finding]:
    if connection.paused:
        words = Words(N_("paused ({reason}): nothing goes out through it"), {"reason": connection.paused})
        words = why_paused(connection) or words
        yield Finding(None, words, error=False)
    pipeline = (connection.new_deal or {}).get("pipeline")
    if pipeline is not None and pipeline not in house.pipelines:
        args = {"id": str(pipeline), "known": ", ".join(house.pipelines)}
        yield Finding("new_deal.pipeline", Words(N_("there is no pipeline “{id}” (there are: {known})"), args))
    user = (connection.new_deal or {}).get("responsible")
    if user is not None and user not in house.users:
        words = Words(N_("there is no user “{user}”: its new deals have no responsible"), {"user": str(user)})
        yield Finding("new_deal.responsible", words, error=False)
    if check is not None:
        try:
            check(connection)
        except FunilError as error:
            where = error.words.args.get("where")
            yield Finding(where if isinstance(where, str) else None, error.words)


def _secrets(connection: Connection, outside: Outside) -> Iterator[Finding]:
    lacking = outside.lacking(connection)
    if lacking is not None:
        yield Finding(None, lacking, error=False)


# Rules and triggers ---------------------------------------------------------------------------------------------------


def of_rule(rule: Rule, house: House, now: Moment | None = None) -> Iterator[Finding]:
    """Yield everything found in one rule; ``field`` is the key as a board file has it (``run``, ``settings.text``)."""
    yield from _stage(rule, house)
    yield from conditions.check(rule.when, house)
    yield from timing.check_run(rule.run, house)
    yield from timing.check_spans(rule)
    yield from _hours(rule, house, now) if now is not None else ()
    try:
        kind = checking.rule_kind(rule.kind)
    except UnknownThing as error:
        yield Finding("kind", error.words)
        return
    settings = yield from _settings(kind, rule.settings)
    if settings is None:
        return
    own = list(kind.lint(settings, house))
    known = {finding.field for finding in own if finding.error}
    own += [finding for finding in checking.astray(kind, settings, rule.pipeline, house) if finding.field not in known]
    yield from map(_in_settings, own)
    yield from lint_stages.rule(rule, house)
    if circles.target(rule) == (rule.pipeline, rule.stage):
        words = Words(N_("it moves the deal to the stage where it stands already: nothing happens"))
        yield Finding("settings.stage", words, error=False)


def _hours(rule: Rule, house: House, now: Moment) -> Iterator[Finding]:
    """Warn of hours that never come, whoever is responsible, and of users with whose deals they would not."""
    if rule.hours is Hours.ANY:
        return
    if not house.company.hours and not _own_hours(rule, house):
        none = N_("the company has no hours, so that every moment is within them: give the company its “hours”")
        yield Finding("hours", Words(none), error=False)
    people = (None, *house.users.values()) if rule.hours is not Hours.BUSINESS else (None,)
    found = [finding for user in people for finding in timing.check_hours(rule.hours, house, user, now)]
    for words in {finding.words.english(): finding.words for finding in found}.values():
        yield Finding("hours", words, error=False)


def _own_hours(rule: Rule, house: House) -> bool:
    """Return whether some user's own hours are what a rule keeps to."""
    return rule.hours is not Hours.BUSINESS and any(user.hours for user in house.users.values())


def _undated(rule: Rule, house: House, deals: SurveyReader) -> Iterator[Finding]:
    """Warn of a rule that waits for a date which no open deal of its pipeline has."""
    of = rule.run.of
    spec = fields.find(of, house) if of is not None and of != timing.PREVIOUS and rule.enabled else None
    dated = spec is not None and spec.settable and spec.kind in (fields.Kind.DATE, fields.Kind.DATETIME)
    if spec is None or not dated or rule.pipeline not in deals.responsibles():
        return
    if not deals.any_filled(rule.pipeline, spec.id):
        words = N_("no open deal has a “{field}”: until it is filled the rule waits")
        yield Finding("run", Words(words, {"field": spec.id}), error=False)


def of_trigger(trigger: Trigger, house: House) -> Iterator[Finding]:
    """Yield everything found in one trigger, likewise."""
    yield from _stage(trigger, house)
    if trigger.as_user != "responsible" and trigger.as_user not in house.users:
        args = {"id": trigger.as_user, "known": ", ".join(house.users) or "-"}
        yield Finding("as", Words(N_("there is no user “{id}” (there are: {known})"), args))
    yield from conditions.check(trigger.when, house)
    try:
        kind = checking.trigger_kind(trigger.kind)
    except UnknownThing as error:
        yield Finding("kind", error.words)
        return
    settings = yield from _settings(kind, trigger.settings)
    if settings is not None:
        yield from map(_in_settings, kind.lint(settings, house))
    yield from lint_mail.untold(trigger, house)
    yield from lint_mail.link(trigger, house)
    yield from _unreachable(trigger, house, closed_deals=kind.closed_deals)
    yield from lint_stages.trigger(trigger, house, closed_deals=kind.closed_deals)


def _stage(thing: Rule | Trigger, house: House) -> Iterator[Finding]:
    try:
        lookup.stage(house, thing.pipeline, thing.stage)
    except UnknownThing as error:
        yield Finding("stage", error.words)


def _unreachable(trigger: Trigger, house: House, *, closed_deals: bool) -> Iterator[Finding]:
    """Find a trigger that no deal can satisfy: none may stand in a stage from which it would be moved here."""
    pipeline = house.pipelines.get(trigger.pipeline)
    target = pipeline.stage(trigger.stage) if pipeline else None
    if pipeline is None or target is None:
        return
    if lint_stages.origins_of(trigger, pipeline.stages, closed_deals=closed_deals):
        return
    msg = N_("it can never fire: no deal that it reaches stands before stage “{stage}”; “back: true” allows later ones")
    if trigger.back:
        msg = N_("it can never fire: no deal that it reaches stands in another stage than “{stage}”")
    yield Finding("stage", Words(msg, {"stage": trigger.stage}), error=False)


def _settings(kind: Any, settings: Any) -> Generator[Finding, None, Any]:
    """Yield what is wrong with settings; returns them as their kind reads them, None when it cannot."""
    try:
        return kind.Settings.model_validate(dict(settings))
    except ValidationError as error:
        for each in error.errors(include_url=False):
            path = data_path({"settings": settings}, each["loc"], ("settings",))
            yield Finding(dotted(path), said(each, kind.Settings))
    return None


def _in_settings(finding: Finding) -> Finding:
    if finding.field is None or finding.field.startswith("settings."):
        return finding
    return Finding(f"settings.{finding.field}", finding.words, finding.error)
