"""Rules that stay in the house, from outside: board file, try, run, history, export."""

from __future__ import annotations

from pathlib import Path

from tests.proof.ground import Funil, board, rules


def rule(name: str, kind: str, settings: str, **more: str) -> str:
    """Return a rule on the stage delivery."""
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    return f"{{id: {name}, stage: delivery, kind: {kind}, name: {name}{keys}, settings: {settings}}}"


FIELD = rule("field", "set_field", '{field: tracking, value: "BR{{ deal.id }}"}')
DATE = rule("date", "set_field", '{field: visit, value: "today + 3d"}')
TASK = rule("task", "task", '{title: "Ring {{ contact.first_name }}", text: x, due: 2d}')
NOTE = rule("note", "comment", '{text: "from {{ stage }}"}')


def test_fields_tasks_and_notes(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(FIELD, DATE, TASK, NOTE)))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == dict.fromkeys(["field", "date", "task", "note"], "done")
    fields = funil.json("deal", "show", "D1")["fields"]
    assert (fields["tracking"], fields["visit"]) == ("BRD1", "2026-12-04")
    said = {line["kind"]: line["text"] for line in funil.json("timeline", "D1")}
    assert (said["task"], said["note"]) == ("task: Ring Maria", "from Order delivery")
    assert all(line["by"] == "system" for line in funil.json("timeline", "D1") if line["kind"] in ("field", "task"))


def test_what_is_exported_changes_nothing(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(FIELD, DATE, TASK, NOTE)))
    exported = funil("export")
    before = funil.json("timeline", "D1")
    funil.apply(exported)
    assert (funil("export"), funil.json("timeline", "D1")) == (exported, before)


def test_trying_says_what_would_be_written(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(FIELD, TASK, NOTE)))
    tried = {name: funil.json("try", name, "--deal", "D1") for name in ("field", "task", "note")}
    assert (tried["field"]["subject"], tried["field"]["text"]) == ("deal.fields.tracking", "BRD1")
    assert (tried["task"]["to"], tried["task"]["subject"], tried["task"]["text"]) == ("ana", "Ring Maria", "x")
    assert tried["note"]["text"] == "from New"
    assert funil.json("deal", "show", "D1")["fields"]["tracking"] is None


def test_a_value_that_does_not_fit_fails_its_run_alone(tmp_path: Path) -> None:
    wrong = rule("wrong", "set_field", '{field: amount, value: "{{ contact.name }}"}')
    funil = Funil(tmp_path, board(rules(wrong, NOTE)))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"wrong": "failed misconfigured", "note": "done"}


def test_deals_are_shared_out_by_turns_and_users_are_told(tmp_path: Path) -> None:
    share = rule("share", "assign", "{to: [rui, ana], how: round_robin}")
    tell = rule("tell", "notify", '{text: "{{ deal.title }} is yours, {{ responsible.first_name }}", email: true}')
    deals = "\n".join(f"  - {{id: D{n}, title: Order {n}, stage: new}}" for n in (1, 2, 3))
    funil = Funil(tmp_path, board(rules(share, tell.replace("name:", "order: wait, name:", 1)), deals=deals))
    assert funil.json("try", "share", "--deal", "D1")["to"] == "rui"
    for deal in ("D1", "D2", "D3"):
        funil("deal", "move", deal, "delivery")
        funil.idle()
    assert [funil.json("deal", "show", deal)["responsible"] for deal in ("D1", "D2", "D3")] == ["rui", "ana", "rui"]
    (mail,) = funil.log("D2")
    assert (mail["to"], mail["status"], mail["rule"]) == ("ana@loja.example", "sent", "tell")
    assert mail["text"].strip() == "Order 2 is yours, Ana"
    assert funil.states("D3") == {"share": "done", "tell": "done"}
    event = funil.json("explain", "--deal", "D3")["events"][-1]
    assert event["kind"] == "responsible_changed"
