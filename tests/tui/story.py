"""A story at the whole board: what a person, the house and the window do, step by step, and how each is played.

Nothing in it depends on time: the engine makes a pass when the story says so, other processes are noticed when the
board looks, and what a thread has read is handed over at once or, in a story that is *late*, when the story says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final
from unittest.mock import patch

from textual import events
from textual.geometry import Size
from textual.pilot import Pilot

from core import commands
from core.errors import FunilError
from core.ports import EngineLease, Job
from tests.tui.app_world import Seat, World, app_of
from tests.tui.panel_world import rich_world
from tui.app import FunilApp
from tui.board.geometry import HEAD
from tui.form.screen import FormScreen
from tui.panels.picker import Picker

Step = tuple[Any, ...]
STAGES: Final = ("new", "delivery", "invoice", "won", "lost")
MOST_ESCAPES: Final = 14
"""Levels that can lie over one another: more presses than this must never be needed."""
IDS: Final = tuple(f"D{number}" for number in range(1001, 1100))
"""Those of more deals than any story makes."""
BREATHS: Final = 2
TURNS: Final = 10
"""Turns of the loop in which workers go on after each breath."""


class HandSeat(Seat):
    """An engine that has the board's seat and works when the story says so."""

    async def serve(self, stop: asyncio.Event) -> None:
        """Keep the seat."""
        await stop.wait()
        await self.engine.close()


class House(World):
    """A house with a bit of everything, whose engine is driven by hand and whose other boards can write unheard."""

    seat: HandSeat
    unheard = False

    def make_engine(self) -> Seat:
        """Become the engine."""
        lease: EngineLease = self.store.take_engine_lease("board")
        self.seat = HandSeat(self.store, lease)
        return self.seat

    def on_commit(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Tell the board of what its own process writes."""
        stop: Callable[[], None] = self.store.on_commit(lambda: None if self.unheard else listener())
        return stop

    def elsewhere(self, job: Job[Any]) -> None:
        """Have another process write; what it may not do it does not."""
        self.unheard = True
        try:
            self.write(job)
        except FunilError:
            return
        finally:
            self.unheard = False


def house() -> House:
    """Return the house of all stories: one deal with everything, a dozen plain ones in two pipelines."""
    built = House(rich_world().store, engine=True)
    for number in range(12):
        amount = str(100 * number) if number % 3 else None
        built.deal(f"Plain {number}", STAGES[number % 4], amount=amount)
    built.deal("Repair", "asked", "service")
    return built


class Thread:
    """Stands in for work in a thread: it is done at once, and in a late story handed over when the gate opens."""

    def __init__(self, late: bool) -> None:
        self.late = late
        self._gate = asyncio.Event()

    async def run(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Do the work of ``asyncio.to_thread``."""
        found = work(*args, **more)
        await (self._gate.wait() if self.late else asyncio.sleep(0))
        return found

    def hand_over(self) -> None:
        """Let all that has been done be handed over."""
        gate, self._gate = self._gate, asyncio.Event()
        gate.set()


@contextmanager
def no_time(thread: Thread) -> Iterator[None]:
    """Let nothing happen because time passes."""
    with (
        patch("asyncio.to_thread", thread.run),
        patch("tui.live.EVERY", 0.0),
        patch("tui.live.LOOK", 86_400.0),
        patch("tui.clockwork.ROUNDS", 1),
        patch("tui.clockwork.PAUSE", 0.0),
        patch("tui.log_finder.PAUSE", 0),
        patch.object(FunilApp, "open_url", lambda *_: None),
    ):
        yield


class Story:
    """One telling: plays steps at the open board."""

    def __init__(self, world: House, pilot: Pilot[None], thread: Thread) -> None:
        self.world = world
        self.pilot = pilot
        self.app = app_of(pilot)
        self.thread = thread
        self.added = 0
        self._told = 0

    async def breathe(self) -> None:
        """Let the app take in what has been sent to it."""
        for _ in range(BREATHS):
            await self.pilot._wait_for_screen()
            for _ in range(TURNS):
                await asyncio.sleep(0)

    async def play(self, step: Step) -> None:
        """Play one step: the method of its first word gets the others."""
        name, *args = step
        done = getattr(self, f"do_{name}")(*args)
        if done is not None:
            await done
        await self.breathe()

    # The person

    async def do_keys(self, *keys: str) -> None:
        """Press keys."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            driver.send_message(events.Key(key, key if len(key) == 1 else None))
            await self.pilot._wait_for_screen()

    async def do_type(self, text: str) -> None:
        """Type a text."""
        await self.do_keys(*text)

    def _mouse(self, kind: type[events.MouseEvent], x: int, y: int, button: int, *, shift: bool = False) -> None:
        x, y = x % max(1, self.app.size.width), y % max(1, self.app.size.height)
        more = (shift, False, False)
        self.app.post_message(kind(None, x, y, 0, 0, button, *more, screen_x=x, screen_y=y))

    def do_press(self, x: int, y: int, button: int = 1, shift: bool = False) -> None:
        """Press a button somewhere."""
        self._mouse(events.MouseDown, x, y, button, shift=shift)

    def do_motion(self, x: int, y: int, held: bool = True) -> None:
        """Move the mouse."""
        self._mouse(events.MouseMove, x, y, int(held))

    def do_release(self, x: int, y: int, button: int = 1) -> None:
        """Let the button go."""
        self._mouse(events.MouseUp, x, y, button)

    async def do_click(self, x: int, y: int, times: int = 1, button: int = 1) -> None:
        """Press and release, maybe twice."""
        for _ in range(times):
            self.do_press(x, y, button)
            await self.pilot._wait_for_screen()
            self.do_release(x, y, button)
            await self.pilot._wait_for_screen()

    def do_wheel(self, x: int, y: int, down: bool) -> None:
        """Turn the wheel."""
        self._mouse(events.MouseScrollDown if down else events.MouseScrollUp, x, y, 0)

    async def do_lift(self, place: int, slot: int) -> None:
        """Take a card up, if there is one to be seen, and carry it a bit."""
        grid, region = self.app.board.board.grid, self.app.board.region
        if not grid.spans or not region:
            return
        rect = grid.card(grid.shown.start + place % len(grid.spans), slot % max(1, grid.drawn))
        if rect is not None:
            x, y = region.x + rect.x + 2, region.y + rect.y
            self.do_press(x, y)
            await self.pilot._wait_for_screen()
            self.do_motion(x + 4, y + 1)

    def do_over(self, place: int, slot: int) -> None:
        """Carry what is held over a place in a column."""
        grid, region = self.app.board.board.grid, self.app.board.region
        span = grid.span(grid.shown.start + place % len(grid.spans)) if grid.spans else None
        if span is not None and region:
            self.do_motion(region.x + span.x + 3, region.y + HEAD + slot * grid.density.pitch)

    def do_drop(self) -> None:
        """Let go where the mouse is."""
        self.do_release(*self.app.mouse_position)

    async def do_resize(self, width: int, height: int) -> None:
        """Make the window another size."""
        driver: Any = self.app._driver
        driver._size = (width, height)
        self.app.post_message(events.Resize(Size(width, height), Size(width, height)))

    def do_theme(self, which: int) -> None:
        """Change the colours."""
        names = sorted(self.app.available_themes)
        self.app.dress(names[which % len(names)])

    def do_away(self) -> None:
        """Put the program to sleep, as ctrl+z does in a shell, or look at another window."""
        self.app.app_suspend_signal.publish(self.app)
        self.app.post_message(events.AppBlur())
        self.app.post_message(events.AppFocus())

    async def do_there_and_back(self, key: str) -> None:
        """Carry the chosen deals with a key and undo it: all of them stand where they stood."""
        before = self.columns()
        if self.home:
            await self.do_keys(key)
            await self.breathe()
        if self.columns() != before:
            await self.do_keys("u")
            await self.breathe()
            assert self.columns() == before, f"{key} and u moved {before} to {self.columns()}"

    # The house

    def columns(self) -> Mapping[str, Sequence[str]]:
        """Return what the database has in the columns that are shown."""
        shown = self.app.desk.pipeline_id
        return {
            column.stage.id: self.world.store.read(lambda r, c=column: r.column_ids(shown, c.stage.id))
            for column in self.app.board.model.columns
        }

    def pick(self, number: int) -> str:
        """Return a deal of those that have ever been there."""
        known = self.known()
        return known[number % len(known)]

    def known(self) -> Sequence[str]:
        """Return every deal there has ever been."""
        found: list[str] = self.world.store.read(lambda reader: sorted(reader.deals_by_id(IDS)))
        return found

    def do_engine(self) -> Any:
        """Let the engine do what is due."""
        return self.world.seat.engine.once() if hasattr(self.world, "seat") else None

    def do_clock(self, seconds: int) -> None:
        """Turn the simulated clock."""
        self.world.write(commands.advance_clock(seconds * 1000))

    def do_look(self) -> None:
        """Have the board look for what others have written."""
        self.app.live._look()

    def do_hand_over(self) -> None:
        """Hand over what threads have read."""
        self.thread.hand_over()

    def do_other_move(self, which: int, stage: int, above: int | None = None) -> None:
        """Move a deal from another board."""
        on = None if above is None else self.pick(above)
        self.world.elsewhere(
            commands.move([self.pick(which)], STAGES[stage % len(STAGES)], pipeline="sales", above=on, reorder=True)
        )

    def do_other_add(self, stage: int, amount: int | None = None) -> None:
        """Make a deal from the command line."""
        self.added += 1
        title, cost = f"Told {self.added}", None if amount is None else str(amount)
        new = commands.NewDeal(title=title, pipeline="sales", stage=STAGES[stage % len(STAGES)], amount=cost)
        self.world.elsewhere(commands.add_deal(new))

    def do_other_set(self, which: int, amount: int) -> None:
        """Change a deal from the command line."""
        self.world.elsewhere(commands.set_fields(self.pick(which), {"amount": str(amount), "tracking": f"T{amount}"}))

    def do_other_remove(self, which: int) -> None:
        """Take a deal off the board from the command line."""
        self.world.elsewhere(commands.remove_deals([self.pick(which)], None))

    def do_other_restore(self, which: int) -> None:
        """Put a removed deal back from the command line."""
        self.world.elsewhere(commands.restore_deals([self.pick(which)], None))

    def do_other_undo(self) -> None:
        """Undo the newest move from another board."""
        self.world.elsewhere(commands.undo())

    def do_other_task(self, which: int) -> None:
        """Give somebody a task."""
        self.world.elsewhere(commands.add_task(self.pick(which), commands.NewTask(title="Call")))

    def do_chat(self, number: int) -> None:
        """Have a client write."""
        self.added += 1
        report = commands.Report(source="web", id=f"s{self.added}")
        text, sender = f"Hello {self.added}", ("+5511987650001", "+551133330000")[number % 2]
        self.world.elsewhere(commands.chat_message(report, f"v{number % 3}", text, sender=sender, channel="web"))

    def do_call(self, kind: int) -> None:
        """Have a client call."""
        self.added += 1
        report = commands.Report(source="web", id=f"c{self.added}")
        what = ("call_missed", "call_received")[kind % 2]
        self.world.elsewhere(commands.call_came(report, what, "+5511987650001"))

    def do_rule(self, which: int) -> None:
        """Switch a rule off or on."""
        rule = ("big", "short-note", "tracking-mail")[which % 3]
        on = self.world.store.read(lambda reader: reader.house().rules[rule].enabled)
        self.world.elsewhere(commands.switch_rule(rule, not on))

    # The end

    async def do_home(self) -> None:
        """Go back to the board."""
        await self.go_home()

    @property
    def home(self) -> bool:
        """Whether nothing is open but the board, and nothing held."""
        app = self.app
        if app.mouse_captured is not None or app.board.board.held:
            return False
        over = len(app.screen_stack) > 1 or app.panel.display or app.inbox.open or app.screen.has_class("full-log")
        kept = app.board.model.marks or app.board.model.anchor or app.desk.search or app.tour.at is not None
        return not over and not kept and app.focused is app.board

    def _away(self) -> Sequence[str]:
        """Return the keys that lead away from what is open: a form asks before it gives up what was filled in."""
        stack = self.app.screen_stack
        asked = len(stack) > 2 and isinstance(stack[-2], FormScreen) and isinstance(stack[-1], Picker)
        return ("down", "enter") if asked else ("escape",)

    async def go_home(self) -> int:
        """Press escape until nothing is open but the board; returns how often that was."""
        for count in range(MOST_ESCAPES):
            self.thread.late = False
            self.thread.hand_over()
            await self.breathe()
            if self.home:
                return count
            await self.do_keys(*self._away())
            await self.breathe()
        app = self.app
        where = f"{app.screen}, focus {app.focused}, panel {app.panel.display}, search {app.desk.search!r}"
        raise AssertionError(f"esc does not lead back to the board: {where}")


@asynccontextmanager
async def told(*, late: bool = False, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Story]:
    """Open the board of a new house for a story."""
    world, thread = house(), Thread(late)
    with no_time(thread):
        async with world.board(size=size, on_commit=world.on_commit) as pilot:
            story = Story(world, pilot, thread)
            await story.breathe()
            yield story
            thread.late = False
            thread.hand_over()
