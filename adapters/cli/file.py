"""``funil file``: the house's store, whose files rules attach by name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.cli.parser import Family
from adapters.cli.printing import as_json, note, say, table
from adapters.cli.reading import local, opened, read
from adapters.cli.uploads import new_file
from core import commands
from core.commands.files import attaching, stored_file
from core.errors import BadInput, Refused, UnknownThing
from core.files import is_digest
from core.i18n import N_
from core.i18n import gettext as _
from core.model.file import NewFile, StoredFile
from core.model.house import House
from core.model.moment import iso
from core.ports import Reader
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

STDOUT = "-"


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    family = Family(parser)
    family.add("list", "file:list_files", _("print the files that rules may attach"))
    add = family.add("add", "file:add", _("put a file into the store; the same name takes the place of the former one"))
    add.add_argument("path", metavar=_("PATH"))
    add.add_argument("--name", metavar=_("NAME"), help=_("what it is called there; default: the file's own name"))
    add.add_argument("--by", metavar=_("USER"), help=_("who puts it there"))
    remove = family.add("remove", "file:remove", _("take a file out of the store; says which rules attach it"))
    remove.add_argument("name", metavar=_("NAME"))
    save = family.add("save", "file:save", _("write a file of the store, or of a deal by its digest, to the disk"))
    save.add_argument("name", metavar=_("NAME"), help=_("a stored file's name, or any file's SHA-256"))
    save.add_argument("path", metavar=_("PATH"), nargs="?", help=_("default: its own name; - writes to stdout"))


def list_files(args: argparse.Namespace, roof: Roof) -> int:
    """Print the files of the store."""

    def look(reader: Reader) -> tuple[House, Sequence[str]]:
        house = reader.house()
        return house, list(reader.contents_here(each.digest for each in house.files.values()))

    house, here = read(args, roof, look)
    if args.json:
        as_json([_shape(house, each) | {"here": each.digest in here} for each in house.files.values()])
        return 0
    if not house.files:
        say(_("No files."))
        return 0
    at = fill(_("AT ({zone})"), {"zone": house.company.timezone})
    head = (_("NAME"), _("BYTES"), _("TYPE"), at, _("BY"), _("RULES"))
    table(head, [_line(house, each) for each in house.files.values()], right=frozenset({1}))
    for each in house.files.values():
        if each.digest not in here:
            note(fill(_("{name}: its content is gone; add it again"), {"name": each.name}))
    return 0


def add(args: argparse.Namespace, roof: Roof) -> int:
    """Put a file into the store."""
    given = new_file(args.path)
    if args.name is not None:
        given = NewFile(args.name, given.content)
    with opened(args, roof) as store:
        done = store.write_now(commands.add_file(given, args.by))
        house = store.read(lambda reader: reader.house())
    if args.json:
        as_json(_shape(house, done.file) | {"changed": done.changed})
        return 0
    say(fill(_("{name}: stored") if done.changed else _("{name}: is stored already"), {"name": done.file.name}))
    if done.changed and done.rules:
        note(fill(_("{name}: attached by {rules}"), {"name": done.file.name, "rules": ", ".join(done.rules)}))
    return 0


def remove(args: argparse.Namespace, roof: Roof) -> int:
    """Take a file out of the store."""
    with opened(args, roof) as store:
        done = store.write_now(commands.remove_file(args.name))
    if args.json:
        as_json({"name": done.file.name, "removed": True, "rules": list(done.rules)})
        return 0
    say(fill(_("{name}: removed"), {"name": done.file.name}))
    if done.rules:
        words = _("{rules}: attach it and will fail with attachment_missing until it is there again")
        note(fill(words, {"rules": ", ".join(done.rules)}))
    return 0


def save(args: argparse.Namespace, roof: Roof) -> int:
    """Write a file to the disk; what stands there already is not written over."""
    name, content = read(args, roof, lambda reader: _content(reader, args.name))
    if args.path == STDOUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        return 0
    path = Path(args.path or name)
    path = path / name if path.is_dir() else path
    write_new(path, content)
    if args.json:
        as_json({"name": name, "path": str(path), "size": len(content)})
    else:
        say(str(path))
    return 0


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet. Raises ``Refused`` for one that is, ``BadInput`` where none can be."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise Refused(N_("{file} is there already"), file=str(path)) from None
    except ValueError as error:
        raise BadInput(N_("{file} cannot be written: {why}"), file=str(path), why=str(error)) from None


def _content(reader: Reader, name: str) -> tuple[str, bytes]:
    """Return a file's name and bytes. Raises ``UnknownThing``."""
    digest = name if is_digest(name) else stored_file(reader.house(), name).digest
    content = reader.content(digest)
    if content is None:
        raise UnknownThing(N_("the content of “{name}” is not in this database"), name=name)
    return name, content


def _shape(house: House, file: StoredFile) -> dict[str, Any]:
    return {
        **file.attachment(),
        "at": iso(file.at),
        "by": file.by,
        "rules": list(attaching(house, file.name)),
    }


def _line(house: House, file: StoredFile) -> tuple[str, ...]:
    rules = ", ".join(attaching(house, file.name))
    return file.name, str(file.size), file.media_type, local(house, file.at), file.by, rules
