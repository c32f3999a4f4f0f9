"""Texts with names in them: Jinja2 in a sandbox that has nothing but the names and filters of docs/TEMPLATES.md.

A text is checked as a syntax tree before it is compiled, compiled once, and stopped while it runs when it grows too
large. Values are data: a customer called ``{{ 7*7 }}`` stays one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jinja2 import Template, TemplateError, TemplateSyntaxError, nodes

from core import context as contexts
from core.context import MANNER, Record
from core.i18n import N_
from core.jinja_env import LOOP_NAMES, NUMBER_OPERATORS, Environment, TextFault
from core.jinja_rules import bound_loops, dotted, faults, guess
from core.model.house import House
from core.placeholders import convert_placeholders, found_placeholders
from core.rules.base import CannotAct, Finding
from core.words import Words

__all__ = [
    "check",
    "convert_placeholders",
    "empty_among",
    "empty_names",
    "known_among",
    "known_names",
    "names",
    "render",
]

LONGEST_SOURCE: Final = 64 * 1024
LONGEST_OUTPUT: Final = 256 * 1024

_LONGEST_WHY: Final = 200
_ENVIRONMENTS: Final = {False: Environment(html=False), True: Environment(html=True)}
_RENDER_ERRORS: Final = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)
_PARSE_ERRORS: Final = (ValueError, ArithmeticError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class _Compiled:
    template: Template
    roots: frozenset[str]


def render(source: str, context: Mapping[str, Any], html: bool = False) -> str:
    """Return the text with its names filled in; ``html`` escapes every value.

    Raises ``CannotAct("template_error")`` for an unknown name, whatever is not allowed, and a text beyond 256 KB.
    """
    try:
        compiled = _compiled(source, html)
        values = {name: _root(context, name) for name in compiled.roots}
        values[MANNER] = context.get(MANNER)
        return _within_limit(compiled.template.generate(values))
    except TextFault as fault:
        raise CannotAct("template_error", fault.words) from None
    except _RENDER_ERRORS as error:
        words = Words(N_("the text cannot be written: {why}"), {"why": str(error)[:_LONGEST_WHY]})
        raise CannotAct("template_error", words) from None


def check(
    source: str, house: House, html: bool = False, *, field: str | None = None, extra: Iterable[str] = ()
) -> list[Finding]:
    """Find what would go wrong with a text in this house: syntax, what is not allowed, unknown names, placeholders of
    Bitrix24. ``field`` is put into the findings; ``extra`` names more names that the place of the text offers."""
    found = [
        Finding(field, Words(N_("“{theirs}” is a placeholder of Bitrix24; here it is written {ours}"), pair), True)
        for pair in ({"theirs": theirs, "ours": ours} for theirs, ours in found_placeholders(source))
    ]
    try:
        tree = _parsed(source)
    except TextFault as fault:
        return found or [Finding(field, fault.words)]
    refused = [Finding(field, fault.words) for fault in faults(tree)]
    if refused:
        return found + refused
    scope: dict[str, Any] = {**contexts.sample(house), **dict.fromkeys(extra)}
    known = _all_names(scope)
    return found + [Finding(field, words, error) for words, error in _unknown(tree, scope, known)]


def shortest(source: str) -> int:
    """Return how many characters a text has at least, whatever its names are filled with: of alternatives the shortest
    counts. A text that cannot be read has none."""
    try:
        return _least(_parsed(source).body)
    except TextFault:
        return 0


def _least(several: Iterable[nodes.Node]) -> int:
    return sum(map(_least_of, several))


def _least_of(node: nodes.Node) -> int:
    match node:
        case nodes.Output():
            return sum(len(part.data) for part in node.nodes if isinstance(part, nodes.TemplateData))
        case nodes.If():
            return min(_least(body) for body in (node.body, *(other.body for other in node.elif_), node.else_))
        case _:
            return 0


def names(source: str) -> tuple[str, ...]:
    """Return the names that a text uses (``deal.title``), sorted; one that may not be compiled uses none."""
    try:
        tree = _parsed(source)
    except TextFault:
        return ()
    if next(faults(tree), None):
        return ()
    local = _local(tree)
    return tuple(sorted({".".join(path) for path in _paths(tree) if path[0] not in local}))


def known_names(house: House) -> tuple[str, ...]:
    """Return every name that texts of this house may use, for an editor to offer."""
    return tuple(_all_names(contexts.sample(house)))


def empty_names(source: str, context: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names in a text that have no value here and would be written as nothing: the editor warns of them."""
    return empty_among(names(source), context)


def known_among(several: Iterable[str], house: House, extra: Iterable[str] = ()) -> tuple[str, ...]:
    """Return those of some names that texts of this house may use."""
    scope: dict[str, Any] = {**contexts.sample(house), **dict.fromkeys(extra)}
    return tuple(name for name in several if _is_known(name.split("."), scope))


def _is_known(path: list[str], scope: Mapping[str, Any]) -> bool:
    try:
        _step_through(path, scope)
    except KeyError:
        return False
    return True


def empty_among(several: Iterable[str], context: Mapping[str, Any]) -> tuple[str, ...]:
    """Return those of some names that have no value here."""
    return tuple(name for name in several if _value(name.split("."), context) in (None, "", ()))


def _value(path: list[str], context: Mapping[str, Any]) -> Any:
    value: Any = context
    for part in path:
        if isinstance(value, tuple) and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        elif isinstance(value, Mapping):
            value = value.get(part)
        else:
            return None
    return str(value) if isinstance(value, Record) and not value.there else value


def _root(context: Mapping[str, Any], name: str) -> Any:
    if name not in context:
        raise TextFault(N_("“{name}” is unknown"), name=name)
    return context[name]


def _local(tree: nodes.Template) -> frozenset[str]:
    """Return the names that loops give: their own variables, and ``loop``."""
    targets = (loop.target for loop in tree.find_all(nodes.For))
    return frozenset({target.name for target in targets if isinstance(target, nodes.Name)} | {"loop"})


def _within_limit(chunks: Iterator[str]) -> str:
    size, out = 0, []
    for chunk in chunks:
        size += len(chunk)
        if size > LONGEST_OUTPUT:
            raise TextFault(N_("the text grows beyond {most} characters"), most=LONGEST_OUTPUT)
        out.append(chunk)
    return "".join(out)


@lru_cache(maxsize=512)
def _compiled(source: str, html: bool) -> _Compiled:
    tree = _parsed(source)
    for fault in faults(tree):
        raise TextFault(fault.words.msg, **fault.words.args)
    bound_loops(tree)
    roots = frozenset(name.name for name in tree.find_all(nodes.Name) if name.ctx == "load") - _local(tree)
    try:
        return _Compiled(_ENVIRONMENTS[html].from_string(tree), roots)
    except (SyntaxError, *_PARSE_ERRORS) as error:
        raise TextFault(N_("the text cannot be read: {why}"), why=type(error).__name__) from None


def _parsed(source: str) -> nodes.Template:
    if len(source) > LONGEST_SOURCE:
        raise TextFault(N_("the text is longer than {most} characters"), most=LONGEST_SOURCE)
    try:
        return _ENVIRONMENTS[False].parse(source)
    except TemplateSyntaxError as error:
        raise TextFault(N_("line {line}: {why}"), line=error.lineno, why=error.message or "") from None
    except _PARSE_ERRORS as error:
        raise TextFault(N_("the text cannot be read: {why}"), why=type(error).__name__) from None


def _paths(node: nodes.Node) -> Iterator[tuple[str, ...]]:
    """Yield every path that is read in a syntax tree, loops' own variables included."""
    if isinstance(node, nodes.Name) and node.ctx != "load":
        return
    path = dotted(node) if isinstance(node, nodes.Expr) else None
    if path:
        yield path
        return
    for child in node.iter_child_nodes():
        yield from _paths(child)


def _unknown(node: nodes.Node, scope: Mapping[str, Any], known: list[str]) -> Iterator[tuple[Words, bool]]:
    """Yield what is said of each unknown name below a node, and whether it is an error."""
    if isinstance(node, nodes.For):
        yield from _unknown_in_loop(node, scope, known)
        return
    path = dotted(node) if isinstance(node, nodes.Expr) else None
    if path:
        yield from _judge(path, node.lineno, scope, known)
        return
    if isinstance(node, nodes.BinExpr) and node.operator in NUMBER_OPERATORS:
        yield from _no_numbers(node, scope)
    for child in node.iter_child_nodes():
        yield from _unknown(child, scope, known)


def _no_numbers(node: nodes.BinExpr, scope: Mapping[str, Any]) -> Iterator[tuple[Words, bool]]:
    """Yield what is said of operands that are known to be no numbers."""
    for side in (node.left, node.right):
        with suppress(KeyError):
            path = dotted(side)
            if path and isinstance(_step_through(path, scope), str | tuple | Record):
                args: dict[str, str | int | None] = {
                    "line": node.lineno,
                    "operator": node.operator,
                    "name": ".".join(path),
                }
                yield Words(N_("line {line}: “{operator}” works on numbers, and “{name}” is none"), args), True


def _unknown_in_loop(node: nodes.For, scope: Mapping[str, Any], known: list[str]) -> Iterator[tuple[Words, bool]]:
    path = dotted(node.iter) or ()
    faulty = list(_judge(path, node.lineno, scope, known))
    yield from faulty
    several = None if faulty else _step_through(path, scope)
    if not faulty and not isinstance(several, tuple) and several is not _ANYTHING:
        yield Words(N_("line {line}: “{name}” is no list"), {"line": node.lineno, "name": ".".join(path)}), True
    item = (
        several[0] if isinstance(several, tuple) and several else _ANYTHING if faulty or several is _ANYTHING else None
    )
    loop = Record("loop", dict.fromkeys(LOOP_NAMES))
    target = node.target.name if isinstance(node.target, nodes.Name) else ""
    inner = {**scope, target: item, "loop": loop}
    known = known + _all_names({target: item, "loop": loop})
    for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
        yield from _unknown(child, inner, known)


_ANYTHING: Final = object()


def _step_through(path: Iterable[str], scope: Mapping[str, Any]) -> Any:
    """Return the sample value at a path, ``_ANYTHING`` in an open group. Raises ``KeyError`` for an unknown name."""
    value: Any = scope
    for part in path:
        if value is _ANYTHING or (isinstance(value, Record) and value.open and part not in value):
            value = _ANYTHING
        elif isinstance(value, Mapping):
            value = value[part]
        elif isinstance(value, tuple) and part.lstrip("-").isdigit():
            value = value[0] if value else None
        else:
            raise KeyError(part)
    return value


def _judge(
    path: tuple[str, ...], line: int, scope: Mapping[str, Any], known: list[str]
) -> Iterator[tuple[Words, bool]]:
    try:
        _step_through(path, scope)
    except KeyError:
        name = ".".join(path)
        meant = guess(name, known) or _by_last_part(path, known)
        if meant:
            msg = N_("line {line}: “{name}” is unknown; did you mean “{guess}”?")
            yield Words(msg, {"line": line, "name": name, "guess": meant}), True
        else:
            yield Words(N_("line {line}: “{name}” is unknown"), {"line": line, "name": name}), True


def _by_last_part(path: tuple[str, ...], known: list[str]) -> str | None:
    meant = guess(path[-1], [name.rpartition(".")[2] for name in known])
    return next((name for name in known if name.rpartition(".")[2] == meant), None)


def _all_names(scope: Mapping[str, Any], above: str = "") -> list[str]:
    out = []
    for name, value in scope.items():
        if name.startswith("_"):
            continue
        out.append(above + name)
        if isinstance(value, Record):
            out += _all_names(value, f"{above}{name}.")
    return out
