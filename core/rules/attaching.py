"""What goes with a message: files of the deal's own fields, and files of the house's store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from core import fields, files
from core.files import MEGABYTE, MOST_ATTACHED
from core.i18n import N_
from core.model.file import Attachment
from core.model.house import House
from core.ports import Facts
from core.rules.base import CannotAct, Finding, Settings
from core.words import Words

_NO_FILE = N_("there is no file “{name}” in the house's store")


class Attach(Settings):
    """Files that go with a message."""

    fields: tuple[str, ...] = Field(
        default=(),
        title=N_("File fields of the deal"),
        description=N_("What they hold goes along; an empty one attaches nothing."),
        json_schema_extra={"picker": "file_fields"},
    )
    files: tuple[str, ...] = Field(
        default=(),
        title=N_("Files"),
        description=N_("Names of files in the house's store; in a board file also paths beside it."),
        json_schema_extra={"picker": "files"},
    )


@dataclass(frozen=True, slots=True)
class Attached:
    """The files of one message, and the ids of the fields that had none for it."""

    files: tuple[Attachment, ...] = ()
    empty: tuple[str, ...] = ()

    def data(self) -> Mapping[str, Any]:
        """Return what the message's ``data`` says of it: nothing where nothing was to be attached."""
        said: dict[str, Any] = {}
        if self.files:
            said["attachments"] = [dict(each) for each in self.files]
        if self.empty:
            said["empty_fields"] = list(self.empty)
        return said

    def why(self, why: Words) -> Words:
        """Add to the words about a message that a field held nothing to attach."""
        if not self.empty:
            return why
        words = N_("{why}; nothing to attach in {fields}")
        return Words(words, {"why": why, "fields": ", ".join(self.empty)})


def attached(facts: Facts, attach: Attach, most: int = MOST_ATTACHED) -> Attached:
    """Return the files that go with a message, fields first, each file once; ``most`` is their size together in bytes.

    Raises ``CannotAct``: ``attachment_missing`` for a field or a stored file that is gone, ``bad_attachment`` for more
    than ``most``. Whether the contents are there is looked at when the message goes.
    """
    found: list[Attachment] = []
    empty: list[str] = []
    for name in attach.fields:
        held = _held(facts, name)
        found += held
        if not held:
            empty.append(name)
    found += [_stored(facts.house, name) for name in attach.files]
    once = tuple(each for place, each in enumerate(found) if each not in found[:place])
    if sum(each["size"] for each in once) > most:
        raise CannotAct("bad_attachment", too_much(once, most))
    return Attached(once, tuple(dict.fromkeys(empty)))


def too_much(attachments: tuple[Attachment, ...], most: int) -> Words:
    """Say that files are too large together."""
    size = -(-sum(each["size"] for each in attachments) // MEGABYTE)
    words = N_("the attachments have {size} MB together; {most} MB go with one message at most")
    return Words(words, {"size": size, "most": most // MEGABYTE})


def _held(facts: Facts, name: str) -> list[Attachment]:
    spec = fields.find(name, facts.house)
    if spec is None or spec.kind is not fields.Kind.FILE:
        words = N_("the deal has no file field “{field}”")
        raise CannotAct("attachment_missing", Words(words, {"field": name}))
    value = facts.deal.fields.get(spec.id)
    return [files.attachment_of(each) for each in (value if isinstance(value, list) else [value]) if each]


def _stored(house: House, name: str) -> Attachment:
    stored = house.files.get(name)
    if stored is None:
        raise CannotAct("attachment_missing", Words(_NO_FILE, {"name": name}))
    return stored.attachment()


def lint(attach: Attach, house: House, most: int = MOST_ATTACHED) -> Iterator[Finding]:
    """Find fields that hold no files, files that the store does not have, and what would be too large."""
    for place, name in enumerate(attach.fields):
        spec = fields.find(name, house)
        if spec is None:
            yield Finding(f"attach.fields[{place}]", fields.unknown(name, house))
        elif spec.kind is not fields.Kind.FILE:
            words = N_("field “{field}” holds no files")
            yield Finding(f"attach.fields[{place}]", Words(words, {"field": name}))
    for place, name in enumerate(attach.files):
        if name not in house.files:
            yield Finding(f"attach.files[{place}]", Words(_NO_FILE, {"name": name}))
    stored = tuple({name: house.files[name].attachment() for name in attach.files if name in house.files}.values())
    if sum(each["size"] for each in stored) > most:
        yield Finding("attach.files", too_much(stored, most))
