"""The user's own keys: what a file gives, what it takes, and in words what is wrong with it."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key, format_key

from tests.tui.app_world import memory_world, screen_text, toasts, until
from tui import keymap, keys
from tui.actions import Scope
from tui.keymap import Keymap
from tui.screens.help import HelpScreen
from tui.verbs import REGISTRY


def read(folder: Path, text: str | bytes) -> Keymap:
    path = folder / "keys.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return keymap.load(path, REGISTRY)


def told(found: Keymap) -> list[str]:
    return [words.english() for words in found.troubles]


@pytest.mark.parametrize("char", [char for char in string.printable if char.isprintable() and char != " "])
def test_every_character_is_called_what_the_terminal_library_calls_it(char: str) -> None:
    assert keys.of_character(char) == keys.parse(char) == _character_to_key(char)
    assert keys.key_name(_character_to_key(char)) == format_key(_character_to_key(char)) == char


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("?", "question_mark"),
        ("question_mark", "question_mark"),
        ("Esc", "escape"),
        ("page up", "pageup"),
        ("F5", "f5"),
        ("ctrl+p", "ctrl+p"),
        ("Ctrl+P", "ctrl+p"),
        ("shift+ctrl+left", "ctrl+shift+left"),
        ("shift+m", "M"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        (" ", "space"),
        ("ção", None),
        ("", None),
        ("hyper+x", None),
        ("f99", None),
        ("ctrl+", None),
    ],
)
def test_a_key_is_read_as_people_write_it(written: str, key: str | None) -> None:
    assert keys.parse(written) == key


@pytest.mark.parametrize("action", list(REGISTRY), ids=lambda action: action.id)
def test_every_key_shown_can_be_written_back(action: Any) -> None:
    arrows = {"←": "left", "→": "right", "↑": "up", "↓": "down"}
    for key in action.keys:
        shown = keys.key_name(key)
        for sign, name in arrows.items():
            shown = shown.replace(sign, name)
        assert keys.parse(shown) == key


@pytest.mark.parametrize(
    ("text", "action", "expected"),
    [
        ('"deal.move" = "M"', "deal.move", ("M",)),
        ('deal.move = "M"', "deal.move", ("M",)),
        ('"log.focus" = ["o", "f9"]', "log.focus", ("o", "f9")),
        ('"app.quit" = []', "app.quit", ()),
        ('"deal.move" = "r"', "deal.rules", ()),
        ('"deal.move" = "r"', "log.retry", ("r",)),
        ('"board.down" = "h"', "board.left", ("left",)),
        ('"app.quit" = "j"', "log.down", ("down",)),
    ],
)
def test_a_file_gives_keys_and_takes_them_from_others_in_the_same_place(
    tmp_path: Path, text: str, action: str, expected: tuple[str, ...]
) -> None:
    assert read(tmp_path, f"[keys]\n{text}\n").registry[action].keys == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[keys]\n"deal.mvoe" = "x"', "keys.toml: there is no action “deal.mvoe”: did you mean “deal.move”?"),
        ('[keys]\n"zzz" = "x"', "keys.toml: there is no action “zzz”: “funil keys” lists them"),
        ('[keys]\n"deal.move" = 5', "keys.toml: “deal.move” is to be a key or a list of keys"),
        ('[keys]\n"deal.move" = "hyper+x"', "keys.toml: “hyper+x” for “deal.move” is no key"),
        (
            '[keys]\n"deal.move" = "ctrl+z"',
            "keys.toml: “deal.move” cannot have “ctrl+z”: terminals stop the program with it",
        ),
        (
            '[keys]\n"deal.move" = "x"\n"app.quit" = "x"',
            "keys.toml: “x” stands for “deal.move” and for “app.quit”: the first one has it",
        ),
        (
            '[keys]\n"deal.move" = "r"',
            "keys.toml: “r” is “deal.move” now, and “deal.rules” has no key any more",
        ),
        ('keys = "x"', "keys.toml: [keys] is to be a table of actions and their keys"),
        ('[kyes]\n"deal.move" = "x"', "keys.toml: “kyes” means nothing there; keys stand under [keys]"),
    ],
)
def test_what_is_wrong_is_said_in_words(tmp_path: Path, text: str, sentence: str) -> None:
    assert told(read(tmp_path, text)) == [sentence]


@pytest.mark.parametrize("text", ["[keys", b"\xff\xfe", "a = " + "[" * 5000, "x" * 200_000, "\0"])
def test_a_file_that_cannot_be_read_leaves_every_key_as_it_comes(tmp_path: Path, text: str | bytes) -> None:
    found = read(tmp_path, text)
    assert found.registry is REGISTRY
    assert len(told(found)) == 1
    assert told(found)[0].startswith("keys.toml cannot be read")


def test_no_file_and_a_folder_in_its_place_keep_nothing_from_opening(tmp_path: Path) -> None:
    assert keymap.load(tmp_path / "none" / "keys.toml", REGISTRY).troubles == ()
    assert len(keymap.load(tmp_path, REGISTRY).troubles) == 1


IDS = st.sampled_from([action.id for action in REGISTRY])
KEYS = st.lists(st.sampled_from(["a", "b", "j", "f9", "enter", "ctrl+x", "?"]), max_size=3)


@given(st.dictionaries(IDS, KEYS, max_size=8))
def test_no_key_ever_stands_for_two_actions_in_one_place(asked: dict[str, list[str]]) -> None:
    reading = keymap._Reading(REGISTRY, {"keys": asked})
    found = REGISTRY.remapped(reading.keys())
    for scope in (Scope.BOARD, Scope.LOG):
        held = [key for action in found if action.scope in (scope, Scope.APP) for key in action.keys]
        assert len(held) == len(set(held))
    for name, written in asked.items():
        lost = {keys.parse(text) for text in written} - set(found[name].keys)
        assert not lost or any(name in words.english() for words in reading.troubles)


async def test_the_board_obeys_the_file_everywhere(tmp_path: Path) -> None:
    world = memory_world()
    world.deal("Order 1001")
    own = read(tmp_path, '[keys]\n"deal.move" = "f9"\n"deal.right" = "f8"\n"app.quit" = []\n"deal.new" = "W"\n')
    async with world.board(keymap=own) as pilot:
        assert "f9 move" in screen_text(pilot).splitlines()[-1]
        assert "f8 carry" in screen_text(pilot).splitlines()[-1]
        await pilot.press("m", "q")
        assert len(pilot.app.screen_stack) == 1
        await pilot.press("f9")
        await until(pilot, lambda: "Move “Order 1001” to …" in screen_text(pilot))
        await pilot.press("escape", "full_stop")
        await until(pilot, lambda: "Move to stage…" in screen_text(pilot))
        line = next(line for line in screen_text(pilot).splitlines() if "Move to stage…" in line)
        assert "f9" in line
        await pilot.press("escape", "f8")
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")


async def test_complaints_are_told_at_start_and_stay_in_help(tmp_path: Path) -> None:
    world = memory_world()
    own = read(tmp_path, '[keys]\n"deal.mvoe" = "x"\n"deal.oepn" = "y"\n"deal.new" = "W"\n')
    async with world.board(keymap=own) as pilot:
        first = "keys.toml: there is no action “deal.mvoe”: did you mean “deal.move”?"
        assert toasts(pilot) == [f"{first}\n1 more complaint: see help (?)"]
        assert "Press W to make the first one." in screen_text(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("end")
        await until(pilot, lambda: "did you mean “deal.open”?" in screen_text(pilot))
        assert str(own.path)[:40] in screen_text(pilot)
