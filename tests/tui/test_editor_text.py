"""Writing a text at the screen: coloured, completed, judged while the typing rests, shown on a real deal."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from core import commands
from core.text_preview import Writing
from tests.tui.app_world import World, screen_text, toasts, until
from tests.tui.editor_world import Over, editor_world, manner_of, over
from tests.tui.golden import assert_golden
from tui import log_files
from tui.editor.samples import Samples
from tui.editor.text import TextEditor, TextScreen

MAIL = Writing("email", "body", html=True)
SMS = Writing("sms", "text", settings={"provider": "sms1"})
LETTER = """<p>Hello {{ contact.first_name }},</p>
{# checked #}
{% if deal.amount %}<p>{{ deal.amount | money }}: <b>{{ deal.title }}</b></p>{% endif %}
<p>Code {{ deal.fields.traking }} {{ deal.fields.tracking }}</p>"""


def telling_world() -> World:
    """Return a house with three deals in a stage, one of which has all that texts name."""
    world = editor_world()
    world.deal("Order 1003", stage="delivery", amount="19.90")
    world.deal("Order 1002", stage="delivery")
    first = world.deal("Order <1001>", stage="delivery", amount="7500")
    world.write(commands.set_fields(first, {"deal.fields.tracking": "BR123"}, "ana"))
    return world


def writing(world: World, text: str, what: Writing = SMS, stage: str = "delivery", pause: float = 0) -> TextScreen:
    """Return the text as the form opens it."""
    samples = Samples(world.store, "sales", stage)
    editor = TextEditor(text, what, manner_of(world).house, samples, ("subject",), pause=pause)
    return TextScreen("Text", editor)


def editor(person: Over) -> TextEditor:
    """Return the text on the screen."""
    assert isinstance(person.screen, TextScreen)
    return person.screen.editor


async def settled(person: Over) -> str:
    """Wait until everything is about the text as it stands, and return the screen."""
    await until(person.pilot, lambda: editor(person).settled)
    await person.pilot.pause()
    return screen_text(person.pilot)


async def test_the_text_is_shown_on_one_deal_after_the_other() -> None:
    world = telling_world()
    before = world.store.read(lambda reader: reader.cursor())
    text = "Order {{ deal.title }} {{ deal.fields.tracking }}"
    async with over(world, writing(world, text)) as person:
        shown = await settled(person)
        assert "Order Order <1001> BR123" in shown and "1 of 3" in shown
        assert "GSM-7 · 1 SMS · 24 of 200 characters" in shown
        assert "Empty among 3 deals: deal.fields.tracking (2)" in shown
        await person.press("f5")
        await until(person.pilot, lambda: "2 of 3" in screen_text(person.pilot))
        assert "Empty here: deal.fields.tracking" in await settled(person)
        await person.press("f6", "f6")
        await until(person.pilot, lambda: "3 of 3" in screen_text(person.pilot))
    assert world.store.read(lambda reader: reader.cursor()) == before, "nothing is stored"


async def test_a_stage_without_deals_takes_another_stages_and_no_deal_says_so() -> None:
    world = telling_world()
    async with over(world, writing(world, "{{ deal.title }}", stage="invoice")) as person:
        assert "(no deal in this stage; from Order delivery)" in await settled(person)
    empty = editor_world()
    async with over(empty, writing(empty, "{{ deal.title }}")) as person:
        await until(person.pilot, lambda: "no deal yet" in screen_text(person.pilot))
        await person.press("f5")
        await until(person.pilot, lambda: "There is no other deal to show it on." in toasts(person.pilot))


async def test_names_are_completed_while_they_are_typed() -> None:
    world = telling_world()
    async with over(world, writing(world, "")) as person:
        await person.press(*"Hi {{ tra")
        await until(person.pilot, lambda: "Tracking code" in screen_text(person.pilot))
        await person.press("enter")
        assert editor(person).value == "Hi {{ deal.fields.tracking }}"
        await person.press(*" {{cont", "down", "tab")
        assert editor(person).value == "Hi {{ deal.fields.tracking }} {{contact.name }}"
        await person.press(*" {{de", "escape", "enter")
        assert editor(person).value.endswith("{{de\n"), "enter is a line's end where nothing is offered"


async def test_a_field_is_picked_and_placeholders_are_converted() -> None:
    world = telling_world()
    async with over(world, writing(world, "{=Document:TITLE} ")) as person:
        assert "is a placeholder of Bitrix24" in await settled(person)
        await person.press("f9")
        picker = await person.picker()
        picker.query_one(Input).value = "visit"
        await person.pilot.pause()
        await person.press("enter")
        await person.back()
        assert editor(person).value == "{=Document:TITLE} {{ deal.fields.visit }}"
        await person.press("f8")
        assert editor(person).value == "{{ deal.title }} {{ deal.fields.visit }}"
        await person.press("f8")
        await until(person.pilot, lambda: "No placeholder of Bitrix24 stands in the text." in toasts(person.pilot))
        await person.press("ctrl+s")
        await person.pilot.pause()
    assert person.answers == ["{{ deal.title }} {{ deal.fields.visit }}"]


async def test_a_mail_is_shown_in_the_browser_as_it_would_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Path] = []

    def show(path: Path) -> bool:
        shown.append(path)
        return True

    monkeypatch.setattr(log_files, "show", show)
    world = telling_world()
    async with over(world, writing(world, "<p>{{ deal.title }}</p>", MAIL)) as person:
        await settled(person)
        await person.press("f7")
        await until(person.pilot, lambda: bool(shown))
        assert "&amp;lt;1001&amp;gt;" in shown[0].read_text(encoding="utf-8"), "escaped, and once more for the frame"
    async with over(world, writing(world, "x")) as person:
        await settled(person)
        await person.press("f7")
        await until(person.pilot, lambda: "Only a mail has HTML to show." in toasts(person.pilot))


async def test_nothing_is_rendered_while_somebody_types() -> None:
    world = telling_world()
    async with over(world, writing(world, "{{ deal.title }}", pause=0.15)) as person:
        await settled(person)
        found = editor(person)
        follows = (found.rendering, found.counting, found.area._judging_now)
        before = [each.rounds for each in follows]
        for _key in range(60):  # one after the other without a rest
            found.area.insert("x")
        await until(person.pilot, lambda: "x" * 60 in found.shown.text and found.settled)
        rounds = [each.rounds - was for each, was in zip(follows, before, strict=True)]
        assert all(1 <= each < 15 for each in rounds), rounds


async def test_what_was_written_is_not_lost_by_accident() -> None:
    world = telling_world()
    async with over(world, writing(world, "a")) as person:
        await person.press("b", "escape")
        await person.picker()
        await person.press("enter")
        await person.pilot.pause()
    assert person.answers == ["ab"]


@pytest.mark.parametrize("text", ["[@click=app.quit]x[/]", "a[/]b", "\x1b]52;c;x\x07"])
async def test_what_stands_in_text_and_deals_is_no_markup(text: str) -> None:
    world = telling_world()
    world.deal(text.replace("\x1b", "").replace("\x07", ""), stage="invoice")
    async with over(world, writing(world, text + "{{ deal.title }}", stage="invoice")) as person:
        shown = await settled(person)
        harmless = text.replace("\x1b", "�").replace("\x07", "�")
        assert harmless + "{{ deal.title }}" in shown
        assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("name", "size", "language", "what"),
    [
        ("text_80_en", (80, 24), "en", MAIL),
        ("text_80_pt_BR", (80, 24), "pt_BR", SMS),
        ("text_120_en", (120, 40), "en", MAIL),
    ],
)
async def test_writing_looks_as_it_did(
    monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int], language: str, what: Writing
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    world = telling_world()
    text = (
        LETTER
        if what is MAIL
        else "Olá {{ contact.first_name }}, código {{ deal.fields.tracking }}: {{ deal.fields.visit | date }}"
    )
    async with over(world, writing(world, text, what), size=size) as person:
        editor(person).area.cursor_blink = False
        await settled(person)
        assert_golden(name, person.screen._compositor.render_strips(person.pilot.app.size))
