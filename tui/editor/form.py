"""Opening the form of a rule or trigger, adding a new one, and storing what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands import automation
from core.commands.automation import Changed
from core.commands.files import attached_names
from core.errors import FunilError
from core.i18n import gettext as _
from core.model.frozen import replace
from core.model.rule import Rule, Trigger
from core.ports import Job, Tx
from core.rules import catalogue as rule_kinds
from core.safe_text import safe_text
from core.triggers import catalogue as trigger_kinds
from tui.editor import drafts, filing
from tui.editor.draft import Draft
from tui.editor.parts import RULE
from tui.mover import sentence_of

if TYPE_CHECKING:
    from tui.app import FunilApp


async def open_rule(app: FunilApp, rule_id: str) -> Changed | None:
    """Let a rule be changed; returns what saving it has changed, for it to be taken back, None when it was not."""
    rule = app.desk.house.rules.get(rule_id)
    if rule is None:
        app.say(_("That rule is not there any more."))
        return None
    return await edit(app, rule)


async def open_trigger(app: FunilApp, trigger_id: str) -> Changed | None:
    """Let a trigger be changed, likewise."""
    trigger = app.desk.house.triggers.get(trigger_id)
    if trigger is None:
        app.say(_("That trigger is not there any more."))
        return None
    return await edit(app, trigger)


async def add(app: FunilApp, pipeline: str, stage: str) -> Changed | None:
    """Let a kind be chosen from the catalogue, and a new rule or trigger of it be written for a stage."""
    from tui.editor.catalogue import Catalogue

    if not automation.may_edit(app.desk.house, app.desk.user):
        app.say(_(automation.ONLY_ADMINS))
        return None
    chosen = await app.push_screen_wait(Catalogue(app.desk.house))
    if chosen is None:
        return None
    what, _colon, kind = chosen.partition(":")
    return await edit(app, new_thing(what, kind, pipeline, stage), new=True)


def new_thing(what: str, kind: str, pipeline: str, stage: str) -> Rule | Trigger:
    """Return a new rule or trigger of a kind, called as the kind is."""
    if what == RULE:
        name = _(rule_kinds.kinds()[kind].name)
        return Rule(id="", pipeline=pipeline, stage=stage, kind=kind, name=name)
    name = _(trigger_kinds.kinds()[kind].name)
    return Trigger(id="", pipeline=pipeline, stage=stage, kind=kind, name=name)


async def edit(app: FunilApp, thing: Rule | Trigger, *, new: bool = False) -> Changed | None:
    """Show the form until it is saved or left. What was left in it before stands there again."""
    from tui.editor.screen import EditorScreen
    from tui.panels.values import Manner

    draft = Draft(thing, app.desk.house, new, app.desk.now)
    allowed = automation.may_edit(app.desk.house, app.desk.user)
    again = allowed and drafts.take(app.settings, draft)
    saved: list[Changed] = []

    async def save(draft: Draft, made: Rule | Trigger) -> str:
        try:
            saved.append(await app.desk.store.write(saving(draft, made, app.desk.user)))
        except FunilError as error:
            return safe_text(str(error))
        except Exception as error:
            return sentence_of(error)
        return ""

    moments = app.desk.moments()
    screen = EditorScreen(
        draft,
        Manner(app.desk.house, app.desk.house.company.currency, moments.zone, moments.today),
        save,
        lambda draft, later: drafts.keep(app.settings, draft) if later else drafts.forget(app.settings, draft),
        why_not="" if allowed else _(automation.ONLY_ADMINS),
        said=_("What you had left unsaved stands here again.") if again else "",
    )
    await app.push_screen_wait(screen)
    if not saved:
        return None
    app.written()
    return saved[0]


def saving(draft: Draft, made: Rule | Trigger, by: str | None) -> Job[Changed]:
    """Return the job that stores what was written, and the files that it attaches; refused when somebody has changed
    the same thing since the form was opened."""

    def job(tx: Tx) -> Changed:
        filing.store(tx, draft, attached_names(made.settings), by)
        before = None if draft.new else draft.thing
        thing = replace(made, id="") if draft.new else made
        if isinstance(thing, Rule):
            return automation.save_rule(thing, by, was=before if isinstance(before, Rule) else None)(tx)
        return automation.save_trigger(thing, by, was=before if isinstance(before, Trigger) else None)(tx)

    return job
