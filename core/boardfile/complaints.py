"""What pydantic found, as one sentence about the first thing: where it stands, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from core.boardfile.places import Misplaced, Path, dotted, wrong
from core.i18n import N_
from core.misfits import said
from core.words import Words


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
