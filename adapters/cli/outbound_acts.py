"""What ``funil outbound`` does to a line of the log."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adapters.cli.printing import as_json, note, say
from adapters.cli.reading import local, one_of, opened
from core import commands, outbound, outbound_export
from core.commands import Acted
from core.explain import run_shape
from core.i18n import gettext as _
from core.model.delivery import Delivery
from core.model.run import Run
from core.ports import Job, Reader
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def cancel(args: argparse.Namespace, roof: Roof) -> int:
    """Stop a queued message or a waiting run."""
    return _done(args, roof, commands.cancel(args.id, args.by))


def retry(args: argparse.Namespace, roof: Roof) -> int:
    """Have a message or a run tried now."""
    return _done(args, roof, commands.retry(args.id, args.by))


def resolve(args: argparse.Namespace, roof: Roof) -> int:
    """Say what became of an unknown message."""
    one_of(args.became, ("sent", "failed"), "resolve")
    return _done(args, roof, commands.resolve(args.id, args.became, args.by))


def _done(args: argparse.Namespace, roof: Roof, job: Job[Acted]) -> int:
    with opened(args, roof) as store:
        acted = store.write_now(job)
        house = store.read(lambda reader: reader.house())
        if args.json:
            as_json(store.read(lambda reader: _shape(reader, acted)))
            return 0
    for thing in (acted.delivery, acted.run if acted.delivery is None else None):
        if thing is not None:
            told = {"id": thing.public_id, "status": thing.status.value, "due": local(house, thing.due_at)}
            say(fill(_("{id}: {status}, due at {due}") if thing.due_at and _waits(thing) else "{id}: {status}", told))
    paused = acted.delivery and house.connections.get(acted.delivery.connection)
    if acted.delivery and _waits(acted.delivery) and paused and paused.paused:
        note(fill(_("connection {id} is paused: it goes out when that is resumed"), {"id": paused.id}))
    return 0


def _waits(thing: Delivery | Run) -> bool:
    return thing.status.value in ("queued", "waiting")


def _shape(reader: Reader, acted: Acted) -> dict[str, object]:
    """Return the line and the run as they stand now, each null where there is none."""
    delivery = acted.delivery and reader.delivery(acted.delivery.id)
    run = acted.run and reader.run(acted.run.id)
    row = delivery and outbound.row_of(reader.house(), delivery, reader.lines(), reader.now())
    return {
        "delivery": row and outbound_export.shape(row),
        "run": run and run_shape(reader, run, reader.runs(run.entry), delivery),
    }
