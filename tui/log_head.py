"""The line above the outbound log: its filter, whether it follows, how today's messages stand. No Textual."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.i18n import gettext as _
from core.i18n import ngettext
from core.safe_text import safe_text
from core.words import fill
from tui.line import Part, squeeze, total

if TYPE_CHECKING:
    from core.outbound_reading import Counts

RULE = "─"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadState:
    """All that the line shows. ``found`` are the lines found so far, ``more`` says that there may be others."""

    filter: str = ""
    trouble: str = ""
    found: int = 0
    more: bool = False
    searching: bool = False
    unseen: int = 0
    stopped: bool = False
    counts: Counts | None = None


def head(state: HeadState, width: int) -> list[Part]:
    """Return the line's parts, exactly as wide as asked."""
    left = [Part(f"{RULE} ", "head"), Part(_("Outbound"), "head", "log.focus"), Part(" ", "head"), *_filter(state)]
    right = [*_following(state), *_counts(state.counts), Part(RULE, "head")]
    shown = squeeze([*left, _MIDDLE, *right], width)
    if _MIDDLE not in shown:
        return [replace(part, style="head") if part.style == _MIDDLE.style else part for part in shown]
    middle = shown.index(_MIDDLE)
    gap = Part(RULE * (width - total(shown) + 1), "head")
    return [*shown[:middle], gap, *shown[middle + 1 :]]


_MIDDLE = Part(RULE, "middle")


def _filter(state: HeadState) -> list[Part]:
    if state.trouble:
        return [Part(f"{safe_text(state.trouble)} ", "wrong", "log.filter")]
    if not state.filter:
        return []
    return [Part(f"/ {safe_text(state.filter)}", "filter", "log.filter"), Part(f"  {_found(state)} ", "head", rank=3)]


def _found(state: HeadState) -> str:
    if state.searching and not state.found:
        return _("searching…")
    found = fill(ngettext("{n} found", "{n} found", state.found), {"n": state.found})
    return found + ("+" if state.more else "")


def _following(state: HeadState) -> list[Part]:
    parts = []
    if state.stopped:
        parts.append(Part(f" ‖ {_('stopped')} ", "filter", "log.stop"))
    if state.unseen:
        words = fill(ngettext("▲ {n} newer", "▲ {n} newer", state.unseen), {"n": state.unseen})
        parts.append(Part(f" {words} ", "newer", "log.follow"))
    return parts


def _counts(counts: Counts | None) -> list[Part]:
    """Return how today's messages stand; clicking a count shows those messages."""
    if counts is None:
        return []
    sent = fill(ngettext("{n} sent today", "{n} sent today", counts.sent), {"n": counts.sent})
    parts = [Part(f" {sent}", "head", rank=2)]
    if counts.held:
        held = fill(ngettext("{n} held", "{n} held", counts.held), {"n": counts.held})
        parts += [Part(" · ", "head", rank=1), Part(held, "newer", rank=1)]
    if counts.failed:
        failed = fill(ngettext("{n} failed", "{n} failed", counts.failed), {"n": counts.failed})
        parts += [Part(" · ", "head"), Part(failed, "wrong", "log.failed")]
    return [*parts, Part(" ", "head")]
