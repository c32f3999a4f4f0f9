"""The builder of conditions: parts below one another, each changed where it stands, and read back as a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.conditions import editing, offering
from core.conditions.editing import Edited, Group, Part, Path, Row
from core.errors import FunilError
from core.i18n import gettext as _
from tui.actions import Scope
from tui.editor import condition_lines as lines
from tui.editor.asking import Asker
from tui.editor.condition_lines import ADD, Laid, Stop
from tui.editor.keys import Acts
from tui.panels.values import Manner

LOOKS = "plain not group field op value add wrong doubt sentence cursor".split()


class ConditionEditor(Widget, Acts, can_focus=True):
    """Holds one condition. ``condition`` is what a board file takes; ``wrong`` says why it would not take it yet."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"condition--{name}" for name in LOOKS}
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", show=False),
        Binding("up,k", "step(-1)", show=False),
        Binding("right,l", "aside(1)", show=False),
        Binding("left,h", "aside(-1)", show=False),
    ]

    class Changed(Message):
        """The condition is another one."""

        def __init__(self, editor: ConditionEditor) -> None:
            super().__init__()
            self.editor = editor

    class Pointed(Message):
        """The cursor stands elsewhere."""

    def __init__(self, tree: Any, manner: Manner, event: tuple[str, ...] = (), *, id: str | None = None) -> None:
        """``event``: the bare names of an event's data that is known here. Raises ``BadInput`` for no condition."""
        super().__init__(id=id)
        self._root: Part | None = editing.load(tree)
        self.manner = manner
        self._event = event
        self._before: list[Part | None] = []
        self._after: list[Part | None] = []
        self._laid: tuple[int, Laid] | None = None
        self.cursor = self._lay(80).stops[0]

    def on_mount(self) -> None:
        """Take the keys of this user."""
        self.take_keys(Scope.CONDITION)

    # What it holds ----------------------------------------------------------------------------------------------------

    @property
    def condition(self) -> dict[str, Any] | None:
        """The condition as a board file has it; None: always."""
        return editing.dump(self._root)

    @property
    def wrong(self) -> str:
        """Why it cannot be taken as it stands; nothing where it can."""
        return _("The condition is not finished: see what is said in it.") if self._lay(80).wrong else ""

    @property
    def hint(self) -> str:
        """What can be done where the cursor stands."""
        return _(lines.HINTS[self.cursor.piece])

    # Drawn ------------------------------------------------------------------------------------------------------------

    def _lay(self, width: int) -> Laid:
        if self._laid is None or self._laid[0] != width:
            self._laid = (width, lines.lay(self._root, self.manner, width))
        return self._laid[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Have as many lines as the condition needs."""
        return len(self._lay(width).lines)

    def render_line(self, y: int) -> Strip:
        """Draw one line; what the cursor stands on stands out."""
        width, laid = self.size.width, self._lay(self.size.width)
        if y >= len(laid.lines):
            return Strip.blank(width, self._style("plain"))
        under = self._style("cursor")
        segments = []
        for piece in laid.lines[y].pieces:
            pointed = piece.stop == self.cursor and self.has_focus
            look = self._style(piece.look)
            segments.append(Segment(piece.text, look + under if pointed else look))
        return Strip(segments).adjust_cell_length(width, self._style("plain"))

    def _style(self, look: str) -> Style:
        return self.get_component_rich_style(f"condition--{look}", partial=look == "cursor")

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    # The cursor -------------------------------------------------------------------------------------------------------

    def point(self, stop: Stop) -> None:
        """Put the cursor somewhere, and have it seen."""
        self.cursor = lines.nearest(self._stops, stop)
        self.refresh()
        self.post_message(self.Pointed())
        shown = self._lay(self.size.width or 80).lines
        rows = [y for y, line in enumerate(shown) if line.path == self.cursor.path]
        scroller = next((each for each in self.ancestors if isinstance(each, VerticalScroll)), None)
        if rows and scroller is not None:
            region = Region(0, self.virtual_region.y + rows[0], 1, len(rows))
            scroller.scroll_to_region(region, animate=False)

    @property
    def _stops(self) -> tuple[Stop, ...]:
        return self._lay(self.size.width or 80).stops

    def action_step(self, step: int) -> None:
        """Go to the next part, or the one above."""
        self.point(lines.step_down(self._stops, self.cursor, step))

    def action_aside(self, step: int) -> None:
        """Go to the next piece of the part, or the one before."""
        self.point(lines.step_aside(self._stops, self.cursor, step))

    def on_click(self, event: events.Click) -> None:
        """Point at a piece; where the cursor stood already, change it."""
        event.stop()
        laid = self._lay(self.size.width).lines
        stop = laid[event.y].at(event.x) if event.y < len(laid) else None
        if stop is None:
            return
        if stop in (self.cursor, Stop(ADD, "add")):
            self.point(stop)
            self.change()
        else:
            self.point(stop)

    # Acts -------------------------------------------------------------------------------------------------------------

    def change(self) -> None:
        """Change what the cursor stands on: ask for another field, operator or value, or turn a group."""
        match self.cursor.piece:
            case "add":
                self.add()
            case "group":
                self._act(editing.turn)
            case piece:
                self._ask(self.cursor.path, piece)

    def add(self) -> None:
        """Add a comparison below the cursor, or to the group that it stands on, and ask for all of it."""
        path = () if self.cursor.path == ADD else self.cursor.path
        self.run_worker(self._adding(path), exclusive=True, group="asking")

    def take_away(self) -> None:
        """Take away what the cursor stands on."""
        self._act(editing.remove)

    def group(self) -> None:
        """Put what the cursor stands on into a group of its own."""
        self._act(editing.group)

    def ungroup(self) -> None:
        """Take the group away that the cursor stands on, or that is around it; what it holds stays."""
        self._act(editing.ungroup)

    def deny(self) -> None:
        """Put a “not” before it, or take one away."""
        self._act(editing.deny)

    def turn(self) -> None:
        """Have any part of the group suffice, or all of them be needed."""
        self._act(editing.turn)

    def move(self, step: int) -> None:
        """Move it down or up."""
        self._act(lambda root, path: editing.move(root, path, step))

    def undo(self) -> None:
        """Take the last change back."""
        self._back(self._before, self._after)

    def redo(self) -> None:
        """Do it again."""
        self._back(self._after, self._before)

    def _back(self, there: list[Part | None], here: list[Part | None]) -> None:
        if not there:
            self.app.bell()
            return
        here.append(self._root)
        self._show(there.pop(), self.cursor.path)

    def _act(self, act: Callable[[Part, Path], Edited]) -> None:
        if self._root is None or self.cursor.path == ADD:
            self.app.bell()
            return
        try:
            self._take(*act(self._root, self.cursor.path))
        except FunilError as error:
            self.app.notify(str(error), markup=False)

    def _take(self, root: Part | None, path: Path) -> None:
        if root != self._root:
            self._before.append(self._root)
            self._after.clear()
        self._show(root, path)

    def _show(self, root: Part | None, path: Path) -> None:
        changed, self._root, self._laid = root != self._root, root, None
        self.refresh(layout=True)
        self.point(Stop(path, self.cursor.piece))
        if changed:
            self.post_message(self.Changed(self))

    # Asking -----------------------------------------------------------------------------------------------------------

    def _ask(self, path: Path, piece: str) -> None:
        self.run_worker(self._asking(path, piece), exclusive=True, group="asking")

    async def _adding(self, path: Path) -> None:
        """Ask for a field first, so that nothing is left behind when somebody gives it up."""
        field = await self._asker.field("")
        if field is None:
            return
        try:
            root, made = editing.add(self._root, path, offering.begun(field, self.manner.house))
        except FunilError as error:
            self.app.notify(str(error), markup=False)
            return
        self._take(root, made)
        await self._asking(made, offering.missing(self._row(made), self.manner.house) and "op")

    async def _asking(self, path: Path, piece: str | None) -> None:
        """Ask for one piece of a comparison, then for what that leaves open."""
        while piece is not None:
            row = self._row(path)
            self.cursor = Stop(path, piece)
            answer = await self._asker.piece(row, piece)
            if answer is None or self._root is None or self._row(path) is not row:
                return
            self._take(editing.put(self._root, path, answer), path)
            needs = offering.missing(answer, self.manner.house)
            piece = needs if needs != "field" and not (piece == "value" and needs == "value") else None

    @property
    def _asker(self) -> Asker:
        return Asker(self.app, self.manner, self._event)

    def _row(self, path: Path) -> Row:
        part = editing.at(self._root, path)
        assert not isinstance(part, Group)
        return part
