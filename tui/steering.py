"""What a person does to the work of rules: stop it, have it now, try again, hold a way out back.

Each act asks for what it needs in a picker, writes one command and says in words what it did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from core import commands
from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.house import Connection, House
from core.model.rule import Rule
from core.model.run import Run, RunStatus
from core.words import fill
from tui import reasons, rule_words, writing
from tui.panels import deal_sheet
from tui.panels.picker import Choice, Picker

if TYPE_CHECKING:
    from tui.app import FunilApp

_WAITS = (RunStatus.WAITING, RunStatus.NO_DATE)


def _by(app: FunilApp) -> str | None:
    return app.desk.user


# The deals under the cursor or marked -------------------------------------------------------------------------------


async def stop_deals(app: FunilApp) -> None:
    """Stop what waits on the chosen deals; for several of them ask first."""
    deals = app.board.chosen()
    if len(deals) > 1 and not await _sure(app, deals):
        return
    stopped = await writing.answers(app, *(commands.stop_deal(deal, _by(app)) for deal in deals))
    if stopped is not None:
        app.say(stopped_words(sum(len(s.runs) for s in stopped), sum(len(s.messages) for s in stopped)))


async def _sure(app: FunilApp, deals: Sequence[str]) -> bool:
    count = len(deals)
    title = fill(ngettext("Stop what waits on {n} deal?", "Stop what waits on {n} deals?", count), {"n": count})
    choices = [Choice("stop", _("Stop")), Choice("keep", _("Leave it"))]
    return await app.push_screen_wait(Picker(title, choices)) == "stop"


def stopped_words(runs: int, messages: int) -> str:
    """Say what a stop has cancelled."""
    if not runs:
        return _("Nothing was waiting there.")
    lines = [fill(ngettext("{n} waiting run was stopped.", "{n} waiting runs were stopped.", runs), {"n": runs})]
    if messages:
        words = ngettext("{n} message among them.", "{n} messages among them.", messages)
        lines.append(fill(words, {"n": messages}))
    return " ".join(lines)


async def rules_of_deal(app: FunilApp) -> None:
    """Show how the stage's rules stand on the deal under the cursor, and stop, hasten or repeat one."""
    deal = app.board.model.deal
    if deal is None:
        return
    view = await asyncio.to_thread(app.desk.store.read, lambda reader: deal_sheet.read(reader, deal))
    if view is None or not view.runs:
        app.say(_("No rule acts on this deal here."))
        return
    moments = app.desk.moments()
    choices = [
        Choice(
            run.public_id, _name(app, run.rule), deal_sheet.run_words(view, run, moments), why_not=_why_not_touch(run)
        )
        for run in view.runs
    ]
    chosen = await app.push_screen_wait(Picker(fill(_("Rules on “{deal}”"), {"deal": view.deal.title}), choices))
    run = next((run for run in view.runs if run.public_id == chosen), None)
    if run is not None:
        await _touch(app, run)


def _name(app: FunilApp, rule_id: str) -> str:
    rule = app.desk.house.rules.get(rule_id)
    return rule.name if rule else rule_id


def _why_not_touch(run: Run) -> str | None:
    if run.status in _WAITS or run.status is RunStatus.FAILED:
        return None
    if run.status is RunStatus.SENDING:
        return _("Its message stands in the outbound log: act on it there.")
    return _("It has ended.")


async def _touch(app: FunilApp, run: Run) -> None:
    ended = None if run.status in _WAITS else _("It has ended.")
    again = run.status is RunStatus.FAILED
    choices = [
        Choice("now", _("Try again") if again else _("Run now"), _("its condition is judged as ever")),
        Choice("stop", _("Stop"), _("the rules that wait for it go on"), why_not=ended),
    ]
    chosen = await app.push_screen_wait(Picker(_name(app, run.rule), choices))
    if chosen == "now" and await writing.answers(app, commands.run_now(run.public_id, _by(app))) is not None:
        app.say(fill(_("“{rule}” runs now."), {"rule": _name(app, run.rule)}))
    if chosen == "stop" and await writing.answers(app, commands.stop_run(run.public_id, _by(app))) is not None:
        app.say(fill(_("“{rule}” was stopped."), {"rule": _name(app, run.rule)}))


# Ways out -----------------------------------------------------------------------------------------------------------


async def connections(app: FunilApp) -> None:
    """Show the ways out; choosing one pauses it or lets it go again."""
    lines = app.desk.house.connections
    choices = [Choice(line.id, line.id, _state_of(line)) for line in lines.values()]
    choices += [Choice("|pause", _("Pause all")), Choice("|resume", _("Let all go again"))]
    chosen = await app.push_screen_wait(Picker(_("Pause or resume a connection"), choices))
    if chosen is None:
        return
    line = lines.get(chosen)
    pausing = chosen == "|pause" if line is None else line.paused is None
    which = None if line is None else line.id
    changed = await writing.answers(app, commands.set_paused(which, commands.BY_HAND if pausing else None))
    if changed is not None:
        names = [name for name in changed[0] if name not in lines or (lines[name].paused is None) == pausing]
        app.say(paused_words(names, pausing=pausing))


def paused_words(names: Sequence[str], *, pausing: bool) -> str:
    """Say which connections have been paused or let go again."""
    if not names:
        return _("All were paused already.") if pausing else _("None was paused.")
    told = _("{names}: paused, nothing goes out there") if pausing else _("{names}: open again")
    return fill(told, {"names": ", ".join(names)})


def _state_of(line: Connection) -> str:
    if line.paused is None:
        return _("open · enter pauses it")
    why = _("by hand") if line.paused == commands.BY_HAND else reasons.words(line.paused)
    return fill(_("paused: {why} · enter lets it go again"), {"why": why})


# The rules of the stage under the cursor ----------------------------------------------------------------------------


async def rules_of_stage(app: FunilApp) -> None:
    """Show the rules of the stage under the cursor; one can be switched, or applied to deals and runs already there."""
    from tui.acts import here

    stage, pipeline = here(app), app.desk.pipeline_id
    rules = [r for r in app.desk.house.rules.values() if (r.pipeline, r.stage) == (pipeline, stage)]
    if not rules:
        app.say(_("This stage has no rules."))
        return
    choices = [Choice(rule.id, rule.name, _rule_note(rule, app.desk.house)) for rule in rules]
    place = app.board.model.columns[app.board.model.cursor].stage
    chosen = await app.push_screen_wait(Picker(fill(_("Rules of “{stage}”"), {"stage": place.name}), choices))
    rule = next((rule for rule in rules if rule.id == chosen), None)
    if rule is not None:
        await on_rule(app, rule)


def _rule_note(rule: Rule, house: House) -> str:
    return " · ".join((_("on") if rule.enabled else _("off"), rule_words.time_words(rule.run, house)))


async def on_rule(app: FunilApp, rule: Rule) -> None:
    """Switch a rule, or apply it to deals and runs that are already there."""
    reach = await asyncio.to_thread(app.desk.store.read, commands.reach(rule.id))
    chosen = await app.push_screen_wait(Picker(rule.name, _rule_choices(rule, reach)))
    if chosen in ("on", "off"):
        switched = await writing.answers(app, commands.switch_rule(rule.id, chosen == "on", _by(app)))
        if switched is not None:
            more = switched[0].more and await _cancel_left(app, rule.id)
            told = _("“{rule}” is on.") if chosen == "on" else _("“{rule}” is off.")
            count = switched[0].cancelled + more
            stopped = [stopped_words(count, 0)] if count else []
            app.say(" ".join((fill(told, {"rule": rule.name}), *stopped)))
    elif chosen in ("present", "waiting"):
        await _apply(app, rule, "present" if chosen == "present" else "waiting")


async def _cancel_left(app: FunilApp, rule: str) -> int:
    """Cancel what switching off has left waiting, part by part; returns how much that was."""
    cancelled = 0
    while (done := await writing.answers(app, commands.cancel_left(rule))) and done[0]:
        cancelled += done[0]
    return cancelled


def _rule_choices(rule: Rule, reach: commands.Reach) -> list[Choice]:
    cancels = ngettext("cancels {n} waiting run", "cancels {n} waiting runs", reach.waiting)
    starts = ngettext("starts on {n} deal", "starts on {n} deals", reach.present)
    renews = ngettext("renews {n} run", "renews {n} runs", reach.outdated)
    off = None if rule.enabled else _("The rule is off: switch it on first.")
    there = None if reach.present else _("Every deal here has had it already.")
    newest = None if reach.outdated else _("No run waits with an older version of it.")
    switch = (
        Choice("off", _("Switch off"), fill(cancels, {"n": reach.waiting}))
        if rule.enabled
        else Choice("on", _("Switch on"), _("for deals that enter from now on"))
    )
    return [
        switch,
        Choice("present", _("Apply to deals already here"), fill(starts, {"n": reach.present}), why_not=off or there),
        Choice("waiting", _("Apply to waiting runs"), fill(renews, {"n": reach.outdated}), why_not=off or newest),
    ]


async def _apply(app: FunilApp, rule: Rule, to: Literal["present", "waiting"]) -> None:
    jobs = await asyncio.to_thread(app.desk.store.read, commands.apply_rule(rule.id, to, _by(app)))
    reached = await writing.answers(app, *jobs)
    if reached is not None:
        words = ngettext("“{rule}” reached {n} run.", "“{rule}” reached {n} runs.", sum(reached))
        app.say(fill(words, {"rule": rule.name, "n": sum(reached)}))
