"""The board file's JSON Schema, with the settings of every kind that the catalogues find.

A key may be absent (it stays) or null (it is emptied), so no setting is required here although its kind may need it:
every file that ``apply`` takes is valid, not the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel

from core.boardfile.shape import BoardFile, ConnectionPart
from core.ports import AdapterFactory
from core.rules import catalogue as rule_kinds
from core.triggers import catalogue as trigger_kinds

_NULL: Final = {"type": "null"}
Named = tuple[str, type[BaseModel], dict[str, Any]]
"""What a model's settings belong to, the model, and what is said of it beside."""


def schema(adapters: AdapterFactory | None = None) -> dict[str, Any]:
    """Return JSON Schema 2020-12 of a board file; ``adapters`` add the settings of connections."""
    tree = BoardFile.model_json_schema(by_alias=True)
    definitions = tree["$defs"]
    _bind(definitions, "RulePart", "kind", _kinds(rule_kinds.kinds().values()))
    _bind(definitions, "TriggerPart", "kind", _kinds(trigger_kinds.kinds().values()))
    if adapters is not None:
        _bind(definitions, "ConnectionPart", "adapter", _adapters(adapters))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Funil board file", **tree}


def _kinds(kinds: Iterable[Any]) -> Iterator[Named]:
    for kind in kinds:
        yield kind.id, kind.Settings, {"title": kind.name, "description": kind.about}


def _adapters(adapters: AdapterFactory) -> Iterator[Named]:
    channels = get_args(get_args(ConnectionPart.model_fields["channel"].annotation)[0])
    for name in dict.fromkeys(name for channel in channels for name in adapters.names(channel)):
        model = adapters.settings_model(name)
        if model is not None:
            yield name, model, {}


def _bind(definitions: dict[str, Any], part: str, chosen_by: str, models: Iterable[Named]) -> None:
    """Bind ``settings`` to what ``chosen_by`` says: each model under a definition of its own."""
    known, bound = [], []
    for choice, model, said in models:
        name = f"{part}_{choice}"
        settings = _renamed(model.model_json_schema(by_alias=True), name)
        definitions |= {f"{name}_{inner}": each for inner, each in settings.pop("$defs", {}).items()}
        definitions[name] = _optional(settings) | said
        known.append(choice)
        bound.append(
            {
                "if": {"properties": {chosen_by: {"const": choice}}, "required": [chosen_by]},
                "then": {"properties": {"settings": {"anyOf": [{"$ref": f"#/$defs/{name}"}, _NULL]}}},
            }
        )
    target = definitions[part]
    optional = "anyOf" in target["properties"][chosen_by]
    target["properties"][chosen_by] = {"enum": [*known, None] if optional else known}
    target["allOf"] = bound


def _optional(settings: dict[str, Any]) -> dict[str, Any]:
    """Return a model's schema in which any setting may be absent or null, and without secrets."""
    shown = {name: each for name, each in settings.get("properties", {}).items() if not _secret(each)}
    free = {name: _or_null(each) for name, each in shown.items()}
    return {key: each for key, each in settings.items() if key != "required"} | {"properties": free}


def _or_null(each: dict[str, Any]) -> dict[str, Any]:
    if "enum" in each:
        return {**{key: value for key, value in each.items() if key != "type"}, "enum": [*each["enum"], None]}
    if isinstance(each.get("type"), str):
        return {**each, "type": [each["type"], "null"]}
    if "anyOf" in each:
        return each if _NULL in each["anyOf"] else {**each, "anyOf": [*each["anyOf"], _NULL]}
    beside = {key: value for key, value in each.items() if key != "$ref"}
    return {**beside, "anyOf": [{"$ref": each["$ref"]}, _NULL]} if "$ref" in each else each


def _secret(each: Mapping[str, Any]) -> bool:
    return bool(each.get("writeOnly")) or any(_secret(choice) for choice in each.get("anyOf", ()))


def _renamed(node: Any, name: str) -> Any:
    """Point references at the names that a kind's inner definitions have in the whole."""
    if isinstance(node, dict):
        return {
            k: v.replace("#/$defs/", f"#/$defs/{name}_") if k == "$ref" and isinstance(v, str) else _renamed(v, name)
            for k, v in node.items()
        }
    return [_renamed(v, name) for v in node] if isinstance(node, list) else node
