"""A rule or trigger as a form has it, checked by the very functions that check a board file's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path as Folder
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from core import exporting
from core.applying import checking
from core.applying.uploads import attach_files
from core.boardfile import merging
from core.boardfile.complaints import complaint
from core.boardfile.document import Document
from core.boardfile.merging import Faulty
from core.boardfile.places import Misplaced, Path, Place, dotted
from core.boardfile.shape import BoardFile, RulePart, TriggerPart
from core.boardfile.types import Thing
from core.commands import lookup
from core.commands.files import attached_names
from core.errors import BadInput, UnknownThing
from core.i18n import N_
from core.model.house import House
from core.model.rule import Rule, Trigger
from core.words import Words

P = TypeVar("P", bound=Thing)
T = TypeVar("T", Rule, Trigger)
_INSIDE: Final = N_("{field}: {problem}")


class BadField(BadInput):
    """A complaint about one field of a rule or trigger: ``field`` is its path as a board file has it (``name``,
    ``run``, ``settings.subject``, ``when.all[0].value``), ``problem`` what is wrong there and what would be right."""

    def __init__(self, field: str, problem: Words) -> None:
        super().__init__(_INSIDE, field=field, problem=problem.local())
        self.field = field
        self.problem = problem


def rule(made: Rule, house: House, before: Rule | None = None) -> tuple[Rule, Sequence[Words]]:
    """Return a rule as a board file would have brought it, and what would not work although it is stored.

    Raises :class:`BadField`. ``before`` is the rule as it stands: a stored file that it names may be gone meanwhile.
    """
    tree = exporting.rule_part(made)
    sheet = _Sheet("", BoardFile(), tree, {"": Folder()})

    def check() -> tuple[Rule, Sequence[Words]]:
        taken = merging.rule(_part(RulePart, tree, sheet), None, made.pipeline, made.position)
        _stage(taken, house)
        _files(taken, house, before)
        return taken, checking.rule(taken, house, sheet, ())

    return _told(check)


def trigger(made: Trigger, house: House) -> tuple[Trigger, Sequence[Words]]:
    """Return a trigger as a board file would have brought it, likewise."""
    tree = exporting.trigger_part(made)
    sheet = _Sheet("", BoardFile(), tree, {"": Folder()})

    def check() -> tuple[Trigger, Sequence[Words]]:
        part = _part(TriggerPart, tree, sheet)
        taken = merging.trigger(part, None, made.pipeline, made.position, made.name)
        _stage(taken, house)
        return taken, checking.trigger(taken, house, sheet, ())

    return _told(check)


class _Field(Place):
    """The place of a part that stands in no file: its path."""

    def __str__(self) -> str:
        return self.file


class _Sheet(Document):
    """What is checked, with paths for places."""

    def place(self, path: Path, *, key: bool = False) -> Place:
        return _Field(dotted(path), 1, 1)


def _part(model: type[P], tree: Any, sheet: Document) -> P:
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        raise complaint(error, tree, sheet.place, model=model) from None


def _stage(made: Rule | Trigger, house: House) -> None:
    try:
        lookup.stage(house, made.pipeline, made.stage)
    except UnknownThing as error:
        raise BadField("stage", error.words) from None


def _files(made: Rule, house: House, before: Rule | None) -> None:
    """Refuse files that are not in the house's store, except those that the rule has named before."""
    known = {*house.files, *(attached_names(before.settings) if before else ())}
    for place, name in enumerate(attach_files(made.settings)):
        if isinstance(name, str) and name not in known:
            words = Words(N_("there is no file “{name}” in the house's store"), {"name": name})
            raise BadField(f"settings.attach.files[{place}]", words)


def _told(check: Callable[[], tuple[T, Sequence[Words]]]) -> tuple[T, Sequence[Words]]:
    """Run a check; whatever it complains of names the field."""
    try:
        return check()
    except Faulty as error:
        raise BadField(error.key.rstrip("_"), error.words) from None
    except Misplaced as error:
        raise _bad(error) from None


def _bad(error: Misplaced) -> BadField:
    """Return a complaint with the path of the field once, wherever it stood."""
    field, problem = error.place, error.problem
    if problem.msg == _INSIDE:
        inside = problem.args["problem"]
        field, problem = str(problem.args["field"]) or field, Words("{problem}", {"problem": inside})
    return BadField(field, problem)
