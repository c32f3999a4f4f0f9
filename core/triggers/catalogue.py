"""All trigger kinds there are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import core.triggers as package
from core import catalogue
from core.triggers.base import TriggerKind


@cache
def kinds() -> Mapping[str, TriggerKind[Any]]:
    """Return the trigger kinds by id. ``kinds.cache_clear()`` looks again, after a file was dropped in."""
    return catalogue.find(package, TriggerKind)  # type: ignore[type-abstract]
