"""The dry run on the screen: what a rule, or every rule of a stage, would do on a deal; the next deal at a key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from core.conditions.verdict import Comparison
from core.errors import FunilError
from core.i18n import gettext as _
from core.model.rule import Rule
from core.ports import Reader, Store
from core.safe_text import safe_text
from core.trials import try_edited, try_stage
from core.views import DealFilter
from core.words import Words, fill
from tui import reasons
from tui.panels.run_words import compared
from tui.panels.values import Manner

MOST_DEALS = 200
"""Deals that one steps through: the stage's from the top, or those of the pipeline where the stage is empty."""
_TONES = {"done": "$success", "failed": "$error", "no_date": "$warning"}
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Tried:
    """What is tried: a stage (``rule`` None), or one rule of it, saved or as it is being edited."""

    pipeline: str
    stage: str
    name: str
    rule: Rule | None = None
    deal: str | None = None
    """The deal to begin with; None: the first one."""


class TrialScreen(ModalScreen[str | None]):
    """Shows what would happen, and does nothing. Returns ``backtest`` or ``stage`` when that was asked for."""

    CSS_PATH = "../styles/trial.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", show=False),
        Binding("n,right", "other(1)", show=False, priority=True),
        Binding("p,left", "other(-1)", show=False, priority=True),
        Binding("b", "leave('backtest')", show=False),
        Binding("s", "leave('stage')", show=False),
        Binding("j,down", "roll('scroll_down')", show=False, priority=True),
        Binding("k,up", "roll('scroll_up')", show=False, priority=True),
        Binding("pagedown", "roll('scroll_page_down')", show=False, priority=True),
        Binding("pageup", "roll('scroll_page_up')", show=False, priority=True),
    ]

    def __init__(self, store: Store, tried: Tried, icon: Callable[[str], str], manner: Manner) -> None:
        super().__init__()
        self._manner = manner
        self._store = store
        self._tried = tried
        self._icon = icon
        self._deals: Sequence[tuple[str, str]] = ()
        self._place = 0

    def compose(self) -> ComposeResult:
        """Lay out title, deal, what would happen, keys."""
        with Vertical(id="trial"):
            title = _("Dry run: {name}") if self._tried.rule is None else _("Dry run of the rule “{name}”")
            yield Label(Content(safe_text(fill(title, {"name": self._tried.name}))), id="trial-title")
            yield Label("", id="trial-deal")
            with VerticalScroll(id="trial-found", can_focus=False):
                yield Static("", id="trial-text")
            yield Label(Content(self._keys()), id="trial-keys")

    def _keys(self) -> str:
        keys = _("n next deal · p deal before · j k roll · esc back")
        return keys if self._tried.rule is None else keys + " · " + _("s whole stage · b backtest")

    def on_mount(self) -> None:
        """Begin with the deal that was asked for."""
        self.run_worker(self._begin(), exit_on_error=False)

    async def _begin(self) -> None:
        self._deals = await asyncio.to_thread(self._store.read, lambda reader: deals_for(reader, self._tried))
        ids = [deal for deal, _title in self._deals]
        self._place = ids.index(self._tried.deal) if self._tried.deal in ids else 0
        await self._show()

    def action_other(self, step: int) -> None:
        """Try another deal."""
        if self._deals:
            self._place = (self._place + step) % len(self._deals)
            self.run_worker(self._show(), group="trial", exclusive=True, exit_on_error=False)

    def action_leave(self, for_what: str) -> None:
        """Ask for the backtest of this rule, or for the dry run of its whole stage."""
        if self._tried.rule is not None:
            self.dismiss(for_what)

    def action_roll(self, way: str) -> None:
        """Roll what is shown."""
        getattr(self.query_one("#trial-found"), way)(animate=False)

    async def _show(self) -> None:
        if not self._deals:
            self._tell(Content(_("There is no deal in this pipeline to try it on.")))
            return
        deal, title = self._deals[self._place]
        count = f"{self._place + 1}/{len(self._deals)}"
        words = fill(_("as if {deal} {title} came into the stage now"), {"deal": deal, "title": title})
        self.query_one("#trial-deal", Label).update(Content(f"{count}  {safe_text(words)}"))
        try:
            found = await asyncio.to_thread(self._store.read, lambda reader: tried_on(reader, self._tried, deal))
        except FunilError as error:
            self._tell(Content(safe_text(error.words.local())))
            return
        blocks = [block for each in found for block in (*shown(each, self._icon, self._manner), Content(""))]
        self._tell(Content("\n").join(blocks) if blocks else Content(_("The stage has no rules.")))

    def _tell(self, text: Content) -> None:
        self.query_one("#trial-text", Static).update(text)


def deals_for(reader: Reader, tried: Tried) -> Sequence[tuple[str, str]]:
    """Return the deals to step through, with their titles."""
    found = reader.deals(DealFilter(pipeline=tried.pipeline, stage=tried.stage, limit=MOST_DEALS))
    found = found or reader.deals(DealFilter(pipeline=tried.pipeline, limit=MOST_DEALS))
    own = reader.deal(tried.deal) if tried.deal is not None else None
    if own is not None and not own.removed and all(deal.id != own.id for deal in found):
        found = [own, *found]
    return [(deal.id, deal.title) for deal in found]


def tried_on(reader: Reader, tried: Tried, deal: str) -> Sequence[Mapping[str, Any]]:
    """Return what would happen on one deal, rule by rule, in the language of the screen."""
    if tried.rule is not None:
        return [try_edited(reader, tried.rule, deal, Words.local)]
    rules: Sequence[Mapping[str, Any]] = try_stage(reader, tried.pipeline, tried.stage, deal, Words.local)["rules"]
    return rules


def shown(one: Mapping[str, Any], icon: Callable[[str], str], manner: Manner) -> list[Content]:
    """Return what one rule would do, in lines: when, whether and why, the values compared, to whom, the text."""
    name = safe_text(one["name"])
    lines = [Content.assemble((f"{icon(one['kind'])} {name}", "bold"), ("  " + safe_text(one["then"] or ""), "$muted"))]
    told = one["reason"] == "condition_false" and one["condition"]  # what was compared stands below
    why = f" · {safe_text(one['detail'])}" if one["detail"] and not told else ""
    lines.append(Content.assemble((_INDENT + outcome(one), _TONES.get(one["would"], "$muted")), (why, "$foreground")))
    lines += [_compared(each, manner) for each in one["condition"] or ()]
    lines += [_named(label, value) for label, value in _facts(one) if value]
    lines += [Content(f"{_INDENT}│ {safe_text(line)}") for line in (one["text"] or "").splitlines()]
    return lines


def outcome(one: Mapping[str, Any]) -> str:
    """Say in a word what would become of a rule."""
    words = {
        "done": _("✓ acts"),
        "failed": _("✗ fails"),
        "skipped": _("– does not start"),
        "no_date": _("… has no date"),
    }
    reason = f" ({reasons.words(one['reason'])})" if one["reason"] else ""
    return words.get(one["would"], str(one["would"])) + reason


def _facts(one: Mapping[str, Any]) -> Sequence[tuple[str, str | None]]:
    names = ", ".join(str(each["name"]) for each in one["attachments"])
    return (
        (_("to"), one["to"]),
        (_("through"), one["connection"]),
        (_("subject"), one["subject"]),
        (_("attachments"), names),
        (_("audio file"), one.get("play")),
    )


def _named(label: str, value: str | None) -> Content:
    return Content.assemble((f"{_INDENT}{label}: ", "$muted"), safe_text(value or ""))


def _compared(one: Mapping[str, Any], manner: Manner) -> Content:
    said = compared(Comparison(one["field"], one["op"], one["value"], one["actual"], one["holds"]), manner)
    line = f"{_INDENT}{'✓' if one['holds'] else '✗'} {said}"
    return Content.styled(safe_text(line), "$success" if one["holds"] else "$warning")
