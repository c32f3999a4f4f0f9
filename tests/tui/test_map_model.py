"""The map without a screen: what is in view, where a step leads, where things would land."""

from __future__ import annotations

import pytest

from core.automation_map import Survey
from core.commands.arranging import Key
from core.rule_ports import Counts
from tests.core.board_ground import HOUSE, Home
from tui.editor.map_model import HEAD, MapModel, Spot

MANY = (
    HOUSE
    + "    rules:\n"
    + "".join(f"      - {{id: r{n}, stage: new, kind: comment, settings: {{text: Hi}}}}\n" for n in range(9))
    + "    triggers:\n"
    + "".join(f"      - {{id: t{n}, stage: new, kind: payment}}\n" for n in range(2))
)
WIDTH, HEIGHT = 80, 16


@pytest.fixture(scope="module")
def house() -> Home:
    """A stage with two triggers and nine rules, and three empty ones."""
    return Home(MANY)


@pytest.fixture
def model(house: Home) -> MapModel:
    """The map of it, too low for all its cards."""
    found = MapModel()
    found.resize(WIDTH, HEIGHT)
    found.show(house.house, house.house.pipelines["sales"], Survey({"r0": Counts(done=1)}))
    return found


def rules(*numbers: int) -> tuple[Key, ...]:
    """Return keys of rules."""
    return tuple(("rule", f"r{n}") for n in numbers)


def row(model: MapModel, key: Key) -> int:
    """Return the line of the view at which a card begins."""
    column = model.columns[0]
    place = next(n for n, card in enumerate(column.cards) if card.key == key)
    return HEAD + column.first_row(place) - column.top


def test_triggers_stand_above_rules_and_the_cursor_stays_in_view(model: MapModel) -> None:
    assert [card.key[1] for card in model.columns[0].cards] == ["t0", "t1", *(f"r{n}" for n in range(9))]
    for _ in range(10):
        model.step(0, 1)
        assert model.card is not None
        assert HEAD <= row(model, model.card.key) <= HEIGHT - model.card.height
    assert model.key == ("rule", "r8")
    model.step(0, -100)
    assert (model.key, model.columns[0].top) == (("trigger", "t0"), 0)


def test_a_step_sideways_scrolls_the_stages(model: MapModel) -> None:
    model.put(0, 3)
    model.step(1, 0)
    assert (model.place, model.key) == (1, None)
    model.step(1, 0)
    model.step(1, 0)
    assert (model.place, model.shown) == (3, range(1, 4))
    model.step(-3, 0)
    assert (model.place, model.shown) == (0, range(3))


@pytest.mark.parametrize(
    ("chosen", "across", "down", "spot"),
    [
        (rules(0), 0, -1, None),
        (rules(1), 0, -1, Spot(0, "r0")),
        (rules(1, 2), 0, -1, Spot(0, "r0")),
        (rules(0), 0, 1, Spot(0, "r2")),
        (rules(7), 0, 1, Spot(0, None)),
        (rules(8), 0, 1, None),
        (rules(3), 1, 0, Spot(1, None)),
        (rules(3), -1, 0, None),
        ((("trigger", "t1"),), 0, -1, Spot(0, "t0")),
    ],
)
def test_where_a_step_carries(
    model: MapModel, chosen: tuple[Key, ...], across: int, down: int, spot: Spot | None
) -> None:
    model.go_to(chosen[0])
    model.marks = dict.fromkeys(chosen)
    assert model.carried(across, down) == spot


def test_where_a_drop_lands(model: MapModel) -> None:
    start, width = model.span(1)
    assert model.landing(rules(0), start + 1, 5) == Spot(1, None)
    assert model.landing(rules(0), 1, 0) == Spot(0, None)
    assert model.landing(rules(3), 1, row(model, ("rule", "r1"))) == Spot(0, "r1")
    assert model.landing(rules(1), 1, row(model, ("rule", "r1"))) == Spot(0, "r2")
    assert model.landing(rules(0), 1, row(model, ("trigger", "t0"))) == Spot(0, "r1")
    assert model.landing(rules(0), width * 4, 5) is None
    assert model.landing(rules(0), 1, HEIGHT) is None


def test_the_cursor_stays_on_its_card_and_marks_on_theirs(house: Home, model: MapModel) -> None:
    model.go_to(("rule", "r4"))
    model.marks = dict.fromkeys(rules(2, 5))
    before = house.house
    house.apply(
        "pipelines: [{id: sales, rules: [{id: r5, stage: won, kind: comment}, {id: r4, stage: new, kind: comment}]}]"
    )
    model.show(house.house, house.house.pipelines["sales"])
    assert (model.key, list(model.marks), model.chosen) == (("rule", "r4"), [("rule", "r5")], rules(5))
    model.show(before, before.pipelines["sales"])
    assert model.key == ("rule", "r4")
