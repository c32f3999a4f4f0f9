"""The published schema: it takes every board file that ``apply`` takes, and knows each kind's settings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.registry import Registry
from core.boardfile import dump, yaml12
from core.boardfile.types import plain
from core.rules import catalogue as rule_kinds
from core.schema import schema
from core.triggers import catalogue as trigger_kinds
from data import demo
from tests.core.board_ground import CONTRACT, FULL, HOUSE, Home
from tests.core.json_schema import problems
from tests.core.test_applying_things import NULLS
from tests.core.test_exporting import houses

SCHEMA = schema(Registry())


def wrong(text: str) -> list[str]:
    return problems(plain(yaml12.load(text, "f")), SCHEMA, SCHEMA)


@pytest.mark.parametrize("text", [CONTRACT, FULL, HOUSE], ids=["contract", "full", "house"])
def test_known_files_are_valid(text: str) -> None:
    assert wrong(text) == []
    assert wrong(Home(text).export()) == []


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_the_demos_house_is_valid(language: str) -> None:
    assert wrong((Path(demo.FOLDER) / f"demo.{language}.yaml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("what", NULLS)
def test_null_is_valid_wherever_it_empties(what: str) -> None:
    assert wrong(NULLS[what][0]) == []


@given(houses())
@settings(max_examples=20)
def test_every_export_is_valid(tree: dict[str, Any]) -> None:
    tree["connections"] = [{"channel": "sms", **each} for each in tree["connections"]]
    assert wrong(Home(dump(tree)).export()) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("funil: 2", ".funil"),
        ("pipline: []", ".pipline"),
        ("deals: {}", ".deals"),
        ("deals: [{title: x}]", ".deals[0].id"),
        ("company: {grace: soon}", ".company.grace"),
        ("users: [{id: a, role: boss}]", ".users[0].role"),
        ("connections: [{id: a, adapter: simulatd}]", ".connections[0].adapter"),
        ("connections: [{id: a, adapter: smtp, settings: {hst: x}}]", ".connections[0].settings"),
        ("pipelines: [{id: p, stages: [{id: s, color: red}]}]", ".pipelines[0].stages[0].color"),
        ("pipelines: [{id: p, rules: [{id: r, stage: s, kind: emial}]}]", ".pipelines[0].rules[0].kind"),
        ("pipelines: [{id: p, rules: [{id: r, stage: s, kind: sms, run: later}]}]", ".pipelines[0].rules[0].run"),
        ("pipelines: [{id: p, rules: [{id: r, stage: s, kind: sms, settings: {body: x}}]}]", ".rules[0].settings"),
        ("pipelines: [{id: p, triggers: [{id: t, stage: s, kind: stale, settings: {x: 1d}}]}]", "[0].settings"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(text: str, where: str) -> None:
    assert any(where in problem for problem in wrong(text))


@pytest.mark.parametrize("part", ["RulePart", "TriggerPart"])
def test_each_kinds_settings_are_there_with_names_and_what_they_mean(part: str) -> None:
    kinds: Mapping[str, Any] = rule_kinds.kinds() if part == "RulePart" else trigger_kinds.kinds()
    assert SCHEMA["$defs"][part]["properties"]["kind"] == {"enum": list(kinds)}
    for kind in kinds.values():
        found = SCHEMA["$defs"][f"{part}_{kind.id}"]
        assert (found["title"], found["description"]) == (kind.name, kind.about)
        names = {info.alias or name: info for name, info in kind.Settings.model_fields.items()}
        assert set(found["properties"]) == set(names)
        for name, info in names.items():
            shown = found["properties"][name]
            assert shown["title"] == info.title
            assert shown.get("description") == info.description


def test_adapters_settings_are_there_but_for_their_secrets() -> None:
    assert set(SCHEMA["$defs"]["ConnectionPart"]["properties"]["adapter"]["enum"]) >= {
        "simulated",
        "simulated_telegram",
        "smtp",
        None,
    }
    smtp = SCHEMA["$defs"]["ConnectionPart_smtp"]["properties"]
    assert "host" in smtp
    assert "password" not in smtp
    assert "ConnectionPart_smtp" not in schema()["$defs"]
    for adapter in ("simulated", "simulated_telegram", "smtp"):
        rate = SCHEMA["$defs"][f"ConnectionPart_{adapter}"]["properties"]["per_minute"]
        assert rate["title"] == "Messages a minute"


def test_every_reference_leads_somewhere_and_all_of_it_is_json() -> None:
    tree = json.loads(json.dumps(SCHEMA))
    assert tree["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert all(reference.removeprefix("#/$defs/") in tree["$defs"] for reference in references(tree))


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    for each in node if isinstance(node, list) else ():
        yield from references(each)
