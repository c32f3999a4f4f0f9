"""Reading board files into checked parts; whatever is wrong is one sentence with file, line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Any, Final

from pydantic import ValidationError

from core.boardfile import yaml12
from core.boardfile.complaints import complaint
from core.boardfile.places import Path, Place, wrong
from core.boardfile.shape import BoardFile
from core.boardfile.types import as_written
from core.boardfile.yaml12 import Map, Seq
from core.errors import BadInput
from core.i18n import N_

MAX_BYTES: Final = 64 * 1024 * 1024
SECTIONS: Final = ("users", "connections", "fields", "files", "pipelines", "contacts", "companies", "deals")
"""Lists of things with ids of their own."""
_LAID_OVER: Final = frozenset({"company", "constants", "settings", "fields", "new_deal"})
"""Mappings of which another file may give further keys."""


@dataclass(frozen=True, slots=True)
class Document:
    """A board file that has been read, or several taken together: the checked content, and where each part stands.

    ``folders`` says by a file's name in which folder it lies.
    """

    name: str
    board: BoardFile
    tree: Any
    folders: Mapping[str, Folder]

    @property
    def unversioned(self) -> bool:
        """Whether ``funil: 1`` is absent. Every key but ``id stage kind`` may be; the version is then taken to be 1."""
        return not self.board.given("funil")

    def folder_of(self, path: Path) -> Folder:
        """Return the folder of the file in which a part stands: the paths in it begin there."""
        return self.folders[self.place(path).file]

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of a part: of its value where that is one word or text, else (and with ``key``) of its key.

        A part that the file does not have has the place of what would hold it.
        """
        return _find(self.tree, path, key=key, at=Place(self.name, 1, 1))


def read(content: str | bytes, name: str, folder: Folder) -> Document:
    """Read a board file; ``name`` is how complaints call it, ``folder`` where files named in it lie.

    Raises ``BadInput`` with file, line, column, what is wrong and what would be right.
    """
    if len(content) > MAX_BYTES:
        raise BadInput(N_("{file} is larger than {limit} MB"), file=name, limit=MAX_BYTES // 1024 // 1024)
    tree = yaml12.load(content, name)
    if tree is None or tree == {}:
        raise BadInput(
            N_("{file} is empty: a board file begins with “funil: 1”, and what the house has follows"), file=name
        )
    if not isinstance(tree, Map):
        raise wrong(Place(name, 1, 1), N_("a board file has keys like “pipelines” and “deals” on top"))
    return _checked(name, tree, {name: folder})


def together(documents: Sequence[Document]) -> Document:
    """Return several files as one: of what stands in more than one, the keys of the later file count."""
    first, *others = documents
    if not others:
        return first
    tree = first.tree
    for each in others:
        tree = _laid_over(tree, each.tree, top=True)
    return _checked(first.name, tree, {name: folder for each in documents for name, folder in each.folders.items()})


def _checked(name: str, tree: Map, folders: Mapping[str, Folder]) -> Document:
    def at(path: Path, *, key: bool = False) -> Place:
        return _find(tree, path, key=key, at=Place(name, 1, 1))

    try:
        board = BoardFile.model_validate(tree)
    except ValidationError as error:
        raise complaint(error, tree, at, model=BoardFile) from None
    _check_ids(board, at)
    return Document(name, board, tree, folders)


def _check_ids(board: BoardFile, at: Callable[[Path], Place]) -> None:
    """Refuse an id that stands twice. Rules and triggers have ids of the house, stages of their pipeline."""
    rules: dict[str, Place] = {}
    triggers: dict[str, Place] = {}
    for section in SECTIONS:
        _check_list(getattr(board, section), (section,), {}, at)
    for index, pipeline in enumerate(board.pipelines or ()):
        _check_list(pipeline.stages, ("pipelines", index, "stages"), {}, at)
        _check_list(pipeline.rules, ("pipelines", index, "rules"), rules, at)
        _check_list(pipeline.triggers, ("pipelines", index, "triggers"), triggers, at)


def _check_list(things: Sequence[Any] | None, path: Path, seen: dict[str, Place], at: Callable[[Path], Place]) -> None:
    for index, thing in enumerate(things or ()):
        here = at((*path, index, "id"))
        if thing.id in seen:
            raise wrong(here, N_("“{id}” is listed twice, first at {before}"), id=thing.id, before=str(seen[thing.id]))
        seen[thing.id] = here


def _find(tree: Any, path: Path, *, key: bool, at: Place) -> Place:
    node = tree
    for step, name in enumerate(path):
        if isinstance(node, Map) and isinstance(name, str) and name in node:
            inside = node[name]
            of_key = (key and step == len(path) - 1) or inside is None or isinstance(inside, Map | Seq)
            at = node.keys_at[name] if of_key else node.values_at[name]
        elif isinstance(node, Seq) and isinstance(name, int) and name < len(node):
            inside, at = node[name], node.items_at[name]
        else:
            break
        node = inside
    return at


def _laid_over(first: Map, second: Map, *, top: bool) -> Map:
    """Lay the keys of one mapping over another's; on top, things of a list by their id."""
    result = Map()
    for source in (first, second):
        for key, value in source.items():
            result[key] = _both(key, result[key], value, top=top) if key in result else value
            result.keys_at[key], result.values_at[key] = source.keys_at[key], source.values_at[key]
    return result


def _both(key: str, known: Any, value: Any, *, top: bool) -> Any:
    if top and isinstance(known, Seq) and (value is None or isinstance(value, Seq)):
        return _listed(known, value or Seq())
    if isinstance(known, Map) and isinstance(value, Map) and key in _LAID_OVER:
        return _laid_over(known, value, top=False)
    return value


def _listed(first: Seq, second: Seq) -> Seq:
    result = Seq()
    index: dict[str, int] = {}
    for value, at in (*_items(first), *_items(second)):
        name = str(as_written(value.get("id", value.get("name"))))
        known = index.setdefault(name, len(result))
        if known < len(result):
            result[known] = _laid_over(result[known], value, top=False)
            result.items_at[known] = at
        else:
            result.append(value)
            result.items_at.append(at)
    return result


def _items(values: Seq) -> Iterator[tuple[Any, Place]]:
    return zip(values, values.items_at, strict=True)
