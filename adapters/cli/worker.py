"""``funil worker``: the engine alone, for a service manager or a second terminal."""

from __future__ import annotations

import argparse

from adapters.cli import working
from adapters.cli.printing import note
from adapters.cli.reading import opened
from adapters.cli.roof import Engine, Roof
from adapters.cli.working import Stop
from core.i18n import gettext as _


def options(parser: argparse.ArgumentParser) -> None:
    """Take no options of its own."""


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Work until stopped."""
    with opened(args, roof) as store:
        return working.work(store, roof, "worker", _serve)[1]


async def _serve(engine: Engine, stop: Stop) -> int:
    note(_("The worker runs; ctrl-c stops it."))
    return await working.serve(engine, stop)
