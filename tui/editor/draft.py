"""What the form of a rule or trigger holds, how it reads, and what is wrong with it. No widget."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core import drafting, fields
from core.boardfile.places import dotted, undotted
from core.conditions import read_back
from core.drafting import Judged
from core.i18n import N_
from core.i18n import gettext as _
from core.model.file import NewFile
from core.model.house import House
from core.model.moment import Moment
from core.model.rule import Rule, Trigger
from core.rules import catalogue as rule_kinds
from core.rules.base import Finding
from core.safe_text import safe_text
from core.triggers import catalogue as trigger_kinds
from core.words import Words
from tui.editor import parts
from tui.editor.items import EITHER, Item, Shape, items_of
from tui.editor.parts import RULE, TRIGGER

SETTINGS: Final = "settings."
_RUN: Final = "run."
_NEW: Final = "new"
"""Stands for the id of what has none yet, while it is judged."""
_MISSING: Final = N_("it is missing")

Section = tuple[str, tuple[Item, ...]]
"""A heading (a msgid, or nothing) and what stands below it."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is said below a field: something wrong with it, a doubt, or how it is understood (``tone`` empty)."""

    words: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a draft reads: notes by item, what is said of the whole, and whether it may be saved."""

    judged: Judged[Any]
    notes: Mapping[str, Note]
    whole: str = ""
    missing: bool = False

    @property
    def wrong(self) -> bool:
        """Whether it cannot be saved."""
        return self.judged.made is None or self.judged.refused is not None or self.missing

    @property
    def doubtful(self) -> bool:
        """Whether something would not work as it stands although it can be stored."""
        return any(finding.error for finding in self.judged.findings)


@dataclass
class Draft:
    """A rule or trigger that is being written: the stored one (None for a new one) and what differs from it.

    Values are as a board file has them; ``changed`` holds those that differ, by the key of their item.
    """

    thing: Rule | Trigger
    house: House
    new: bool = False
    now: Moment | None = None
    changed: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, NewFile] = field(default_factory=dict)
    """Files that are stored along with it, by the names that they get."""

    def __post_init__(self) -> None:
        """Read the kind's items and what the stored one holds."""
        self.kind: Any = (rule_kinds if self.what == RULE else trigger_kinds).kinds()[self.thing.kind]
        self.sections: tuple[Section, ...] = tuple(self._sections())
        self.items: Mapping[str, Item] = {item.key: item for _head, items in self.sections for item in items}
        self._base = dict(self._stored())

    @property
    def what(self) -> str:
        """Whether it is a rule or a trigger."""
        return RULE if isinstance(self.thing, Rule) else TRIGGER

    # What it is made of -----------------------------------------------------------------------------------------------

    def _sections(self) -> Iterable[Section]:
        yield "", (*items_of(parts.NamePart, ""), *items_of(self.kind.Settings))
        if self.what == RULE:
            yield N_("When"), tuple(items_of(parts.TimeParts, ""))
            yield N_("Only if"), tuple(items_of(parts.WhenPart, ""))
            own = tuple(items_of(parts.MoreOfRule, ""))
            yield N_("More"), own if self.kind.uses else tuple(item for item in own if item.key != "unknown")
        else:
            yield N_("Only if"), tuple(items_of(parts.WhenPart, ""))
            yield N_("More"), tuple(items_of(parts.MoreOfTrigger, ""))

    def _stored(self) -> Iterable[tuple[str, Any]]:
        own = parts.of_rule(self.thing) if isinstance(self.thing, Rule) else parts.of_trigger(self.thing)
        yield from own.items()
        for key, item in self.items.items():
            if key.startswith(SETTINGS):
                found = _within(self.thing.settings, undotted(key)[1:])
                if found is not None:
                    yield key, list(found) if isinstance(found, list | tuple) else found
            elif key.startswith(EITHER):
                given = (known for known, _name in item.options if _within(self.thing.settings, undotted(known)[1:]))
                yield key, next(given, item.default)

    # What it holds ----------------------------------------------------------------------------------------------------

    def value(self, key: str) -> Any:
        """Return what stands in an item, a default where nothing does."""
        if key in self.changed:
            return self.changed[key]
        item = self.items[key]
        return self._base.get(key, item.default)

    def put(self, key: str, value: Any) -> None:
        """Take over a value; what stood there before is no change."""
        if value == self._base.get(key, self.items[key].default) or (
            value in ("", None) and self._base.get(key, self.items[key].default) in ("", None)
        ):
            self.changed.pop(key, None)
        else:
            self.changed[key] = value
        if self.items[key].picker == "pipeline":
            self._forget_stages()

    def write(self, key: str, text: str) -> None:
        """Take over a text as somebody has typed it."""
        self.put(key, self.read(self.items[key], text))

    def _forget_stages(self) -> None:
        """Empty a stage that is none of the pipeline chosen now."""
        for key, item in self.items.items():
            pipeline = self.house.pipelines.get(self.pipeline_of(item))
            if item.picker == "stage" and self.value(key) and pipeline and not pipeline.stage(self.value(key)):
                self.put(key, None)

    def pipeline_of(self, item: Item) -> str:
        """Return the pipeline whose stages an item chooses from."""
        beside = next((key for key, each in self.items.items() if each.picker == "pipeline"), None)
        chosen = self.value(beside) if beside and item.key.startswith(SETTINGS) else None
        return chosen if isinstance(chosen, str) and chosen else self.thing.pipeline

    def spec_of(self, item: Item) -> fields.Spec | None:
        """Return the field whose value an item is; None while none is chosen, or several of different types are."""
        chosen = self.value(item.of) if item.of else None
        names = [chosen] if isinstance(chosen, str) else chosen or []
        specs = [fields.find(str(name), self.house) for name in names]
        same = len({(spec.kind, spec.options, spec.multiple) for spec in specs if spec}) == 1
        return specs[0] if same else None

    def text(self, key: str) -> str:
        """Return what stands in an item as it is typed."""
        value, item = self.value(key), self.items[key]
        if value is None:
            return ""
        if isinstance(value, list | tuple):
            return "\n".join(map(_typed, value))
        return safe_text(_typed(value), lines=item.shape in (Shape.TEXT, Shape.LINES, Shape.VALUE))

    def read(self, item: Item, text: str) -> Any:
        """Return what a typed text means. What makes no sense is kept as it is, for it to be complained of."""
        if item.shape is Shape.LINES:
            return [line.strip() for line in text.splitlines() if line.strip()]
        if item.shape is Shape.VALUE:
            return self._valued(item, text)
        if item.whole:
            return _number(text)
        return text if item.shape is Shape.TEXT or text.strip() else ""

    def _valued(self, item: Item, text: str) -> Any:
        spec = self.spec_of(item)
        if not text.strip():
            return None
        if spec is not None and spec.multiple:
            return [line.strip() for line in text.splitlines() if line.strip()]
        if spec is not None and spec.kind is fields.Kind.BOOL and text.strip() in ("true", "false"):
            return text.strip() == "true"
        if spec is not None and spec.kind is fields.Kind.NUMBER:
            return _number(text)
        return text

    def shown(self, key: str) -> bool:
        """Return whether an item counts with what else stands in the form."""
        item = self.items[key]
        if item.either and self.value(EITHER + item.either) != key:
            return False
        if item.beside and item.beside in self.items and not self.shown(item.beside):
            return False
        return all(self.value(side) in values for side, values in (item.only or {}).items())

    def condition(self) -> str:
        """Return the condition as a sentence."""
        return read_back(self.value("when"), self.house)

    @property
    def dirty(self) -> bool:
        """Whether something would be lost."""
        return bool(self.changed)

    # What it makes ----------------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """Return it as a board file has it: what tells it from others, and the keys that differ from the stored one."""
        made: dict[str, Any] = {"id": self.thing.id or _NEW, "stage": self.thing.stage, "kind": self.thing.kind}
        if self.new:
            made["name"] = self.thing.name
        for key in self.changed:
            if not key.startswith((EITHER, SETTINGS, _RUN)):
                made[key] = self._written(key)
        if any(key.startswith(_RUN) for key in self.changed):
            made["run"] = parts.run_of({key: str(self.value(key)) for key in self.items if key.startswith(_RUN)})
        settings = self._settings()
        return {**made, "settings": settings} if settings else made

    def _settings(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for key, item in self.items.items():
            hidden = bool(item.either) and not self.shown(key)
            if key.startswith(SETTINGS) and (key in self._base if hidden else key in self.changed):
                first, *inside = undotted(key)[1:]
                if not inside:
                    given[str(first)] = None if hidden else self._written(key)
                    continue
                stored = self.thing.settings.get(str(first)) or {}
                whole = {**stored, **(given.get(str(first)) or {}), str(inside[0]): self._written(key)}
                given[str(first)] = {name: each for name, each in whole.items() if each not in (None, [])} or None
        return given

    def _written(self, key: str) -> Any:
        """Return a value as it is written: nothing is null, but where something is needed it stays what it is."""
        value, item = self.value(key), self.items[key]
        if value in ("", None, []) and not item.required:
            return None
        return "" if value is None else value

    def read_whole(self) -> Reading:
        """Judge it as it stands."""
        missing = self.missing()
        values = self.values()
        if any(key.startswith(_RUN) for key in missing):
            values.pop("run", None)
        judged = self._judged(values)
        notes: dict[str, Note] = {}
        whole = ""
        for finding in judged.findings:
            key = self._place(finding, read=judged.made is not None)
            tone = "wrong" if finding.error or judged.made is None else "doubt"
            if key is None:
                whole = whole or safe_text(finding.words.local())
            elif notes.get(key, Note("", "doubt")).tone != "wrong":
                notes[key] = Note(safe_text(finding.words.local()), tone)
        notes |= {key: Note(_(_MISSING), "wrong") for key in missing}
        return Reading(judged, notes, whole, bool(missing))

    def _judged(self, values: Mapping[str, Any]) -> Judged[Any]:
        thing, place = self.thing, (self.thing.pipeline, self.thing.position)
        if isinstance(thing, Rule):
            return drafting.rule(values, None if self.new else thing, place, self.house, self.now)
        return drafting.trigger(values, None if self.new else thing, place, self.house)

    def missing(self) -> list[str]:
        """Return the items that are empty although it makes no sense without them, in the form's order."""
        needed = [str(self.value(key)) for key in self.items if key.startswith(EITHER)]
        needed += [key for key, item in self.items.items() if item.required]
        if self.what == RULE:
            needed += parts.run_parts(str(self.value("run.start")))
        return [key for key in self.items if key in needed and _blank(self.value(key))]

    def _place(self, finding: Finding, *, read: bool) -> str | None:
        """Return the item that a finding is about; None: the whole."""
        if finding.field is None:
            return None
        if finding.field == "run":
            about_span = not read or not finding.error
            order = ("run.span", "run.clock", "run.of") if about_span else ("run.of", "run.span", "run.clock")
            return next((key for key in order if self.shown(key)), "run.start")
        path = undotted(finding.field)
        while path:
            plain = dotted(tuple(key for key in path if isinstance(key, str)))
            if plain in self.items:
                return plain if self.shown(plain) else None
            path = path[:-1]
        return None

    # What is said of it -----------------------------------------------------------------------------------------------

    def sentence(self, made: Rule | Trigger) -> str:
        """Return what it does, in words."""
        try:
            settings = self.kind.Settings.model_validate(dict(made.settings))
        except ValueError:
            return ""
        words: Words = self.kind.sentence(settings)
        return safe_text(words.local())


def _within(settings: Mapping[str, Any], path: Sequence[str | int]) -> Any:
    found: Any = settings
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _typed(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _number(text: str) -> Any:
    """Return the number that a text means; a text that means none stays one, for it to be complained of."""
    text = text.strip()
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if math.isfinite(number):
            return number
    return text
