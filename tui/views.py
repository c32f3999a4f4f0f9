"""Views of the board: filters with a name, those that everybody has and those that the person has saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core import filtering
from core.i18n import N_
from core.i18n import gettext as _
from core.safe_text import fold, safe_text
from core.words import fill
from tui import person
from tui.panels.picker import Choice, Picker

if TYPE_CHECKING:
    from tui.app import FunilApp

VIEWS: Final = "views"
LONGEST: Final = 60
_SAVE, _RENAME, _DELETE = "|save", "|rename", "|delete"


@dataclass(frozen=True, slots=True)
class View:
    """A filter with a name. ``pipeline`` is the one it was saved in; None: it is for any."""

    name: str
    filter: str
    pipeline: str | None = None


_BUILT_IN: Final = (
    View(N_("All deals"), ""),
    View(N_("Mine"), "responsible:me"),
    View(N_("Overdue"), "overdue:"),
    View(N_("Something failed"), "failed:"),
    View(N_("A client waits for an answer"), "unread:"),
    View(N_("Nothing for a week"), "idle:1w"),
)


def saved(app: FunilApp) -> list[View]:
    """Return what this person has saved of this house; what makes no sense is left out."""
    found = app.settings.value(VIEWS)
    kept = found.get(app.desk.house.id) if isinstance(found, Mapping) else None
    return list(_sensible(kept)) if isinstance(kept, list) else []


def _sensible(kept: Sequence[object]) -> Iterator[View]:
    for each in kept:
        if isinstance(each, Mapping) and isinstance(each.get("name"), str) and isinstance(each.get("filter"), str):
            pipeline = each.get("pipeline")
            yield View(each["name"][:LONGEST], each["filter"], pipeline if isinstance(pipeline, str) else None)


def show(app: FunilApp, view: View) -> None:
    """Show a view, in its own pipeline while there is such a one."""
    pipeline = app.desk.house.pipelines.get(view.pipeline or "")
    if pipeline is not None and pipeline.id != app.desk.pipeline_id:
        app.show_pipeline(pipeline.id)
    app.filter.set(view.filter)


async def choose(app: FunilApp) -> None:
    """Ask for a view and show it; save the filter shown, rename a view, delete one."""
    views = saved(app)
    known = {f"saved {at}": view for at, view in enumerate(views)}
    built_in = {f"own {at}": view for at, view in enumerate(_BUILT_IN)}
    choices = [*_choices(app, known, translate=False), *_choices(app, built_in, translate=True), *_acts(app, views)]
    chosen = await app.push_screen_wait(Picker(_("Show view …"), choices))
    match chosen:
        case None:
            return
        case "|save":
            await _save(app, views)
        case "|rename":
            await _rename(app, views)
        case "|delete":
            await _delete(app, views)
        case _:
            show(app, {**known, **built_in}[chosen])


def _choices(app: FunilApp, views: Mapping[str, View], *, translate: bool) -> list[Choice]:
    return [
        Choice(key, _(view.name) if translate else view.name, _note(app, view), why_not=_why_not(app, view))
        for key, view in views.items()
    ]


def _note(app: FunilApp, view: View) -> str:
    pipeline = app.desk.house.pipelines.get(view.pipeline or "")
    elsewhere = pipeline is not None and pipeline.id != app.desk.pipeline_id
    return " · ".join([*([pipeline.name] if pipeline and elsewhere else []), *([view.filter] if view.filter else [])])


def _why_not(app: FunilApp, view: View) -> str | None:
    return person.unknown(app) if "responsible:me" in view.filter else None


def _acts(app: FunilApp, views: Sequence[View]) -> list[Choice]:
    nothing = None if app.desk.search else _("No filter is set: / sets one.")
    none = None if views else _("No view is saved.")
    return [
        Choice(_SAVE, _("Save this filter as a view…"), app.desk.search, why_not=nothing),
        Choice(_RENAME, _("Rename a view…"), why_not=none),
        Choice(_DELETE, _("Delete a view…"), why_not=none),
    ]


async def _save(app: FunilApp, views: list[View]) -> None:
    name = await _name(app, _("Save this filter as"), "", [])
    if name is None:
        return
    view = View(name, filtering.canonical(app.desk.search, app.desk.house), app.desk.pipeline_id)
    others = [each for each in views if fold(each.name) != fold(name)]
    _keep(app, [*others, view])
    app.say(fill(_("View “{name}” is saved."), {"name": name}))


async def _rename(app: FunilApp, views: list[View]) -> None:
    at = await _which(app, _("Rename which view?"), views)
    if at is None:
        return
    others = [each for place, each in enumerate(views) if place != at]
    name = await _name(app, fill(_("Rename “{name}” to"), {"name": views[at].name}), views[at].name, others)
    if name is not None:
        views[at] = View(name, views[at].filter, views[at].pipeline)
        _keep(app, views)


async def _delete(app: FunilApp, views: list[View]) -> None:
    at = await _which(app, _("Delete which view?"), views)
    if at is not None:
        gone = views.pop(at)
        _keep(app, views)
        app.say(fill(_("View “{name}” is deleted."), {"name": gone.name}))


async def _which(app: FunilApp, title: str, views: Sequence[View]) -> int | None:
    choices = [Choice(str(at), view.name, view.filter) for at, view in enumerate(views)]
    chosen = await app.push_screen_wait(Picker(title, choices))
    return None if chosen is None else int(chosen)


async def _name(app: FunilApp, title: str, name: str, others: Sequence[View]) -> str | None:
    """Ask for a name that none of the others has."""
    from tui.panels.ask import Ask

    taken = {fold(view.name) for view in others}

    def why_not(text: str) -> str | None:
        text = text.strip()
        if not text:
            return _("A view needs a name.")
        if len(text) > LONGEST:
            return fill(_("A name has {n} characters at most."), {"n": LONGEST})
        return _("Another view is called that.") if fold(text) in taken else None

    chosen = await app.push_screen_wait(Ask(safe_text(title), name, why_not))
    return None if chosen is None else chosen.strip()


def _keep(app: FunilApp, views: Sequence[View]) -> None:
    found = app.settings.value(VIEWS)
    rest = dict(found) if isinstance(found, Mapping) else {}
    kept = [{"name": view.name, "filter": view.filter, "pipeline": view.pipeline} for view in views]
    app.keep(VIEWS, {**rest, app.desk.house.id: kept})
