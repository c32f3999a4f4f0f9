"""What stands around and over the board can be read, not only seen: by its colours in each of Textual's themes, and as
it comes to the screen in those that were hardest."""

from __future__ import annotations

from typing import Any, Final

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip
from textual.theme import BUILTIN_THEMES, Theme

from tests.tui.album_world import telling_world
from tests.tui.app_world import World, app_of, until
from tests.tui.panel_world import DealDriver
from tests.tui.test_themes import THEMES
from tui.board.colours import READ, SEEN, contrast, mix
from tui.theme import DARK, LIGHT, legible

LOOKS: Final = (DARK, LIGHT, BUILTIN_THEMES["textual-light"], BUILTIN_THEMES["tokyo-night"])
INKS: Final = ("foreground", "primary", "accent", "success", "warning", "error", "muted", "faint")
GROUNDS: Final = ("background", "surface", "panel")
DRAWN: Final = " ─│╭╮╰╯▌▐┃▁▔▾▸━╌▎▏▊▕═▇▆▅▄▃▂"
"""Lines, bars and the signs for folding, that nobody reads."""


@pytest.fixture(scope="module")
def world() -> World:
    """A house in which there is something to say in every colour."""
    return telling_world()


async def open_deal(pilot: Pilot[Any]) -> None:
    await DealDriver(pilot).open()
    await pilot.press("3")


async def open_list(pilot: Pilot[Any]) -> None:
    await pilot.press("f", "down")


async def open_menu(pilot: Pilot[Any]) -> None:
    await pilot.press("full_stop")


async def open_form(pilot: Pilot[Any]) -> None:
    await pilot.press("n", "enter")


async def open_message(pilot: Pilot[Any]) -> None:
    await pilot.press("o", "enter")


PLACES: Final = {
    "": open_deal,
    "#picker": open_list,
    "#menu": open_menu,
    "#form": open_form,
    "#message-box": open_message,
}


def rows(app: App[Any]) -> list[Strip]:
    """Return what the terminal shows."""
    return [row.crop(0, app.size.width) for row in app.screen._compositor.render_strips(app.size)]


def hard_to_read(pilot: Pilot[Any], place: str) -> list[tuple[str, str, str]]:
    """Return the words that cannot be read: text, ink and ground; what is off need only be seen."""
    app = pilot.app
    region = app.screen.query_one(place).region if place else app.screen.region
    off = app.theme_variables["faint"].lower()
    found = []
    for row in rows(app)[region.y : region.bottom]:
        for text, look, _ in row.crop(region.x, region.right):
            if look is None or look.color is None or look.bgcolor is None or not text.strip(DRAWN):
                continue
            ink, ground = (each.get_truecolor().hex for each in (look.color, look.bgcolor))
            if contrast(ink, ground) < (SEEN if ink == off else READ) - 0.2:
                found.append((text, ink, ground))
    return found


@pytest.mark.parametrize("place", PLACES, ids=[act.__name__ for act in PLACES.values()])
async def test_every_word_can_be_read_in_every_theme(world: World, place: str) -> None:
    async with world.board(size=(100, 30)) as pilot:
        await until(pilot, lambda: len(app_of(pilot).log_view.rows.lines) > 4)
        await PLACES[place](pilot)
        if place:
            await until(pilot, lambda: bool(pilot.app.screen.query(place)))
        for look in LOOKS:
            pilot.app.theme = look.name
            await pilot.pause()
            assert hard_to_read(pilot, place) == [], look.name


@pytest.mark.parametrize("look", [look for look in THEMES if not look.ansi], ids=lambda look: str(look.name))
def test_every_ink_can_be_read_on_every_ground_of_every_theme(look: Theme) -> None:
    found = legible({**look.to_color_system().generate(), **look.variables})
    colours = {name: found[name][:7] for name in (*INKS, *GROUNDS)}
    chosen = mix(colours["surface"], colours["primary"], 0.2)
    for ink in INKS:
        least = SEEN if ink == "faint" else READ
        for ground in (*(colours[name] for name in GROUNDS), chosen):
            assert contrast(colours[ink], ground) >= least - 0.2, (ink, ground)


def test_a_theme_in_the_terminal_s_own_colours_keeps_them() -> None:
    before = BUILTIN_THEMES["ansi-dark"].to_color_system().generate()
    after = legible(before)
    assert {name: after[name] for name in before} == before
    assert after["muted"] == after["faint"] == before["foreground"]
