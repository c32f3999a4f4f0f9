"""Kinds dropped in as one file, as a developer would drop them: nothing else is touched."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import core.rules
import core.triggers
from core.rules import catalogue as rule_kinds
from core.triggers import catalogue as trigger_kinds


@contextmanager
def rule_kind(folder: Path, name: str, source: str) -> Iterator[None]:
    """Let ``core.rules`` see one file more."""
    with _planted(core.rules, folder, name, source):
        rule_kinds.kinds.cache_clear()
        yield
    rule_kinds.kinds.cache_clear()


@contextmanager
def trigger_kind(folder: Path, name: str, source: str) -> Iterator[None]:
    """Let ``core.triggers`` see one file more."""
    with _planted(core.triggers, folder, name, source):
        trigger_kinds.kinds.cache_clear()
        yield
    trigger_kinds.kinds.cache_clear()


@contextmanager
def _planted(package: ModuleType, folder: Path, name: str, source: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    before = list(package.__path__)
    package.__path__ = [*before, str(folder)]
    try:
        yield
    finally:
        package.__path__ = before
        sys.modules.pop(f"{package.__name__}.{name}", None)
        if hasattr(package, name):
            delattr(package, name)
