"""The shape of a condition: a JSON tree read into nodes, with everything that is wrong about its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from core.i18n import N_
from core.rules.base import Finding
from core.words import Arg, Words

DEEPEST: Final = 20
LARGEST: Final = 500
ROOT: Final = "when"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A comparison as written. ``where`` is its place in the tree, like ``when.all[1].not``."""

    where: str
    field: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Group:
    """Several nodes of which all, or any, must hold."""

    all: bool
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A node that must not hold."""

    node: Node


Node: TypeAlias = Leaf | Group | Not


class Parser:
    """Reads one tree. What is wrong is collected in ``findings``; a node that cannot be read comes back as None.

    ``leaves`` are the comparisons that could be read, in the order written, whatever else is wrong.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.leaves: list[Leaf] = []
        self._count = 0

    def node(self, raw: Any, where: str = ROOT, depth: int = 1) -> Node | None:
        """Read a node and all below it."""
        self._count += 1
        if self._count > LARGEST:
            return self._too_large(where)
        if depth > DEEPEST:
            return self._wrong(where, N_("the condition is nested deeper than {limit} levels"), limit=DEEPEST)
        if not isinstance(raw, Mapping):
            return self._wrong(where, N_("a condition is all, any, not, or a field with op and value"))
        if "field" in raw or "op" in raw:
            return self._leaf(raw, where)
        if len(raw) != 1 or next(iter(raw)) not in ("all", "any", "not"):
            keys = ", ".join(sorted(map(str, raw)))[:60]
            return self._wrong(
                where, N_("a condition has exactly one of all, any, not; this one has: {keys}"), keys=keys
            )
        ((kind, below),) = raw.items()
        if kind == "not":
            inner = self.node(below, f"{where}.not", depth + 1)
            return Not(inner) if inner else None
        return self._group(kind, below, where, depth)

    def _group(self, kind: str, below: Any, where: str, depth: int) -> Node | None:
        if not isinstance(below, list | tuple) or not below:
            return self._wrong(where, N_("“{kind}” takes a list of at least one condition"), kind=kind)
        nodes = []
        for index, each in enumerate(below):
            if self._count > LARGEST:
                break
            nodes.append(self.node(each, f"{where}.{kind}[{index}]", depth + 1))
        found = tuple(node for node in nodes if node is not None)
        return Group(kind == "all", found) if len(found) == len(below) else None

    def _leaf(self, raw: Mapping[str, Any], where: str) -> Node | None:
        extra = [str(key) for key in raw if key not in ("field", "op", "value")]
        if extra:
            return self._wrong(where, N_("a comparison has field, op and value, and no “{key}”"), key=extra[0][:60])
        for key in ("field", "op"):
            if not isinstance(raw.get(key), str) or not raw[key].strip():
                return self._wrong(where, N_("a comparison needs “{key}”"), key=key)
        self.leaves.append(Leaf(where, raw["field"].strip(), raw["op"].strip(), raw.get("value")))
        return self.leaves[-1]

    def _too_large(self, where: str) -> Node | None:
        if self._count > LARGEST + 1:
            return None
        return self._wrong(where, N_("the condition has more than {limit} parts"), limit=LARGEST)

    def _wrong(self, where: str, problem: str, **args: Arg) -> Node | None:
        self.findings.append(Finding(where, Words(problem, args)))
        return None
