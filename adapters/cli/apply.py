"""``funil apply``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from adapters.cli.files import documents
from adapters.cli.printing import as_json, note, say, table
from adapters.cli.reading import opened
from adapters.cli.uploads import beside
from core.applying import Change, Rehearsed, apply, rehearsal
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.ports import Job, Store
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof

VERBS = {"add": N_("add"), "change": N_("change"), "remove": N_("remove"), "note": N_("note")}


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("files", metavar=_("FILE"), nargs="+", help=_("board files, in this order; - reads stdin"))
    parser.add_argument("--dry-run", action="store_true", help=_("only say what would change"))
    parser.add_argument("--prune", action="store_true", help=_("archive what the files do not list"))


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Make the database match the files, in one transaction, and print what changed."""
    read = documents(args.files)
    job = apply(read, prune=args.prune, check_connection=roof.check_connection, read_file=beside)
    with opened(args, roof) as store:
        changes = rehearsed(store, job) if args.dry_run else store.write_now(job)
    if args.json:
        as_json({"dry_run": args.dry_run, "changes": [_shape(change) for change in changes]})
    else:
        _print(changes, dry_run=args.dry_run)
    for each in read:
        if each.unversioned:
            note(fill(_("{file} has no “funil: 1”: read as version 1; write it on top"), {"file": each.name}))
    return 0


def rehearsed(store: Store, job: Job[Any]) -> Any:
    """Run a job to its end, take back what it wrote, and return its answer."""
    try:
        store.write_now(rehearsal(job))
    except Rehearsed as ended:
        return ended.answer
    raise AssertionError("a rehearsal commits nothing")


def _shape(change: Change) -> dict[str, Any]:
    return {"verb": change.verb, "what": change.what, "id": change.id, "note": change.note.english() or None}


def _print(changes: Sequence[Change], *, dry_run: bool) -> None:
    done = [change for change in changes if change.verb != "note"]
    if changes:
        head = (_("DO") if dry_run else _("DONE"), _("WHAT"), _("ID"), _("NOTE"))
        table(head, [(_(VERBS[c.verb]), c.what, c.id, c.note.local()) for c in changes])
    if not done:
        say(_("Nothing changes: the database is as the files say."))
        return
    count = fill(ngettext("{n} change", "{n} changes", len(done)), {"n": len(done)})
    note(fill(_("{changes}; nothing was written (--dry-run)"), {"changes": count}) if dry_run else count)
