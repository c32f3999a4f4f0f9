"""The house's file store: putting files into it, taking them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import files
from core.commands import lookup
from core.errors import BadInput, UnknownThing
from core.i18n import N_
from core.model.file import Attachment, NewFile, StoredFile
from core.model.house import House
from core.ports import Job, Tx


@dataclass(frozen=True, slots=True)
class Stored:
    """What an act has made of a file of the store. ``rules`` are those that attach it; ``changed`` says whether
    anything did."""

    file: StoredFile
    rules: tuple[str, ...]
    changed: bool


def keep(tx: Tx, new: NewFile) -> Attachment:
    """Keep a file's bytes and return it as deals and messages hold it. Raises ``BadInput`` for one too large."""
    described = files.described(new)
    tx.keep_content(described["digest"], new.content)
    return described


def kept(tx: Tx, value: Any) -> Any:
    """Return a field's value with every new file in it kept; other values as they are."""
    if isinstance(value, NewFile):
        return keep(tx, value)
    return [kept(tx, each) for each in value] if isinstance(value, list) else value


def stored(tx: Tx, new: Attachment, by: str) -> Stored:
    """Put a file whose bytes are kept into the house's store; the same name with another content takes its place."""
    before = tx.house().files.get(new["name"])
    after = StoredFile(**new, at=tx.now(), by=by)
    if before is not None and before.digest == after.digest:
        return Stored(before, attaching(tx.house(), before.name), changed=False)
    tx.put_file(after)
    return Stored(after, attaching(tx.house(), after.name), changed=True)


def add_file(new: NewFile, by: str | None = None) -> Job[Stored]:
    """Return a job that puts a file into the house's store, for any rule to attach by its name.

    Raises ``BadInput`` for one too large, ``UnknownThing`` for an unknown user.
    """

    def job(tx: Tx) -> Stored:
        author = lookup.author(tx.house(), by, None)
        return stored(tx, keep(tx, new), author)

    return job


def remove_file(name: str) -> Job[Stored]:
    """Return a job that takes a file out of the house's store; rules that attach it fail with ``attachment_missing``
    from then on. What deals hold and messages carry stays. Raises ``UnknownThing``."""

    def job(tx: Tx) -> Stored:
        house = tx.house()
        found = stored_file(house, name)
        tx.remove_file(found.name)
        return Stored(found, attaching(house, found.name), changed=True)

    return job


def stored_file(house: House, name: str) -> StoredFile:
    """Return a file of the store by its name. Raises ``UnknownThing``."""
    found = house.files.get(name)
    if found is None:
        words = N_("there is no file “{name}” in the house's store (there are: {known})")
        raise UnknownThing(words, name=name, known=lookup.names(house.files))
    return found


def attaching(house: House, name: str) -> tuple[str, ...]:
    """Return the rules that attach a stored file."""
    return tuple(rule.id for rule in house.rules.values() if name in attached_names(rule.settings))


def attached_names(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the stored files that a rule's settings name."""
    attach = settings.get("attach")
    names = attach.get("files") if isinstance(attach, Mapping) else None
    return tuple(each for each in names if isinstance(each, str)) if isinstance(names, list | tuple) else ()


def held(tx: Tx, value: Attachment) -> Attachment:
    """Return a file that somebody names by its digest, with the name cleaned and the size that it has.

    Raises ``BadInput`` when its content is not kept here.
    """
    size = tx.contents_here([value["digest"]]).get(value["digest"])
    if size is None:
        words = N_("the content of “{name}” is not in this database: name the file itself, “file: PATH”")
        raise BadInput(words, name=value["name"])
    name = files.clean_name(value["name"])
    return {"name": name, "digest": value["digest"], "size": size, "media_type": files.media_type_of(name)}
