"""The demo: the same house in both languages, made once, and never over somebody's own deals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.cli import demo, storytelling
from adapters.cli.event_kinds import KINDS
from core.errors import Refused
from funil import House
from tests.cli.cli_ground import Shell, shell_in


def made(folder: Path, seed: int | None = None) -> Shell:
    shell = Shell(f"sqlite:///{folder / 'demo.db'}")
    begin(shell, seed=seed)
    return shell


def begin(shell: Shell, *, reset: bool = False, seed: int | None = None) -> None:
    roof = House()
    demo.ready(roof, roof.place(shell.url), seed, reset=reset)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return made(tmp_path_factory.mktemp("demo"))


def test_it_is_a_company_at_work(house: Shell) -> None:
    exported = house.json("export")
    assert [pipeline["id"] for pipeline in exported["pipelines"]] == ["sales", "service"]
    assert len(exported["deals"]) >= 60
    assert any(len(contact["phones"]) > 1 and len(contact["emails"]) > 1 for contact in exported["contacts"])
    rules = [rule for pipeline in exported["pipelines"] for rule in pipeline["rules"]]
    assert {rule["kind"] for rule in rules} >= {"email", "call", "chat", "sms", "invite", "move", "assign", "task"}
    assert any(rule["settings"].get("attach", {}).get("files") for rule in rules)
    assert {connection["adapter"] for connection in exported["connections"]} == {"simulated", "simulated_telegram"}
    assert house.json("lint") == []


def test_the_story_has_come_to_its_present(house: Shell) -> None:
    assert house.json("clock", "show") == {"clock": "simulated", "now": "2026-12-01T12:00:00Z"}
    rows = house.json("outbound")
    assert {"delivered", "undelivered", "failed", "queued"} <= {row["status"] for row in rows}
    assert {row["channel"] for row in rows} >= {"email", "sms", "telephony"}
    chats = {chat["chat"]: chat["status"] for chat in house.json("chat", "list")}
    assert len(chats) >= 10
    assert set(chats.values()) == {"waiting", "accepted", "closed"}
    statuses = {run["status"] for run in house.json("explain")["runs"]}
    assert {"done", "waiting", "skipped", "failed"} <= statuses


def test_opening_it_again_changes_nothing(house: Shell) -> None:
    before = house.ok("export") + house.ok("outbound", "--json")
    begin(house)
    assert house.ok("export") + house.ok("outbound", "--json") == before


def told(shell: Shell) -> Any:
    """What happened, without the keys that name the house."""
    return [{**row, "key": None} for row in shell.json("outbound")], shell.json("explain")


def test_two_demos_tell_one_story(house: Shell, tmp_path: Path) -> None:
    assert told(made(tmp_path)) == told(house)


def test_reset_begins_anew(tmp_path: Path) -> None:
    shell = made(tmp_path)
    before = told(shell)
    shell.ok("deal", "move", "V101", "won")
    shell.ok("run", "--until", "2026-12-05T12:00Z")
    begin(shell, reset=True)
    assert told(shell) == before
    assert shell.json("deal", "show", "V101")["stage"] == "new"


def test_reset_is_refused_beside_a_deal_of_ones_own(tmp_path: Path) -> None:
    shell = made(tmp_path)
    shell.ok("deal", "add", "--title", "Mine", "--id", "mine")
    before = shell.ok("export")
    with pytest.raises(Refused, match="mine"):
        begin(shell, reset=True)
    begin(shell)
    assert shell.ok("export") == before


def test_an_empty_database_is_taken(tmp_path: Path) -> None:
    shell = shell_in(tmp_path)
    begin(shell)
    assert [pipeline["id"] for pipeline in shell.json("export")["pipelines"]] == ["sales", "service"]


@pytest.mark.parametrize("reset", [False, True])
def test_a_house_of_ones_own_is_left_alone(tmp_path: Path, reset: bool) -> None:
    shell = shell_in(tmp_path)
    shell.ok("deal", "add", "--title", "Mine")
    before = shell.ok("export")
    with pytest.raises(Refused):
        begin(shell, reset=reset)
    assert shell.ok("export") == before


def test_another_seed_reaches_the_connections(tmp_path: Path) -> None:
    connections = made(tmp_path, seed=7).json("export")["connections"]
    assert {c["settings"]["seed"] for c in connections if "seed" in c["settings"]} == {7}


def test_another_seed_begins_anew_or_not_at_all(house: Shell) -> None:
    begin(house, seed=1)
    with pytest.raises(Refused, match="seed 1"):
        begin(house, seed=2)


def test_both_languages_tell_of_the_same_house(house: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    brazil = made(tmp_path)
    assert brazil.json("lint") == []
    assert brazil.json("export")["company"]["language"] == "pt_BR"
    assert skeleton(brazil.json("export")) == skeleton(house.json("export"))
    assert "Vendas" in brazil.ok("export")


def test_the_screenplay_knows_its_house(house: Shell) -> None:
    story = House().story()
    exported = house.json("export")
    stages = {p["id"]: [s["id"] for s in p["stages"]] for p in exported["pipelines"]}
    users = {user["id"] for user in exported["users"]}
    numbers = {phone["value"] for contact in exported["contacts"] for phone in contact["phones"]}
    where = {deal["id"]: deal["pipeline"] for deal in exported["deals"]}
    fields = {field["id"] for field in exported["fields"]}
    assert story.zone == exported["company"]["timezone"]
    assert [act.at for act in story.acts] == sorted(act.at for act in story.acts)
    for act in story.acts:
        if act.verb == "event":
            assert act.value in KINDS
            continue
        assert act.by in users or (act.verb == "says" and act.by in numbers)
        if act.verb == "again":
            assert act.deal not in where
            where[act.deal] = where[act.value]
        elif act.verb == "says":
            continue
        elif act.verb == "set":
            assert act.value.partition("=")[0] in fields
        else:
            assert act.verb == "move"
            assert act.value in stages[where[act.deal]]


def test_the_chats_are_the_same_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {}
    for language in ("en", "pt_BR"):
        monkeypatch.setenv("FUNIL_LANG", language)
        told[language] = [act for act in House().story().acts if act.verb == "says"]
    assert [(a.at, a.deal, a.by) for a in told["en"]] == [(a.at, a.deal, a.by) for a in told["pt_BR"]]
    pairs = zip(told["en"], told["pt_BR"], strict=True)
    assert all((a.value == b.value) == a.value.startswith("/") for a, b in pairs)


def skeleton(tree: Any) -> Any:
    """A board file without the words that a translation changes."""
    words = {"name", "title", "subject", "body", "text", "say", "voice", "language", "any_of"}
    if isinstance(tree, dict):
        return {key: skeleton(value) for key, value in tree.items() if key not in words}
    return [skeleton(value) for value in tree] if isinstance(tree, list) else json.dumps(tree)


# Without a board ------------------------------------------------------------------------------------------------------

UNTIL = "2026-12-16T12:00Z"


def played(shell: Shell, *more: str, until: str = UNTIL) -> Any:
    return json.loads(shell.ok("demo", "--headless", "--until", until, "--json", *more))


@pytest.fixture(scope="module")
def fortnight_shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(f"sqlite:///{tmp_path_factory.mktemp('played') / 'demo.db'}")


@pytest.fixture(scope="module")
def fortnight(fortnight_shell: Shell) -> Any:
    return played(fortnight_shell)


def test_a_story_is_summed_up(fortnight: Any) -> None:
    assert (fortnight["seed"], fortnight["from"], fortnight["until"]) == (
        1,
        "2026-11-24T11:00:00Z",
        "2026-12-16T12:00:00Z",
    )
    assert sum(row["count"] for row in fortnight["deals"]) >= 40
    assert fortnight["moves"]["person"] > 30
    assert fortnight["moves"]["rule"] > 3
    told = {(row["channel"], row["status"]): row["count"] for row in fortnight["messages"]}
    assert told["email", "delivered"] > 10
    assert told["sms", "delivered"] > 10
    assert {"blocked", "bounced"} & {row["reason"] for row in fortnight["failures"]}
    assert fortnight["events"]["email_opened"] > 5


def test_clients_move_their_deals_and_new_ones_come_by_themselves(fortnight: Any) -> None:
    assert {"night-form", "called-back", "missed", "reply", "agreed", "feedback", "asks-price", "slow"} <= set(
        fortnight["triggers"]
    )
    stories = {story["title"]: story["steps"] for story in fortnight["stories"]}
    marina = stories["Marina Alves"]
    assert [step["stage"] for step in marina][:3] == ["new", "attention", "proposal"]
    assert [step["by"] for step in marina][:3] == ["system", "night-form", "called-back"]
    won = [title for title, steps in stories.items() if steps[-1]["stage"] == "won"]
    assert won, "nobody who came by themselves has bought"


def test_a_form_after_hours_is_answered_by_sms(fortnight: Any, fortnight_shell: Shell) -> None:
    assert fortnight
    (deal,) = (d["id"] for d in fortnight_shell.json("deal", "list") if d["title"] == "Marina Alves")
    texts = [
        row["text"] for row in fortnight_shell.json("outbound", "--deal", deal) if row["rule"] == "attention-night"
    ]
    assert len(texts) == 1
    assert "call you" in texts[0]
    told = [event for event in fortnight_shell.json("explain", "--deal", deal)["events"] if event["kind"] == "form"]
    verdicts = {c["trigger"]: (c["verdict"], c["reason"]) for c in told[0]["candidates"]}
    assert verdicts == {"night-form": ("applied", None), "day-form": ("rejected", "earlier_target_won")}


def test_a_story_is_the_same_wherever_it_is_told(fortnight: Any, tmp_path: Path, fresh_postgres: str) -> None:
    assert played(shell_in(tmp_path)) == fortnight
    on_postgres = Shell(fresh_postgres)
    for more in ((), ("--reset",)):
        assert played(on_postgres, *more) == fortnight


def test_a_story_told_again_is_the_same(tmp_path: Path) -> None:
    shell = Shell(f"sqlite:///{tmp_path / 'demo.db'}")
    words = ("demo", "--headless", "--until", "2026-12-03T12:00Z")
    first = shell.ok(*words)
    assert "seed 1" in first
    assert str(tmp_path) not in first
    assert shell.ok(*words) == first
    assert shell.ok(*words, "--reset") == first
    assert "is in the past" in shell.refused("demo", "--headless", "--until", "2026-12-02T12:00Z")
    assert "is a moment after it" in shell.refused("demo", "--headless", "--until", "2026-11-30T12:00Z")
    other = shell.ok(*words, "--reset", "--seed", "9")
    assert "seed 9" in other
    assert shell.ok(*words, "--seed", "9") == other


def test_another_seed_tells_another_story(fortnight: Any, tmp_path: Path) -> None:
    other = played(shell_in(tmp_path), "--seed", "5")
    assert other["seed"] == 5
    assert other["events"] != fortnight["events"]


class Killed(BaseException):
    """The process dies here."""


def test_a_story_that_was_interrupted_goes_on(fortnight: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = shell_in(tmp_path)
    good, left = storytelling._job, [0]

    def dies(act: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            raise Killed
        return good(act)

    monkeypatch.setattr(storytelling, "_job", dies)
    for dying in (1, 5, 9, 20, 0):
        left[0] = dying
        if dying:
            with pytest.raises(Killed):
                played(shell)
    assert played(shell) == fortnight


def test_one_at_a_time(house: Shell) -> None:
    assert "--headless" in house.refused("demo", "--until", UNTIL)


def test_it_lives_on_postgresql_too(house: Shell, fresh_postgres: str) -> None:
    shell = Shell(fresh_postgres)
    for reset in (False, True):
        begin(shell, reset=reset)
        assert [(row["to"], row["status"], row["text"]) for row in shell.json("outbound")] == [
            (row["to"], row["status"], row["text"]) for row in house.json("outbound")
        ]
