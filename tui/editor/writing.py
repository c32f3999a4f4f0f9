"""A text of the form: coloured and completed there, shown on a real deal over it, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import event_names
from core.i18n import gettext as _
from core.text_preview import Writing
from tui.editor.draft import SETTINGS, Draft
from tui.editor.items import Item
from tui.editor.parts import RULE
from tui.editor.samples import Samples
from tui.editor.template_area import TemplateArea
from tui.editor.text import TextEditor, TextScreen

if TYPE_CHECKING:
    from tui.app import FunilApp


class TemplateField(TemplateArea):
    """A text of the form with names in it: coloured and completed here, shown on a deal over the form."""

    def __init__(self, draft: Draft, item: Item, *, shortest: int = 3) -> None:
        self._draft = draft
        self._item = item
        event = event_names.of(draft.thing, draft.house)
        text = draft.text(item.key)
        super().__init__(text, self.written(), draft.house, event, key=item.key, shortest=shortest, grows=True)

    def written(self) -> Writing:
        """Return which text this is, beside the other settings as they stand in the form now."""
        draft, item = self._draft, self._item
        kind = draft.thing.kind if draft.what == RULE else ""
        beside = {key.removeprefix(SETTINGS): draft.value(key) for key in draft.items if key.startswith(SETTINGS)}
        return Writing(kind, item.key.removeprefix(SETTINGS), html=item.html, settings=beside)

    async def show_over(self, app: FunilApp) -> None:
        """Show the text over the form with its preview; what was written there stands here then."""
        thing = self._draft.thing
        samples = Samples(app.desk.store, thing.pipeline, thing.stage)
        event = event_names.of(thing, self._draft.house)
        editor = TextEditor(self.text, self.written(), self._draft.house, samples, event)
        taken = await app.push_screen_wait(TextScreen(_(self._item.title), editor))
        if taken is not None and taken != self.text:
            self.replace(taken, (0, 0), self.document.end)
