"""The builder of conditions at the screen: by keys and mouse, with values that fit their fields, read back in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pytest
from textual.screen import Screen
from textual.strip import Strip

from core import conditions
from core.conditions import editing, offering
from core.conditions.editing import Row
from tests.tui.app_world import World, screen_text
from tests.tui.editor_world import Over, editor_world, manner_of, over
from tests.tui.golden import assert_golden
from tui.editor import condition_lines, condition_values
from tui.editor.asking import Asker
from tui.editor.condition_lines import ADD, Stop
from tui.editor.condition_screen import ConditionScreen, Taken
from tui.panels.ask import Ask
from tui.panels.picker import Choice, Picker

LONG: Final[Any] = {
    "all": [
        {"field": "deal.amount", "op": ">", "value": 5000},
        {
            "any": [
                {"not": {"field": "contact.email", "op": "empty"}},
                {"field": "deal.stage", "op": "in", "value": ["new", "delivery"]},
                {"field": "event.subject", "op": "contains", "value": "[b]order[/b]"},
            ]
        },
        {"not": {"any": [{"field": "now", "op": "between", "value": ["22:00", "06:00"]}]}},
        {"field": "deal.fields.gone", "op": "=", "value": 1},
    ]
}


def builder(world: World, tree: Any = None) -> ConditionScreen:
    """Return the builder as the form opens it."""
    return ConditionScreen("Condition", tree, manner_of(world), ("subject", "from"))


def built(person: Over) -> Any:
    """Return the condition as it stands."""
    assert isinstance(person.screen, ConditionScreen)
    return person.screen.editor.condition


async def test_a_condition_is_built_by_keys_and_taken() -> None:
    world = editor_world()
    async with over(world, builder(world)) as person:
        assert "= always" in screen_text(person.pilot)
        await person.press("enter")
        await person.answer("amount")
        await person.answer("more than")
        await person.answer("5000.50")
        await person.back()
        assert built(person) == {"field": "deal.amount", "op": ">", "value": "5000.5"}
        await person.press("n")
        await person.answer("stage")
        await person.answer("one of")
        await person.picker()
        await person.press("enter", "down", "enter", "ctrl+s")
        await person.back()
        await person.press("exclamation_mark", "g")
        shown = screen_text(person.pilot)
        assert "any of these" in shown and "not Stage is one of New, Order delivery" in shown
        await person.press("a")
        await person.press("ctrl+s")
        await person.pilot.pause()
    (taken,) = person.answers
    assert taken == Taken(
        {
            "all": [
                {"field": "deal.amount", "op": ">", "value": "5000.5"},
                {"all": [{"not": {"field": "deal.stage", "op": "in", "value": ["new", "delivery"]}}]},
            ]
        }
    )
    house = manner_of(world).house
    assert conditions.check(taken.tree, house) == []


@pytest.mark.parametrize(
    ("field", "op", "answers", "value"),
    [
        ("weight", "is at least", ["1250.5"], "1250.5"),
        ("weight", "is between", ["1", "2"], [1, 2]),
        ("visit", "is after", ["+7"], "2026-12-08"),
        ("meeting", "is before", ["2026-12-24 9:30"], "2026-12-24T09:30"),
        ("Now", "is between", ["22:00", "6:00"], ["22:00", "06:00"]),
        ("gift", None, ["no"], False),
        ("machine", "is not", ["grinder"], "grinder"),
        ("helper", "is", ["ana"], "ana"),
        ("day of the week", "is", ["tuesday"], "tue"),
        ("constants.site", "contains", ["loja"], "loja"),
        ("event.amount", "is more than", ["50"], 50),
        ("Title", "is filled", [], None),
    ],
)
async def test_each_type_of_field_is_compared_with_what_fits_it(
    field: str, op: str | None, answers: Sequence[str], value: Any
) -> None:
    manner = manner_of(editor_world())
    person = Answering([*([op] if op else []), *answers])
    asker = Asker(person, manner, ("subject",))  # type: ignore[arg-type]
    chosen = await Asker(Answering([field]), manner).field("")  # type: ignore[arg-type]
    assert chosen is not None
    row: Row | None = offering.begun(chosen, manner.house)
    assert row is not None
    for piece in ("op", "value"):
        row = await asker.piece(row, piece)
        assert row is not None
    assert row.raw.get("value") == value and person.left == []
    assert conditions.check(row.raw, manner.house) == []


class Answering:
    """An app whose person answers each question with the next words: the first choice that has them, or the text."""

    def __init__(self, left: Sequence[str]) -> None:
        self.left = list(left)

    async def push_screen_wait(self, question: Screen[Any]) -> str:
        """Answer a question."""
        words = self.left.pop(0)
        if isinstance(question, Ask):
            assert question._why_not(words) is None
            return words
        assert isinstance(question, Picker)
        choices: list[Choice] = []
        question.show = choices.extend  # type: ignore[assignment]
        question.narrow(words)
        return choices[0].id


@pytest.mark.parametrize(
    ("path", "op", "typed", "says"),
    [
        ("deal.amount", ">", "much", "Not a number like 1,250.50."),
        ("deal.amount", ">", "", "Type what it is compared with."),
        ("deal.fields.visit", "=", "soon", "Not a day like 2026-12-08, “today”, or “+7”."),
        ("deal.created_at", "=", "2026-12-01 25:00", "“deal.created_at” is compared with a moment like"),
        ("event.x", ">", "b", "neither a number nor a date"),
    ],
)
def test_what_cannot_be_compared_is_said_while_it_is_typed(path: str, op: str, typed: str, says: str) -> None:
    manner = manner_of(editor_world())
    spec = condition_values.known(path, manner.house)
    assert spec is not None
    assert says in (condition_values.why_not(manner, spec, op)(typed) or "")


def test_a_range_goes_from_the_lesser_value_to_the_greater() -> None:
    manner = manner_of(editor_world())
    spec = condition_values.known("deal.amount", manner.house)
    assert spec is not None
    judge = condition_values.why_no_range(manner, spec, 10)
    assert judge("11") is None
    assert "from the lesser value to the greater one" in (judge("9") or "")


@pytest.mark.parametrize("language", ["en", "pt_BR"])
@pytest.mark.parametrize(
    ("path", "op", "value"),
    [
        ("deal.amount", ">", "5000.5"),
        ("deal.amount", ">", 5000),
        ("deal.fields.visit", "=", "2026-12-08"),
        ("deal.created_at", ">", "2026-12-01T14:30"),
        ("deal.created_at", ">", "09:00"),
        ("deal.title", "=", " a; b "),
        ("event.x", "in", [5, "a b"]),
    ],
)
def test_what_stands_in_the_line_means_the_value_it_was_made_of(
    monkeypatch: pytest.MonkeyPatch, language: str, path: str, op: str, value: Any
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    manner = manner_of(editor_world())
    spec = condition_values.known(path, manner.house)
    assert spec is not None
    assert condition_values.read(manner, spec, op, condition_values.typed(manner, spec, value)) == value


async def test_what_is_wrong_stands_next_to_its_comparison_and_keeps_the_condition_here() -> None:
    world = editor_world()
    tree = {"all": [{"field": "traking", "op": "=", "value": "x"}, {"field": "deal.stage", "op": "=", "value": "wonn"}]}
    async with over(world, builder(world, tree)) as person:
        shown = screen_text(person.pilot).splitlines()
        first = next(n for n, line in enumerate(shown) if "traking is" in line)
        assert "there is no field “traking”. Did you mean tracking?" in shown[first + 1]
        assert "there is no stage “wonn”. There are: won" in shown[first + 3]
        await person.press("ctrl+s")
        await person.pilot.pause()
        assert person.answers == [] and "not finished" in screen_text(person.pilot)
        await person.press("down", "enter")
        await person.answer("tracking")
        await person.back()
        await person.press("down", "delete")
        assert built(person) == {"all": [{"field": "deal.fields.tracking", "op": "=", "value": "x"}]}
        assert "= Tracking code is “x”" in screen_text(person.pilot)
        await person.press("u")
        assert len(built(person)["all"]) == 2
        await person.press("ctrl+r", "ctrl+s")
        await person.pilot.pause()
    assert [type(answer) for answer in person.answers] == [Taken]


async def test_the_mouse_does_the_same() -> None:
    world = editor_world()
    async with over(world, builder(world, LONG)) as person:
        await click(person, "is more than")
        await click(person, "is more than")
        await person.answer("at most")
        await person.back()
        assert built(person)["all"][0] == {"field": "deal.amount", "op": "<=", "value": 5000}
        await click(person, "any of these")
        await click(person, "any of these")
        assert "all" in built(person)["all"][1]
        await click(person, "+ comparison")
        await person.picker()
        await person.press("escape")
        await person.back()
        assert len(built(person)["all"]) == 4, "who gives up the field leaves nothing behind"


async def click(person: Over, words: str) -> None:
    """Click on the first words of that sort."""
    for y, line in enumerate(screen_text(person.pilot).splitlines()):
        if words in line:
            await person.pilot.click(offset=(line.index(words) + 1, y))
            await person.pilot.pause()
            return
    raise AssertionError(words)


async def test_what_has_changed_is_not_lost_by_accident() -> None:
    world = editor_world()
    async with over(world, builder(world, LONG)) as person:
        await person.press("down", "delete", "escape")
        await person.picker()
        await person.press("down", "down", "enter")
        await person.back()
        await person.press("escape")
        await person.picker()
        await person.press("down", "enter")
        await person.pilot.pause()
    assert person.answers == [None]


async def test_a_part_is_carried_through_groups() -> None:
    world = editor_world()
    async with over(world, builder(world, LONG)) as person:
        await person.press("down", "J")
        assert built(person)["all"][0]["any"][0] == LONG["all"][0]
        await person.press("K", "G")
        assert built(person) == LONG
        assert "There is no group around it." in [note.message for note in person.pilot.app._notifications]


@pytest.mark.parametrize(
    ("name", "language", "theme"),
    [("en", "en", "funil-dark"), ("pt_BR", "pt_BR", "funil-light")],
)
async def test_the_builder_looks_as_it_did(
    monkeypatch: pytest.MonkeyPatch, name: str, language: str, theme: str
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    world = editor_world()
    async with over(world, builder(world, LONG)) as person:
        person.pilot.app.theme = theme
        await person.pilot.pause()
        await person.press("down", "down", "down", "right")
        await person.pilot.pause()
        assert_golden(f"condition_80_{name}", frame(person))


def frame(person: Over) -> list[Strip]:
    """Return what is on the screen."""
    return person.screen._compositor.render_strips(person.pilot.app.size)


@pytest.mark.parametrize("width", [20, 38, 70])
def test_nothing_is_wider_than_its_room_and_every_part_can_be_reached(width: int) -> None:
    manner = manner_of(editor_world())
    laid = condition_lines.lay(editing.load(LONG), manner, width)
    assert max(sum(len(piece.text) for piece in line.pieces) for line in laid.lines) <= width
    at, seen = laid.stops[0], set()
    for _step in range(30):
        seen.add(at.path)
        at = condition_lines.step_down(laid.stops, at, 1)
    assert seen | {ADD} == {stop.path for stop in laid.stops} and at == Stop(ADD, "add")
    assert condition_lines.step_aside(laid.stops, Stop((2, 0), "value"), 1) == Stop((2, 0), "end")
