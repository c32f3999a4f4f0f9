"""The actions by which a person arranges the board: densities, folded columns, pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.i18n import N_
from core.i18n import gettext as _
from tui import looks, person
from tui.actions import Action, Scope

if TYPE_CHECKING:
    from tui.app import FunilApp


def _no_column(app: FunilApp) -> str | None:
    return None if app.board.model.columns else _("There is no pipeline yet.")


def _nothing_folded(app: FunilApp) -> str | None:
    return None if app.board.model.folded else _("No column is folded.")


def one_pipeline(app: FunilApp) -> str | None:
    """Say that there is no other pipeline to show; None when there is."""
    return None if len(app.desk.house.pipelines) > 1 else _("There is only one pipeline.")


async def _choose_theme(app: FunilApp) -> None:
    from tui import theme

    await theme.choose(app)


async def _views(app: FunilApp) -> None:
    from tui import views

    await views.choose(app)


async def _jump(app: FunilApp) -> None:
    from tui.screens.jump import jump

    await jump(app)


ARRANGING: Final = (
    Action(
        id="view.choose",
        title=N_("Views…"),
        help=N_("show a saved view, or save the filter as one, rename or delete one"),
        keys=("f",),
        scope=Scope.BOARD,
        run=_views,
        why_not=_no_column,
        hint=N_("views"),
        hint_rank=25,
    ),
    Action(
        id="column.fold",
        title=N_("Fold or unfold the column"),
        help=N_("fold the column under the cursor to a few cells, or unfold it; deals can still be dropped there"),
        keys=("z",),
        scope=Scope.BOARD,
        run=lambda app: app.board.fold(),
        why_not=_no_column,
    ),
    Action(
        id="column.unfold",
        title=N_("Unfold all columns"),
        help=N_("unfold every column of the pipeline"),
        keys=("Z",),
        scope=Scope.BOARD,
        run=lambda app: app.board.unfold_all(),
        why_not=_nothing_folded,
    ),
    Action(
        id="board.density",
        title=N_("Cards: compact, normal, roomy"),
        help=N_("have the cards stand closer or wider: one row a card, two, or three with dates"),
        keys=("d",),
        scope=Scope.BOARD,
        run=looks.next_density,
    ),
    Action(
        id="app.jump",
        title=N_("Jump…"),
        help=N_("put letters on all that is in view; type those of where you want to go"),
        keys=("ctrl+o",),
        scope=Scope.APP,
        run=_jump,
    ),
    Action(
        id="app.theme",
        title=N_("Theme…"),
        help=N_("choose the colours of the screen, light or dark, or the terminal's own"),
        keys=("f4",),
        scope=Scope.APP,
        run=_choose_theme,
    ),
    Action(
        id=person.ACTION,
        title=N_("Who I am…"),
        help=N_("say who sits here: what is done is theirs, and “me” in a filter means them"),
        keys=("at",),
        scope=Scope.APP,
        run=person.choose,
        why_not=person.why_not,
    ),
    Action(
        id="pipeline.next",
        title=N_("Next pipeline"),
        help=N_("show the next pipeline"),
        keys=("right_square_bracket",),
        scope=Scope.BOARD,
        run=lambda app: looks.turn_pipeline(app, 1),
        why_not=one_pipeline,
    ),
    Action(
        id="pipeline.previous",
        title=N_("Previous pipeline"),
        help=N_("show the pipeline before"),
        keys=("left_square_bracket",),
        scope=Scope.BOARD,
        run=lambda app: looks.turn_pipeline(app, -1),
        why_not=one_pipeline,
    ),
)
