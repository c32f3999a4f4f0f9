"""Finds kinds: each module of a package that holds a concrete subclass of a base adds its kind. Nothing is listed."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, TypeVar

K = TypeVar("K")


def find(package: ModuleType, base: type[K]) -> Mapping[str, K]:
    """Return one instance of each concrete subclass of ``base`` in ``package``'s modules, by its ``id``, sorted."""
    kinds: dict[str, Any] = {}
    for kind in _classes(package, base):
        instance: Any = kind()
        if instance.id in kinds and type(kinds[instance.id]) is not kind:
            raise RuntimeError(f"two kinds call themselves {instance.id!r}")
        kinds[instance.id] = instance
    return dict(sorted(kinds.items()))


def _classes(package: ModuleType, base: type[K]) -> Iterator[type[K]]:
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for value in vars(module).values():
            if (
                inspect.isclass(value)
                and issubclass(value, base)
                and not inspect.isabstract(value)
                and value.__module__ == module.__name__
            ):
                yield value
