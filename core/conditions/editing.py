"""A condition as it is built: the same tree as parts that are added, moved, grouped and denied, each act a new tree.

A ``not`` is no part of its own but stands before one, as a person says it; several of them stay several. What was not
touched is written back exactly as it was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from core.conditions.tree import DEEPEST, LARGEST, ROOT, Parser
from core.errors import BadInput, Refused
from core.i18n import N_

Path: TypeAlias = tuple[int, ...]
"""The way from the root to a part: the place in each group."""

TOP: Final[Path] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A comparison as written, with the number of ``not`` before it."""

    raw: Mapping[str, Any]
    nots: int = 0

    @property
    def field(self) -> str:
        """The field as written; nothing while none is chosen."""
        return str(self.raw.get("field") or "").strip()

    @property
    def op(self) -> str:
        """The operator as written."""
        return str(self.raw.get("op") or "").strip()


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all, or any, must hold, with the number of ``not`` before them."""

    all: bool
    nodes: tuple[Part, ...]
    nots: int = 0


Part: TypeAlias = Row | Group
Edited: TypeAlias = tuple[Part | None, Path]
"""The tree after an act, and where the part is now that was acted on."""


def load(tree: Any) -> Part | None:
    """Take a condition apart; no condition is None. Raises ``BadInput`` for what is none in its shape."""
    if tree is None:
        return None
    parser = Parser()
    parser.node(tree)
    if parser.findings:
        words = parser.findings[0].words
        raise BadInput(words.msg, **words.args)
    return _load(tree)


def dump(part: Part | None) -> dict[str, Any] | None:
    """Put a condition together again, as the board file has it."""
    return None if part is None else _dump(part)


def _load(tree: Mapping[str, Any]) -> Part:
    nots = 0
    while "not" in tree and "field" not in tree and "op" not in tree:
        nots, tree = nots + 1, tree["not"]
    if "field" in tree or "op" in tree:
        return Row(dict(tree), nots)
    ((kind, below),) = tree.items()
    return Group(kind == "all", tuple(map(_load, below)), nots)


def _dump(part: Part) -> dict[str, Any]:
    tree: dict[str, Any]
    if isinstance(part, Row):
        tree = dict(part.raw)
    else:
        tree = {"all" if part.all else "any": [_dump(each) for each in part.nodes]}
    for _each in range(part.nots):
        tree = {"not": tree}
    return tree


# Looking --------------------------------------------------------------------------------------------------------------


def walk(part: Part | None, path: Path = TOP) -> Iterator[tuple[Path, Part]]:
    """Yield every part with its path, in the order in which they are read."""
    if part is None:
        return
    yield path, part
    if isinstance(part, Group):
        for place, each in enumerate(part.nodes):
            yield from walk(each, (*path, place))


def at(root: Part | None, path: Path) -> Part:
    """Return the part at a path. Raises ``LookupError`` where there is none."""
    part = root
    for place in path:
        if not isinstance(part, Group):
            raise LookupError(path)
        part = part.nodes[place]
    if part is None:
        raise LookupError(path)
    return part


def places(root: Part | None) -> Mapping[str, Path]:
    """Return which part each place in the tree (``when.all[1].not``) belongs to: a ``not`` to what it denies."""
    found: dict[str, Path] = {}
    if root is not None:
        _name(root, ROOT, TOP, found)
    return found


def _name(part: Part, where: str, path: Path, found: dict[str, Path]) -> None:
    found[where] = path
    for _each in range(part.nots):
        where += ".not"
        found[where] = path
    if isinstance(part, Group):
        kind = "all" if part.all else "any"
        for place, each in enumerate(part.nodes):
            _name(each, f"{where}.{kind}[{place}]", (*path, place), found)


# Changing -------------------------------------------------------------------------------------------------------------


def put(root: Part | None, path: Path, part: Part) -> Part:
    """Return the tree with another part at a path. Raises ``Refused`` where it would become too deep or too large."""
    return _sane(_put(root, path, part))


def add(root: Part | None, path: Path, part: Part) -> Edited:
    """Put a part behind the one at a path, into a group as its last; beside one that stands alone both must hold."""
    if root is None:
        return _sane(part), TOP
    here = at(root, path)
    if isinstance(here, Group):
        return _sane(_put(root, path, replace(here, nodes=(*here.nodes, part)))), (*path, len(here.nodes))
    if not path:
        return _sane(Group(True, (here, part))), (1,)
    return _sane(_insert(root, path[:-1], path[-1] + 1, part)), (*path[:-1], path[-1] + 1)


def remove(root: Part, path: Path) -> Edited:
    """Take a part away, and the groups that have nothing in them then; the next one has the cursor."""
    if not path:
        return None, TOP
    parent = _group(root, path[:-1])
    left = (*parent.nodes[: path[-1]], *parent.nodes[path[-1] + 1 :])
    if not left:
        return remove(root, path[:-1])
    return _put(root, path[:-1], replace(parent, nodes=left)), (*path[:-1], min(path[-1], len(left) - 1))


def group(root: Part, path: Path) -> Edited:
    """Put a part into a group of its own, of the other kind than the group around it."""
    around = _group(root, path[:-1]) if path else None
    made = Group(not around.all if around else isinstance(at(root, path), Group), (at(root, path),))
    return put(root, path, made), (*path, 0)


def ungroup(root: Part, path: Path) -> Edited:
    """Put the parts of a group into the one around it. Raises ``Refused`` for a group that cannot be left out."""
    here = at(root, path)
    if isinstance(here, Row):
        if not path:
            raise Refused(N_("It stands in no group."))
        return ungroup(root, path[:-1])
    if len(here.nodes) == 1:
        inner = here.nodes[0]
        return put(root, path, replace(inner, nots=inner.nots + here.nots)), path
    if not path or here.nots:
        told = N_("Take the “not” away first.") if here.nots else N_("There is no group around it.")
        raise Refused(told)
    parent = _group(root, path[:-1])
    nodes = (*parent.nodes[: path[-1]], *here.nodes, *parent.nodes[path[-1] + 1 :])
    return put(root, path[:-1], replace(parent, nodes=nodes)), path


def deny(root: Part, path: Path) -> Edited:
    """Put a ``not`` before a part, or take one away."""
    part = at(root, path)
    return put(root, path, replace(part, nots=part.nots - 1 if part.nots else 1)), path


def turn(root: Part, path: Path) -> Edited:
    """Have any part of the group here (or around this part) suffice, or all of them be needed."""
    here = at(root, path)
    if isinstance(here, Row):
        if not path:
            raise Refused(N_("It stands in no group."))
        return turn(root, path[:-1])[0], path
    return put(root, path, replace(here, all=not here.all)), path


def move(root: Part, path: Path, step: int) -> Edited:
    """Move a part on by one: past a comparison, into a group, out of its own. Raises ``Refused`` at either end."""
    if not path:
        raise Refused(N_("It is the only one."))
    parent, place, part = _group(root, path[:-1]), path[-1], at(root, path)
    to = place + step
    if 0 <= to < len(parent.nodes):
        beside = parent.nodes[to]
        if isinstance(beside, Group):
            return _into(root, path, to, step)
        nodes = list(parent.nodes)
        nodes[place], nodes[to] = beside, part
        return put(root, path[:-1], replace(parent, nodes=tuple(nodes))), (*path[:-1], to)
    if len(path) == 1:
        raise Refused(N_("It is the first one already.") if step < 0 else N_("It is the last one already."))
    return _out(root, path, step)


def _into(root: Part, path: Path, to: int, step: int) -> Edited:
    parent, part = _group(root, path[:-1]), at(root, path)
    beside = parent.nodes[to]
    assert isinstance(beside, Group)
    inside = (part, *beside.nodes) if step > 0 else (*beside.nodes, part)
    nodes = list(parent.nodes)
    nodes[to] = replace(beside, nodes=inside)
    del nodes[path[-1]]
    there = to if step < 0 else to - 1
    moved = put(root, path[:-1], replace(parent, nodes=tuple(nodes)))
    return moved, (*path[:-1], there, 0 if step > 0 else len(inside) - 1)


def _out(root: Part, path: Path, step: int) -> Edited:
    parent, part, above = _group(root, path[:-1]), at(root, path), path[:-2]
    left = (*parent.nodes[: path[-1]], *parent.nodes[path[-1] + 1 :])
    around, place = _group(root, above), path[-2]
    kept: tuple[Part, ...] = (replace(parent, nodes=left),) if left else ()
    here = (part, *kept) if step < 0 else (*kept, part)
    nodes = (*around.nodes[:place], *here, *around.nodes[place + 1 :])
    return _put(root, above, replace(around, nodes=nodes)), (*above, place + (len(kept) if step > 0 else 0))


def _group(root: Part, path: Path) -> Group:
    found = at(root, path)
    assert isinstance(found, Group)
    return found


def _put(root: Part | None, path: Path, part: Part) -> Part:
    if not path:
        return part
    assert isinstance(root, Group)
    nodes = list(root.nodes)
    nodes[path[0]] = _put(nodes[path[0]], path[1:], part)
    return replace(root, nodes=tuple(nodes))


def _insert(root: Part, path: Path, place: int, part: Part) -> Part:
    around = _group(root, path)
    return _put(root, path, replace(around, nodes=(*around.nodes[:place], part, *around.nodes[place:])))


def _sane(root: Part) -> Part:
    """Refuse a tree beyond the limits of a board file."""
    if _depth(root) > DEEPEST:
        raise Refused(N_("the condition is nested deeper than {limit} levels"), limit=DEEPEST)
    if sum(1 + part.nots for _path, part in walk(root)) > LARGEST:
        raise Refused(N_("the condition has more than {limit} parts"), limit=LARGEST)
    return root


def _depth(part: Part) -> int:
    below = max(map(_depth, part.nodes)) if isinstance(part, Group) else 0
    return 1 + part.nots + below
