"""Themes: every one can be chosen and is remembered, and on every one the board can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tests.tui.app_world import World, app_of, memory_world, screen_text, until
from tui import theme
from tui.board.colours import Palette, contrast, is_colour, mix, palette, readable, stage_colour
from tui.board.plain_colours import OwnColours
from tui.board.theming import Theming
from tui.settings import Settings

THEMES: Final = [theme.DARK, theme.LIGHT, *BUILTIN_THEMES.values()]
STAGES: Final = "#39A8EF #2FC6F6 #55D0E0 #47E4C2 #FFA900 #7BD500 #FF5752 #000000 #FFFFFF #777777".split()
SIXTEEN: Final = {"default", "bright_black", "red", "yellow", "green", "cyan", "blue", "magenta"}


@pytest.fixture
def world() -> World:
    """A house with some deals."""
    world = memory_world()
    for number in range(4):
        world.deal(f"Order {number}", amount="10")
    return world


async def palettes(world: World) -> dict[str, Palette]:
    """Return what the board makes of each theme, as the running app knows it."""
    found = {}
    async with world.board() as pilot:
        for look in THEMES:
            pilot.app.theme = look.name
            await pilot.pause()
            found[look.name] = Theming().take(pilot.app)
    return found


async def test_on_every_theme_what_is_read_can_be_read_and_every_stage_seen(world: World) -> None:
    found = await palettes(world)
    assert set(found) == {look.name for look in THEMES}
    for name, seen in found.items():
        grounds = (seen.ground, seen.raised, seen.high)
        for ink in (seen.text, seen.muted, seen.accent, seen.error, seen.warning):
            assert min(contrast(ink, each) for each in grounds) >= 4.4, (name, ink)
        for colour in [*STAGES, "no colour"]:
            assert min(contrast(stage_colour(colour, seen), each) for each in grounds) >= 2.9, (name, colour)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#777777", 1.0), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_what_wcag_says(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(expected, abs=0.01)


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert readable("#ffa900", ("#101010",), 3.0) == "#ffa900"
    assert readable("#ffa900", ("#ffffff",), 3.0) != "#ffa900"
    assert is_colour(readable("#ffffff", ("#ffffff",), 4.5))


def test_the_terminal_s_own_colours_never_meet_their_own_ground() -> None:
    seen = palette("#121212", "#e0e0e0", "#0178d4", "#ba3c5b")
    grounds = [seen.ground, seen.raised, seen.high, mix(seen.raised, seen.accent, 0.14)]
    inks = [seen.text, seen.muted, seen.faint, seen.accent, seen.error, seen.warning, *STAGES]
    cells = [Segment("x", Style(color=ink.lower(), bgcolor=ground)) for ink in inks for ground in grounds]
    for segment in OwnColours(seen).apply(cells, Color.parse(seen.ground)):
        assert segment.style is not None and segment.style.color is not None and segment.style.bgcolor is not None
        assert segment.style.bgcolor.name == "default"
        assert segment.style.color.name in SIXTEEN
        assert not segment.style.reverse or segment.style.color.name == "default"


async def test_without_colours_the_cursor_is_told_by_reversing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with world.board() as pilot:
        app = app_of(pilot)
        strips = app.screen._compositor.render_strips(app.size)
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        assert {style.color.name for style in styles if style.color} <= {"default"}
        assert {style.bgcolor.name for style in styles if style.bgcolor} <= {"default"}
        cells = [segment for strip in strips for segment in strip if segment.style and segment.style.reverse]
        reversed_text = "".join(segment.text for segment in cells)
        assert "Order 3" in reversed_text
        assert "Order 2" not in reversed_text
        await pilot.press("m")
        await until(pilot, lambda: "type to narrow" in screen_text(pilot))


async def test_a_theme_is_chosen_from_a_list_and_remembered(world: World, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    async with world.board(settings=Settings(file)) as pilot:
        await pilot.press("f4")
        await until(pilot, lambda: "type to narrow" in screen_text(pilot))
        await pilot.press(*"gruv", "enter")
        await until(pilot, lambda: pilot.app.theme == "gruvbox")
    async with world.board(settings=Settings(file)) as pilot:
        assert pilot.app.theme == "gruvbox"


@pytest.mark.parametrize("kept", ["nope", "", 5, None])
async def test_a_theme_that_is_not_there_keeps_no_board_from_opening(world: World, kept: object) -> None:
    settings = Settings()
    settings.keep(theme.THEME, kept)
    async with world.board(settings=settings) as pilot:
        assert pilot.app.theme == theme.DARK.name
