"""Building frozen values from rows in a third of the time that their classes take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from core.unread import Unread, keep

T = TypeVar("T")
U = TypeVar("U", bound=Unread)


def builder(cls: type[T]) -> Callable[..., T]:
    """Return a function that takes every field of a frozen, slotted dataclass in its order and builds the value.

    A frozen class's own ``__init__`` sets each field through ``object.__setattr__``; this one fills the slots, which
    is what reading a batch of a hundred deliveries spends most of its time with.
    """
    known: Any = cls
    return _builder(cls, {field.name: getattr(cls, field.name).__set__ for field in fields(known)})


def unread_builder(cls: type[U]) -> Callable[..., U]:
    """Return a function that takes the fields that must be there at once, and then the stored form of the others."""
    known: Any = cls
    at_once = {f.name: getattr(cls, f.name).__set__ for f in fields(known) if f.name not in cls._filled}
    return _builder(cls, {**at_once, "stored": keep})


def _builder(cls: type[T], setters: Mapping[str, Any]) -> Callable[..., T]:
    scope: dict[str, Any] = {"new": object.__new__, "cls": cls}
    lines = [f"def build({', '.join(setters)}):", "    made = new(cls)"]
    for name, setter in setters.items():
        scope[f"set_{name}"] = setter
        lines.append(f"    set_{name}(made, {name})")
    exec("\n".join([*lines, "    return made"]), scope)  # noqa: S102 - names of our own fields, nothing from outside
    build: Callable[..., T] = scope["build"]
    return build
