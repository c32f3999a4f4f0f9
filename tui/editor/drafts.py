"""What was left unsaved in a form, kept with a person's choices until the same form is opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui.editor.draft import Draft
from tui.settings import Settings

DRAFTS: Final = "drafts"
"""The name under which a person's settings keep them: by house, then by what they are of."""
MOST: Final = 20
"""Drafts that are kept of one house; older ones go."""


def _name(draft: Draft) -> str:
    thing = draft.thing
    own = f"new {thing.kind} {thing.pipeline} {thing.stage}" if draft.new else thing.id
    return f"{draft.what} {own}"


def keep(settings: Settings, draft: Draft) -> None:
    """Keep what differs from the stored one; nothing forgets it."""
    every = _every(settings)
    mine = {name: each for name, each in _of_house(every, draft).items() if name != _name(draft)}
    if draft.dirty:
        mine = {**mine, _name(draft): dict(draft.changed)}
    mine = dict(list(mine.items())[-MOST:])
    kept = {**every, draft.house.id: mine}
    left = {house: each for house, each in kept.items() if each}
    if left != every:
        settings.keep(DRAFTS, left or None)


def forget(settings: Settings, draft: Draft) -> None:
    """Forget what was kept of a form."""
    keep(settings, Draft(draft.thing, draft.house, draft.new))


def take(settings: Settings, draft: Draft) -> bool:
    """Put what was kept into a draft; returns whether there was anything that still means something."""
    found = _of_house(_every(settings), draft).get(_name(draft))
    for key, value in found.items() if isinstance(found, Mapping) else ():
        if key in draft.items:
            draft.put(key, value)
    return draft.dirty


def _every(settings: Settings) -> dict[str, Any]:
    found = settings.value(DRAFTS)
    return dict(found) if isinstance(found, Mapping) else {}


def _of_house(every: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
    found = every.get(draft.house.id)
    return dict(found) if isinstance(found, Mapping) else {}
