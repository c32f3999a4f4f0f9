"""What pydantic found, as one sentence about the first thing: where it stands, what is wrong, what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from core.boardfile.places import Misplaced, Path, dotted, wrong
from core.boardfile.types import Unfit, as_written
from core.i18n import N_
from core.words import Words

_QUOTED: Final = re.compile(r"'([^']*)'")
_SAYS: Final[Mapping[str, str]] = {
    "string_type": N_("a text stands here, not {given}; in quotes anything is a text"),
    "bool": N_("true or false stands here, not {given}"),
    "int": N_("a whole number stands here, not {given}"),
    "float": N_("a number stands here, not {given}"),
    "decimal": N_("a number like 1250.50 stands here, not {given}"),
    "finite_number": N_("a number like 1250.50 stands here, not {given}"),
    "list_type": N_("a list stands here, not {given}"),
    "tuple_type": N_("a list stands here, not {given}"),
    "dict_type": N_("keys with values stand here, not {given}"),
    "model_type": N_("keys with values stand here, not {given}"),
    "model_attributes_type": N_("keys with values stand here, not {given}"),
    "string_too_short": N_("a text stands here, not {given}"),
    "too_short": N_("the list is too short: it has at least {min_length}"),
    "greater_than": N_("a number above {gt} stands here, not {given}"),
    "greater_than_equal": N_("a number from {ge} on stands here, not {given}"),
    "less_than": N_("a number below {lt} stands here, not {given}"),
    "less_than_equal": N_("a number up to {le} stands here, not {given}"),
}
_CHOICES: Final = frozenset({"enum", "literal_error"})


def complaint(error: ValidationError, tree: Any, at: Any, *, base: Path = (), model: Any = None) -> Misplaced:
    """Return the complaint about the first finding. ``at`` finds the place of a path (``key=True``: of its key).

    An unknown key comes before all else: what is missing then is most likely what was misspelt.
    """
    errors = error.errors(include_url=False)
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    path = data_path(tree, first["loc"], base)
    unknown = first["type"] == "extra_forbidden"
    of_key = unknown or first["loc"][-1:] == ("[key]",)
    words = said(first, model)
    if not unknown and path:
        words = Words(N_("{field}: {problem}"), {"field": dotted(path), "problem": words.local()})
    return wrong(at(path, key=of_key), words.msg, **words.args)


def said(error: Mapping[str, Any], model: Any = None) -> Words:
    """Return what one of pydantic's findings means, without its place; ``model`` is what was validated."""
    kind, loc, given = error["type"], error["loc"], error.get("input")
    if kind == "extra_forbidden":
        return _unknown_key(str(loc[-1]), keys_of(model, loc[:-1]))
    if kind == "missing":
        return Words(N_("it is missing"))
    context = error.get("ctx") or {}
    cause = context.get("error")
    if isinstance(cause, Unfit):
        return cause.words
    if kind in _CHOICES:
        return choice(given, _QUOTED.findall(context.get("expected", "")))
    msg = _SAYS.get(kind) or _SAYS.get(kind.split("_")[0])
    if msg is None or kind == "value_error":
        return Words("{problem}", {"problem": str(error["msg"]).removeprefix("Value error, ")})
    numbers = {name: str(value) for name, value in context.items() if name != "error"}
    return Words(msg, {**numbers, "given": shown(given)})


def choice(given: Any, known: Sequence[str]) -> Words:
    """Say that a value is none of those there are, and which one may have been meant."""
    near = _near(str(given), known)
    if near:
        return Words(
            N_("{given} is none of the choices: did you mean “{near}”?"), {"given": shown(given), "near": near}
        )
    return Words(N_("{given} is none of the choices: {known}"), {"given": shown(given), "known": ", ".join(known)})


def shown(value: Any) -> str:
    """Return a value as a sentence shows it: short, and told by its kind where it is large."""
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, list | tuple):
        return "[…]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = str(as_written(value))
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def _unknown_key(key: str, known: Sequence[str]) -> Words:
    near = _near(key, known)
    if near:
        return Words(N_("unknown key “{key}”: did you mean “{near}”?"), {"key": key[:60], "near": near})
    if not known:
        return Words(N_("unknown key “{key}”: nothing can be set here"), {"key": key[:60]})
    return Words(N_("unknown key “{key}”; there are: {known}"), {"key": key[:60], "known": ", ".join(known)})


def _near(word: str, known: Iterable[str]) -> str | None:
    """Return the word that was meant, case not counting."""
    folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(word[:60].casefold(), folded, 1)
    return folded[found[0]] if found else None


def data_path(tree: Any, loc: Sequence[str | int], base: Path = ()) -> Path:
    """Return the path of pydantic's location ``loc`` in what stands at ``base``, without what is no key of the data:
    names of a union's members, ``[key]``."""
    node, path = tree, list(base)
    for key in base:
        node = _step(node, key)
    for index, key in enumerate(loc):
        if isinstance(node, Mapping) and key not in node and index < len(loc) - 1:
            continue
        if node is None or isinstance(node, Mapping) or (isinstance(node, list) and isinstance(key, int)):
            path.append(key)
            node = _step(node, key)
    return tuple(path[:-1] if path and path[-1] == "[key]" else path)


def _step(node: Any, key: str | int) -> Any:
    if isinstance(node, Mapping):
        return node.get(key)
    return node[key] if isinstance(node, list) and isinstance(key, int) and key < len(node) else None


def keys_of(model: Any, loc: Sequence[str | int]) -> list[str]:
    """Return the keys that a model knows at a location."""
    for key in loc:
        if isinstance(key, str) and key in ("span", "now") and model is not None and not _has(model, key):
            continue
        model = model if isinstance(key, int) else _inner(model, key)
        if model is None:
            return []
    return [info.alias or name for name, info in getattr(model, "model_fields", {}).items()]


def _has(model: Any, key: str) -> bool:
    return any(key in (name, info.alias) for name, info in getattr(model, "model_fields", {}).items())


def _inner(model: Any, key: str) -> Any:
    for name, info in getattr(model, "model_fields", {}).items():
        if key in (name, info.alias):
            return _model_in(info.annotation)
    return None


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for found in map(_model_in, get_args(annotation)) if found is not None), None)
