"""Loading, in a thread and after the first paint, what the first deal opened and the first form would wait for."""

from __future__ import annotations

import asyncio
import gc
from importlib import import_module
from typing import Final

LATER: Final = ("tui.panel_acts", "tui.form.new_deal", "tui.form.client_search", "tui.editor.map_acts", "babel.dates")


async def warm() -> None:
    """Load modules and the numbering plan of telephones, which take several frames; then have the garbage collector
    leave all of it alone."""
    await asyncio.to_thread(_load)
    gc.collect()
    gc.freeze()


def _load() -> None:
    from core import phones

    for name in LATER:
        import_module(name)
    phones.readable("+5511987650001")
