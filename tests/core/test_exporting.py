"""Exporting: ``apply`` of it changes nothing here, and makes the same house elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.cli import uploads
from core import applying, boardfile, commands, exporting
from core.boardfile import dump, yaml12
from core.commands import NewDeal, add_file
from core.engine import removing
from core.model.file import NewFile
from core.model.moment import DAY, HOUR, MINUTE, SECOND
from data import demo
from tests.core.board_ground import CONTRACT, FULL, HOUSE, STAGES, Home
from tests.core.test_boardfile_writing import ODD, texts

STAGE_IDS = ["new", "b", "won", "lost"]
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,8}", fullmatch=True)
field_ids = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
one_line = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20)
names = st.one_of(one_line, st.sampled_from([t for t in ODD if t.isprintable()])).filter(lambda t: t.strip())
said = texts.filter(lambda text: text.strip())
numbers = st.one_of(st.integers(-(10**15), 10**15), st.floats(-1e15, 1e15, allow_nan=False))
constants = st.one_of(texts, numbers, st.booleans(), st.none(), st.lists(st.one_of(texts, numbers), max_size=3))
spans = st.builds(lambda n, unit: f"{n}{unit}", st.integers(0, 99), st.sampled_from("smhdw"))
hours = st.dictionaries(
    st.sampled_from(["mon", "tue-fri", "sat"]), st.sampled_from(["09:00-12:00,13:00-18:00", "08:30-24:00"]), max_size=3
)
emails = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["WORK", "HOME", "MAILING", "OTHER"]),
            "value": st.sampled_from(["a@x.example", "ç@x.example"]),
        },
        optional={"opted_out": st.booleans()},
    ),
    max_size=2,
)
phones = st.lists(
    st.fixed_dictionaries({"type": st.sampled_from(["MOBILE", "FAX"]), "value": st.just("+5511987650001")}), max_size=2
)
runs = st.one_of(
    st.just("now"),
    spans.map(lambda span: {"after": span}),
    spans.map(lambda span: {"after": span, "of": "previous"}),
    spans.map(lambda span: {"before": span, "of": "close_date"}),
    st.sampled_from(["9:05", "12:00", "23:59:59"]).map(lambda clock: {"at": clock, "of": "deal.begin_date"}),
)
leaves = st.one_of(
    said.map(lambda text: {"field": "deal.title", "op": "contains", "value": text}),
    numbers.map(lambda number: {"field": "amount", "op": ">", "value": number}),
    st.just({"field": "contact.name", "op": "empty"}),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda each: {"not": each}), st.lists(inner, min_size=1, max_size=3).map(lambda each: {"any": each})
    ),
    max_leaves=4,
)


def several(keys: Any, **more: Any) -> Any:
    """A list of things with ids of their own."""
    return st.lists(
        st.fixed_dictionaries({"id": keys}, optional=more), max_size=3, unique_by=lambda each: each["id"].lower()
    )


settings_of = {
    "sms": st.fixed_dictionaries({"text": said}, optional={"phone": st.sampled_from(["auto", "mobile"])}),
    "email": st.fixed_dictionaries({"body": said}, optional={"subject": texts, "track_clicks": st.booleans()}),
    "move": st.sampled_from(STAGE_IDS).map(lambda stage: {"stage": stage}),
}
rules = st.sampled_from(sorted(settings_of)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"id": ids, "stage": st.sampled_from(STAGE_IDS), "kind": st.just(kind), "settings": settings_of[kind]},
        optional={
            "name": names,
            "run": runs,
            "order": st.sampled_from(["parallel", "wait"]),
            "hours": st.sampled_from(["any", "business", "responsible", "both"]),
            "when": conditions,
            "once": st.booleans(),
            "enabled": st.booleans(),
            "stop_on_error": st.booleans(),
            "late": spans,
            "unknown": st.sampled_from(["hold", "resend"]),
        },
    )
)
triggers = st.fixed_dictionaries(
    {"id": ids, "stage": st.sampled_from(STAGE_IDS), "kind": st.just("chat_message")},
    optional={
        "name": names,
        "back": st.booleans(),
        "when": conditions,
        "settings": st.builds(lambda t: {"text": t}, texts),
    },
)
stages = st.lists(names, min_size=4, max_size=4).map(
    lambda called: [
        {"id": stage, "name": name, **({"kind": kind} if kind else {})}
        for stage, name, kind in zip(STAGE_IDS, called, [None, None, "success", "failure"], strict=True)
    ]
)


@st.composite
def houses(draw: st.DrawFn) -> dict[str, Any]:
    """A whole house as a board file's tree."""
    users = draw(several(ids, name=names, role=st.sampled_from(["manager", "admin"]), hours=hours))
    users = [user for user in users if user["id"] not in ("client", "system")]
    contacts = draw(several(ids, name=texts, emails=emails, phones=phones))
    own_rules = draw(st.lists(rules, max_size=3, unique_by=lambda each: each["id"]))
    own_triggers = draw(st.lists(triggers, max_size=2, unique_by=lambda each: each["id"]))
    known = [contact["id"] for contact in contacts]
    chosen = st.lists(st.sampled_from(known), max_size=3, unique=True) if known else st.just([])
    companies = draw(several(ids, name=texts, emails=emails, contacts=chosen))
    owners = [user["id"] for user in users]
    deals = several(
        ids,
        title=names.filter(lambda text: text.isprintable()),
        amount=st.one_of(st.none(), st.integers(-(10**9), 10**9), st.just("12.30")),
        currency=st.sampled_from(["BRL", "USD"]),
        stage=st.sampled_from(STAGE_IDS),
        responsible=st.sampled_from(owners) if owners else st.none(),
        contacts=chosen,
        company=st.sampled_from([each["id"] for each in companies]) if companies else st.none(),
        fields=st.fixed_dictionaries(
            {}, optional={"words": said, "several": st.lists(said, max_size=2), "number": numbers}
        ),
        close_date=st.sampled_from(["2026-12-24", None]),
    )
    return {
        "company": {"hours": draw(hours), "holidays": draw(st.sampled_from([[], ["BR"], ["BR-SP", "2026-12-24"]]))},
        "users": users,
        "connections": draw(several(ids, channel=st.just("sms"), new_deal=st.just({"on": True, "pipeline": "p"}))),
        "constants": draw(st.dictionaries(field_ids, constants, max_size=3)),
        "fields": [
            {"id": "words", "type": "text", "name": draw(names)},
            {"id": "several", "type": "text", "multiple": True},
            {"id": "number", "type": "number"},
            {"id": "choice", "type": "list", "options": draw(st.lists(said, max_size=3))},
        ],
        "pipelines": [
            {"id": "p", "name": draw(names), "stages": draw(stages), "rules": own_rules, "triggers": own_triggers},
        ],
        "contacts": contacts,
        "companies": companies,
        "deals": draw(deals),
    }


@given(houses())
def test_an_export_applied_here_changes_nothing_and_elsewhere_makes_the_same(tree: dict[str, Any]) -> None:
    tree["connections"] = [{"channel": "sms", **each} for each in tree["connections"]]
    home = Home(dump(tree))
    exported = home.export()
    assert home.apply(exported) == []
    assert home.apply(exported, prune=True) == []
    elsewhere = Home(exported)
    assert elsewhere.export() == exported
    assert elsewhere.read(lambda r: r.house().rules_by_stage.keys()) == home.house.rules_by_stage.keys()
    rules_only = home.export("rules")
    assert home.apply(rules_only) == []
    assert elsewhere.export("rules") == rules_only


@pytest.mark.parametrize("text", [CONTRACT, FULL], ids=["contract", "full"])
def test_known_houses_are_exported_and_come_back(text: str) -> None:
    home = Home(text)
    assert home.apply(home.export()) == []
    assert Home(home.export()).export() == home.export()


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_the_demos_house_is_exported_and_comes_back(language: str) -> None:
    path = Path(demo.FOLDER) / f"demo.{language}.yaml"
    document = boardfile.read(path.read_bytes(), path.name, path.parent)
    home, other = Home(), Home()
    home.write(applying.apply([document], read_file=uploads.beside))
    assert home.apply(home.export()) == []
    for stored in home.house.files.values():
        content = home.read(lambda reader, digest=stored.digest: reader.content(digest))
        other.write(add_file(NewFile(stored.name, content)))
    other.apply(home.export())
    assert other.export() == home.export()


def test_an_empty_house_is_exported() -> None:
    assert Home().export() == (
        "funil: 1\n"
        "company:\n  timezone: UTC\n  hours: {}\n  holidays: []\n  grace: 5s\n  currency: BRL\n  language: en\n"
        "users: []\nconnections: []\nconstants: {}\nfields: []\npipelines: []\ncontacts: []\ncompanies: []\ndeals: []\n"
    )


def test_deals_are_exported_as_they_stand_in_their_columns() -> None:
    home = Home(HOUSE, "deals: [{id: A}, {id: B}, {id: C}, {id: D, stage: won}]")
    home.write(commands.move(["C"], "new", above="A"))
    home.write(commands.move(["B"], "won"))
    exported = yaml12.load(home.export(), "f")["deals"]
    assert [deal["id"] for deal in exported] == ["A", "C", "B", "D"]
    assert Home(home.export()).export() == home.export()


def test_what_is_out_of_use_is_not_exported() -> None:
    home = Home(HOUSE, "deals: [{id: D1, fields: {tracking: BR1, price: 5}}, {id: D2}]")
    home.write(lambda tx: tx.archive("fields", ["tracking"]))
    home.write(lambda tx: removing.remove(tx, ["D2"]))
    (deal,) = yaml12.load(home.export(), "f")["deals"]
    assert deal["fields"] == {"price": "5.00"}
    assert home.apply(home.export()) == []
    assert home.deal("D1").fields["tracking"] == "BR1"


def test_the_rules_alone_are_the_pipelines_and_nothing_else() -> None:
    home = Home(FULL)
    before = home.export("rules")
    tree = yaml12.load(before, "f")
    assert list(tree) == ["funil", "pipelines"]
    assert [rule["id"] for rule in tree["pipelines"][0]["rules"]] == ["r"]
    home.write(commands.add_deal(NewDeal(title="x")))
    home.apply("users: [{id: eve}]\nconstants: {a: 1}\ncompany: {grace: 0s}")
    assert home.export("rules") == before


def test_one_change_of_a_rule_is_one_line_of_the_export() -> None:
    home = Home(FULL)
    before = home.export("rules").splitlines()
    home.apply("pipelines: [{id: sales, rules: [{id: r, stage: new, kind: sms, settings: {text: Bye}}]}]")
    after = home.export("rules").splitlines()
    assert len(before) == len(after)
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        ("        settings: {text: Hello, phone: mobile}", "        settings: {text: Bye, phone: mobile}")
    ]


def test_json_says_the_same_as_yaml() -> None:
    home = Home(FULL, "constants: {a: [1, x], b: 1.5, c: null}")
    tree = home.read(lambda reader: exporting.board(reader))
    assert yaml12.load(json.dumps(tree), "f") == yaml12.load(home.export(), "f")
    assert home.apply(json.dumps(tree)) == []


@pytest.mark.parametrize(
    ("millis", "text"),
    [
        (0, "0s"),
        (SECOND, "1s"),
        (90 * SECOND, "90s"),
        (MINUTE, "1m"),
        (2 * HOUR, "2h"),
        (3 * DAY, "3d"),
        (25 * HOUR, "25h"),
    ],
)
def test_a_grace_is_written_in_the_largest_whole_unit(millis: int, text: str) -> None:
    assert exporting.span(millis) == text


def test_many_pipelines_keep_their_order_and_their_deals() -> None:
    text = (
        "pipelines:\n"
        + "".join(f"  - id: {each}{STAGES}" for each in "zay")
        + "deals: [{id: A, pipeline: y}, {id: B, pipeline: z}]"
    )
    home = Home(text)
    tree = yaml12.load(home.export(), "f")
    assert [pipeline["id"] for pipeline in tree["pipelines"]] == ["z", "a", "y"]
    assert [deal["id"] for deal in tree["deals"]] == ["B", "A"]
    assert Home(home.export()).export() == home.export()
