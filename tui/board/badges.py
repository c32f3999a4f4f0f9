"""The signs on a card that say what waits on it: nothing where nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len

from core.ports import Card

HELD: Final = "◷"
WAITING: Final = "◔"
UNREAD: Final = "❝"
TASKS: Final = "☐"
LATE: Final = "⚑"
FAILED: Final = "✗"


class Badge(NamedTuple):
    """A sign with its number. ``tone`` names its ink (``quiet asks late failed``), the least ``rank`` stays longest."""

    text: str
    tone: str
    rank: int


def badges_of(card: Card, late: str, task_late: bool, room: int) -> Sequence[Badge]:
    """Return what waits on a card as far as there is room: what concerns a person stays longest.

    ``late`` says how much later than its date the deal is; ``task_late`` that a task should have been done.
    """
    found = [
        Badge(f" {HELD}{card.held}", "asks", 4) if card.held else None,
        Badge(f" {WAITING}{card.waiting}", "quiet", 5) if card.waiting else None,
        Badge(f" {UNREAD}{card.unread}", "asks", 1) if card.unread else None,
        Badge(f" {TASKS}{card.tasks}{'!' * task_late}", "late" if task_late else "quiet", 3) if card.tasks else None,
        Badge(f" {LATE}{late}", "late", 2) if late else None,
        Badge(f" {FAILED}{card.failed if card.failed > 1 else ''}", "failed", 0) if card.failed else None,
    ]
    kept = [badge for badge in found if badge]
    while len(kept) > 1 and width_of(kept) > room:
        kept.remove(max(kept, key=lambda badge: badge.rank))
    return kept


def width_of(badges: Sequence[Badge]) -> int:
    """Return the cells that badges take."""
    return sum(cell_len(badge.text) for badge in badges)
