"""The versions of a rule on the screen: listed, compared with what it says now, restored."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from core import versions
from core.commands import automation
from core.i18n import gettext as _
from core.i18n import ngettext
from core.rule_ports import Version
from core.safe_text import safe_text
from core.versions import Difference, History
from core.words import fill
from tui import format as fmt
from tui.panels.picker import Choice, Picker

if TYPE_CHECKING:
    from tui.app import FunilApp

_RESTORE: Final = "restore"


async def show(app: FunilApp) -> None:
    """Choose a version of the rule under the cursor, see what is different now, and restore it."""
    from tui.editor import map_acts

    card = map_acts.model_of(app).card
    if card is None:
        return
    found = await asyncio.to_thread(app.desk.store.read, versions.history(card.key[1]))
    title = fill(_("Versions of “{rule}”"), {"rule": found.rule.name})
    choices = [Choice(str(each.number), _when(app, each), _note(found, each)) for each in found.versions]
    at: str | None = None
    while (at := await app.push_screen_wait(Picker(title, choices, at=at))) is not None:
        version = next(each for each in found.versions if str(each.number) == at)
        if await _compare(app, found, version):
            changed = await map_acts.write(
                app, automation.restore_version(found.rule.id, version.number, app.desk.user)
            )
            if changed is not None:
                app.say(fill(_("“{rule}” says again what it said then."), {"rule": version.rule.name}))
            return


def _when(app: FunilApp, version: Version) -> str:
    moments = app.desk.moments()
    user = app.desk.house.users.get(version.author)
    return f"{fmt.short_time(version.at, moments.zone, moments.today)} · {user.name if user else version.author}"


def _note(history: History, version: Version) -> str:
    """Say whether a version is in force, what it changed, and how many runs wait with it."""
    newest = version is history.versions[0]
    told = [_("in force")] if newest else []
    names = [each.name for each in history.changes(version)]
    told.append(", ".join(names) if names else _("as it was made") if history.former(version) is None else "")
    waiting = history.waiting.get(version.number, 0)
    if waiting:
        told.append(fill(ngettext("{n} run waits with it", "{n} runs wait with it", waiting), {"n": waiting}))
    return " · ".join(filter(None, told))


async def _compare(app: FunilApp, history: History, version: Version) -> bool:
    """Show what is different now, or, of the newest, what it changed; True when it is to be restored."""
    newest = version is history.versions[0]
    found = history.changes(version) if newest else history.until_now(version)
    why = _("It is in force.") if newest else None
    if not automation.may_edit(app.desk.house, app.desk.user):
        why = _("Only an admin changes rules and triggers.")
    title = _("What this version changed") if newest else _("What is different now")
    choices = [Choice(_RESTORE, _("Restore this version"), why_not=why), *map(_line, found)]
    chosen = await app.push_screen_wait(Picker(f"{_when(app, version)}: {title}", choices))
    return chosen == _RESTORE


def _line(each: Difference) -> Choice:
    """Return a field that differs; whoever puts the cursor on it reads both values whole."""
    values = {"before": each.before or "–", "after": each.after or "–"}
    whole = safe_text(fill(_("{before}  →  {after}"), values), lines=True)
    return Choice(each.field, each.name, " ".join(whole.split()), why_not=whole)
