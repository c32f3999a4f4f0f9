"""The Portuguese catalogue holds exactly what the program says, all of it translated, and English needs none."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from pydantic import BaseModel

from adapters.registry import Registry
from core import i18n, log_filter
from core.fields.paths import BUILTIN
from core.model.delivery import Channel
from core.rules import catalogue as rules
from core.triggers import catalogue as triggers
from core.words import Words, load
from tui import reasons, verbs
from tui.actions import SCOPE_TITLES
from tui.panels import deal_sheet

ROOT: Final = Path(__file__).parents[1]
HOUSE: Final = ("core", "adapters", "data", "tui")
PO: Final = ROOT / "core/locale/pt_BR/LC_MESSAGES/funil.po"
MO: Final = PO.with_suffix(".mo")
PLACE: Final = re.compile(r"\{%.*?%\}|\{[^{}]*\}|%\(\w+\)[rs]|%[rsd]")
MARKERS: Final = {"_": 1, "N_": 1, "gettext": 1, "ngettext": 2}
AGAIN: Final = "run `make messages` and translate what is new"

Id = str | tuple[str, ...]


@cache
def said() -> frozenset[Id]:
    """Return every text that the code marks for translation; a plural is a pair."""
    found: set[Id] = set()
    for folder in HOUSE:
        for _file, _line, message, _comments, _context in extract_from_dir(ROOT / folder):
            found.add(message)
    found |= {message for _line, message, *_ in extract_from_file("python", ROOT / "funil.py")}
    return frozenset(found)


@cache
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file)


def entries() -> Iterator[Message]:
    return (message for message in catalogue() if message.id)


def forms(text: Any) -> tuple[str, ...]:
    """Return a message's id or translation as its forms: one, or singular and plural."""
    return tuple(text) if isinstance(text, list | tuple) else (text,)


def pairs() -> Iterator[tuple[str, str]]:
    """Yield each text beside its translation."""
    for message in entries():
        yield from zip(forms(message.id), forms(message.string), strict=True)


def translated(text: str) -> bool:
    message = catalogue().get(text)
    return message is not None and all(forms(message.string))


def untranslated(texts: Iterator[str]) -> list[str]:
    return sorted({text for text in texts if not translated(text)})


@pytest.fixture(params=["en", "pt_BR"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FUNIL_LANG", request.param)
    return str(request.param)


# The catalogue against the code ---------------------------------------------------------------------------------------


def test_the_extraction_sees_every_part_of_the_house() -> None:
    assert len(said()) > 800
    assert {"Undo", "Send SMS to customer", "print one JSON document", "the deal was removed"} <= said()
    assert ("{n} deal", "{n} deals") in said()


def marked(source: str) -> Iterator[str]:
    """Yield each text that stands in a call of a marker, wherever the call stands; a computed one as its source."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS):
            continue
        for text in node.args[: MARKERS[node.func.id]]:
            if isinstance(text, ast.Constant):
                yield str(text.value)
            elif isinstance(text, ast.JoinedStr) or node.func.id == "N_":
                yield ast.unparse(text)


def test_no_text_hides_from_the_extraction() -> None:
    """A marker inside an f-string, or around one, is not extracted."""
    seen = {form for message in said() for form in forms(message)} | {""}
    sources = [path for folder in HOUSE for path in sorted((ROOT / folder).rglob("*.py"))]
    hidden = [(path.name, text) for path in sources for text in marked(path.read_text("utf-8")) if text not in seen]
    assert hidden == []


def test_the_catalogue_holds_every_text_of_the_program() -> None:
    known = {message.id for message in entries()}
    assert sorted(map(str, said() - known)) == [], AGAIN


def test_the_catalogue_holds_nothing_that_is_no_longer_said() -> None:
    assert sorted(str(message.id) for message in entries() if message.id not in said()) == [], AGAIN
    assert not catalogue().obsolete, AGAIN


def test_every_text_is_translated() -> None:
    assert [one for one, other in pairs() if not other] == [], AGAIN


def test_no_translation_is_a_guess() -> None:
    assert [message.id for message in entries() if message.fuzzy] == []


def test_the_compiled_catalogue_is_the_one_that_people_read() -> None:
    compiled = BytesIO()
    write_mo(compiled, catalogue())
    assert MO.read_bytes() == compiled.getvalue(), "run `make messages`"


def test_the_catalogue_is_sorted_so_that_a_change_shows_as_one_line() -> None:
    ids = [forms(message.id)[0] for message in entries()]
    assert ids == sorted(ids)


# What a translation may change ----------------------------------------------------------------------------------------


def test_a_translation_has_the_places_of_its_text() -> None:
    wrong = [(a, b) for a, b in pairs() if Counter(PLACE.findall(a)) != Counter(PLACE.findall(b))]
    assert wrong == []


def test_a_translation_begins_and_ends_with_the_same_blanks() -> None:
    def edges(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    assert [(a, b) for a, b in pairs() if edges(a) != edges(b)] == []


def test_a_translation_has_the_lines_of_its_text() -> None:
    assert [(a, b) for a, b in pairs() if a.count("\n") != b.count("\n")] == []


def test_a_translation_ends_like_its_text() -> None:
    """A sentence stays a sentence, a label stays a label."""

    def end(text: str) -> str:
        last = text.rstrip()[-1:]
        return last if last in ".…:?!;," else ""

    assert [(a, b) for a, b in pairs() if end(a) != end(b)] == []


@pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ("(", ")"), ("[", "]")])
def test_quotes_and_brackets_are_closed(opening: str, closing: str) -> None:
    wrong = [b for a, b in pairs() if a.count(opening) == a.count(closing) and b.count(opening) != b.count(closing)]
    assert wrong == []


# What is looked up at run time ----------------------------------------------------------------------------------------


def model_texts(model: type[BaseModel]) -> Iterator[str]:
    """Yield titles and descriptions of a settings model and of the models inside it. Every field has a title."""
    for name, field in model.model_fields.items():
        assert field.title, f"{model.__name__}.{name} has no title for the form"
        yield field.title
        if field.description:
            yield field.description
        yield from extra_texts(field.json_schema_extra)
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from model_texts(inner)


def extra_texts(extra: Any) -> Iterator[str]:
    """Yield what the form says of a field beside its title: names of choices, of what is counted, of alternatives."""
    if isinstance(extra, dict):
        yield from (extra[key] for key in ("either", "label", "unit", "none") if key in extra)
        yield from extra.get("labels", {}).values()


@pytest.mark.parametrize("kind", [*rules.kinds().values(), *triggers.kinds().values()], ids=lambda kind: kind.id)
def test_a_kind_speaks_portuguese_in_name_explanation_and_form(kind: Any) -> None:
    assert untranslated(iter((kind.name, kind.about, *model_texts(kind.Settings)))) == []


def adapters() -> list[str]:
    registry = Registry()
    return sorted({name for channel in Channel for name in registry.names(channel.value)})


@pytest.mark.parametrize("adapter", adapters())
def test_a_connection_s_form_speaks_portuguese(adapter: str) -> None:
    model = Registry().settings_model(adapter)
    assert model is not None
    assert untranslated(model_texts(model)) == []


def test_every_action_has_a_portuguese_title_help_and_hint() -> None:
    texts = [text for action in verbs.REGISTRY for text in (action.title, action.help, action.hint) if text]
    assert len(texts) > 60
    assert untranslated(iter(texts)) == []


def test_names_that_are_kept_in_tables_are_translated() -> None:
    tables = (
        SCOPE_TITLES,
        log_filter.CHANNEL_NAMES,
        log_filter.STATUS_NAMES,
        deal_sheet.RUN_NAMES,
        deal_sheet.ADDRESS_TYPES,
        reasons.NAMES,
        {spec.path: spec.name for spec in BUILTIN.values()},
    )
    assert untranslated(name for table in tables for name in table.values()) == []


# The languages themselves ---------------------------------------------------------------------------------------------


def test_english_needs_no_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", "en")
    assert [text for text in said() if isinstance(text, str) and i18n.gettext(text) != text] == []


@pytest.mark.parametrize(
    ("lang", "n", "expected"),
    [
        ("en", 0, "{n} deals"),
        ("en", 1, "{n} deal"),
        ("en", 2, "{n} deals"),
        ("pt_BR", 0, "{n} negócio"),
        ("pt_BR", 1, "{n} negócio"),
        ("pt_BR", 2, "{n} negócios"),
        ("pt_BR", 1_000_000, "{n} negócios"),
    ],
)
def test_a_count_takes_the_form_of_its_language(
    monkeypatch: pytest.MonkeyPatch, lang: str, n: int, expected: str
) -> None:
    monkeypatch.setenv("FUNIL_LANG", lang)
    assert i18n.ngettext("{n} deal", "{n} deals", n) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "pt_BR.UTF-8"}, "pt_BR"),
        ({"LANG": "pt_PT.UTF-8"}, "pt_BR"),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "pt_BR.UTF-8"}, "pt_BR"),
        ({"LANG": "pt_BR.UTF-8", "FUNIL_LANG": "en"}, "en"),
        ({"LANG": "C", "FUNIL_LANG": "pt"}, "pt_BR"),
        ({"LANG": "pt_BR.UTF-8", "FUNIL_LANG": ""}, "pt_BR"),
    ],
)
def test_the_language_is_funil_s_own_setting_or_the_system_s(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], expected: str
) -> None:
    for name in ("FUNIL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert i18n.language() == expected


def test_no_text_is_the_catalogue_s_head(language: str) -> None:
    assert i18n.gettext("") == ""


def test_an_unknown_text_comes_back_as_it_is(language: str) -> None:
    assert i18n.gettext("a plug-in's own sentence") == "a plug-in's own sentence"


def test_a_sentence_inside_a_sentence_is_read_in_the_same_language(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = Words("{name} has no e-mail address", {"name": "{reason} Ana"})
    stored = Words("rule “{rule}”: failed ({reason}) {detail}", {"rule": "A", "reason": "no_address", "detail": inner})
    words = load(stored.dump())
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    assert words == stored
    assert words.english() == "rule “A”: failed (no_address) {reason} Ana has no e-mail address"
    assert words.local() == "regra “A”: falhou (no_address) {reason} Ana não tem endereço de e-mail"
