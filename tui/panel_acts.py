"""What a person does in the open deal: edit a value, tick it, empty it, choose it, act on a rule or a message."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from textual.geometry import Offset

from core import commands
from core.errors import FunilError
from core.fields import Kind
from core.i18n import gettext as _
from core.model.people import EmailType, PhoneType
from core.words import fill
from tui import talk_acts, writing
from tui.actions import Scope
from tui.mover import sentence_of
from tui.panels import can, edits, values
from tui.panels.deal_sheet import DealView, type_name
from tui.panels.field_items import is_link, listed
from tui.panels.picker import Choice, Picker
from tui.panels.spots import (
    AddressSpot,
    ChatSpot,
    FactSpot,
    FieldSpot,
    FileSpot,
    FlagSpot,
    LinkSpot,
    OlderSpot,
    PastSpot,
    PersonSpot,
    RuleSpot,
    RunSpot,
    SaidSpot,
    StageSpot,
    TaskSpot,
)

if TYPE_CHECKING:
    from tui.app import FunilApp

NOBODY = "|nobody"
"""The choice that empties a field; no id of anything looks like that."""


def _by(app: FunilApp) -> str | None:
    return app.desk.user


# Enter, space, delete -------------------------------------------------------------------------------------------------


async def enter(app: FunilApp) -> None:
    """Edit what the cursor stands on, choose it, or unfold it."""
    match app.panel.spot:
        case FieldSpot() as spot:
            await _edit_field(app, spot)
        case AddressSpot() | PersonSpot() | LinkSpot() as spot:
            app.panel.begin(spot)
        case StageSpot():
            await _choose_stage(app)
        case FlagSpot():
            await clear(app)
        case RunSpot() | PastSpot() | ChatSpot() | OlderSpot():
            app.panel.fold()
        case SaidSpot():
            app.perform("chat.answer")
        case TaskSpot() as spot:
            await _turn_task(app, spot)
        case FileSpot() as spot:
            await talk_acts.open_file(app, spot)
        case RuleSpot():
            app.say(_("The rules of the stage (R) can be applied to deals that are there already."))
        case FactSpot():
            app.say(_("This follows from other things."))


async def _turn_task(app: FunilApp, spot: TaskSpot) -> None:
    """Complete a task, or open it again."""
    command = commands.reopen_task if spot.done else commands.complete_task
    await writing.in_panel(app, command(spot.task, _by(app)))


async def _edit_field(app: FunilApp, spot: FieldSpot) -> None:
    if spot.spec.kind is Kind.BOOL:
        await toggle(app)
    elif values.typed_in_line(spot.spec):
        app.panel.begin(spot)
    else:
        await _choose_value(app, spot)


async def toggle(app: FunilApp) -> None:
    """Tick a box, note that a client wants no messages at an address, or unfold an entry."""
    spot, view = app.panel.spot, app.panel.view
    if isinstance(spot, FieldSpot) and spot.spec.kind is Kind.BOOL and view is not None:
        await writing.in_panel(app, edits.put(view.deal.id, spot, spot.base is not True, _by(app)))
    elif isinstance(spot, AddressSpot) and spot.base is not None:
        await writing.in_panel(app, edits.opt(spot))
    else:
        await enter(app)


async def clear(app: FunilApp) -> None:
    """Empty what the cursor stands on, or take a client off the deal."""
    view, spot = app.panel.view, app.panel.spot
    job = edits.cleared(view, spot, _by(app)) if view is not None else None
    if job is None:
        app.say(_("There is nothing to empty here."))
    elif isinstance(spot, PersonSpot) and not await _sure(app, spot):
        return
    else:
        await writing.in_panel(app, job)


async def _sure(app: FunilApp, spot: PersonSpot) -> bool:
    title = fill(_("Take “{name}” off this deal?"), {"name": spot.name})
    choices = [Choice("yes", _("Take off the deal")), Choice("no", _("Leave it"))]
    return await app.push_screen_wait(Picker(title, choices)) == "yes"


async def save(app: FunilApp, text: str) -> None:
    """Write what was typed; what is wrong with it is said below the line, which stays open."""
    panel = app.panel
    edit, view, manner = panel.edit, panel.view, panel.manner
    if edit is None or view is None or manner is None:
        return
    if text == edit.begun:
        panel.end_edit()
        return
    try:
        job = await asyncio.to_thread(edits.typed, view, manner, edit.spot, text, _by(app))  # it may read a file
        await app.desk.store.write(job)
    except FunilError as error:
        panel.reload()
        panel.complain(str(error))
        return
    except Exception as error:
        panel.complain(sentence_of(error))
        return
    if panel.edit is edit:
        panel.end_edit()
    app.written()
    panel.reload()


async def open_menu(app: FunilApp) -> None:
    """Show what can be done with the line under the cursor, at the pointer or below the line, and do what is chosen."""
    from tui.panels.menu import Entry, Menu

    view, sheet = app.panel.view, app.panel.sheet
    if view is None:
        return
    line = sheet.starts[sheet.cursor] - sheet.top + 1 if sheet.current else 0
    below: Offset = app.panel.body.region.offset + Offset(2, line)
    place, app.pointed = app.pointed or below, None
    entries = [
        Entry(action.id, _(action.title), action.keys, action.why_not(app))
        for action in app.registry.menu(Scope.PANEL)
        if action.scope is Scope.PANEL
    ]
    chosen = await app.push_screen_wait(Menu(view.deal.title, entries, place))
    if chosen is not None:
        app.perform(chosen)


# Choosing -------------------------------------------------------------------------------------------------------------


async def _choose_value(app: FunilApp, spot: FieldSpot) -> None:
    """Let one of a list's options, or a user, be chosen."""
    view = app.panel.view
    if view is None:
        return
    empty = [] if spot.base is None else [Choice(NOBODY, _("– empty –"))]
    choices = _options(view, spot)
    if not choices:
        app.say(_("There is nothing to choose from."))
        return
    chosen = await app.push_screen_wait(Picker(spot.spec.label(), [*choices, *empty], at=spot.base))
    if chosen is not None and chosen != spot.base:
        await writing.in_panel(app, edits.put(view.deal.id, spot, None if chosen == NOBODY else chosen, _by(app)))


def _options(view: DealView, spot: FieldSpot) -> list[Choice]:
    taken: Sequence[Any] = listed(view.deal.fields.get(spot.spec.id)) if spot.spec.multiple else ()
    if spot.spec.kind is Kind.USER:
        every = [Choice(user.id, user.name) for user in view.house.users.values()]
    else:
        every = [Choice(option, option) for option in spot.spec.options]
    return [choice for choice in every if choice.id not in taken or choice.id == spot.base]


async def _choose_stage(app: FunilApp) -> None:
    """Ask for a stage of the deal's pipeline and bring the deal there."""
    from tui.acts import rules_note

    view = app.panel.view
    pipeline = app.desk.house.pipelines.get(view.deal.pipeline) if view else None
    if view is None or pipeline is None:
        return
    title = fill(_("Move “{deal}” to …"), {"deal": view.deal.title})
    choices = [
        Choice(stage.id, stage.name, mark=stage.color, note=rules_note(app, pipeline.id, stage.id))
        for stage in pipeline.stages
    ]
    stage = await app.push_screen_wait(Picker(title, choices, at=view.deal.stage))
    if stage is not None and stage != view.deal.stage:
        await app.mover.move([view.deal.id], pipeline.id, stage)


async def choose_type(app: FunilApp) -> None:
    """Give the address under the cursor another type."""
    spot = app.panel.spot
    if not isinstance(spot, AddressSpot) or spot.base is None:
        app.say(_("Only an address or a number has a type."))
        return
    types = PhoneType if spot.phone else EmailType
    choices = [Choice(each.value, type_name(each.value)) for each in types]
    chosen = await app.push_screen_wait(Picker(spot.base.value, choices, at=spot.base.type))
    if chosen is not None and chosen != spot.base.type:
        await writing.in_panel(app, edits.retype(spot, chosen))


async def restore(app: FunilApp) -> None:
    """Give a field the value again that it had before the change under the cursor."""
    spot, view = app.panel.spot, app.panel.view
    if isinstance(spot, PastSpot) and spot.field is not None and view is not None:
        await writing.in_panel(app, edits.put_back(view.deal.id, spot.field, spot.old, spot.new, _by(app)))


def open_link(app: FunilApp) -> None:
    """Open the web page whose address stands under the cursor."""
    spot = app.panel.spot
    text = spot.base if isinstance(spot, FieldSpot) and isinstance(spot.base, str) else ""
    if is_link(text):
        app.open_url(text)
    else:
        app.say(_("There is no address of a web page here."))


# Rules and messages ---------------------------------------------------------------------------------------------------


async def now(app: FunilApp) -> None:
    """Have a run now, or try it or its message again."""
    await _act(app, "now", _("“{name}” is tried now."))


async def stop(app: FunilApp) -> None:
    """Stop a run, or keep its message from going out."""
    await _act(app, "stop", _("“{name}” was stopped."))


async def _act(app: FunilApp, what: Literal["now", "stop"], told: str) -> None:
    view, spot = app.panel.view, app.panel.spot
    if view is None:
        return
    why = (can.why_not_now if what == "now" else can.why_not_stop)(view, spot)
    run, row = can.of(view, spot)
    target = can.target(run, row)
    if why is not None or target is None:
        app.say(why or can.nothing_there())
        return
    name = spot.name if isinstance(spot, RunSpot) else target
    command = commands.retry if what == "now" else commands.cancel
    if await writing.in_panel(app, command(target, _by(app))):
        app.say(fill(told, {"name": name}))


async def resolve(app: FunilApp) -> None:
    """Ask what became of a message whose outcome nobody knows."""
    view = app.panel.view
    _run, row = can.of(view, app.panel.spot) if view is not None else (None, None)
    if row is None:
        return
    title = fill(_("What became of {id} to {to}?"), {"id": row.id, "to": row.message.to})
    choices = [
        Choice("sent", _("It went out"), _("the provider or the client has it")),
        Choice("failed", _("It did not go out"), _("it can be tried again then")),
    ]
    chosen = await app.push_screen_wait(Picker(title, choices))
    if chosen is not None:
        await writing.in_panel(app, commands.resolve(row.id, "sent" if chosen == "sent" else "failed", _by(app)))
