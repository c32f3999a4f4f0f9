"""The side panel in which a rule or trigger is changed: every setting of its kind, and when, if and how it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Label, TextArea

from core import event_names
from core.errors import FunilError
from core.i18n import gettext as _
from core.model.rule import Rule, Trigger
from core.safe_text import safe_text
from tui.editor import choices, filing, telling
from tui.editor import fields as controls
from tui.editor.draft import Draft, Note, Reading
from tui.editor.fields import SPAN, UNIT
from tui.editor.growing import TextField
from tui.editor.items import Item, Shape
from tui.editor.kept import Keep, KeptForm
from tui.editor.typed import TYPED, TypingPicker
from tui.form.fields import Field, Fields, Knob, Line, Several
from tui.panels import edits
from tui.panels.ask import Ask
from tui.panels.picker import Choice, Picker
from tui.panels.values import Manner

Save = Callable[[Draft, Rule | Trigger], Awaitable[str]]
"""Stores what was written; returns what went wrong, or nothing."""


class EditorScreen(KeptForm):
    """Returns True when the rule or trigger has been saved. What could not be saved stays as it was written."""

    CSS_PATH: ClassVar[Any] = ["../styles/form.tcss", "../styles/editor.tcss", "../styles/writing.tcss"]
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "turn(-1)", show=False),
        Binding("pagedown", "turn(1)", show=False),
    ]

    def __init__(
        self, draft: Draft, manner: Manner, save: Save, keep: Keep, *, why_not: str = "", said: str = ""
    ) -> None:
        """``manner`` is how a condition's values are read; ``why_not`` keeps everything as it is and says why; ``said``
        is told at the beginning."""
        super().__init__(telling.title(draft), draft, keep)
        self._manner = manner
        self._save = save
        self._why_not = why_not
        self._said = said
        self._fields: dict[str, Field] = {}
        self._touched: set[str] = set() if draft.new else set(draft.items)
        self._saving = False
        self._told: dict[str, Note] = {}
        self._previewed = ""
        self.reading: Reading = draft.read_whole()

    # Laying out -------------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Lay out title, what it does in words, the fields, help and buttons."""
        with Vertical(id="form"):
            yield Label(Content(safe_text(self._title)), id="form-title")
            yield Label("", id="editor-preview")
            with Fields(id="form-fields"):
                yield from self._sheet()
            yield Label("", id="form-trouble", classes="form-note wrong")
            yield Label("", id="editor-help")
            with Horizontal(id="form-buttons"):
                yield Label(Content(self.keys()), id="form-keys")
                yield from self.buttons()

    def _sheet(self) -> Iterator[Widget]:
        for head, items in self.draft.sections:
            if head:
                yield Label(Content(_(head)), classes="form-heading")
            for item in items:
                self._fields[item.key] = controls.make(self.draft, item)
                self._fields[item.key].disabled = bool(self._why_not)
                yield self._fields[item.key]

    def on_mount(self, event: events.Mount) -> None:  # type: ignore[override]
        """Begin with the first field that is to be filled in."""
        event.prevent_default()  # the base class would begin elsewhere
        for key, item in self.draft.items.items():
            if item.shape is Shape.SEVERAL:
                self._show(key, focus=False)
        self.query_one("#form-trouble").display = False
        self.trouble(self._why_not or self._said)
        self.query_one("#create").disabled = bool(self._why_not)
        if self._why_not:
            self.query_one(Fields).can_focus = True
            self.query_one(Fields).focus()
        else:
            self._begin()
        self._tell()

    def _begin(self) -> None:
        """Put the focus on what is missing first, else on the first field."""
        keys = [*self.draft.missing(), *self.draft.items] if self.draft.new else list(self.draft.items)
        _control_of(self._fields[keys[0]]).focus()

    def keys(self) -> str:
        """Say which keys lead on."""
        return _("ctrl+s saves · tab next · esc back")

    def buttons(self) -> ComposeResult:
        """Yield what can be done with the form."""
        yield Button(Content(_("Save")), variant="primary", id="create")
        yield Button(Content(_("Cancel")), id="cancel")

    def _fit(self, rows: int) -> None:
        """The panel is as high as the screen."""

    def action_turn(self, step: int) -> None:
        """Read on by a screenful."""
        fields = self.query_one(Fields)
        fields.scroll_page_down() if step > 0 else fields.scroll_page_up()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say what the field is for."""
        key = _key_of(event.widget)
        item = self.draft.items.get(key)
        self.query_one("#editor-help", Label).update(Content(telling.help_words(item)))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Complain of what is wrong in a field that was left."""
        key = _key_of(event.widget)
        if key in self.draft.items and key not in self._touched and self.is_current:
            self._touched.add(key)
            self._tell()

    # What is written --------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if isinstance(event.input, Line):
            event.stop()
            key = event.input.key
            if self.draft.items[key].shape is Shape.SPAN:
                self._span(key, event.value)
            else:
                self._written(key, event.value)

    @on(TextArea.Changed)
    def _text_typed(self, event: TextArea.Changed) -> None:
        if isinstance(event.text_area, TextField):
            self._written(event.text_area.key, event.text_area.text)

    def _written(self, key: str, text: str) -> None:
        if text != self.draft.text(key):
            self.draft.write(key, text)
            self._changed(key)

    def _span(self, key: str, text: str, unit: str = "") -> None:
        """Take over a number, with the unit that stands beside it or that was typed behind it."""
        found = SPAN.fullmatch(text)
        unit = unit or (found[2] if found else "") or controls.split(self.draft.text(key))[1]
        number = found[1] if found else text
        self.draft.put(key, f"{number}{unit}" if number else "")
        self._unit_knob(key).put(choices.units()[unit])
        self._changed(key)

    def _unit_knob(self, key: str) -> Knob:
        return next(each for each in self._fields[key].controls if isinstance(each, Knob))

    def _changed(self, key: str) -> None:
        """Show what follows from another value."""
        self.reading = self.draft.read_whole()
        for other, item in self.draft.items.items():
            stages = item.picker == "stage" and self.draft.items[key].picker == "pipeline"
            if item.of == key or stages:
                self._show(other)
        self._tell()

    # What is said -----------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Show which fields count, what is wrong with them, and what it all comes to."""
        for key, field in self._fields.items():
            shown, note = self.draft.shown(key), self._note(key)
            if field.display is not shown:
                field.display = shown
            if self.draft.items[key].shape is Shape.VALUE:
                self._show_value(key)
            if self._told.get(key, Note("")) != note:  # each line that is written anew lays the whole form out anew
                self._told[key] = note
                field.tell(note.words, wrong=note.tone == "wrong", doubt=note.tone == "doubt")
        said = telling.preview(self.draft, self.reading)
        if said != self._previewed:
            self._previewed = said
            self.query_one("#editor-preview", Label).update(Content(said))

    def _note(self, key: str) -> Note:
        note = self.reading.notes.get(key, Note(""))
        item = self.draft.items[key]
        seen = key in self._touched or (not item.typed and not (item.required and not self.draft.value(key)))
        return note if seen or (note.tone == "doubt" and item.picker) else Note("")

    # What is chosen ---------------------------------------------------------------------------------------------------

    @on(Knob.Asked)
    def _asked(self, event: Knob.Asked) -> None:
        event.stop()
        key = event.knob.key
        if key.endswith(UNIT):
            picker = Picker(_("Unit"), [Choice(unit, name) for unit, name in choices.units().items()])
            self.app.push_screen(picker, partial(self._unit_chosen, key.removesuffix(UNIT)))
            return
        item = self.draft.items[key]
        if item.shape is Shape.TICK:
            self._take(item, not self.draft.value(key))
        elif item.shape is Shape.CONDITION:
            self.run_worker(self._build(item))
        elif event.knob.place is None:
            self._choose(item)

    async def _build(self, item: Item) -> None:
        """Let the condition be built."""
        from tui.editor.condition_screen import ConditionScreen

        try:
            event = event_names.of(self.draft.thing, self.draft.house)
            builder = ConditionScreen(_(item.title), self.draft.value(item.key), self._manner, event)
        except FunilError as error:
            self.trouble(str(error))
            return
        taken = await self.app.push_screen_wait(builder)
        if taken is not None:
            self._take(item, taken.tree)

    def _choose(self, item: Item) -> None:
        offered = choices.choices(self.draft, item)
        value = self.draft.value(item.key)
        at = str(value) if isinstance(value, str) else None
        if item.picker in choices.OPEN:
            hint = _("type to narrow, or type something else")
            picker: Picker = TypingPicker(_(item.title), offered, at=at, hint=hint)
        else:
            picker = Picker(_(item.title), offered, at=at)
        self.app.push_screen(picker, partial(self._chosen, item))

    def _chosen(self, item: Item, chosen: str | None) -> None:
        if chosen is None:
            return
        if chosen == choices.DISK:
            self.run_worker(self._take_file(item))
        elif chosen == choices.NOTHING:
            self._take(item, None)
        else:
            text = chosen.removeprefix(TYPED)
            self._take(item, self.draft.read(item, text) if item.shape is Shape.VALUE else text)

    def _unit_chosen(self, key: str, unit: str | None) -> None:
        if unit is not None:
            line = next(each for each in self._fields[key].controls if isinstance(each, Line))
            self._span(key, line.value, unit)

    def _take(self, item: Item, value: Any) -> None:
        """Take over what was chosen: one more of several, or in place of what stood there."""
        if item.shape is Shape.SEVERAL and isinstance(value, str):
            value = [*(self.draft.value(item.key) or []), value]
        self.draft.put(item.key, value)
        self._touched.add(item.key)
        self._show(item.key)
        self._changed(item.key)

    @on(Knob.Emptied)
    def _emptied(self, event: Knob.Emptied) -> None:
        event.stop()
        item = self.draft.items.get(event.knob.key)
        if item is None:
            return
        if event.knob.place is not None:
            held = list(self.draft.value(item.key) or [])
            del held[event.knob.place : event.knob.place + 1]
            self.draft.put(item.key, held)
            self._touched.add(item.key)
            self._show(item.key)
            self._changed(item.key)
        elif item.optional and item.shape not in (Shape.SEVERAL, Shape.TICK):
            self._take(item, None)

    def _show(self, key: str, *, focus: bool = True) -> None:
        """Show what stands in a field now."""
        item = self.draft.items[key]
        for control in self._fields[key].controls:
            if isinstance(control, Several):
                several = [choices.shown(self.draft, item, each) for each in self.draft.value(key) or []]
                control.put(several, focus=focus)
                control.offer(controls.more_words(item, several))
            elif isinstance(control, Knob) and not control.key.endswith(UNIT):
                controls.show(self.draft, item, control)
            elif isinstance(control, TextField) and control.text != self.draft.text(key):
                control.load_text(self.draft.text(key))

    def _show_value(self, key: str) -> None:
        """Let a field's value be chosen where there is something to choose from, else typed."""
        offers = choices.offers(self.draft, self.draft.items[key])
        for control in self._fields[key].controls:
            if control.display is not (isinstance(control, Knob) is offers):
                control.display = isinstance(control, Knob) is offers

    async def _take_file(self, item: Item) -> None:
        path = await self.app.push_screen_wait(Ask(_("Which file? Its path on this computer"), "", _no_path))
        if path is None:
            return
        try:
            new = await asyncio.to_thread(edits.new_file, path)
            name = filing.add(self.draft, new)
        except FunilError as error:
            self.trouble(str(error))
            return
        self._take(item, name)

    # Saving and leaving -----------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        """Enter leads on: what is saved is saved by its own key."""
        event.prevent_default()
        event.stop()
        self.focus_next()

    def action_create(self) -> None:
        """Save, or say what is wrong with which field; what would not work as it stands is asked about first."""
        if self._saving or self._why_not:
            self.app.bell()
            return
        self._touched = set(self.draft.items)
        self.reading = self.draft.read_whole()
        self._tell()
        if self.reading.wrong:
            refused = self.reading.judged.refused
            self.trouble("" if self.reading.notes or refused is None else safe_text(refused.local()))
            shown = (self._fields[key] for key, note in self.reading.notes.items() if note.tone == "wrong")
            self.show_wrong(_control_of(field) for field in shown)
        elif self.reading.doubtful:
            self._ask_all_the_same()
        else:
            self._go()

    def _ask_all_the_same(self) -> None:
        asked = [Choice("no", _("Go on editing")), Choice("yes", _("Save it all the same"))]
        picker = Picker(_("It would not work as it stands: what is red says why."), asked)
        self.app.push_screen(picker, lambda chosen: self._go() if chosen == "yes" else None)

    def _go(self) -> None:
        self._saving = True
        self.run_worker(self._save_now())

    async def _save_now(self) -> None:
        made = self.reading.judged.made
        try:
            said = await self._save(self.draft, made) if made is not None else ""
        finally:
            self._saving = False
        if said:
            self.trouble(said)
        else:
            self.close(keep=False, result=True)


def _key_of(widget: Widget) -> str:
    return str(getattr(widget, "key", "")).removesuffix(UNIT)


def _control_of(field: Field) -> Widget:
    control = field.controls[0]
    return control.more if isinstance(control, Several) else control


def _no_path(text: str) -> str | None:
    return None if text.strip() else _("Type a path, like ~/catalogue.pdf")
