"""What an event reaches, which one trigger it applies, and what the others are told (PRODUCT §4), seen from outside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.engine import guarding
from tests.proof.ground import Funil, board, mail, mover, rules, sms

QUIET = (
    "  - {id: l2, channel: telephony, adapter: simulated, new_deal: {on: false}, settings: {number: '+551140000001'}}"
)
LINE = "  - {id: l1, channel: telephony, adapter: simulated, settings: {number: '+551140000000'}}\n"
TG = "  - {id: tg, channel: open_channel, adapter: simulated_telegram, settings: {bot: loja_bot}}\n"
MARIA = "+5511987650001"
CALL = ("event", "call_missed", "line=l1")


def trigger(name: str, stage: str, kind: str, settings: str = "{}", **more: str) -> str:
    """Return a trigger; ``more`` are further keys as they stand in YAML."""
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    return f"      - {{id: {name}, stage: {stage}, kind: {kind}, name: {name}{keys}, settings: {settings}}}\n"


def funil(tmp_path: Path, *triggers: str, rules_: str = "", deals: str | None = None, ways: str = LINE + TG) -> Funil:
    text = board(rules_, more="    triggers:\n" + "".join(triggers), deals=deals)
    return Funil(tmp_path, text.replace("connections:\n", "connections:\n" + ways))


def verdicts(house: Funil, deal: str = "D1") -> Sequence[Sequence[str]]:
    """Return what each event came to at a deal: ``trigger verdict [reason]`` of every candidate."""
    rows = house.json("explain", "--deal", deal)["events"]
    return [[f"{c['trigger']} {c['reason'] or c['verdict']}" for c in row["candidates"]] for row in rows]


def test_exactly_one_trigger_the_one_with_the_earliest_target_then_by_order(tmp_path: Path) -> None:
    house = funil(
        tmp_path,
        trigger("far", "won", "call_missed"),
        trigger("second", "billing", "call_missed"),
        trigger("first", "delivery", "call_missed"),
        trigger("tied", "delivery", "call_missed"),
        rules_=rules(sms()),
    )
    house(*CALL, f"phone={MARIA}")
    assert house.stage() == "new", "the event is only recorded"
    house.idle()
    assert house.stage() == "delivery"
    assert verdicts(house) == [
        ["first applied", "tied earlier_target_won", "second earlier_target_won", "far earlier_target_won"]
    ]
    assert house.states() == {"sms": "done"}


REASONS = {
    "disabled": (trigger("t", "billing", "call_missed", enabled="false"), "new"),
    "not_listening": (trigger("t", "billing", "call_missed", "{line: l1}"), "new"),
    "same_stage": (trigger("t", "delivery", "call_missed"), "delivery"),
    "not_later": (trigger("t", "new", "call_missed"), "delivery"),
    "condition_false": (trigger("t", "billing", "call_missed", when='{field: amount, op: ">", value: 9000}'), "new"),
    "deal_closed": (trigger("t", "lost", "call_missed", back="true"), "won"),
}


@pytest.mark.parametrize("reason", REASONS)
def test_why_it_did_not_fire(tmp_path: Path, reason: str) -> None:
    line, stage = REASONS[reason]
    deals = f"  - {{id: D1, title: One, amount: 7500, stage: {stage}, responsible: ana, contacts: [maria]}}"
    house = funil(tmp_path, line, deals=deals, ways=f"{LINE}{QUIET}\n")
    house("event", "call_missed", "line=l2", f"phone={MARIA}")
    house.idle()
    assert house.stage() == stage
    (row,) = house.json("explain", "--deal", "D1")["events"]
    (candidate,) = row["candidates"]
    assert (row["applied"], candidate["verdict"], candidate["reason"]) == (None, "rejected", reason)
    assert candidate["detail"]


@pytest.mark.parametrize(("stage", "back", "ends"), [("won", "true", "new"), ("won", "false", "won")])
def test_closed_deals_are_reached_by_kinds_of_the_house_only(tmp_path: Path, stage: str, back: str, ends: str) -> None:
    deals = f"  - {{id: D1, title: One, stage: {stage}, responsible: ana, contacts: [maria]}}"
    house = funil(tmp_path, trigger("hook", "new", "webhook", "{code: abc}", back=back), deals=deals)
    house("event", "webhook", "--deal", "D1", "code=abc")
    house.idle()
    assert house.stage() == ends


def test_all_open_deals_of_the_client_are_reached(tmp_path: Path) -> None:
    deals = "\n".join(
        f"  - {{id: D{n}, title: T{n}, stage: {stage}, responsible: ana, contacts: [{who}]}}"
        for n, (stage, who) in enumerate([("new", "maria"), ("billing", "maria"), ("lost", "maria"), ("new", "joao")])
    )
    house = funil(tmp_path, trigger("t", "billing", "call_received", "{line: l1}"), deals=deals)
    house("event", "call_received", "line=l1", "phone=(11) 98765-0001")
    house.idle()
    assert {d: house.stage(d) for d in ("D0", "D1", "D2", "D3")} == {
        "D0": "billing",
        "D1": "billing",
        "D2": "lost",
        "D3": "new",
    }
    rows = house.json("explain")["events"]
    assert {row["deal"]: (row["applied"], row["candidates"][0]["reason"]) for row in rows} == {
        "D0": ("t", None),
        "D1": (None, "same_stage"),
        "D2": (None, "deal_closed"),
    }


def test_an_answer_belongs_to_the_deal_of_its_thread(tmp_path: Path) -> None:
    deals = "\n".join(f"  - {{id: D{n}, title: T{n}, stage: new, responsible: ana, contacts: [maria]}}" for n in (1, 2))
    house = funil(tmp_path, trigger("t", "billing", "email_received"), rules_=rules(mail()), deals=deals)
    house("deal", "move", "D2", "delivery")
    house.idle()
    key = house.log("D2")[0]["key"]
    house(
        "event", "email_received", "from=Maria <else@home.example>", "subject=Re: a=b", f"in_reply_to=<{key}@x.example>"
    )
    house.idle()
    assert (house.stage("D1"), house.stage("D2")) == ("new", "billing")
    assert house.json("explain", "--event", "E1")["events"][0]["deal"] == "D2"


NOBODY = {
    "a bounce": ["from=mailer-daemon@mx.example", "subject=Undelivered"],
    "a report": ["from=maria@cliente.example", "content_type=multipart/report; report-type=delivery-status"],
    "an automatic reply": ["from=maria@cliente.example", "auto_submitted=auto-replied"],
    "an absence by its subject": ["from=maria@cliente.example", "subject=Resposta automática: Pedido"],
}


@pytest.mark.parametrize("case", NOBODY)
def test_what_nobody_has_written_is_recorded_and_moves_nothing(tmp_path: Path, case: str) -> None:
    house = funil(tmp_path, trigger("t", "billing", "email_received"))
    house("event", "email_received", *NOBODY[case])
    house.idle()
    assert house.stage() == "new"
    (row,) = house.json("explain")["events"]
    if row["deal"] is not None:
        assert row["candidates"][0]["reason"] == "machine_event"
    assert [deal["id"] for deal in house.json("deal", "list")] == ["D1"]


def test_a_hit_settles_for_ten_seconds(tmp_path: Path) -> None:
    house = funil(tmp_path, trigger("t", "billing", "email_opened"), rules_=rules(mail()))
    house("deal", "move", "D1", "delivery")
    house.idle()
    house("event", "email_opened", "delivery=M1")
    house("event", "email_opened", "delivery=M1", "machine=true")
    house.idle()
    assert house.stage() == "delivery"
    house.until("2026-12-01T12:00:10Z")
    assert house.stage() == "billing"
    assert verdicts(house) == [["t applied"], ["t machine_event"]]
    lines = [(row["by"], row["kind"]) for row in house.json("timeline", "D1") if row["kind"] == "opened"]
    assert lines == [("system", "opened"), ("client", "opened")]


NEW = {
    "form": (
        ["form", "form=f1", "type=crm", "name=Rita Sá", "email=rita@x.example", "phone=+5511912345678"],
        "Rita Sá",
    ),
    "call": (["call_received", "phone=+5511912345678"], "+5511912345678"),
    "missed call": (["call_missed", "phone=+5511912345678"], "+5511912345678"),
    "chat": (["chat_message", "channel=tg", "chat=c9", "from=tg:9", "text=Oi"], "tg:9"),
    "mail": (["email_received", "from=Rita <rita@x.example>", "subject=Oi"], None),
}


@pytest.mark.parametrize("case", NEW)
def test_a_client_whom_nobody_knows_gets_a_deal(tmp_path: Path, case: str) -> None:
    words, title = NEW[case]
    house = funil(tmp_path, trigger("t", "billing", "crm_form"), rules_=rules(sms("hello", "new")))
    for _ in range(2):
        house("event", *words)
    house.idle()
    made = [deal for deal in house.json("deal", "list") if deal["id"] != "D1"]
    assert [deal["title"] for deal in made] == ([] if title is None else [title])
    if title is None:
        assert [row["deal"] for row in house.json("explain")["events"]] == [None, None]
        return
    (deal,) = made
    assert len(deal["contacts"]) == 1
    assert deal["stage"] == ("billing" if case == "form" else "new")
    assert house.states(deal["id"])["hello"] != "waiting grace", "nobody's act has no grace"


def test_a_connection_says_whether_and_where_a_new_deal_is_made(tmp_path: Path) -> None:
    ways = LINE.replace("adapter: simulated,", "adapter: simulated, new_deal: {on: false},")
    house = funil(tmp_path, trigger("t", "billing", "call_missed"), ways=ways)
    house(*CALL, "phone=+5511912345678")
    house.idle()
    assert [deal["id"] for deal in house.json("deal", "list")] == ["D1"]


def test_a_connection_says_whose_the_new_deals_are(tmp_path: Path) -> None:
    rule = rules("{id: tell, stage: new, kind: notify, name: Tell, settings: {text: '{{ deal.title }}'}}")
    ways = LINE.replace("adapter: simulated,", "adapter: simulated, new_deal: {responsible: ana},") + QUIET + "\n"
    house = funil(tmp_path, trigger("t", "billing", "payment"), rules_=rule, ways=ways + TG)
    house(*CALL, "phone=+5511912345678")
    house("event", "chat_message", "channel=tg", "chat=c", "from=tg:555", "text=oi")
    house.idle()
    made = {deal["title"]: deal for deal in house.json("deal", "list") if deal["id"] != "D1"}
    told = {title: house.states(deal["id"])["tell"] for title, deal in made.items()}
    assert {title: deal["responsible"] for title, deal in made.items()} == {"+5511912345678": "ana", "tg:555": None}
    assert told == {"+5511912345678": "done", "tg:555": "failed no_recipient"}
    house("event", "payment", "--deal", made["tg:555"]["id"], "amount=5")
    house.idle()
    assert house.stage(made["tg:555"]["id"]) == "billing", "who moves it in nobody's name is the house"


def test_linking_and_unlinking_people_changes_a_field(tmp_path: Path) -> None:
    came = trigger("came", "delivery", "field_changed", "{fields: [contacts], to: joao}")
    went = trigger("went", "billing", "field_changed", "{fields: [contacts], from: joao}")
    firm = trigger("firm", "won", "field_changed", "{fields: [company]}", back="true")
    house = funil(tmp_path, came, went, firm)
    house.apply("{funil: 1, contacts: [{id: joao, name: João}], companies: [{id: acme, name: Acme}]}")
    assert house.json("lint") == []
    stages = []
    for linked in ("contacts=maria,joao", "contacts=joao,maria", "contacts=maria", "company=acme"):
        house("deal", "set", "D1", linked)
        house.idle()
        stages.append(house.stage())
    assert stages == ["delivery", "delivery", "billing", "won"]


def test_a_circle_of_triggers_and_rules_in_one_chain_is_stopped_and_a_new_event_begins_anew(tmp_path: Path) -> None:
    back = mover("back", "delivery", "new")
    house = funil(tmp_path, trigger("t", "delivery", "call_missed"), rules_=rules(back))
    for _ in range(3):
        house(*CALL, f"phone={MARIA}")
        house.idle()
    assert verdicts(house) == [["t applied"]] * 3, "every outside event starts a new chain"
    assert house.json("deal", "show", "D1")["flags"] == []


def test_the_same_trigger_twice_in_one_chain_is_stopped_named_and_flagged(tmp_path: Path) -> None:
    settings = "{field: tracking, value: '{{ deal.version }}'}"
    given = f"{{id: field, stage: delivery, kind: set_field, name: field, settings: {settings}}}"
    house = funil(
        tmp_path,
        trigger("t", "billing", "field_changed", "{fields: [tracking]}"),
        rules_=rules(given, mover("back", "billing", "delivery")),
    )
    house("deal", "move", "D1", "delivery")
    house.idle()
    assert house.json("deal", "show", "D1")["flags"] == ["loop"]
    reasons = [line for row in verdicts(house) for line in row]
    assert reasons.count("t applied") == 1
    kinds = [row["kind"] for row in house.json("timeline", "D1")]
    assert "loop_guard" in kinds and "flagged" in kinds
    text = next(row["text"] for row in house.json("timeline", "D1") if row["kind"] == "loop_guard")
    assert "back" in text and "(t)" in text


@pytest.mark.parametrize("below", ["", ", order: wait"])
def test_what_a_rule_raises_is_matched_before_the_deals_next_run(tmp_path: Path, below: str) -> None:
    first = "{id: first, stage: delivery, kind: comment, name: first, settings: {text: x}}"
    given = "settings: {field: tracking, value: x}"
    writes = f"{{id: writes, stage: delivery, kind: set_field, name: writes{below}, {given}}}"
    house = funil(
        tmp_path,
        trigger("t", "billing", "field_changed", "{fields: [tracking]}"),
        rules_=rules(first, writes, mover("on", "delivery", "won")),
    )
    house("deal", "move", "D1", "delivery")
    house.idle()
    assert house.stage() == "billing"
    assert house.states() == {"first": "done", "writes": "done", "on": "cancelled left_stage"}


def test_too_many_moves_an_hour_are_stopped_whatever_the_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert guarding.HOUR_LIMIT == 60
    monkeypatch.setattr(guarding, "HOUR_LIMIT", 4)
    house = funil(
        tmp_path,
        trigger("there", "delivery", "webhook", "{code: a}"),
        trigger("back", "new", "webhook", "{code: b}", back="true"),
    )
    for n in range(6):
        house("event", "webhook", "--deal", "D1", f"code={'ab'[n % 2]}")
    house.idle()
    rows = [line for row in verdicts(house) for line in row]
    assert sum("applied" in line for line in rows) == 4
    assert sum("loop_guard" in line for line in rows) == 1
    assert house.json("deal", "show", "D1")["flags"] == ["loop"]


def test_in_whose_name_a_trigger_moves(tmp_path: Path) -> None:
    house = funil(tmp_path, trigger("t", "billing", "call_missed", **{"as": "rui"}))
    house(*CALL, f"phone={MARIA}")
    house.idle()
    assert [row["by"] for row in house.json("timeline", "D1") if row["kind"] == "moved"] == ["rui"]


def test_what_the_event_says_stands_in_texts_and_conditions_of_the_stay_that_it_began(tmp_path: Path) -> None:
    rule = sms(text="{{ event.form }} {{ event.name }}", when='{field: event.in_business_hours, op: "=", value: false}')
    when = '{field: event.in_business_hours, op: "=", value: false}'
    house = funil(tmp_path, trigger("t", "delivery", "callback_form", when=when), rules_=rules(rule))
    house("event", "form", "form=site", "type=callback", "name=Maria", f"phone={MARIA}", "--at", "2026-12-01T23:00:00Z")
    house.idle()
    assert [row["text"] for row in house.log()] == ["site Maria"]


def test_a_call_that_is_told_with_its_line_and_without_is_one(tmp_path: Path) -> None:
    house = funil(tmp_path, trigger("t", "delivery", "call_missed"), trigger("u", "billing", "call_missed"))
    for words in (["call=77"], ["call=77", "line=l1"], ["line=l1", "call=77", "--id", "y"]):
        house("event", "call_missed", f"phone={MARIA}", *words)
        house.idle()
    assert len(house.json("explain")["events"]) == 1
    assert house.stage() == "delivery"


def test_the_same_report_acts_once(tmp_path: Path) -> None:
    house = funil(tmp_path, trigger("t", "delivery", "call_missed"), trigger("u", "billing", "call_missed"))
    for words in (["--id", "x"], ["--id", "x"], ["call=77"], ["call=77", "--id", "y"]):
        house(*CALL, f"phone={MARIA}", *words)
        house.idle()
    assert len(house.json("explain")["events"]) == 2
    assert house.stage() == "billing"
