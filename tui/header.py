"""The header line: where one is, what is filtered, what time the rules live by, who the engine is, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from core.i18n import gettext as _
from core.i18n import ngettext
from core.model.moment import MINUTE, Moment
from core.ports import Stuck
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt
from tui import person
from tui.bars import Bar
from tui.desk import MOST_COUNTED, Desk
from tui.engine_seat import EngineState, Seat
from tui.line import Part, spread
from tui.source import Found

UTC: Final = ZoneInfo("UTC")
STARTING: Final = EngineState(Seat.STARTING)
GAP: Final = Part("   ")
ROOMY: Final = 100
"""From this width on what is stuck is told in words, below it by signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderState:
    """All that the header shows; ``speed`` is that of a clock that can be turned here (0: it stands)."""

    pipeline: str = ""
    several: bool = False
    search: str = ""
    doubtful: bool = False
    found: int | None = None
    cut: bool = False
    now: Moment = Moment(0)
    zone: ZoneInfo = UTC
    simulated: bool = False
    speed: int | None = None
    engine: EngineState = STARTING
    waiting: int = 0
    inbox: int = 0
    overdue: int = 0
    user: str | None = None
    stuck: Stuck = Stuck()


def state_of(
    desk: Desk, found: Found | None, engine: EngineState, overdue: int = 0, speed: int | None = None
) -> HeaderState:
    """Return what the header shows of the desk."""
    pipeline = desk.pipeline
    return HeaderState(
        pipeline=pipeline.name if pipeline else _("no pipeline"),
        several=len(desk.house.pipelines) > 1,
        search=desk.search,
        doubtful=desk.doubtful,
        found=found.count if found else None,
        cut=found.cut if found else False,
        now=Moment(desk.now - desk.now % MINUTE),
        zone=desk.zone,
        simulated=desk.simulated,
        speed=speed,
        engine=engine,
        waiting=desk.waiting,
        inbox=desk.inbox,
        overdue=overdue,
        user=person.name(desk.house, desk.user) if desk.user else None,
        stuck=desk.stuck,
    )


class HeaderLine(Bar):
    """Draws a :class:`HeaderState`."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.state = HeaderState()

    def show(self, state: HeaderState) -> None:
        """Draw another state; the same one again costs nothing."""
        if state != self.state:
            self.state = state
            self.refresh()

    def parts(self, width: int) -> list[Part]:
        """Return the header's parts for a width."""
        return spread(_left(self.state), _right(self.state, narrow=width < ROOMY), width)


def _left(state: HeaderState) -> list[Part]:
    mark = " ▾" if state.several else ""
    parts = [
        Part(" Funil", "accent"),
        Part(" · ", "dim"),
        Part(safe_text(state.pipeline) + mark, "strong", "pipeline.switch"),
    ]
    if not state.search:
        return [*parts, GAP, Part(_("/ filter"), "dim", "filter.open", 6)]
    found = "" if state.found is None else fill(ngettext("{n} deal", "{n} deals", state.found), {"n": state.found})
    more = "+" if state.cut else ""
    words = Part("/ " + safe_text(state.search), "bad" if state.doubtful else "warn", "filter.open")
    return [*parts, GAP, words, Part(f"  {found}{more}", "dim", None, 2)]


def _right(state: HeaderState, *, narrow: bool) -> list[Part]:
    parts = [
        *_clock(state),
        _overdue(state.overdue) if state.overdue else _engine(state.engine, narrow=narrow),
    ]
    if state.waiting:
        words = fill(ngettext("{n} run waits", "{n} runs wait", state.waiting), {"n": state.waiting})
        parts += [Part("   ", rank=3), Part(words, "plain", None, 3)]
    if state.inbox:
        parts += [Part("   ", rank=2), Part(_inbox(state.inbox, narrow=narrow), "warn", "inbox.show", 2)]
    parts += _stuck(state.stuck, narrow=narrow)
    if state.user:
        parts += [Part("   ", rank=5), Part(state.user, "dim", person.ACTION, 5)]
    return [*parts, Part(" ")]


def _clock(state: HeaderState) -> list[Part]:
    """Return the time; a simulated one with what turns it."""
    time = fmt.weekday_time(state.now, state.zone)
    if not state.simulated:
        return [Part(time, "dim", None, 4), Part("   ", rank=4)]
    if state.speed is None:
        return [Part("◷ " + time, "warn", None, 4), Part("   ", rank=4)]
    going = "▶" if state.speed else "‖"
    return [
        Part(f"◷ {time} ", "warn", "clock.stop", 2),
        Part(f"{going} ", "warn", "clock.stop", 2),
        Part(f"{state.speed}x " if state.speed else "", "warn", "clock.hurry", 2),
        Part("»", "accent", "clock.step", 2),
        Part("   ", rank=2),
    ]


def _overdue(count: int) -> Part:
    words = fill(ngettext("{n} overdue: answer", "{n} overdue: answer", count), {"n": count})
    return Part("◌ " + words, "bad", "engine.overdue")


def _inbox(count: int, *, narrow: bool) -> str:
    """Return how many clients wait for a person."""
    more = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
    return f"✆{more}" if narrow else fill(ngettext("{n} client waits", "{n} clients wait", count), {"n": more})


def _stuck(stuck: Stuck, *, narrow: bool) -> list[Part]:
    """Return what waits for another attempt, and which connections are paused or rest after failures,
    with how many messages behind them."""
    told: list[str] = []
    if stuck.retrying:
        words = ngettext("{n} retrying", "{n} retrying", stuck.retrying)
        told.append(fill("↻{n}" if narrow else words, {"n": stuck.retrying}))
    if stuck.behind:
        told.append(_named(stuck.behind, "‖ {name}" if narrow else _("{name} paused")))
    if stuck.resting:
        told.append(_named(stuck.resting, "◔ {name}" if narrow else _("{name} rests")))
    return [Part("   ", rank=1), Part(" · ".join(told), "warn", None, 1)] if told else []


def _named(behind: Mapping[str, int], pattern: str) -> str:
    """Name the one connection, or count several, with the messages behind them."""
    count = len(behind)
    name = next(iter(behind)) if count == 1 else fill(ngettext("{n} line", "{n} lines", count), {"n": count})
    told = fill(pattern, {"name": safe_text(name)})
    waiting = sum(behind.values())
    return f"{told} ({waiting})" if waiting else told


def _engine(engine: EngineState, *, narrow: bool) -> Part:
    match engine.seat:
        case Seat.HERE:
            return Part("● " + _("engine"), "good")
        case Seat.ELSEWHERE if narrow:
            return Part("○ " + _("engine elsewhere"), "plain")
        case Seat.ELSEWHERE if engine.process:
            return Part("○ " + fill(_("engine: process {process}"), {"process": engine.process}), "plain")
        case Seat.ELSEWHERE:
            return Part("○ " + _("engine: another process"), "plain")
        case Seat.BROKEN:
            return Part("✗ " + _("engine stopped"), "bad")
        case Seat.NOBODY:
            return Part("○ " + _("no engine here"), "warn")
        case _:
            return Part("◌ " + _("engine starts"), "dim")
