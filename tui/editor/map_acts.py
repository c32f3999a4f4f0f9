"""What an admin does on the map: carry, switch, copy, remove, take back, find, open."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual.geometry import Offset

from core.commands import automation
from core.commands.arranging import RULE, Changed, Key
from core.commands.rules import cancel_left
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.rule import Rule
from core.ports import Job
from core.words import fill
from tui import writing
from tui.actions import Scope, key_of
from tui.editor.map_model import HEAD, MapModel, Spot
from tui.panels.picker import Choice, Picker

if TYPE_CHECKING:
    from tui.app import FunilApp

MOST_UNDONE: Final = 100
_SLASH: Final = "/"


def model_of(app: FunilApp) -> MapModel:
    """Return what the map shows."""
    return app.editing.view.model


# The cursor -----------------------------------------------------------------------------------------------------------


def go(app: FunilApp, across: int, down: int) -> None:
    """Move the cursor."""
    model_of(app).step(across, down)
    app.editing.view.map.sync()


def mark(app: FunilApp) -> None:
    """Mark the card under the cursor, or take its mark away."""
    model_of(app).toggle_mark()
    app.editing.view.map.sync()


def clear_marks(app: FunilApp) -> None:
    """Take all marks away."""
    model_of(app).marks.clear()
    app.editing.view.map.sync()


async def find(app: FunilApp) -> None:
    """Choose a card of the pipeline by its name, and go to it."""
    model = model_of(app)
    names = {column.stage.id: column.stage.name for column in model.columns}
    choices = [
        Choice(_SLASH.join(card.key), f"{card.icon} {card.name}", f"{names[card.thing.stage]} · {card.when}")
        for card in model.cards()
    ]
    chosen = await app.push_screen_wait(Picker(_("Go to …"), choices))
    card = next((card for card in model.cards() if _SLASH.join(card.key) == chosen), None)
    if card is not None:
        model.go_to(card.key)
        app.editing.view.map.sync()


# Changing -------------------------------------------------------------------------------------------------------------


async def write(app: FunilApp, job: Job[Changed]) -> Changed | None:
    """Write a change that can be taken back; None when it was refused (which is told)."""
    found = await writing.answers(app, job)
    if found is None:
        return None
    changed: Changed = found[0]
    if changed:
        remember(app, changed)
    for rule in changed.more:
        await _cancel_left(app, rule)
    for doubt in changed.doubts[:1]:
        app.say(doubt.local(), trouble=True)
    return changed


def remember(app: FunilApp, changed: Changed) -> None:
    """Keep a change that was made here, to be taken back."""
    editing = app.editing
    editing.done.append(changed)
    del editing.done[:-MOST_UNDONE]
    editing.undone.clear()


async def _cancel_left(app: FunilApp, rule: str) -> None:
    """Cancel what a change has left waiting, part by part."""
    while (done := await writing.answers(app, cancel_left(rule))) and done[0]:
        pass


async def carry(app: FunilApp, across: int, down: int) -> None:
    """Carry what is chosen one step, or say that there is no further one."""
    model = model_of(app)
    spot = model.carried(across, down)
    if spot is None:
        app.say(_("There is nothing further in that direction."))
        return
    await put(app, model.chosen, spot)


async def put(app: FunilApp, keys: Sequence[Key], spot: Spot) -> None:
    """Put things into a stage; what carries no mark keeps the cursor."""
    model = model_of(app)
    if model.pipeline is None or spot.place >= len(model.columns) or not may(app):
        return
    stage = model.columns[spot.place].stage.id
    model.aim = keys[0]
    await write(app, automation.place(keys, model.pipeline.id, stage, spot.above, app.desk.user))


def may(app: FunilApp) -> bool:
    """Return whether the person may change rules; says why not."""
    if automation.may_edit(app.desk.house, app.desk.user):
        return True
    app.say(_("Only an admin changes rules and triggers."))
    return False


async def move_to(app: FunilApp) -> None:
    """Choose a stage of any pipeline for what is chosen."""
    model, house = model_of(app), app.desk.house
    keys = model.chosen
    choices = [
        Choice(f"{pipeline.id}{_SLASH}{stage.id}", stage.name, pipeline.name, stage.color)
        for pipeline in house.pipelines.values()
        for stage in pipeline.stages
    ]
    at = f"{model.pipeline.id}{_SLASH}{model.column.stage.id}" if model.pipeline and model.column else None
    chosen = await app.push_screen_wait(Picker(_title(app, keys, _("Move “{what}” to …")), choices, at=at))
    if chosen is None:
        return
    pipeline, _slash, stage = chosen.partition(_SLASH)
    changed = await write(app, automation.place(keys, pipeline, stage, None, app.desk.user))
    if changed and model.pipeline and pipeline != model.pipeline.id:
        told = ngettext("Moved to pipeline {pipeline}.", "{n} moved to pipeline {pipeline}.", len(keys))
        app.say(fill(told, {"n": len(keys), "pipeline": house.pipelines[pipeline].name}))


async def switch(app: FunilApp) -> None:
    """Switch what is chosen on, or off where all of it is on; what waits of a rule is told before it is cancelled."""
    model = model_of(app)
    keys = model.chosen
    cards = [card for card in map(model.find, keys) if card is not None]
    enabled = not all(card.thing.enabled for card in cards)
    if not enabled and not await _sure(app, keys, _("Switch off “{what}”?"), _("Switch off")):
        return
    changed = await write(app, automation.switch(keys, enabled, app.desk.user))
    if changed is not None:
        word = _("“{what}” is on.") if enabled else _("“{what}” is off.")
        app.say(_with_cancelled(_title(app, keys, word), changed))


async def copy(app: FunilApp) -> None:
    """Copy what is chosen, each below its original; the copies are off."""
    changed = await write(app, automation.copy(model_of(app).chosen, by=app.desk.user))
    if changed is not None and changed.things:
        model_of(app).aim = automation.key_of(changed.things[0])
        model_of(app).marks.clear()
        app.editing.reload()
        app.say(fill(_("The copy is off: {key} switches it on."), {"key": key_of("editor.switch", "x")}))


async def remove(app: FunilApp) -> None:
    """Remove what is chosen; what waits of a rule is told before it is cancelled."""
    keys = model_of(app).chosen
    title = _title(app, keys, _("“{what}” is removed."))
    if not await _sure(app, keys, _("Remove “{what}”?"), _("Remove")):
        return
    changed = await write(app, automation.remove(keys, app.desk.user))
    if changed is not None:
        back = fill(_("{key} brings it back."), {"key": key_of("editor.undo", "u")})
        app.say(f"{_with_cancelled(title, changed)}\n{back}")


async def _sure(app: FunilApp, keys: Sequence[Key], title: str, word: str) -> bool:
    """Ask before waiting runs are cancelled; where none wait there is nothing to ask."""
    rules = [thing_id for what, thing_id in keys if what == RULE]
    waiting = await asyncio.to_thread(app.desk.store.read, lambda r: sum(map(r.waiting_runs_count, rules)))
    if not waiting:
        return True
    note = fill(ngettext("cancels {n} waiting run", "cancels {n} waiting runs", waiting), {"n": waiting})
    choices = [Choice("do", word, note), Choice("keep", _("Leave it"))]
    return await app.push_screen_wait(Picker(_title(app, keys, title), choices)) == "do"


def _with_cancelled(told: str, changed: Changed) -> str:
    if not changed.cancelled:
        return told
    words = ngettext("{n} waiting run was cancelled.", "{n} waiting runs were cancelled.", changed.cancelled)
    return f"{told} {fill(words, {'n': changed.cancelled})}"


def _title(app: FunilApp, keys: Sequence[Key], pattern: str) -> str:
    """Fill what is meant into a sentence: a name, or how many."""
    card = model_of(app).find(keys[0]) if len(keys) == 1 else None
    count = fill(ngettext("{n} rule or trigger", "{n} rules and triggers", len(keys)), {"n": len(keys)})
    return fill(pattern, {"what": card.name if card else count})


# Taking back ----------------------------------------------------------------------------------------------------------


async def undo(app: FunilApp) -> None:
    """Take back the newest change that was made here."""
    await _turn(app, app.editing.done, app.editing.undone, _("Undone: {what}."))


async def redo(app: FunilApp) -> None:
    """Make the change again that was taken back last."""
    await _turn(app, app.editing.undone, app.editing.done, _("Done again: {what}."))


async def _turn(app: FunilApp, source: list[Changed], target: list[Changed], told: str) -> None:
    changed = source.pop()
    found = await writing.answers(app, automation.restore(changed, app.desk.user))
    if found is None:
        return
    target.append(found[0])
    things = [thing for thing in (*changed.before.values(), *changed.after.values()) if thing is not None]
    back = found[0].things
    if back:
        model_of(app).aim = automation.key_of(back[0])
    names = list(dict.fromkeys(thing.name for thing in things))
    app.say(fill(told, {"what": ", ".join(names[:3]) + (" …" if len(names) > 3 else "")}))
    for rule in found[0].more:
        await _cancel_left(app, rule)


# Beyond the map -------------------------------------------------------------------------------------------------------


async def open_menu(app: FunilApp) -> None:
    """Show what can be done with what is chosen."""
    from tui.acts import menu

    model, view = model_of(app), app.editing.view.map
    column = model.column
    start, _width = model.span(model.place)
    row = (column.first_row(model.index) - column.top if column else 0) + HEAD
    title = _title(app, model.chosen, "{what}") if model.chosen else ""
    await menu(app, title, Scope.EDITOR, view.region.offset + Offset(start + 1, row + 1))


async def open_card(app: FunilApp) -> None:
    """Open the form of the thing under the cursor."""
    from tui.editor import form

    card = model_of(app).card
    if card is not None:
        _take_in(app, await (form.open_rule if card.is_rule else form.open_trigger)(app, card.thing.id))


async def add(app: FunilApp) -> None:
    """Choose from the catalogue what to add to the stage under the cursor."""
    from tui.editor import form

    model = model_of(app)
    if model.pipeline is not None and model.column is not None:
        _take_in(app, await form.add(app, model.pipeline.id, model.column.stage.id))


async def apply(app: FunilApp) -> None:
    """Apply the rule under the cursor to deals in its stage, or its newest version to runs that wait."""
    from tui import steering

    card = model_of(app).card
    if card is not None and isinstance(card.thing, Rule):
        await steering.on_rule(app, card.thing)


async def show_versions(app: FunilApp) -> None:
    """Show the versions of the rule under the cursor."""
    from tui.editor import version_acts

    await version_acts.show(app)


def _take_in(app: FunilApp, changed: Changed | None) -> None:
    """Keep what was saved in a form, to be taken back, and go to it."""
    if not changed:
        return
    remember(app, changed)
    if changed.things:
        model_of(app).aim = automation.key_of(changed.things[0])
        app.editing.reload()
