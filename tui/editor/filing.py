"""Files of this computer that a rule attaches: taken into the house's store together with the rule."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from core import commands, files
from core.model.file import NewFile, StoredFile
from core.model.frozen import replace
from core.ports import Tx
from tui.editor.draft import Draft

_MOST: Final = 1000


def add(draft: Draft, new: NewFile) -> str:
    """Note a file that is stored along with the rule and return the name that it gets there: never that of another
    content. Raises ``BadInput`` for one too large."""
    named = files.described(new)
    name = _free(draft, named["name"], named["digest"])
    draft.uploads[name] = replace(new, name=name)
    stored = StoredFile(name=name, digest=named["digest"], size=named["size"], media_type=named["media_type"])
    draft.house = replace(draft.house, files={**draft.house.files, name: stored})
    return name


def _free(draft: Draft, name: str, digest: str) -> str:
    path = PurePath(name)
    names = [name, *(f"{path.stem}-{n}{path.suffix}" for n in range(2, _MOST))]
    return next(each for each in names if each not in draft.house.files or draft.house.files[each].digest == digest)


def store(tx: Tx, draft: Draft, names: tuple[str, ...], by: str | None) -> None:
    """Put the files that the rule attaches in the end into the house's store."""
    for name in names:
        if name in draft.uploads:
            commands.add_file(draft.uploads[name], by)(tx)
