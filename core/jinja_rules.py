"""What a text may be made of: an allow-list over Jinja2's syntax tree, checked before anything is compiled.

The sandbox alone lets a text loop over a huge range, double a string forty times or multiply one by a billion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from jinja2 import nodes

from core import formats
from core.i18n import N_
from core.jinja_env import EACH, FILTERS, MOST_ARGS, TESTS
from core.words import Words

DEEPEST: Final = 60
DEEPEST_LOOP: Final = 2

_LARGEST: Final = 10**15

_PLAIN: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Const, nodes.Add, nodes.Sub, nodes.Div, nodes.FloorDiv,
    nodes.Mul, nodes.Mod, nodes.Keyword, nodes.Tuple, nodes.List,
)  # fmt: skip
_REFUSED: Final = {
    nodes.Call: N_("line {line}: nothing can be called in a text; use a filter, like {{ contact.name | first_name }}"),
    nodes.Assign: N_("line {line}: “set” is not allowed in a text"),
    nodes.AssignBlock: N_("line {line}: “set” is not allowed in a text"),
    nodes.Macro: N_("line {line}: macros are not allowed in a text"),
    nodes.Include: N_("line {line}: a text cannot take in other files"),
    nodes.Import: N_("line {line}: a text cannot take in other files"),
    nodes.FromImport: N_("line {line}: a text cannot take in other files"),
    nodes.Extends: N_("line {line}: a text cannot take in other files"),
    nodes.Concat: N_("line {line}: “~” is not allowed; write the two parts one after the other"),
    nodes.Pow: N_("line {line}: “**” is not allowed in a text"),
    nodes.Slice: N_("line {line}: a part of a text cannot be cut out"),
}
_OTHER: Final = N_("line {line}: “{what}” is not allowed in a text")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a text may not do."""

    words: Words


def faults(node: nodes.Node, depth: int = 0, loops: int = 0) -> Iterator[Fault]:
    """Yield what is not allowed in a syntax tree; nothing means that it may be compiled."""
    if depth > DEEPEST:
        yield _fault(N_("line {line}: the text is nested too deeply"), node)
        return
    yield from _own_faults(node, loops)
    inner = loops + isinstance(node, nodes.For)
    for child in node.iter_child_nodes():
        yield from faults(child, depth + 1, inner)


def bound_loops(tree: nodes.Template) -> None:
    """Put the hidden filter around everything that a checked text loops over: only lists of a sane length pass."""
    for loop in list(tree.find_all(nodes.For)):
        loop.iter = nodes.Filter(loop.iter, EACH, [], [], None, None, lineno=loop.lineno)


def dotted(node: nodes.Node) -> tuple[str, ...] | None:
    """Return the parts of a path like ``deal.fields.tracking`` (an index counts as a part), None for anything else."""
    parts: list[str] = []
    while not isinstance(node, nodes.Name):
        if isinstance(node, nodes.Getattr):
            parts.append(node.attr)
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            parts.append(str(node.arg.value))
        else:
            return None
        node = node.node
    return (node.name, *reversed(parts))


def guess(name: str, candidates: Iterator[str] | list[str]) -> str | None:
    """Return the known name that was probably meant."""
    found = get_close_matches(name, list(candidates), n=1, cutoff=0.6)
    return found[0] if found else None


def _own_faults(node: nodes.Node, loops: int) -> Iterator[Fault]:
    match node:
        case nodes.Name():
            yield from _name_faults(node, node.name, named=node.name != "self")
        case nodes.Getattr():
            yield from _name_faults(node, node.attr, named=dotted(node) is not None)
        case nodes.Getitem():
            yield from _subscript_faults(node)
        case nodes.For():
            yield from _loop_faults(node, loops)
        case nodes.Filter():
            yield from _filter_faults(node)
        case nodes.Test() if node.name not in TESTS:
            msg = N_("line {line}: “is {name}” is unknown; known are {known}")
            yield _fault(msg, node, name=node.name, known=" ".join(TESTS))
        case nodes.Const() | nodes.Mul() | nodes.Mod() | nodes.Add():
            yield from _number_faults(node)
        case _ if not isinstance(node, (*_PLAIN, nodes.Test)):
            yield _fault(_REFUSED.get(type(node), _OTHER), node, what=type(node).__name__.lower())


def _name_faults(node: nodes.Node, name: str, *, named: bool) -> Iterator[Fault]:
    if name.startswith("_") or not named:
        yield _fault(N_("line {line}: “{name}” is unknown"), node, name=name)


def _number_faults(node: nodes.Node) -> Iterator[Fault]:
    if isinstance(node, nodes.Const) and isinstance(node.value, int | float) and not abs(node.value) <= _LARGEST:
        yield _fault(N_("line {line}: a number is too large"), node)
    if isinstance(node, nodes.BinExpr) and (_is_text(node.left) or _is_text(node.right)):
        yield _fault(N_("line {line}: “{operator}” works on numbers only"), node, operator=node.operator)


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _subscript_faults(node: nodes.Getitem) -> Iterator[Fault]:
    arg = node.arg
    if isinstance(arg, nodes.Slice):
        return
    if not isinstance(arg, nodes.Const) or isinstance(arg.value, bool) or not isinstance(arg.value, str | int):
        yield _fault(N_("line {line}: what stands in brackets must be a name in quotes or a whole number"), node)
    elif isinstance(arg.value, str) and arg.value.startswith("_"):
        yield _fault(N_("line {line}: “{name}” is unknown"), node, name=arg.value)


def _loop_faults(node: nodes.For, loops: int) -> Iterator[Fault]:
    if loops >= DEEPEST_LOOP:
        yield _fault(N_("line {line}: loops may stand in one another {most} deep"), node, most=DEEPEST_LOOP)
    if node.recursive:
        yield _fault(_OTHER, node, what="recursive")
    if not isinstance(node.target, nodes.Name) or dotted(node.iter) is None:
        yield _fault(N_("line {line}: a loop goes over a list by its name: {% for phone in contact.phones %}"), node)


def _filter_faults(node: nodes.Filter) -> Iterator[Fault]:
    if node.name not in FILTERS or node.node is None:
        yield _unknown_filter(node)
        return
    if node.dyn_args or node.dyn_kwargs or len(node.args) + len(node.kwargs) > MOST_ARGS[node.name]:
        yield _fault(
            N_("line {line}: the filter “{name}” takes {most} values at most"),
            node,
            name=node.name,
            most=MOST_ARGS[node.name],
        )
    elif node.name in ("date", "datetime") and node.args:
        style = node.args[0]
        if not isinstance(style, nodes.Const) or style.value not in formats.STYLES:
            styles = " ".join(formats.STYLES)
            yield _fault(N_("line {line}: a date can be written in these ways: {styles}"), node, styles=styles)


def _unknown_filter(node: nodes.Filter) -> Fault:
    found = guess(node.name, list(FILTERS))
    if found:
        return _fault(
            N_("line {line}: there is no filter “{name}”; did you mean “{guess}”?"), node, name=node.name, guess=found
        )
    return _fault(
        N_("line {line}: there is no filter “{name}”; there are {known}"), node, name=node.name, known=" ".join(FILTERS)
    )


def _fault(msg: str, node: nodes.Node, **args: str | int) -> Fault:
    return Fault(Words(msg, {"line": node.lineno, **args}))
