"""The registry: every key has help, no key is dead, and what cannot be done says why."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from core.i18n import LANGUAGES, gettext
from tests.tui.app_world import app_of, memory_world, screen_text, toasts, until
from tui.actions import Scope
from tui.keys import key_name, keys_text
from tui.screens.help import help_text
from tui.verbs import REGISTRY

OPENING = {Scope.LOG: ("o",), Scope.PANEL: ("escape", "escape", "enter")}
BROWSERS_AND_TERMINALS = {"ctrl+z", "ctrl+w", "ctrl+t", "ctrl+n", "ctrl+m", "ctrl+i", "ctrl+h", "ctrl+j"}


def test_ids_are_unique_and_say_their_subject() -> None:
    ids = [action.id for action in REGISTRY]
    assert len(ids) == len(set(ids))
    assert [found for found in ids if not re.fullmatch(r"[a-z]+\.[a-z_]+", found)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_title_and_help(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    assert [action.id for action in REGISTRY if not action.binding.description or not action.help] == []


def test_the_help_is_written_in_portuguese_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    assert [action.id for action in REGISTRY if gettext(action.help) == action.help] == []


def test_no_key_stands_for_two_actions_in_one_place() -> None:
    for scope in (Scope.BOARD, Scope.LOG):
        keys = Counter(key for action in REGISTRY if action.scope in (scope, Scope.APP) for key in action.keys)
        assert [key for key, count in keys.items() if count > 1] == []


def test_keys_that_browsers_and_terminals_take_are_left_alone() -> None:
    assert {key for action in REGISTRY for key in action.keys} & BROWSERS_AND_TERMINALS == set()


def test_every_action_can_be_reached_by_a_key_or_by_its_name() -> None:
    assert [action.id for action in REGISTRY if not action.keys and not action.palette] == []


def test_bindings_carry_the_ids_by_which_users_remap_them() -> None:
    assert {binding.id for binding in REGISTRY.bindings()} == {action.id for action in REGISTRY if action.keys}


@pytest.mark.parametrize(
    ("key", "shown"),
    [("question_mark", "?"), ("shift+left", "shift+←"), ("ctrl+p", "ctrl+p"), ("asterisk", "*"), ("full_stop", ".")],
)
def test_keys_are_written_as_people_write_them(key: str, shown: str) -> None:
    assert key_name(key) == shown


async def test_the_help_screen_shows_every_key() -> None:
    world = memory_world()
    async with world.board(size=(120, 360)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: "Outbound log" in screen_text(pilot))
        shown = screen_text(pilot)
        assert [action.id for action in REGISTRY if action.help[:40] not in shown] == []
        assert "◔" in shown and "runs of rules that wait for their time" in shown, "signs on cards are explained"
        assert "esc closes" in shown
        await pilot.press("escape")
        assert len(pilot.app.screen_stack) == 1


@pytest.mark.parametrize("width", [40, 60, 80])
def test_long_help_goes_on_below_its_own_beginning(width: int) -> None:
    lines = str(help_text(REGISTRY, width)).splitlines()
    keys = max(len(keys_text(action.keys)) for action in REGISTRY) + 2
    assert any(line.startswith(" " * keys) for line in lines)
    assert max(len(line) for line in lines[:-1]) <= max(width, keys + 20)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("L", "There is no deal under the cursor."),
        ("m", "There is no deal under the cursor."),
        ("enter", "There is no deal under the cursor."),
        ("backslash", "Nothing is marked."),
        ("u", "There is no move to undo."),
    ],
)
async def test_what_cannot_be_done_says_why(key: str, reason: str) -> None:
    world = memory_world()
    async with world.board() as pilot:
        await pilot.press(key)
        assert toasts(pilot) == [reason]


async def test_the_only_pipeline_cannot_be_switched() -> None:
    world = memory_world()
    world.write(lambda tx: tx.archive("pipelines", ["service"]))
    async with world.board() as pilot:
        await pilot.press("p")
        assert toasts(pilot) == ["There is only one pipeline."]
        assert "▾" not in screen_text(pilot).splitlines()[0]


async def test_every_key_does_something_or_says_why_and_nothing_breaks() -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board() as pilot:
        for scope in (Scope.BOARD, Scope.LOG, Scope.PANEL):
            for action in REGISTRY:
                if action.id == "app.quit" or action.scope not in (scope, Scope.APP):
                    continue
                for key in action.keys:
                    app_of(pilot).board.focus()
                    await pilot.press(*OPENING.get(scope, ()), key)
                    if len(pilot.app.screen_stack) > 1:
                        await pilot.press("escape")
                    assert len(pilot.app.screen_stack) == 1, action.id
        await pilot.press("escape", "escape", "escape")
        assert app_of(pilot).board.has_focus


async def test_the_palette_finds_actions_pipelines_and_themes() -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board() as pilot:
        await pilot.press("ctrl+p", *"light")
        await until(pilot, lambda: "Theme: funil-light" in screen_text(pilot))
        await pilot.press("escape", "escape")
        await pilot.press("ctrl+p", *"service")
        await until(pilot, lambda: "Pipeline: Service" in screen_text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app_of(pilot).desk.pipeline_id == "service")
        assert "Asked" in screen_text(pilot)


async def test_keys_of_the_board_do_nothing_while_words_are_typed() -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board() as pilot:
        await pilot.press("slash", *"ulLHmq")
        assert app_of(pilot).filter_line.value == "ulLHmq"
        assert world.stage_of("Order 1001") == "new"


async def test_the_footer_shows_the_keys_of_where_the_focus_is() -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board() as pilot:
        assert "HL carry" in screen_text(pilot).splitlines()[-1]
        await pilot.press("o")
        await pilot.pause()
        last = screen_text(pilot).splitlines()[-1]
        assert "HL carry" not in last
        assert "newest" in last


async def test_a_click_on_the_footer_does_what_it_says() -> None:
    world = memory_world()
    async with world.board() as pilot:
        line = screen_text(pilot).splitlines()[-1]
        await pilot.click(offset=(line.index("new"), 35))
        await until(pilot, lambda: "Title" in screen_text(pilot) and "Amount" in screen_text(pilot))


def test_several_keys_make_one_short_text() -> None:
    assert keys_text(("h", "left")) == "h ←"


@pytest.mark.parametrize(("lang", "told"), [("en", "Nothing is called that."), ("pt_BR", "Nada tem esse nome.")])
async def test_the_palette_says_in_the_users_language_that_nothing_fits(
    lang: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", lang)
    async with memory_world().board() as pilot:
        await pilot.press("ctrl+p", *"qqzz")
        await until(pilot, lambda: told in screen_text(pilot))
        await pilot.press("escape", "escape")
        assert len(pilot.app.screen_stack) == 1
