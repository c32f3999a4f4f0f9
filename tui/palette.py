"""The command palette: every action of the registry, the pipelines, the themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widgets.option_list import Option

from core.i18n import gettext as _
from core.safe_text import safe_text
from core.words import fill
from tui.keys import keys_text

if TYPE_CHECKING:
    from tui.app import FunilApp

Line = tuple[str, str, Callable[[], Any]]
"""What is searched and shown, what explains it, what it does."""


class Palette(CommandPalette):
    """Textual's palette over all that can be done, which says in the user's language that nothing is called that."""

    def __init__(self) -> None:
        super().__init__(providers=[Everything], placeholder=_("what do you want to do?"))

    def _start_no_matches_countdown(self, search_value: str) -> None:
        self._stop_no_matches_countdown()
        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, lambda: self._found_nothing(search_value))

    def _found_nothing(self, typed: str) -> None:
        self._list_visible = bool(typed)
        if typed:
            nothing = Option(Content(_("Nothing is called that.")), id=self._NO_MATCHES, disabled=True)
            self.query_one(CommandList).add_option(nothing)


class Everything(Provider):
    """Offers what can be done, with its keys; what cannot be done now says why."""

    @property
    def _funil(self) -> FunilApp:
        return cast("FunilApp", self.app)

    async def discover(self) -> Hits:
        """Offer the actions before anything is typed."""
        for text, note, run in self._actions():
            yield DiscoveryHit(Content(text), run, text=text, help=note)

    async def search(self, query: str) -> Hits:
        """Offer what fits the words."""
        matcher = self.matcher(query)
        for text, note, run in (*self._actions(), *self._pipelines(), *self._views(), *self._themes()):
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), run, text=text, help=note)

    def _actions(self) -> Iterator[Line]:
        app = self._funil
        for action in app.registry.palette():
            why = action.why_not(app)
            title = _(action.title)
            text = f"{title}  ({keys_text(action.keys)})" if action.keys else title
            yield text, why or _(action.help), lambda chosen=action.id: app.perform(chosen)  # type: ignore[misc]

    def _pipelines(self) -> Iterator[Line]:
        app = self._funil
        for pipeline in app.desk.house.pipelines.values():
            text = fill(_("Pipeline: {name}"), {"name": safe_text(pipeline.name)})
            yield text, _("Show this pipeline."), lambda chosen=pipeline.id: app.show_pipeline(chosen)  # type: ignore[misc]

    def _views(self) -> Iterator[Line]:
        from tui import views

        app = self._funil
        for view in views.saved(app):
            text = fill(_("View: {name}"), {"name": safe_text(view.name)})
            yield text, safe_text(view.filter), lambda chosen=view: views.show(app, chosen)  # type: ignore[misc]

    def _themes(self) -> Iterator[Line]:
        app = self._funil
        for name in sorted(app.available_themes):
            text = fill(_("Theme: {name}"), {"name": name})
            yield text, _("Dress the screen in these colours."), lambda chosen=name: app.dress(chosen)  # type: ignore[misc]
