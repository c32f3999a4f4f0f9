"""The form of every kind of rule and trigger, without a screen: nothing is lost, everything can be set, what is wrong
is said at its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from core import drafting, exporting
from core.i18n import gettext
from core.model.file import StoredFile
from core.model.frozen import replace as put
from core.model.house import Connection, FieldDef, FieldType, House
from core.model.moment import Duration
from core.model.rule import Hours, Order, Rule, RunTime, Trigger, Unknown, When
from core.rules import catalogue as rule_kinds
from core.triggers import catalogue as trigger_kinds
from tests.core import sample_house
from tui.editor import choices, preview
from tui.editor.draft import Draft
from tui.editor.items import EITHER, Item, Shape, items_of

HOUSE: Final[House] = replace(
    sample_house.HOUSE,
    connections={
        name: Connection(id=name, channel=channel, adapter="simulated", settings=settings)
        for name, channel, settings in (
            ("mail", "email", {}),
            ("sms1", "sms", {}),
            ("sms2", "sms", {}),
            ("line1", "telephony", {}),
            ("tg", "open_channel", {"bot": "loja_bot"}),
            ("hook", "webhook", {}),
        )
    },
    files={"cat.pdf": StoredFile(name="cat.pdf", digest="0" * 64, size=2048, media_type="application/pdf")},
)
KINDS: Final = [
    *(("rule", kind) for kind in rule_kinds.kinds()),
    *(("trigger", kind) for kind in trigger_kinds.kinds()),
]

FULL: Final[Mapping[str, Mapping[str, Any]]] = {
    "email": {
        "from": "ana@loja.example",
        "address": "work",
        "use": "last",
        "subject": "Your order {{ deal.id }}",
        "body": "<p>Code {{ deal.fields.tracking }}</p>",
        "attach": {"fields": ["paper"], "files": ["cat.pdf"]},
        "track_clicks": False,
        "track_opens": False,
        "fallback": ["type", "company"],
    },
    "call": {
        "line": "line1",
        "say": "Hello\n{{ contact.first_name }}",
        "voice": "pt-br+f2",
        "volume": 120,
        "speed": 90,
        "tries": 2,
        "every": "5m",
    },
    "chat": {"text": "Hi", "hidden": True, "attach": {"files": ["cat.pdf"]}},
    "sms": {"text": "On its way", "phone": "mobile", "provider": "sms1", "fallback": ["contact"]},
    "invite": {"text": "Join {{ invite_link }}", "phone": "work", "provider": "sms2", "channel": "tg"},
    "move": {"stage": "won", "pipeline": "sales"},
    "assign": {"to": ["bia", "ana"], "how": "round_robin"},
    "set_field": {"field": "qty", "value": 5},
    "notify": {"to": ["responsible", "bia"], "text": "Look", "email": True},
    "comment": {"text": "Noted"},
    "task": {"title": "Ring {{ contact.name }}", "text": "Twice", "assignee": "bia", "due": "close_date - 1d"},
    "email_opened": {"machine": True},
    "link_clicked": {"link": "https://loja.example/{{ deal.id }}", "machine": True},
    "callback_form": {"form": "f1"},
    "crm_form": {"form": "f1"},
    "call_received": {"line": "line1"},
    "call_missed": {"line": "line1"},
    "chat_started": {"channel": "tg"},
    "chat_accepted": {"channel": "tg"},
    "chat_slow": {"seconds": 60, "channel": "tg", "count_from": "message"},
    "chat_message": {
        "text": "yes",
        "channel": "tg",
        "any_of": ["ok", "sure thing"],
        "ignore_case": True,
        "ignore_accents": True,
        "regex": True,
    },
    "field_changed": {"fields": ["size"], "from": "small", "to": "large"},
    "rule:webhook": {"url": "https://partner.example/hook", "connection": "hook"},
    "trigger:webhook": {"code": "abc"},
    "stale": {"after": "5d"},
}
"""Settings of each kind with every key in them. A kind that is new here is tested as far as its model tells."""


def rule(kind: str, settings: Mapping[str, Any], **more: Any) -> Rule:
    return Rule(id="r1", pipeline="sales", stage="new", kind=kind, name="A rule", settings=settings, **more)


def thing(what: str, kind: str, settings: Mapping[str, Any], **more: Any) -> Rule | Trigger:
    if what == "rule":
        return rule(kind, settings, **more)
    return Trigger(id="t1", pipeline="sales", stage="won", kind=kind, name="A trigger", settings=settings, **more)


def example(item: Item, house: House = HOUSE) -> Any:
    """Return a value for an item of a kind that stands in no table: the last of what there is to choose from."""
    if item.shape is Shape.TICK:
        return not item.default
    if item.options:
        return [item.options[-1][0]] if item.shape is Shape.SEVERAL else item.options[-1][0]
    if item.picker == "stage":
        return "won"
    if item.picker == "pipeline":
        return "sales"
    if item.picker == "file_fields" or (item.picker == "field" and "template" not in item.help):
        return ["paper"] if item.shape is Shape.SEVERAL else "paper"
    return 1 if item.whole else "https://loja.example/hook"


def full(what: str, kind: str) -> Mapping[str, Any]:
    """Return settings with every key of a kind."""
    for name in (f"{what}:{kind}", kind):
        if name in FULL:
            return FULL[name]
    model = (rule_kinds if what == "rule" else trigger_kinds).kinds()[kind].Settings
    return {item.key.removeprefix("settings."): example(item) for item in items_of(model)}


def by_file(before: Rule | Trigger, values: Mapping[str, Any]) -> Rule | Trigger | None:
    """Return what the board file makes of the same values."""
    judge: Any = drafting.rule if isinstance(before, Rule) else drafting.trigger
    made: Rule | Trigger | None = judge(values, before, (before.pipeline, before.position), HOUSE).made
    return made


@pytest.mark.parametrize(("what", "kind"), KINDS)
@pytest.mark.parametrize("filled", [False, True])
def test_a_form_that_nobody_touches_changes_nothing(what: str, kind: str, filled: bool) -> None:
    stored = thing(what, kind, full(what, kind) if filled else {})
    draft = Draft(stored, HOUSE)
    for key, item in draft.items.items():
        if item.typed or item.shape is Shape.VALUE:
            draft.write(key, draft.text(key))
        else:
            draft.put(key, draft.value(key))
    assert not draft.dirty
    assert draft.values() == {"id": stored.id, "stage": stored.stage, "kind": kind}
    if filled:
        assert draft.read_whole().judged.made == stored


@pytest.mark.parametrize(("what", "kind"), KINDS)
def test_every_setting_can_be_filled_in_and_makes_what_the_board_file_makes(what: str, kind: str) -> None:
    empty, wanted = thing(what, kind, {}), full(what, kind)
    draft, target = Draft(empty, HOUSE), Draft(thing(what, kind, wanted), HOUSE)
    for key, item in draft.items.items():
        if item.typed or item.shape is Shape.VALUE:
            draft.write(key, target.text(key))
        else:
            draft.put(key, target.value(key))
    read = draft.read_whole()
    assert read.judged.made == by_file(empty, {"id": empty.id, "stage": empty.stage, "kind": kind, "settings": wanted})
    assert read.judged.made is not None
    shown = {key.removeprefix("settings.") for key in draft.items if key.startswith("settings.") and draft.shown(key)}
    assert {name for name in wanted if name != "attach"} <= shown
    assert not read.wrong, read


@pytest.mark.parametrize(("what", "kind"), KINDS)
def test_every_setting_has_a_name_and_help_and_every_choice_a_name(what: str, kind: str) -> None:
    draft = Draft(thing(what, kind, {}), HOUSE)
    for item in draft.items.values():
        assert item.title and item.title != item.key, item.key
        assert item.help or item.key.startswith(EITHER), f"{kind}: {item.key} has no help"
        assert all(name and name != value for value, name in item.options), f"{kind}: {item.key}: {item.options}"
        if item.picker:
            choices.choices(draft, item)
            assert item.picker.partition(":")[0] in {"connection", "span", "condition", *choices.PICKERS}, item.picker


COMMON: Final = {
    "name": "Another name",
    "run": {"after": "2d", "of": "close_date"},
    "order": "wait",
    "hours": "both",
    "when": {"field": "amount", "op": ">", "value": 5},
    "once": True,
    "enabled": False,
    "stop_on_error": True,
    "late": "4h",
    "unknown": "hold",
}


def test_the_common_parts_of_a_rule_make_what_the_board_file_makes() -> None:
    stored = rule("sms", FULL["sms"])
    other = by_file(stored, {"id": "r1", "stage": "new", "kind": "sms", **COMMON})
    assert isinstance(other, Rule)
    draft, target = Draft(stored, HOUSE), Draft(other, HOUSE)
    for key in draft.items:
        draft.put(key, target.value(key))
    assert draft.read_whole().judged.made == other
    assert Draft(other, HOUSE).read_whole().judged.made == other
    assert other.unknown is Unknown.HOLD and other.order is Order.WAIT


RUNS: Final = [
    ({}, "now", "as soon as the deal enters"),
    ({"run.start": "entry", "run.span": "2h"}, {"after": "2h"}, "2 hours after the deal enters"),
    (
        {"run.start": "previous", "run.span": "1d"},
        {"after": "1d", "of": "previous"},
        "1 day after the rule above has ended",
    ),
    (
        {"run.start": "after", "run.span": "30m", "run.of": "visit"},
        {"after": "30m", "of": "visit"},
        "30 minutes after “visit”",
    ),
    (
        {"run.start": "before", "run.span": "1w", "run.of": "close_date"},
        {"before": "1w", "of": "close_date"},
        "1 week before “Close date”",
    ),
    (
        {"run.start": "at", "run.clock": "12:00", "run.of": "close_date"},
        {"at": "12:00", "of": "close_date"},
        "at 12:00 on the day of “Close date”",
    ),
]


@pytest.mark.parametrize(("form", "written", "words"), RUNS)
def test_every_run_time_is_filled_in_and_read_back_in_words(form: Mapping[str, str], written: Any, words: str) -> None:
    draft = Draft(rule("comment", {"text": "Noted"}), HOUSE)
    for key, value in form.items():
        draft.put(key, value)
    made = draft.read_whole().judged.made
    assert isinstance(made, Rule)
    assert exporting.run_time(made.run) == written
    assert preview.moment_words(made.run, HOUSE) == words
    assert {key: Draft(made, HOUSE).value(key) for key in form} == dict(form)


def test_hours_and_order_stand_in_the_preview() -> None:
    made = rule("comment", {"text": "x"}, run=RunTime(When.AFTER, Duration(2, "h")), hours=Hours.BUSINESS)
    assert preview.timing_words(made, HOUSE) == "2 hours after the deal enters, in business hours"
    waiting = put(made, order=Order.WAIT, hours=Hours.ANY)
    assert preview.timing_words(waiting, HOUSE) == "2 hours after the deal enters, when the rules above it have ended"


WRONG: Final = [
    ("rule", "sms", "settings.text", "", "it is missing"),
    ("rule", "sms", "settings.text", "{{ deal.nonsense }}", None),
    ("rule", "sms", "settings.text", "x" * 201, "the text has 201 characters; an SMS rule sends 200 at most"),
    ("rule", "call", "settings.volume", "loud", "a whole number stands here, not “loud”"),
    ("rule", "call", "settings.volume", "201", "a number up to 200 stands here, not “201”"),
    ("rule", "call", "settings.say", "", "it is missing"),
    ("rule", "call", "settings.every", "10", None),
    ("rule", "task", "settings.due", "someday", None),
    ("rule", "invite", "settings.text", "Join us", "{{ invite_link }} must stand in the text"),
    ("rule", "set_field", "settings.value", "many", None),
    ("rule", "sms", "run.span", "soon", "it is missing"),
    ("rule", "sms", "late", "soon", None),
    ("rule", "sms", "name", " ", "it is missing"),
    ("trigger", "stale", "settings.after", "1x", None),
    ("trigger", "stale", "settings.after", "1s", "the shortest time without activity is a minute"),
    ("trigger", "chat_slow", "settings.seconds", "0", "a number from 1 on stands here, not “0”"),
    ("trigger", "webhook", "settings.code", "", "it is missing"),
    ("trigger", "chat_message", "settings.text", "(", None),
]


@pytest.mark.parametrize(("what", "kind", "key", "typed", "words"), WRONG)
def test_what_is_wrong_is_said_at_its_field(what: str, kind: str, key: str, typed: str, words: str | None) -> None:
    draft = Draft(thing(what, kind, full(what, kind)), HOUSE)
    if key == "run.span":
        draft.put("run.start", "entry")
    else:
        draft.write(key, typed)
    read = draft.read_whole()
    note = read.notes[key]
    assert note.tone == "wrong" and note.words
    assert words is None or note.words == words
    assert read.wrong or read.doubtful


def test_only_what_a_board_file_refuses_too_cannot_be_saved() -> None:
    draft = Draft(rule("sms", FULL["sms"]), HOUSE)
    draft.write("settings.text", "{{ deal.nonsense }}")
    assert draft.read_whole().doubtful and not draft.read_whole().wrong
    draft.put("settings.provider", "gone")
    assert draft.read_whole().wrong
    assert draft.read_whole().notes["settings.provider"].tone == "wrong"


def test_a_text_or_a_file_is_heard_and_the_other_one_is_left_out_but_not_forgotten() -> None:
    draft = Draft(rule("call", FULL["call"]), HOUSE)
    either = next(key for key in draft.items if key.startswith(EITHER))
    draft.put(either, "settings.play")
    assert not draft.shown("settings.say") and not draft.shown("settings.voice") and draft.shown("settings.play")
    draft.write("settings.play", "https://loja.example/hello.mp3")
    made = draft.read_whole().judged.made
    assert made is not None and "say" not in made.settings and made.settings["play"].endswith("hello.mp3")
    draft.put(either, "settings.say")
    assert draft.read_whole().judged.made == draft.thing
    assert draft.value("settings.play").endswith("hello.mp3")


def test_another_pipeline_takes_away_a_stage_that_it_does_not_have() -> None:
    other = replace(sample_house.SALES, id="service", name="Service", stages=sample_house.SALES.stages[:1])
    house = put(HOUSE, pipelines={**HOUSE.pipelines, "service": other})
    draft = Draft(rule("move", {"stage": "won"}), house)
    draft.put("settings.pipeline", "service")
    assert draft.value("settings.stage") is None
    stage = draft.items["settings.stage"]
    assert [choice.id for choice in choices.choices(draft, stage)] == ["new"]


@pytest.mark.parametrize(
    ("field", "offered"),
    [("vip", ["true", "false"]), ("size", ["small", "medium", "large"]), ("helper", ["ana", "bia"]), ("tracking", [])],
)
def test_the_values_of_a_field_are_offered_by_its_type(field: str, offered: list[str]) -> None:
    draft = Draft(rule("set_field", {"field": field}), HOUSE)
    item = draft.items["settings.value"]
    found = [choice.id for choice in choices.choices(draft, item) if choice.id != choices.NOTHING]
    assert found == offered and choices.offers(draft, item) is bool(offered)


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [("qty", "2.5", 2.5), ("vip", "true", True), ("words", "a\nb", ["a", "b"]), ("tracking", "007", "007")],
)
def test_a_typed_value_is_stored_as_its_field_wants_it(field: str, typed: str, stored: Any) -> None:
    draft = Draft(rule("set_field", {"field": field}), HOUSE)
    draft.write("settings.value", typed)
    made = draft.read_whole().judged.made
    assert made is not None and made.settings["value"] == stored


def test_a_field_goes_by_its_short_name_where_that_means_it() -> None:
    draft = Draft(rule("set_field", {"field": "tracking"}), HOUSE)
    found = {choice.words: choice.id for choice in choices.choices(draft, draft.items["settings.field"])}
    assert (
        found["Tracking code"] == "tracking" and found["A custom field with a built-in's name"] == "deal.fields.title"
    )


def test_the_form_speaks_portuguese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    unsaid = {
        text
        for what, kind in KINDS
        for item in Draft(thing(what, kind, {}), HOUSE).items.values()
        for text in (item.title, item.help, item.none, item.unit, *(name for _value, name in item.options))
        if text and gettext(text) == text and not item.key.startswith("settings.")
    }
    assert unsaid == set()


def test_a_custom_field_of_any_type_can_be_chosen() -> None:
    house = put(HOUSE, fields={**HOUSE.fields, "odd": FieldDef(id="odd", type=FieldType.DATETIME)})
    draft = Draft(rule("comment", {"text": "x"}), house)
    assert "odd" in [choice.id for choice in choices.choices(draft, draft.items["run.of"])]
