"""The automation's map in the board's place: opened, closed, kept up to date. The map itself is loaded when it is first
opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import panel_place

if TYPE_CHECKING:
    from textual.widget import Widget

    from core.commands.arranging import Changed
    from tui.app import FunilApp
    from tui.editor.map_view import EditorView


class Editing:
    """Whether the map is open, and the view that shows it."""

    def __init__(self, app: FunilApp) -> None:
        self._app = app
        self.open = False
        self.built: EditorView | None = None
        self.done: list[Changed] = []
        """What was changed here, in order, for taking it back."""
        self.undone: list[Changed] = []

    @property
    def view(self) -> EditorView:
        """The view; it must have been opened once."""
        assert self.built is not None
        return self.built

    @property
    def home(self) -> Widget | None:
        """Where the keys go while it is open."""
        return self.built.map if self.open and self.built is not None else None

    def holds(self, widget: Widget | None) -> bool:
        """Return whether a widget is the map."""
        return self.built is not None and widget is self.built.map

    async def show(self) -> None:
        """Open the map of the pipeline in view, or go to it where it is open."""
        app = self._app
        app.screen.remove_class("full-log")
        if self.built is None:
            from tui.editor.map_view import EditorView

            self.built = EditorView(app, id="editor")
            await app.query_one("#upper").mount(self.built, before=app.board)
        if app.panel.display:
            app.close_panel()
        self.open = True
        panel_place.share_width(app)
        self.built.show()
        self.built.map.focus()

    def close(self) -> None:
        """Go back to the board."""
        self.open = False
        panel_place.share_width(self._app)
        self._app.home.focus()

    def reload(self) -> None:
        """Show it as it is configured now, if it is open."""
        if self.open:
            self.view.show()

    def take_in(self, *, config: bool) -> None:
        """Show what has changed elsewhere; where no rule has changed only the counts may be others."""
        if self.open:
            self.view.show() if config else self.view.count()

    def back(self) -> None:
        """Undo one level: a drag, marks, then the map itself."""
        view = self.view
        if view.map.let_go():
            return
        if view.model.marks:
            view.model.marks.clear()
            view.draw()
        else:
            self.close()
