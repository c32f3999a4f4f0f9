"""Files of a board file: the house's store, what rules attach, values of deals' file fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.applying.ledger import Change, Ledger
from core.applying.uploads import attach_files
from core.boardfile.places import Path
from core.boardfile.shape import FilePart
from core.boardfile.types import plain
from core.commands.files import attached_names, held, keep, stored
from core.errors import BadInput
from core.i18n import N_
from core.model.file import Attachment, NewFile
from core.model.frozen import replace
from core.model.house import House
from core.model.rule import Rule

_NO_PATH: Final = N_("there is no file “{path}” beside the board file")
_KEYS: Final = frozenset({"name", "digest", "size", "media_type"})


def apply(ledger: Ledger) -> None:
    """Put the listed files into the house's store."""
    for index, part in enumerate(ledger.document.board.files or ()):
        with ledger.at("files", index):
            _put(ledger, part, ("files", index))


def _put(ledger: Ledger, part: FilePart, path: Path) -> None:
    if part.file is not None:
        with ledger.at(*path, "file"):
            found = _beside(ledger, (*path, "file"), part.file)
            kept = keep(ledger.tx, replace(found, name=part.name))
            if part.digest is not None and part.digest != kept["digest"]:
                raise BadInput(N_("“{path}” has another content than “digest” says"), path=part.file)
            _store(ledger, kept)
        return
    present = ledger.house.files.get(part.name)
    if present is not None and part.digest in (None, present.digest):
        return
    if part.digest is None:
        words = N_("there is no stored file “{name}” yet: “file” says where it lies")
        raise BadInput(words, name=part.name)
    with ledger.at(*path, "digest"):
        named: Attachment = {"name": part.name, "digest": part.digest, "size": 0, "media_type": ""}
        _store(ledger, held(ledger.tx, named))


def _store(ledger: Ledger, kept: Attachment) -> None:
    """Put a kept file into the store and note it. Raises ``BadInput`` for two contents under one name."""
    before = ledger.filed.setdefault(kept["name"], kept["digest"])
    if before != kept["digest"]:
        words = N_("two different files would be stored as “{name}”: give one of them another name")
        raise BadInput(words, name=kept["name"])
    there = kept["name"] in ledger.house.files
    done = stored(ledger.tx, kept, ledger.author)
    if done.changed:
        ledger.changes.append(Change("change" if there else "add", "file", kept["name"]))


def attached(ledger: Ledger, rule: Rule, given: Mapping[str, Any] | None, path: Path) -> Rule:
    """Return a rule with the names of stored files in place of the paths beside the board file, which are taken into
    the store. A name that the file lists under ``files`` means that one; else what lies beside the file counts before
    what is stored already. Raises ``BadInput`` for what is neither."""
    listed = attach_files(given)
    if not listed or not all(isinstance(each, str) for each in listed):
        return rule
    known = {part.name for part in ledger.document.board.files or ()}
    names: list[str] = []
    for place, name in enumerate(listed):
        here = (*path, "settings", "attach", "files", place)
        with ledger.at(*here):
            found = None if name in known else ledger.uploads.get(here)
            names.append(_taken(ledger, found) if found is not None else _known(ledger, rule, name))
    attach = {**rule.settings["attach"], "files": names}
    return replace(rule, settings={**rule.settings, "attach": attach})


def _taken(ledger: Ledger, found: NewFile) -> str:
    kept = keep(ledger.tx, found)
    _store(ledger, kept)
    return kept["name"]


def _known(ledger: Ledger, rule: Rule, name: str) -> str:
    """Return the name of a stored file. One that the rule named before may be gone meanwhile: it stays as it was."""
    before = ledger.house.rules.get(rule.id)
    if name not in ledger.house.files and (before is None or name not in attached_names(before.settings)):
        words = N_("there is no file “{path}” beside the board file, and none in the house's store")
        raise BadInput(words, path=name)
    return name


def lost(house: House, rule: Rule) -> bool:
    """Return whether a rule attaches a file that was taken out of the store."""
    return any(name not in house.files for name in attached_names(rule.settings))


def value(ledger: Ledger, path: Path, raw: Any) -> Any:
    """Return the value of a file field with kept files in place of paths. Raises ``BadInput`` for what is neither a
    path, ``{file: PATH}``, nor a file whose content is kept here, and for other keys."""
    if isinstance(raw, list):
        return [value(ledger, (*path, place), each) for place, each in enumerate(raw)]
    if not isinstance(raw, Mapping):
        return raw
    given = plain(raw)
    with ledger.at(*path):
        if "file" in given:
            _only(given, frozenset({"file", "name"}))
            with ledger.at(*path, "file"):
                found = _beside(ledger, (*path, "file"), given["file"])
                return keep(ledger.tx, replace(found, name=str(given.get("name") or found.name)))
            return None
        _only(given, _KEYS)
        return given
    return None


def _only(given: Mapping[str, Any], known: frozenset[str]) -> None:
    strange = next((key for key in given if key not in known), None)
    if strange is not None:
        words = N_("“{key}” is no key of a file: “file: PATH”, or what “funil export” writes")
        raise BadInput(words, key=strange)


def _beside(ledger: Ledger, path: Path, name: Any) -> NewFile:
    found = ledger.uploads.get(path)
    if found is None:
        raise BadInput(_NO_PATH, path=str(name))
    return found
