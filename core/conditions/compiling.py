"""Conditions turned into closures, once per tree and configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from core import fields
from core.conditions.operators import NEGATIVE, Test, test_for
from core.conditions.tree import Leaf, Node, Not, Parser
from core.conditions.verdict import Comparison, Verdict
from core.errors import BadInput, FunilError
from core.fields import Spec
from core.i18n import N_
from core.model.house import House
from core.rules.base import Finding
from core.views import Facts
from core.words import NO_WORDS, Words

Tree: TypeAlias = Mapping[str, Any]
Holds: TypeAlias = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A comparison with its field found and its test made. ``spec`` None: it cannot be judged."""

    leaf: Leaf
    spec: Spec | None
    read: Callable[[Facts], Any]
    test: Test


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition ready to be judged on facts of its house. ``holds`` is the quick way, without the comparisons."""

    holds: Holds
    _root: Node | None
    _ready: Mapping[str, _Ready]
    trouble: Words = NO_WORDS

    def judge(self, facts: Facts) -> Verdict:
        """Judge every comparison, those too that no longer matter to the outcome."""
        compared = {where: _compare(ready, facts) for where, ready in self._ready.items()}
        holds = self._root is not None and not self.trouble.msg and _holds(self._root, compared)
        return Verdict(holds, tuple(compared.values()), self.trouble)


def judge(tree: Tree | None, facts: Facts) -> Verdict:
    """Judge a condition; no condition holds. Never raises: one that cannot be judged does not hold."""
    return _ALWAYS if tree is None else compile_condition(tree, facts.house).judge(facts)


def compile_condition(tree: Tree, house: House) -> Compiled:
    """Return a tree's closures for a configuration, kept for the next call with the same two objects.

    Both are taken for frozen, as rule revisions and houses are. Never raises: see ``Compiled.trouble``.
    """
    return _compile(_Same(tree), _Same(house))


def check(tree: Any, house: House) -> list[Finding]:
    """Find what would not work in a condition. ``Finding.field`` is the place in the tree, like ``when.all[1]``."""
    if tree is None:
        return []
    parser = Parser()
    parser.node(tree)
    findings = parser.findings
    for leaf in parser.leaves:
        try:
            spec = _ready(leaf, house).spec
        except FunilError as error:
            findings.append(Finding(leaf.where, error.words))
            continue
        if spec and spec.multiple and leaf.op in NEGATIVE:
            findings.append(Finding(leaf.where, _warning(leaf), error=False))
    return findings


class _Same:
    """An object by its identity, for the cache: the trees are not hashable and hashing their text would cost more."""

    __slots__ = ("it",)

    def __init__(self, it: Any) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.it is other.it


@lru_cache(maxsize=1024)
def _compile(tree: _Same, house: _Same) -> Compiled:
    parser = Parser()
    root = parser.node(tree.it)
    trouble = parser.findings[0].words if parser.findings else NO_WORDS
    ready: dict[str, _Ready] = {}
    for leaf in parser.leaves:
        try:
            ready[leaf.where] = _ready(leaf, house.it)
        except FunilError as error:
            trouble = trouble if trouble.msg else error.words
            ready[leaf.where] = _Ready(leaf, fields.find(leaf.field, house.it), _nothing, _never)
    holds = _never if root is None or trouble.msg else _closure(root, ready)
    return Compiled(holds, root, ready, trouble)


def _ready(leaf: Leaf, house: House) -> _Ready:
    spec = fields.find(leaf.field, house)
    if spec is None:
        words = fields.unknown(leaf.field, house)
        raise BadInput(words.msg, **words.args)
    return _Ready(leaf, spec, fields.reader(spec, house), test_for(spec, leaf.op, leaf.value, house))


def _warning(leaf: Leaf) -> Words:
    return Words(
        N_("“{field}” has several values, and “{op}” holds when any of them differs; to mean none, write not around ="),
        {"field": leaf.field, "op": leaf.op},
    )


def _closure(node: Node, ready: Mapping[str, _Ready]) -> Holds:
    if isinstance(node, Leaf):
        read, test = ready[node.where].read, ready[node.where].test
        return lambda facts: test(read(facts))
    if isinstance(node, Not):
        return _unless(node.node, ready)
    parts = tuple(_closure(each, ready) for each in node.nodes)
    if len(parts) == 2:
        first, second = parts
        if node.all:
            return lambda facts: first(facts) and second(facts)
        return lambda facts: first(facts) or second(facts)
    return _every(parts) if node.all else _some(parts)


def _unless(node: Node, ready: Mapping[str, _Ready]) -> Holds:
    if isinstance(node, Leaf):
        read, test = ready[node.where].read, ready[node.where].test
        return lambda facts: not test(read(facts))
    inner = _closure(node, ready)
    return lambda facts: not inner(facts)


def _every(parts: tuple[Holds, ...]) -> Holds:
    def every(facts: Facts) -> bool:
        for part in parts:  # noqa: SIM110 - a generator would cost twice as much
            if not part(facts):
                return False
        return True

    return every


def _some(parts: tuple[Holds, ...]) -> Holds:
    def some(facts: Facts) -> bool:
        for part in parts:  # noqa: SIM110 - a generator would cost twice as much
            if part(facts):
                return True
        return False

    return some


def _compare(ready: _Ready, facts: Facts) -> Comparison:
    leaf, actual = ready.leaf, ready.read(facts)
    shown = fields.jsonable(ready.spec, actual) if ready.spec else None
    return Comparison(leaf.field, leaf.op, leaf.value, shown, ready.test(actual))


def _holds(node: Node, compared: Mapping[str, Comparison]) -> bool:
    if isinstance(node, Leaf):
        return compared[node.where].holds
    if isinstance(node, Not):
        return not _holds(node.node, compared)
    return (all if node.all else any)(_holds(each, compared) for each in node.nodes)


def _nothing(facts: Facts) -> None:
    return None


def _never(value: Any) -> bool:
    return False


_ALWAYS = Verdict(True)
