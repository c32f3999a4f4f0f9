"""All rule kinds there are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import core.rules as package
from core import catalogue
from core.rules.base import RuleKind


@cache
def kinds() -> Mapping[str, RuleKind[Any]]:
    """Return the rule kinds by id. ``kinds.cache_clear()`` looks again, after a file was dropped in."""
    return catalogue.find(package, RuleKind)  # type: ignore[type-abstract]
