"""The settings of a kind as items of a form: read from its pydantic model, so that no kind needs a form of its own."""

from __future__ import annotations

import enum
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.i18n import gettext as _

EITHER: Final = "|either:"
"""Begins the key of the item that chooses one of several settings; no setting is called that."""


class Shape(StrEnum):
    """How a setting is filled in."""

    TICK = "tick"
    CHOICE = "choice"
    """One of a few named values."""
    PICK = "pick"
    """One of what the house has."""
    SEVERAL = "several"
    """Some of either, in order."""
    LINE = "line"
    LINES = "lines"
    """Texts, one a line."""
    TEXT = "text"
    SPAN = "span"
    """A number and a unit of time."""
    VALUE = "value"
    """What a field of the deal may hold: it depends on the field."""
    CONDITION = "condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One setting. ``title``, ``help``, ``none``, ``unit`` and the names of ``options`` are msgids, ``key`` is as a
    board file has it (``settings.attach.files``), ``of``, ``beside`` and the keys of ``only`` are such keys too."""

    key: str
    shape: Shape
    title: str
    help: str = ""
    default: Any = None
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    picker: str = ""
    none: str = ""
    of: str = ""
    either: str = ""
    beside: str = ""
    only: Mapping[str, tuple[str, ...]] | None = None
    unit: str = ""
    whole: bool = False
    template: bool = False
    html: bool = False

    @property
    def optional(self) -> bool:
        """Whether nothing may stand here."""
        return not self.required and (self.default in (None, (), "") or self.shape is Shape.SEVERAL)

    @property
    def typed(self) -> bool:
        """Whether it is written, not chosen."""
        return self.shape in (Shape.LINE, Shape.LINES, Shape.TEXT, Shape.SPAN)

    def option(self, value: Any) -> str | None:
        """Return what a named value is called; None for another one."""
        return next((_(name) for known, name in self.options if known == value), None)


def items_of(model: type[BaseModel], prefix: str = "settings.") -> Iterator[Item]:
    """Yield a model's settings in their order; one that is a model itself gives its own."""
    known: set[str] = set()
    for name, info in model.model_fields.items():
        key = prefix + (info.alias or name)
        inner = _plain(info.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from items_of(inner, f"{key}.")
            continue
        item = _item(key, info, prefix)
        if item.either and item.either not in known:
            known.add(item.either)
            yield _alternatives(model, item.either, prefix)
        yield item


def _item(key: str, info: FieldInfo, prefix: str) -> Item:
    extra: Mapping[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    annotation = _plain(info.annotation)
    only = {prefix + name: tuple(values) for name, values in extra.get("only", {}).items()}
    return Item(
        key=key,
        shape=_shape(annotation, extra),
        title=info.title or key,
        help=info.description or "",
        default=None if info.is_required() else _written(info.get_default(call_default_factory=True)),
        required=info.is_required(),
        options=_options(annotation, extra),
        picker=str(extra.get("picker", "")),
        none=str(extra.get("none", "")),
        of=prefix + extra["of"] if "of" in extra else "",
        either=str(extra.get("either", "")),
        beside=prefix + extra["beside"] if "beside" in extra else "",
        only=only or None,
        unit=str(extra.get("unit", "")),
        whole=annotation is int,
        template="template" in extra,
        html=extra.get("template") == "html",
    )


def _alternatives(model: type[BaseModel], either: str, prefix: str) -> Item:
    """Return the item that chooses which of several settings is the one."""
    extras = {info.alias or name: info.json_schema_extra for name, info in model.model_fields.items()}
    among = [(prefix + name, extra) for name, extra in extras.items() if isinstance(extra, dict)]
    options = tuple((key, str(extra.get("label", key))) for key, extra in among if extra.get("either") == either)
    return Item(key=EITHER + either, shape=Shape.CHOICE, title=either, options=options, default=options[0][0])


def _shape(annotation: Any, extra: Mapping[str, Any]) -> Shape:
    picker = extra.get("picker")
    if picker in ("span", "value", "condition"):
        return Shape(picker)
    if annotation is bool:
        return Shape.TICK
    if get_origin(annotation) is tuple:
        chosen = picker or _options(annotation, extra)
        return Shape.SEVERAL if chosen else Shape.LINES
    if picker:
        return Shape.PICK
    if _options(annotation, extra):
        return Shape.CHOICE
    return Shape.TEXT if "template" in extra and not extra.get("line") else Shape.LINE


def _options(annotation: Any, extra: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the named values: those of the type, each with its label, and further labels of a picker."""
    labels: Mapping[str, str] = extra.get("labels", {})
    inner = _plain(get_args(annotation)[0]) if get_origin(annotation) is tuple else annotation
    values: tuple[str, ...] = ()
    if get_origin(inner) is Literal:
        values = tuple(str(value) for value in get_args(inner))
    elif isinstance(inner, type) and issubclass(inner, enum.Enum):
        values = tuple(str(member.value) for member in inner)
    return tuple((value, labels.get(value, value)) for value in dict.fromkeys((*values, *labels)))


def _plain(annotation: Any) -> Any:
    """Return a type without the possibility of nothing."""
    if get_origin(annotation) in (Union, types.UnionType):
        members = [each for each in get_args(annotation) if each is not type(None)]
        return members[0] if len(members) == 1 else annotation
    return annotation


def _written(value: Any) -> Any:
    """Return a default as a board file has it."""
    if isinstance(value, tuple):
        return [_written(each) for each in value]
    return value.value if isinstance(value, enum.Enum) else value
