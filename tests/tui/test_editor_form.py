"""The side panel of a rule or trigger, and the catalogue: by keys and mouse, nothing lost, what is wrong in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from core.commands import automation
from core.model.house import Connection
from core.model.rule import Rule, Trigger
from tests.tui.app_world import ANA, World, app_of, memory_world, screen_text, toasts, until
from tests.tui.golden import assert_golden
from tui.editor import drafts, form
from tui.editor.catalogue import Catalogue
from tui.editor.draft import Draft
from tui.editor.growing import TextField
from tui.editor.items import EITHER
from tui.editor.screen import EditorScreen
from tui.form.fields import Knob, Line
from tui.panels.picker import Picker

NEVER_READ = (
    Rule(
        id="call-back",
        pipeline="sales",
        stage="delivery",
        kind="call",
        name="Call back",
        position=2,
        settings={"say": "Hello {{ contact.first_name }}", "volume": 120},
    ),
    Rule(id="to-tracking", pipeline="sales", stage="new", kind="set_field", name="Fill in", settings={}),
)
TRIGGER = Trigger(id="clicked", pipeline="sales", stage="invoice", kind="link_clicked", name="Clicked")


def world(role: str = "admin") -> World:
    """Return a house with an admin, a telephone line and a trigger."""
    made = memory_world(engine=False)
    made.write(lambda tx: tx.put_user(replace(ANA, role=role)))
    made.write(lambda tx: tx.put_connection(Connection(id="line1", channel="telephony", adapter="simulated")))
    made.rule(NEVER_READ[0])
    made.write(lambda tx: tx.put_trigger(replace(TRIGGER, settings={"link": "https://loja.example/a"})))
    return made


def rule_of(made: World, rule_id: str) -> Rule:
    found: Rule = made.store.read(lambda reader: reader.house()).rules[rule_id]
    return found


async def still(pilot: Pilot[None]) -> None:
    """Let the cursors stand without blinking."""
    for line in pilot.app.screen.query(Input):
        line.cursor_blink = False
    for text in pilot.app.screen.query(TextField):
        text.cursor_blink = False
    await pilot.pause()


def frame(pilot: Pilot[None]) -> list[Strip]:
    """Return what the terminal shows."""
    return list(pilot.app.screen._compositor.render_strips(pilot.app.size))


class Person:
    """Somebody at the form: finds fields by their keys as a board file has them."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot

    @property
    def form(self) -> EditorScreen:
        return next(screen for screen in self.pilot.app.screen_stack if isinstance(screen, EditorScreen))

    @property
    def open(self) -> bool:
        return any(isinstance(screen, EditorScreen) for screen in self.pilot.app.screen_stack)

    async def begin(self, what: str) -> None:
        """Open a rule's or trigger's form."""
        app = app_of(self.pilot)
        opened = form.open_trigger(app, what) if what in app.desk.house.triggers else form.open_rule(app, what)
        app.run_worker(opened)
        await until(self.pilot, lambda: self.open and self.form.focused is not None)

    async def go(self, control: Widget) -> None:
        """Put the focus on a control."""
        control.focus()
        await until(self.pilot, lambda: control.has_focus)

    async def type(self, key: str, text: str) -> None:
        """Write into a field what is to stand there alone."""
        lines, texts = self.form.query(Line), self.form.query(TextField)
        control: Line | TextField = next(each for each in (*lines, *texts) if each.key == key)
        await self.go(control)
        control.clear()
        await self.pilot.press(*text)
        await self.pilot.pause()

    async def ask(self, key: str) -> None:
        """Press a field's knob."""
        await self.go(next(knob for knob in self.form.query(Knob) if knob.key == key and knob.place is None))
        await self.pilot.press("enter")
        await self.pilot.pause()

    async def choose(self, key: str, typed: str) -> None:
        """Choose what typing finds."""
        await self.ask(key)
        await until(self.pilot, lambda: isinstance(self.pilot.app.screen, Picker))
        await self.pilot.press(*typed, "enter")
        await until(self.pilot, lambda: self.pilot.app.screen is self.form)

    async def save(self) -> None:
        """Press the key that saves, and wait until the form is gone."""
        await self.pilot.press("ctrl+s")
        await until(self.pilot, lambda: not self.open)

    async def sees(self, *words: str) -> None:
        """Wait until words stand on the screen."""
        await until(self.pilot, lambda: all(each in screen_text(self.pilot) for each in words))


@pytest.mark.parametrize(
    ("name", "size", "language", "what"),
    [
        ("editor_rule_80x24", (80, 24), "en", "tracking-mail"),
        ("editor_rule_120x40", (120, 40), "en", "call-back"),
        ("editor_trigger_120x40_pt", (120, 40), "pt_BR", "clicked"),
    ],
)
async def test_what_the_form_looks_like(
    name: str, size: tuple[int, int], language: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    async with world().board(size=size) as pilot:
        await Person(pilot).begin(what)
        await still(pilot)
        assert_golden(name, frame(pilot))


async def test_a_rule_is_changed_by_keys_and_can_be_taken_back() -> None:
    made = world()
    async with made.board(size=(120, 40)) as pilot:
        person = Person(pilot)
        await person.begin("short-note")
        await person.sees("2 hours after the deal enters: send the client an SMS: “On its way”.")
        await person.type("settings.text", "Thanks")
        await person.choose("settings.phone", "mobile")
        await person.type("run.span", "30m")
        await person.choose("hours", "business")
        await person.sees("30 minutes after the deal enters, in business hours", "the mobile phone", "“Thanks”.")
        before = rule_of(made, "short-note")
        await person.save()
        after = rule_of(made, "short-note")
        assert after.settings == {**before.settings, "text": "Thanks", "phone": "mobile"}
        assert (str(after.run.span), after.hours) == ("30m", "business")
        assert (after.position, after.stage, after.enabled) == (before.position, before.stage, before.enabled)


async def test_what_is_wrong_stands_next_to_its_field_and_nothing_is_saved() -> None:
    made = world()
    async with made.board(size=(120, 40)) as pilot:
        person = Person(pilot)
        await person.begin("call-back")
        await person.type("settings.volume", "loud")
        await person.sees("a whole number stands here, not “loud”")
        await pilot.press("ctrl+s")
        assert person.open and rule_of(made, "call-back") == replace(
            NEVER_READ[0], revision=rule_of(made, "call-back").revision
        )
        focused = person.form.focused
        assert isinstance(focused, Line) and focused.key == "settings.volume"
        await person.type("settings.volume", "90")
        await until(pilot, lambda: "stands here, not" not in screen_text(pilot))
        await person.save()
        assert rule_of(made, "call-back").settings["volume"] == 90


async def test_a_text_or_an_audio_file_and_what_belongs_to_it() -> None:
    made = world()
    async with made.board(size=(120, 40)) as pilot:
        person = Person(pilot)
        await person.begin("call-back")
        either = next(key for key in person.form.draft.items if key.startswith(EITHER))
        await person.choose(either, "audio")
        await until(pilot, lambda: "Volume" not in screen_text(pilot))
        await person.sees("Audio file", "it is missing")
        await person.type("settings.play", "https://loja.example/hello.mp3")
        await person.save()
        settings = rule_of(made, "call-back").settings
        assert settings["play"] == "https://loja.example/hello.mp3" and "say" not in settings


async def test_what_would_not_work_is_asked_about_before_it_is_saved() -> None:
    made = world()
    async with made.board(size=(120, 40)) as pilot:
        person = Person(pilot)
        await person.begin("short-note")
        await person.type("settings.text", "{{ deal.nonsense }}")
        await pilot.press("ctrl+s")
        await person.sees("It would not work as it stands: what is red says why.")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is person.form)
        assert rule_of(made, "short-note").settings["text"] == "On its way"
        await pilot.press("ctrl+s")
        await person.sees("Save it all the same")
        await pilot.press("down", "enter")
        await until(pilot, lambda: not person.open)
        assert rule_of(made, "short-note").settings["text"] == "{{ deal.nonsense }}"


async def test_esc_asks_and_what_is_left_for_later_stands_there_again() -> None:
    made = world()
    async with made.board(size=(120, 40)) as pilot:
        person = Person(pilot)
        await person.begin("short-note")
        await pilot.press("escape")
        await until(pilot, lambda: not person.open)
        await person.begin("short-note")
        await person.type("settings.text", "Half a")
        await pilot.press("escape")
        await person.sees("Give up what you have filled in?")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is person.form)
        await pilot.press("escape")
        await person.sees("Leave it for later")
        await pilot.press(*"later", "enter")
        await until(pilot, lambda: not person.open)
        assert rule_of(made, "short-note").settings["text"] == "On its way"
        await person.begin("short-note")
        await person.sees("Half a", "What you had left unsaved stands here again.")
        await pilot.press("escape")
        await person.sees("Leave it for later")
        await pilot.press(*"give it up", "enter")
        await until(pilot, lambda: not person.open)
        await person.begin("short-note")
        assert person.form.draft.text("settings.text") == "On its way"
        assert app_of(pilot).settings.value(drafts.DRAFTS) is None


async def test_a_board_that_is_told_to_leave_keeps_what_was_being_written() -> None:
    made = world()
    async with made.board(size=(100, 30)) as pilot:
        person = Person(pilot)
        await person.begin("short-note")
        await person.type("settings.text", "Half a")
        settings = app_of(pilot).settings
    kept = Draft(rule_of(made, "short-note"), made.store.read(lambda reader: reader.house()))
    assert drafts.take(settings, kept) and kept.text("settings.text") == "Half a"


async def test_a_rule_that_somebody_else_has_changed_is_not_written_over() -> None:
    made = world()
    async with made.board(size=(120, 40)) as pilot:
        person = Person(pilot)
        await person.begin("short-note")
        await person.type("settings.text", "Mine")
        theirs = replace(rule_of(made, "short-note"), name="Theirs")
        made.write(automation.save_rule(theirs, "ana"))
        await pilot.press("ctrl+s")
        await person.sees("was changed elsewhere while you were editing it", "Mine")
        assert rule_of(made, "short-note").settings["text"] == "On its way"


async def test_a_manager_sees_the_form_and_cannot_change_it() -> None:
    made = world("manager")
    async with made.board(size=(80, 24)) as pilot:
        person = Person(pilot)
        await person.begin("short-note")
        await person.sees("only an admin changes rules and triggers", "On its way")
        await pilot.press("x", "ctrl+s", "escape")
        await until(pilot, lambda: not person.open)
        app_of(pilot).run_worker(form.add(app_of(pilot), "sales", "new"))
        await until(pilot, lambda: toasts(pilot)[-1:] == ["only an admin changes rules and triggers"])


async def test_several_values_are_chosen_and_taken_away_by_mouse_and_a_file_goes_into_the_store(tmp_path: Path) -> None:
    paper = tmp_path / "catalogue.pdf"
    paper.write_bytes(b"%PDF")
    made = world()
    async with made.board(size=(120, 48)) as pilot:
        person = Person(pilot)
        await person.begin("tracking-mail")
        await person.choose("settings.fallback", "company")
        await person.choose("settings.fallback", "another")
        assert person.form.draft.value("settings.fallback") == ["company", "type"]
        first = next(knob for knob in person.form.query(Knob) if knob.key == "settings.fallback" and knob.place == 0)
        first.scroll_visible(animate=False)
        await pilot.pause()
        await pilot.click(first, offset=(1, 0))
        await until(pilot, lambda: person.form.draft.value("settings.fallback") == ["type"])
        await person.ask("settings.attach.files")
        await pilot.press(*"this computer", "enter")
        await person.sees("Which file?")
        await pilot.press(*str(paper), "enter")
        await person.sees("✕ catalogue.pdf")
        await person.ask("settings.track_opens")
        await pilot.click("#create")
        await until(pilot, lambda: not person.open)
    settings = rule_of(made, "tracking-mail").settings
    assert settings["attach"] == {"files": ["catalogue.pdf"]} and settings["fallback"] == ["type"]
    assert settings["track_opens"] is False
    assert "catalogue.pdf" in made.store.read(lambda reader: reader.house()).files


async def test_a_condition_is_built_from_the_form() -> None:
    made = world()
    async with made.board(size=(120, 40)) as pilot:
        person = Person(pilot)
        await person.begin("short-note")
        person.form.draft.put("when", {"field": "deal.amount", "op": ">", "value": 5})
        await person.ask("when")
        await person.sees("Take it")
        await pilot.click("#over-back")
        await until(pilot, lambda: pilot.app.screen is person.form)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not person.open)
        assert rule_of(made, "short-note").when == {"field": "deal.amount", "op": ">", "value": 5}


# The catalogue --------------------------------------------------------------------------------------------------------


async def catalogue(pilot: Pilot[None], *, stage: str = "invoice") -> Catalogue:
    """Open the catalogue."""
    app = app_of(pilot)
    app.run_worker(form.add(app, "sales", stage))
    await until(pilot, lambda: isinstance(app.screen, Catalogue))
    await pilot.pause()
    assert isinstance(app.screen, Catalogue)
    return app.screen


@pytest.mark.parametrize(
    ("name", "size", "language"),
    [("catalogue_80x24", (80, 24), "en"), ("catalogue_120x40", (120, 40), "en"), ("catalogue_pt", (80, 24), "pt_BR")],
)
async def test_what_the_catalogue_looks_like(
    name: str, size: tuple[int, int], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    async with world().board(size=size) as pilot:
        await catalogue(pilot)
        await pilot.press("down")
        await still(pilot)
        assert_golden(name, frame(pilot))


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ([*"sms"], ["rule:sms", "rule:invite"]),
        (["tab", "tab", *"clicks"], ["trigger:link_clicked"]),
        (
            ["shift+tab", "shift+tab"],
            ["rule:call", "trigger:call_received", "trigger:call_missed", "trigger:call_made"],
        ),
        ([*"no such thing at all"], []),
    ],
)
async def test_kinds_are_found_by_typing_and_by_sort(keys: Sequence[str], shown: Sequence[str]) -> None:
    async with world().board(size=(100, 30)) as pilot:
        screen = await catalogue(pilot)
        assert screen.shown[0] == "rule:email" and len(screen.shown) > 25
        await pilot.press(*keys)
        await pilot.pause()
        assert set(shown) <= set(screen.shown) and len(screen.shown) <= len(shown) + 2


async def test_enter_takes_what_is_called_so_before_what_only_tells_of_it() -> None:
    async with world().board(size=(80, 24)) as pilot:
        person = Person(pilot)
        await catalogue(pilot)
        await pilot.press(*"sms", "enter")
        await until(pilot, lambda: person.open)
        assert person.form.draft.value("name") == "Send SMS to customer"


async def test_what_cannot_work_yet_says_so_and_what_to_do() -> None:
    async with world().board(size=(100, 30)) as pilot:
        person = Person(pilot)
        await catalogue(pilot)
        await pilot.press(*"invite")
        await person.sees("No Telegram channel is connected.", "funil apply FILE", "⚠")
        app_of(pilot).screen.query_one(Input).clear()
        await pilot.press(*"add comment")
        await until(pilot, lambda: "⚠" not in screen_text(pilot))


async def test_a_new_rule_is_added_to_its_stage_without_a_mouse() -> None:
    made = world()
    async with made.board(size=(80, 24)) as pilot:
        person = Person(pilot)
        await catalogue(pilot)
        await pilot.press(*"comment", "enter")
        await until(pilot, lambda: person.open and isinstance(person.form.focused, TextField))
        await pilot.press("ctrl+s")
        await person.sees("it is missing")
        assert person.open
        await pilot.press(*"Paid by {{ contact.name }}")
        await person.sees("As soon as the deal enters: note on the deal")
        await person.save()
    (rule,) = made.store.read(lambda reader: reader.house()).rules_by_stage["sales", "invoice"]
    assert (rule.kind, rule.name, rule.settings) == ("comment", "Add comment", {"text": "Paid by {{ contact.name }}"})


async def test_a_new_trigger_is_added_by_mouse() -> None:
    made = world()
    async with made.board(size=(120, 40)) as pilot:
        person = Person(pilot)
        screen = await catalogue(pilot)
        screen.query_one(Input).focus()
        await pilot.press(*"no activity")
        await pilot.click("#catalogue-list", offset=(4, 1))
        await until(pilot, lambda: person.open and person.form.focused is not None)
        await pilot.press("5")
        await person.choose("settings.after|unit", "days")
        await person.ask("back")
        await pilot.click("#create")
        await until(pilot, lambda: not person.open)
    triggers = made.store.read(lambda reader: reader.house()).triggers.values()
    (stale,) = [each for each in triggers if each.kind == "stale"]
    assert (stale.stage, stale.settings, stale.back) == ("invoice", {"after": "5d"}, True)
