"""What a person may ask for. Each function returns a job to hand to the Store, which runs it in one transaction.

The modules are loaded when one of their names is asked for: who only looks something up loads no engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.commands.clocks import advance_clock, set_clock
    from core.commands.deals import NewDeal, add_deal, set_fields
    from core.commands.moves import Moved, Undone, move, undo
    from core.commands.overdue import skip_overdue

__all__ = [
    "Moved",
    "NewDeal",
    "Undone",
    "add_deal",
    "advance_clock",
    "move",
    "set_clock",
    "set_fields",
    "skip_overdue",
    "undo",
]

_MODULES = {
    "clocks": ("advance_clock", "set_clock"),
    "deals": ("NewDeal", "add_deal", "set_fields"),
    "moves": ("Moved", "Undone", "move", "undo"),
    "overdue": ("skip_overdue",),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"core.commands.{module}"), name)
    raise AttributeError(name)
