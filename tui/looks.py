"""How the board is looked at: how close its cards stand, which columns are folded, which pipeline. It is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from core.i18n import N_
from core.i18n import gettext as _
from core.words import fill
from tui.board.geometry import DENSITIES
from tui.settings import Settings
from tui.source import Found

if TYPE_CHECKING:
    from tui.app import FunilApp

DENSITY: Final = "density"
FOLDED: Final = "folded"
PIPELINE: Final = "pipeline"
_NAMES: Final = {"compact": N_("compact"), "normal": N_("normal"), "roomy": N_("roomy")}


def begin(app: FunilApp) -> None:
    """Look at the board as this person did last."""
    app.board.set_density(density(app.settings))
    app.board.board.folds.update(_folds(app.settings, app.desk.house.id))
    last = _of_house(app.settings, PIPELINE, app.desk.house.id)
    if isinstance(last, str) and last in app.desk.house.pipelines:
        app.desk.pipeline_id = last


def density(settings: Settings) -> str:
    """Return how close cards stand: one of the names that the board knows."""
    name = settings.text(DENSITY, "normal")
    return name if name in DENSITIES else "normal"


def next_density(app: FunilApp) -> None:
    """Have the cards stand closer or wider: compact, normal, roomy, compact again."""
    names = list(DENSITIES)
    name = names[(names.index(density(app.settings)) + 1) % len(names)]
    app.keep(DENSITY, name)
    app.board.set_density(name)
    app.say(fill(_("Cards: {density}."), {"density": _(_NAMES[name])}))


def keep_folds(app: FunilApp, pipeline: str, stages: frozenset[str]) -> None:
    """Remember which columns of a pipeline are folded."""
    folds = {**_folds(app.settings, app.desk.house.id), pipeline: stages}
    kept = {name: sorted(ids) for name, ids in folds.items() if ids and name in app.desk.house.pipelines}
    _keep(app, FOLDED, kept or None)


def turn_to(app: FunilApp, pipeline: str) -> None:
    """Show a pipeline where it was left, and begin with it next time."""
    left = app.board.model.deal
    if left is not None:
        app.desk.left_at[app.desk.pipeline_id] = left
    app.desk.pipeline_id = pipeline
    if app.source.found is not None:
        app.source.found = Found((), pipeline)  # until its own is found
    app.board.show(app.desk.pipeline)
    last = app.desk.left_at.get(pipeline)
    if last is not None:
        app.board.go_to(last)
    _keep(app, PIPELINE, pipeline)


def turn_pipeline(app: FunilApp, by: int) -> None:
    """Show the next pipeline or the one before."""
    names = list(app.desk.house.pipelines)
    app.show_pipeline(names[(names.index(app.desk.pipeline_id) + by) % len(names)])


def _folds(settings: Settings, house: str) -> dict[str, frozenset[str]]:
    found = _of_house(settings, FOLDED, house)
    if not isinstance(found, Mapping):
        return {}
    return {str(name): frozenset(map(str, ids)) for name, ids in found.items() if isinstance(ids, list)}


def _of_house(settings: Settings, name: str, house: str) -> object:
    """Return what is remembered of one database: others have other pipelines and stages."""
    found = settings.value(name)
    return found.get(house) if isinstance(found, Mapping) else None


def _keep(app: FunilApp, name: str, value: object) -> None:
    found = app.settings.value(name)
    rest = dict(found) if isinstance(found, Mapping) else {}
    app.keep(name, {**rest, app.desk.house.id: value})
