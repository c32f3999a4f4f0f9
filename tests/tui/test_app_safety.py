"""Customers' text is data: it steers neither the terminal nor the app, wherever it is shown."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from core.model.people import Address, Contact
from core.plan import Plan
from core.ports import Tx
from core.words import Words
from tests.tui.app_world import World, app_of, memory_world, screen_text, toasts, until

TUI: Final = Path(__file__).resolve().parents[2] / "tui"
HOSTILE: Final = (
    "[@click=app.quit]Order[/]",
    "a[/]b [bold",
    "\x1b]52;c;ZXZpbA==\x07clip",
    "\x1b[2Jgone\x9b31m",
    "\u202egnp.exe\u2066",
    "{{ 7*7 }} {title} %s $foreground",
    "line\nbreak\r\ttab\x08back\x7fdel",
    "e\u0301" + "\u0301" * 30 + "\u200b\ufeff",
    "漢字" * 60,
    "🏴\U000e0067\U000e0062\U000e007f👨‍👩‍👧",
)
GROUPS: Final = 3
"""Several hostile texts stand in one name, so that each widget is drawn three times and not ten."""


@pytest.fixture(params=range(GROUPS))
def world(request: pytest.FixtureRequest) -> World:
    """A house whose customer, deal and rule are called something hostile."""
    bad = " ".join(HOSTILE[request.param :: GROUPS])
    world = memory_world()
    world.write(lambda tx: tx.put_contact(Contact(id="evil", name=bad, emails=(Address("WORK", "e@x.example"),))))
    made = world.deal("harmless", contacts=("evil",))

    def spoil(tx: Tx) -> None:
        """Put into the rows what no command would let in."""
        deal = tx.deal(made)
        assert deal
        after = replace(deal, title=bad, fields={"tracking": bad}, version=deal.version + 1)
        tx.apply(Plan(deals_changed=[(deal, after)]))

    world.write(spoil)
    return world


def harmless(pilot: object) -> bool:
    """Return whether the screen holds no character that steers a terminal."""
    text = screen_text(pilot)  # type: ignore[arg-type]
    return not any(
        (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 or char in "\u202e\u2066\u200b" for char in text
    )


async def test_hostile_text_is_shown_harmless_in_every_widget(world: World) -> None:
    async with world.board(size=(140, 40)) as pilot:
        assert harmless(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert harmless(pilot)
        await pilot.press("escape", "m")
        await pilot.pause()
        assert harmless(pilot)
        await pilot.press("escape", "full_stop")
        await pilot.pause()
        assert harmless(pilot)
        await pilot.press("escape", "n")
        await pilot.pause()
        assert harmless(pilot)
        await pilot.press("escape", "L")
        await until(pilot, lambda: "held" in screen_text(pilot))
        assert harmless(pilot)
        await pilot.press("o", "enter")
        await pilot.pause()
        assert harmless(pilot)
        await pilot.press("escape", "o", "o", "u")
        await until(pilot, lambda: bool(toasts(pilot)))
        await pilot.pause()
        assert harmless(pilot)
        assert pilot.app.is_running


async def test_hostile_notices_are_told_as_text() -> None:
    async with memory_world().board() as pilot:
        for bad in HOSTILE:
            app_of(pilot).live.bridge.notice(Words("{bad}", {"bad": bad}))
        await until(pilot, lambda: len(toasts(pilot)) == len(HOSTILE))
        await pilot.pause()
        assert harmless(pilot)
        assert "[@click=app.quit]Order[/]" in toasts(pilot)


# What the source must never do ----------------------------------------------------------------------------------------

WIDGETS: Final = {"Static", "Label", "Option", "Button", "update", "DiscoveryHit", "Hit"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call in the screen's modules with where it stands."""
    for path in sorted(TUI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(TUI)}:{node.lineno}", node


def name_of(call: ast.Call) -> str:
    """Return the called name without what it is called on."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_markup_is_never_switched_on() -> None:
    found = [
        where
        for where, call in calls()
        for keyword in call.keywords
        if keyword.arg == "markup" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]
    assert found == []
    assert [where for where, call in calls() if name_of(call) in ("from_markup", "render_markup")] == []


def test_toasts_say_that_they_hold_no_markup() -> None:
    found = [where for where, call in calls() if name_of(call) == "notify"]
    marked = [where for where, call in calls() if "markup" in {k.arg for k in call.keywords}]
    assert found
    assert set(found) <= set(marked)


def test_widgets_get_content_and_no_bare_text() -> None:
    """A ``str`` given to a widget is read as markup: only an empty literal may be one."""
    found = []
    for where, call in calls():
        first = call.args[0] if call.args else None
        if name_of(call) not in WIDGETS or first is None:
            continue
        empty = isinstance(first, ast.Constant) and first.value == ""
        text = isinstance(first, ast.JoinedStr | ast.Constant) or (
            isinstance(first, ast.Call) and name_of(first) in ("_", "gettext", "ngettext", "fill", "safe_text")
        )
        if text and not empty:
            found.append(where)
    assert found == []
