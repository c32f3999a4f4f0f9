"""Which rules and triggers a board file may not bring: those that nobody could read, or that point at nothing."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from core import conditions, timing
from core.boardfile.complaints import complaint
from core.boardfile.document import Document
from core.boardfile.places import Misplaced, Path, undotted, wrong
from core.commands import lookup
from core.errors import UnknownThing
from core.i18n import N_
from core.model.house import House
from core.model.rule import Rule, Trigger
from core.rules import catalogue as rule_kinds
from core.rules.base import Finding, RuleKind
from core.triggers import catalogue as trigger_kinds
from core.triggers.base import TriggerKind
from core.words import Words

K = TypeVar("K")


def rule(made: Rule, house: House, document: Document, path: Path) -> Sequence[Words]:
    """Refuse a rule with an unknown kind, wrong settings, a condition that cannot be read, a run time without a date
    field, or a setting that points at nothing. Returns what else would not work: it is stored all the same."""
    kind = _at(document, path, lambda: rule_kind(made.kind))
    settings = _settings(kind, made.settings, document, path)
    _refuse([*conditions.check(made.when, house), *timing.check_run(made.run, house)], document, path)
    findings = [*kind.lint(settings, house), *astray(kind, settings, made.pipeline, house)]
    return _sorted_out(kind, made.settings, findings, document, path)


def trigger(made: Trigger, house: House, document: Document, path: Path) -> Sequence[Words]:
    """Refuse a trigger likewise, and one that moves deals in the name of nobody."""
    kind = _at(document, path, lambda: trigger_kind(made.kind))
    if made.as_user != "responsible" and made.as_user not in house.users:
        words = N_("there is no user “{id}” (there are: {known})")
        raise wrong(document.place((*path, "as")), words, id=made.as_user, known=lookup.names(house.users))
    settings = _settings(kind, made.settings, document, path)
    _refuse(conditions.check(made.when, house), document, path)
    return _sorted_out(kind, made.settings, list(kind.lint(settings, house)), document, path)


def rule_kind(kind: str) -> RuleKind[Any]:
    """Return a rule kind. Raises ``UnknownThing``."""
    found: RuleKind[Any] = _kind(rule_kinds.kinds(), kind)
    return found


def trigger_kind(kind: str) -> TriggerKind[Any]:
    """Return a trigger kind. Raises ``UnknownThing``."""
    found: TriggerKind[Any] = _kind(trigger_kinds.kinds(), kind)
    return found


def _at(document: Document, path: Path, find: Callable[[], K]) -> K:
    try:
        return find()
    except UnknownThing as error:
        raise wrong(document.place((*path, "kind")), error.words.msg, **error.words.args) from None


def _kind(kinds: Mapping[str, Any], kind: str) -> Any:
    if kind in kinds:
        return kinds[kind]
    near = difflib.get_close_matches(kind[:60], kinds, 1)
    if near:
        raise UnknownThing(N_("there is no kind “{kind}”: did you mean “{near}”?"), kind=kind, near=near[0])
    raise UnknownThing(N_("there is no kind “{kind}” (there are: {known})"), kind=kind, known=", ".join(kinds))


def _settings(kind: Any, settings: Mapping[str, Any], document: Document, path: Path) -> Any:
    try:
        return kind.Settings.model_validate(dict(settings))
    except ValidationError as error:
        raise complaint(error, document.tree, document.place, base=(*path, "settings"), model=kind.Settings) from None


def astray(kind: RuleKind[Any], settings: Any, pipeline: str, house: House) -> Iterator[Finding]:
    """Find a stage among the settings that is none of its own pipeline, or of the one that the settings name."""
    for name, picker in _pickers(kind.Settings).items():
        stage = getattr(settings, name)
        if picker != "stage" or not isinstance(stage, str):
            continue
        target = getattr(settings, "pipeline", None) or pipeline
        if target in house.pipelines:
            try:
                lookup.stage(house, target, stage)
            except UnknownThing as error:
                yield Finding(name, error.words)


def _pickers(model: Any) -> Mapping[str, str]:
    """Return which settings are chosen from what the house has: stages, connections, fields, users. A field's value,
    which the form lets one choose too, is nothing of the house."""
    return {name: str(picker) for name, picker in _marked(model, "picker").items() if picker != "value"}


def _marked(model: Any, mark: str) -> Mapping[str, Any]:
    """Return the settings that bear a mark, with what it says."""
    extras = {name: info.json_schema_extra for name, info in model.model_fields.items()}
    return {name: extra[mark] for name, extra in extras.items() if isinstance(extra, dict) and mark in extra}


def _sorted_out(
    kind: Any, given: Mapping[str, Any], findings: Sequence[Finding], document: Document, path: Path
) -> Sequence[Words]:
    """Refuse a setting that names what does not exist; return the other errors."""
    errors = [finding for finding in findings if finding.error]
    for finding in errors:
        if points_at_nothing(kind, given, finding):
            place = document.place((*path, "settings", *undotted(finding.field or "")))
            raise wrong(place, finding.words.msg, **finding.words.args)
    return [finding.words for finding in errors]


def points_at_nothing(kind: Any, given: Mapping[str, Any], finding: Finding) -> bool:
    """Return whether an error is about a setting that was given and names what the house does not have, or must fit:
    such a rule is refused, others are stored with what is wrong with them."""
    model = kind.Settings
    chosen = {*_pickers(model), *_marked(model, "must_fit")}
    names = {info.alias or name for name, info in model.model_fields.items() if name in chosen}
    key = (undotted(finding.field or "") or ("",))[0]
    return finding.error and key in names and given.get(str(key)) is not None


def _refuse(findings: Iterable[Finding], document: Document, path: Path) -> None:
    first = next((finding for finding in findings if finding.error), None)
    if first is not None:
        place = document.place((*path, *undotted(first.field or "")))
        raise wrong(place, N_("{field}: {problem}"), field=first.field, problem=first.words.local())


def broken(house: House, document: Document) -> Mapping[tuple[str, str], Words]:
    """Return the rules and triggers of a house that would be refused, each with the reason."""
    found: dict[tuple[str, str], Words] = {}
    for each in house.rules.values():
        try:
            rule(each, house, document, ())
        except Misplaced as error:
            found["rule", each.id] = error.problem
    for one in house.triggers.values():
        try:
            trigger(one, house, document, ())
        except Misplaced as error:
            found["trigger", one.id] = error.problem
    return found
