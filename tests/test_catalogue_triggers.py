"""A new trigger kind is one file: schema, apply, lint and export know it at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import planting
from tests.proof.ground import Funil, board

RAIN = '''
"""It rains where the client lives."""

from collections.abc import Iterable

from pydantic import Field

from core.rules.base import Finding, Settings
from core.triggers.base import TriggerKind
from core.words import Words


class RainSettings(Settings):
    """Where, and how much."""

    place: str = Field(min_length=2, title="Place")
    millimetres: int = Field(default=5, ge=1, title="At least")


class Rain(TriggerKind[RainSettings]):
    """It rains."""

    id = "rain"
    name = "Rain"
    about = "Fires when it rains."
    group = "deal"
    Settings = RainSettings
    listens = frozenset({"weather"})
    closed_deals = True

    def sentence(self, settings) -> Words:
        """Say it."""
        return Words("{mm} mm of rain in {place}", {"mm": settings.millimetres, "place": settings.place})

    def lint(self, settings, house) -> Iterable[Finding]:
        """Find a desert."""
        if settings.place == "Atacama":
            yield Finding("place", Words("it never rains in {place}", {"place": settings.place}), error=False)
'''


@pytest.fixture(autouse=True)
def _rain(tmp_path: Path) -> Iterator[None]:
    with planting.trigger_kind(tmp_path / "kinds", "rain", RAIN):
        yield


def with_trigger(settings: str, stage: str = "delivery", keys: str = "") -> str:
    trigger = f"    triggers: [{{id: t, stage: {stage}, kind: rain{keys}, settings: {settings}}}]\n"
    return board(more=trigger)


def test_schema_has_its_settings(tmp_path: Path) -> None:
    schema = json.loads(Funil(tmp_path)("schema"))
    assert "rain" in schema["$defs"]["TriggerPart"]["properties"]["kind"]["enum"]
    assert set(schema["$defs"]["TriggerPart_rain"]["properties"]) == {"place", "millimetres"}
    assert schema["$defs"]["TriggerPart_rain"]["description"] == "Fires when it rains."


def test_apply_takes_it_and_export_has_it(tmp_path: Path) -> None:
    funil = Funil(tmp_path, with_trigger("{place: Recife}"))
    exported = funil("export")
    assert "kind: rain" in exported
    assert "name: Rain" in exported
    assert "place: Recife" in exported
    assert json.loads(funil.apply(exported, "--json"))["changes"] == []


@pytest.mark.parametrize(
    ("settings", "sentence"), [("{place: X}", "place"), ("{}", "place"), ("{place: Rio, wet: 1}", "wet")]
)
def test_apply_refuses_settings_that_its_model_does_not_take(settings: str, sentence: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path)
    assert funil.apply(with_trigger(settings), status=1) == ""
    assert sentence in funil.notices
    assert "board.yaml:" in funil.notices


def test_lint_tells_what_it_finds_and_that_it_could_never_fire(tmp_path: Path) -> None:
    funil = Funil(tmp_path, with_trigger("{place: Atacama}", stage="new"))
    found = {t["place"]: (t["problem"], t["error"]) for t in funil.json("lint")}
    assert found["trigger t, settings.place"] == ("it never rains in Atacama", False)
    assert any("can never fire" in problem for problem, _ in found.values())


def test_it_can_be_switched_off_renamed_and_conditioned(tmp_path: Path) -> None:
    keys = ', name: Wet, enabled: false, back: true, as: rui, when: {field: deal.amount, op: ">", value: 5}'
    funil = Funil(tmp_path, with_trigger("{place: Recife}", keys=keys))
    exported = funil("export")
    for part in ("name: Wet", "enabled: false", "back: true", "as: rui", "field: deal.amount"):
        assert part in exported
    assert json.loads(funil.apply(exported, "--json"))["changes"] == []
