"""What the board's widget needs said: money, spans, hints for empty places, what a stage's rules do."""

from __future__ import annotations

from core.i18n import gettext as _
from core.model.pipeline import Stage
from core.words import fill
from tui import format as fmt
from tui.actions import key_of
from tui.board.texts import Wording
from tui.desk import Desk
from tui.due import due_of
from tui.rule_words import acting


def of(desk: Desk) -> Wording:
    """Return the board's wording, in the user's language and for the house as it is at the time of drawing."""
    return Wording(
        money=fmt.minor,
        money_short=fmt.minor_short,
        age=fmt.age,
        no_columns=lambda: _no_columns(desk),
        empty_board=lambda: _empty_board(desk),
        empty_column=_("no deals"),
        note=lambda stage: _note(desk, stage),
        due=lambda card, stage, now: due_of(desk, card, stage, now),
    )


def _no_columns(desk: Desk) -> tuple[str, ...]:
    if desk.pipeline is not None:
        return (_("This pipeline has no stages."),)
    return (
        _("There is no pipeline yet."),
        _("“funil init” makes one with eight stages, “funil apply FILE” your own."),
    )


def _empty_board(desk: Desk) -> tuple[str, ...]:
    if desk.search:
        return _("No deal fits the filter."), fill(_("{key} takes it away."), {"key": key_of("app.back", "esc")})
    return _("No deals yet."), fill(_("Press {key} to make the first one."), {"key": key_of("deal.new", "n")})


def _note(desk: Desk, stage: Stage) -> str:
    """Return how many rules act in a stage, with the icons of their kinds."""
    rules = acting(desk.house, desk.pipeline_id, stage.id)
    if not rules:
        return ""
    icons = dict.fromkeys(desk.icons[rule.kind] for rule in rules if rule.kind in desk.icons)
    return " ".join([f"⚡{len(rules)}", *icons])
