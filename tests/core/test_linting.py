"""Lint: what would not work is found before it runs, with place, reason and remedy, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.cli.uploads import beside
from adapters.registry import Registry
from core import boardfile
from core.boardfile import dump
from core.linting import Trouble, lint, lint_files
from data import demo
from tests.core.board_ground import CONTRACT, FULL, HOUSE, SALES, STAGES, Home, documents

LINE = HOUSE.count("\n") + 2


def of_file(*texts: str, home: Home | None = None) -> list[Trouble]:
    return list((home or Home()).rehearse(lint_files(documents(*texts), Registry().validate, outside=Registry())))


def told(found: list[Trouble]) -> list[str]:
    return [f"{trouble.place}: {trouble.words.english()}" for trouble in found]


@pytest.mark.parametrize("text", [CONTRACT, FULL, HOUSE, "funil: 1"], ids=["contract", "full", "house", "nothing"])
def test_there_is_no_false_alarm(text: str) -> None:
    assert told(of_file(text)) == []
    assert told(lint(Home(text).house, Registry().validate)) == []


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_the_demos_house_works(language: str) -> None:
    name = f"demo.{language}.yaml"
    document = boardfile.read((Path(demo.FOLDER) / name).read_text(encoding="utf-8"), name, Path(demo.FOLDER))
    job = lint_files([document], Registry().validate, beside, outside=Registry())
    assert told(list(Home().rehearse(job))) == []


def rule(settings: str, rest: str = "kind: sms") -> str:
    return HOUSE + f"    rules:\n      - {{id: r, stage: new, {rest}, settings: {settings}}}"


def trigger(rest: str) -> str:
    return HOUSE + f"    triggers:\n      - {{id: t, {rest}}}"


WARNING = False
FOUND: dict[str, tuple[str, str, str, bool]] = {
    "an unknown field in a text": (
        rule('{text: "{{ deal.fields.trackng }}", provider: sms1}'),
        '"{{ deal.fields.trackng',
        "“deal.fields.trackng” is unknown; did you mean “deal.fields.tracking”?",
        True,
    ),
    "an unknown field in a subject": (
        rule('{subject: "{{ contct.name }}", body: x}', "kind: email"),
        '"{{ contct',
        "“contct.name” is unknown; did you mean “contact.name”?",
        True,
    ),
    "a text that is no template": (rule('{text: "{{ deal.title", provider: sms1}'), '"{{ deal.title', "line 1: ", True),
    "an unknown field in a condition": (
        rule("{text: x, provider: sms1}", "kind: sms, when: {not: {field: amuont, op: filled}}"),
        "not:",
        "there is no field “amuont”. Did you mean amount?",
        True,
    ),
    "a text over its limit": (
        rule(f"{{text: {'x' * 201}, provider: sms1}}"),
        "xxx",
        "the text has 201 characters; an SMS rule sends 200 at most",
        True,
    ),
    "a missing connection": (
        rule("{text: x, provider: sms2}"),
        "sms2",
        "there is no SMS provider “sms2”; there are sms1",
        True,
    ),
    "a run time from no date": (
        rule("{text: x, provider: sms1}", "kind: sms, run: {before: 1d, of: tracking}"),
        "run",
        "a run time counts from a date of the deal, and “tracking” is none",
        True,
    ),
    "hours that never come": (
        rule("{text: x, provider: sms1}", "kind: sms, hours: both").replace(
            "{id: rui, name: Rui Reis}", "{id: rui, name: Rui Reis, hours: {sun: '09:00-12:00'}}"
        )
        + "\ncompany: {hours: {mon-fri: '09:00-18:00'}}",
        "both",
        "the company and Rui Reis are never at work at the same time",
        WARNING,
    ),
    "a move to a stage that is not there": (
        rule("{stage: wonn}", "kind: move"),
        "wonn",
        "there is no stage “wonn”",
        True,
    ),
    "a move to a stage of another pipeline": (
        rule("{stage: there}", "kind: move") + f"\n  - id: other{STAGES.replace('id: new', 'id: there')}",
        "there}",
        "pipeline sales has no stage “there” (it has: new, delivery, won, lost)",
        True,
    ),
    "a move to where it is": (
        rule("{stage: new}", "kind: move"),
        "new}",
        "it moves the deal to the stage where it stands already",
        WARNING,
    ),
    "an unknown kind": (rule("{}", "kind: emial"), "emial", "there is no kind “emial”: did you mean “email”?", True),
    "wrong settings": (rule("{txt: x}"), "settings", "it is missing", True),
    "a stage that is not there": (
        trigger("stage: delivry, kind: payment"),
        "delivry",
        "did you mean “delivery”?",
        True,
    ),
    "a trigger that nothing reaches": (
        trigger("stage: new, kind: email_received"),
        "new",
        "it can never fire: no deal that it reaches stands before stage “new”; “back: true” allows later ones",
        WARNING,
    ),
    "a trigger in nobody's name": (
        trigger("stage: won, kind: payment, as: eve"),
        "eve",
        "there is no user “eve”",
        True,
    ),
    "a trigger's missing line": (
        trigger("stage: won, kind: call_missed, settings: {line: l9}"),
        "l9",
        "there is no telephone line “l9”; there are: -",
        True,
    ),
    "a trigger's missing setting": (trigger("stage: won, kind: link_clicked"), "{id: t", "it is missing", True),
    "a regular expression that is none": (
        trigger("stage: won, kind: chat_message, settings: {text: '(', regex: true}"),
        "'('",
        "“(” is not a regular expression",
        True,
    ),
}


@pytest.mark.parametrize("what", FOUND)
def test_what_would_not_work_is_found_at_its_place(what: str) -> None:
    text, where, says, error = FOUND[what]
    found = [trouble for trouble in of_file(text) if says in trouble.words.english()]
    column = text.split("\n")[LINE - 1].index(where) + 1
    assert [(trouble.place.split(" ")[0], trouble.error) for trouble in found] == [(f"a.yaml:{LINE}:{column}", error)]


def test_all_of_it_is_found_and_not_only_the_first() -> None:
    text = (
        HOUSE.replace("mailboxes: [ana@loja.example]", "mailboxes: [ana]")
        + """
    rules:
      - {id: a, stage: new, kind: sms, when: {field: y, op: filled},
         settings: {text: "{{ x }} {{ deal.titel }}", provider: no}}
      - {id: b, stage: nowhere, kind: sms, settings: {text: x, provider: sms1}}
      - {id: c, stage: new, kind: move, settings: {stage: gone}}
deals:
  - {id: D1, contacts: [eve]}
  - {id: D2, stage: nowhere}
"""
    )
    found = told(of_file(text))
    assert [line.partition(": ")[2][:40] for line in found] == [
        "“ana” is not an e-mail address like mari",
        "there is no contact “eve”",
        "pipeline sales has no stage “nowhere” (i",
        "there is no field “y”",
        "line 1: “x” is unknown",
        "line 1: “deal.titel” is unknown; did you",
        "there is no SMS provider “no”; there are",
        "pipeline sales has no stage “nowhere” (i",
        "there is no stage “gone”; there are new,",
    ]
    lines = text.split("\n")
    for line in found:
        row = int(line.split(":")[1])
        assert any(word in lines[row - 1] for word in ("id: ana", "id: a,", "provider: no}", "id: b", "id: c", "id: D"))


def test_a_connection_that_cannot_work_is_found() -> None:
    home = Home(HOUSE)
    text = "connections:\n  - {id: c1, channel: sms, adapter: smtp}\n  - {id: c2, channel: sms, settings: {sed: 1}}"
    first, second = told(of_file(text, home=home))
    assert first == "a.yaml:2:5 (connection c1): connection “c1”: adapter “smtp” serves email, not sms"
    assert second.startswith("a.yaml:3:44 (connection c2, settings.sed): ")
    assert second.endswith("unknown key “sed”: did you mean “seed”?")
    home.write(lambda tx: tx.pause_connection("mail", "misconfigured"))
    (paused,) = lint(home.house, Registry().validate)
    assert (paused.place, paused.error) == ("connection mail", False)
    assert "paused (misconfigured)" in paused.words.english()


def test_what_the_file_does_not_have_stands_in_the_house() -> None:
    home = Home(rule("{text: x, provider: sms1}"))
    home.write(lambda tx: tx.archive("connections", ["sms1"]))
    expected = ["rule r, settings.provider: there is no SMS provider “sms1”"]
    assert told(lint(home.house)) == expected
    assert told(of_file("users: [{id: eve}]", home=home)) == expected


def test_a_rule_whose_stage_is_gone_is_found() -> None:
    home = Home(HOUSE + "    triggers: [{id: t, stage: delivery, kind: payment}]")
    pipeline = home.house.pipelines["sales"]
    kept = tuple(stage for stage in pipeline.stages if stage.id != "delivery")
    home.write(lambda tx: tx.upsert_pipeline(type(pipeline)(id="sales", name="Sales", stages=kept)))
    assert told(lint(home.house)) == [
        "trigger t, stage: pipeline sales has no stage “delivery” (it has: new, won, lost)"
    ]


# Reach ----------------------------------------------------------------------------------------------------------------

ONE = "pipelines: [{id: p, stages: [{id: a}, {id: w, kind: success}, {id: l, kind: failure}], triggers: [{id: t, %s}]}]"


@pytest.mark.parametrize(
    ("given", "reachable"),
    [
        ("stage: a, kind: email_received", False),
        ("stage: a, kind: email_received, back: true", False),
        ("stage: w, kind: email_received", True),
        ("stage: l, kind: email_received", True),
        ("stage: a, kind: payment", False),
        ("stage: a, kind: payment, back: true", True),
        ("stage: w, kind: payment", True),
    ],
)
def test_a_trigger_is_reached_only_by_deals_that_may_be_moved_to_it(given: str, reachable: bool) -> None:
    found = [trouble for trouble in of_file(ONE % given) if "never fire" in trouble.words.english()]
    assert (not found) is reachable


# Circles --------------------------------------------------------------------------------------------------------------


def moves(*steps: str) -> str:
    """Return a house with one rule per step: ``new>delivery``, ``p/x>sales/new``, ``-`` before it: switched off."""
    pipelines: dict[str, list[dict[str, object]]] = {"sales": [], "other": []}
    for index, step in enumerate(steps):
        here, there = (place if "/" in place else f"sales/{place}" for place in step.lstrip("-").split(">"))
        pipeline, stage = there.split("/")
        settings = {"stage": stage} | ({"pipeline": pipeline} if pipeline != here.split("/")[0] else {})
        made: dict[str, object] = {"id": f"r{index}", "stage": here.split("/")[1], "kind": "move", "settings": settings}
        pipelines[here.split("/")[0]].append(made | ({"enabled": False} if step.startswith("-") else {}))
    stages = [{"id": "new"}, {"id": "delivery"}, {"id": "won", "kind": "success"}, {"id": "lost", "kind": "failure"}]
    return dump({"pipelines": [{"id": each, "stages": stages, "rules": rules} for each, rules in pipelines.items()]})


@pytest.mark.parametrize(
    ("steps", "circles"),
    [
        (["new>delivery", "delivery>won"], []),
        (["new>delivery", "delivery>new"], ["new (r0) → delivery (r1) → new"]),
        (["new>delivery", "delivery>won", "won>new"], ["new (r0) → delivery (r1) → won (r2) → new"]),
        (["new>delivery", "-delivery>new"], []),
        (["new>new"], []),
        (["new>other/won", "other/won>sales/new"], ["won (r1) → new (r0) → won"]),
        (
            ["new>delivery", "delivery>new", "delivery>won", "won>delivery"],
            ["new (r0) → delivery (r1) → new", "delivery (r2) → won (r3) → delivery"],
        ),
        (
            ["new>delivery", "new>delivery", "delivery>new"],
            ["new (r0) → delivery (r2) → new", "new (r1) → delivery (r2) → new"],
        ),
        ([], []),
    ],
)
def test_circles_of_moves_are_warned_of(steps: list[str], circles: list[str]) -> None:
    found = [trouble for trouble in of_file(moves(*steps)) if "circle" in trouble.words.english()]
    assert [str(trouble.words.args["path"]) for trouble in found] == circles
    assert not any(trouble.error for trouble in found)
    assert all("loop guard" in trouble.words.english() and "(rule r" in trouble.place for trouble in found)


ROUND = "new (writes → hears) → delivery (back) → new"


def heard(rule: str, trigger: str) -> list[str]:
    """Lint a rule that writes a field, a trigger that hears of it and a rule that moves the deal back."""
    lines = [
        f"{{id: writes, stage: new, kind: set_field, settings: {{{rule}}}}}",
        "{id: back, stage: delivery, kind: move, settings: {stage: new}}",
    ]
    body = "    rules:\n" + "".join(f"      - {line}\n" for line in lines)
    body += f"    triggers: [{{id: hears, stage: delivery, {trigger}}}]\n"
    found = of_file(SALES + body, "fields: [{id: code, type: text}, {id: visit, type: date}]")
    return [str(trouble.words.args["path"]) for trouble in found if "circle" in trouble.words.english()]


@pytest.mark.parametrize(
    ("rule", "trigger", "circles"),
    [
        (
            "field: code, value: x",
            "kind: field_changed, settings: {fields: [deal.fields.code]}",
            [ROUND],
        ),
        ("field: code, value: x", "kind: field_changed, settings: {fields: [visit]}", []),
        ("field: code, value: x", "kind: field_changed, enabled: false, settings: {fields: [code]}", []),
        ("field: code, value: x", "kind: responsible_changed", []),
        ("field: code, value: x", "kind: webhook, settings: {code: x}", []),
        (
            "field: responsible, value: ana",
            "kind: responsible_changed",
            [ROUND],
        ),
    ],
)
def test_circles_through_what_triggers_hear_of_rules_are_warned_of(rule: str, trigger: str, circles: list[str]) -> None:
    assert heard(rule, trigger) == circles


@pytest.mark.parametrize(("field", "circles"), [("responsible", 1), ("code", 0)])
def test_a_rule_that_gives_the_deal_away_changes_the_responsible_only(field: str, circles: int) -> None:
    body = """    rules:
      - {id: gives, stage: new, kind: assign, settings: {to: ana}}
      - {id: back, stage: delivery, kind: move, settings: {stage: new}}
"""
    body += f"    triggers: [{{id: hears, stage: delivery, kind: field_changed, settings: {{fields: [{field}]}}}}]\n"
    found = of_file(SALES + body, "fields: [{id: code, type: text}]")
    assert sum("circle" in trouble.words.english() for trouble in found) == circles


def test_linting_a_file_writes_nothing() -> None:
    home = Home(HOUSE)
    before = home.export()
    of_file(SALES + "    rules: [{id: r, stage: new, kind: sms, settings: {text: x}}]", "users: [{id: eve}]", home=home)
    assert home.export() == before
