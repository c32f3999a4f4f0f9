"""``funil contact import`` and ``funil company import``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from adapters.cli import importing
from core.i18n import gettext as _
from core.i18n import ngettext
from core.importing.clients import import_clients
from core.importing.intake import Tell, Wish
from core.importing.report import Report
from core.importing.source import Source
from core.ports import Store

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Make clients of a file's rows, or say what is wrong with them."""

    def bring(store: Store, source: Source, wish: Wish, tell: Tell, at_last: Callable[[], None]) -> Report:
        return import_clients(store, source, wish, args.what, tell, at_last)

    return importing.run(args, roof, bring, _contacts() if args.what == "contacts" else _companies())


def _contacts() -> importing.Sayings:
    return importing.Sayings(
        would=lambda n: ngettext(
            "{n} contact would be imported; nothing was written (--dry-run)",
            "{n} contacts would be imported; nothing was written (--dry-run)",
            n,
        ),
        none=_("No contacts imported."),
        one=_("1 contact imported: {id}"),
        many=lambda n: ngettext("{n} contact imported: {first} … {last}", "{n} contacts imported: {first} … {last}", n),
    )


def _companies() -> importing.Sayings:
    return importing.Sayings(
        would=lambda n: ngettext(
            "{n} company would be imported; nothing was written (--dry-run)",
            "{n} companies would be imported; nothing was written (--dry-run)",
            n,
        ),
        none=_("No companies imported."),
        one=_("1 company imported: {id}"),
        many=lambda n: ngettext(
            "{n} company imported: {first} … {last}", "{n} companies imported: {first} … {last}", n
        ),
    )
