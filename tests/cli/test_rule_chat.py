"""The chat rule, through the command line: where it writes, what it says, and why it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.chat_ground import TABLE, chat, lines, talking_house, writes
from tests.cli.cli_ground import Shell

PHONE: Final = "+5511987650001"
NO_CHANNEL: Final = "\n".join(line for line in TABLE.split("\n") if "open_channel" not in line)


def rule(text: str = "Oi {{ contact.first_name }}", *more: str, name: str = "r", stage: str = "talk") -> str:
    """Return a chat rule as a board file has it."""
    settings = ", ".join([f"text: '{text}'", *more])
    return f"{{id: {name}, stage: {stage}, kind: chat, name: Chat, settings: {{{settings}}}}}"


def entered(shell: Shell, deal: str = "D1") -> dict[str, Any]:
    """Bring a deal to the rule; returns its run."""
    shell.ok("deal", "move", deal, "talk")
    shell.ok("run", "--until-idle")
    (run,) = shell.json("explain", "--deal", deal)["runs"]
    assert isinstance(run, dict)
    return run


def test_it_writes_in_the_chat_created_last_closed_or_not_in_whatever_channel(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule("<b>{{ contact.name }}</b> & {{ deal.title }}"))
    writes(shell, sender=PHONE)
    shell.ok("clock", "advance", "1h")
    writes(shell, chat="v1", channel="web", sender=PHONE)
    shell.ok("event", "chat_closed", "chat=v1")
    shell.ok("clock", "advance", "1h")
    writes(shell, "older chat, newer message", sender=PHONE)
    tried = shell.json("try", "r", "--deal", "D1")
    assert {name: tried[name] for name in ("would", "recipient", "to", "connection", "text", "subject")} == {
        "would": "done", "recipient": "maria", "to": "web:v1", "connection": "web",
        "text": "<b>Maria Lima</b> & Order 1001", "subject": None,
    }  # fmt: skip
    before = chat(shell, "v1")
    assert entered(shell)["status"] == "done"
    (row,) = shell.json("outbound")
    assert (row["channel"], row["to"], row["status"], row["rule"]) == ("open_channel", "web:v1", "sent", "r")
    after = chat(shell, "v1")
    said = after.pop("messages")[-1]
    assert after == {name: value for name, value in before.items() if name != "messages"}
    assert (said["author"], said["by"], said["text"], said["status"]) == ("rule", "r", row["text"], "sent")


def test_it_neither_takes_nor_answers_a_chat(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule())
    writes(shell, sender=PHONE)
    shell.ok("chat", "accept", "tg:555")
    before = chat(shell) | {"messages": None}
    entered(shell)
    assert chat(shell) | {"messages": None} == before
    assert before["answered_at"] is None


def test_a_hidden_message_stays_with_the_employees(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule("VIP {{ deal.id }}", "hidden: true"))
    writes(shell, sender=PHONE)
    tried = shell.json("try", "r", "--deal", "D1")
    assert (tried["would"], tried["to"], tried["text"], tried["effects"]) == (
        "done",
        "tg:tg:555",
        "VIP D1",
        ["ChatNote"],
    )
    assert len(chat(shell)["messages"]) == 1
    assert entered(shell)["status"] == "done"
    assert shell.json("outbound") == []
    note = chat(shell)["messages"][-1]
    assert (note["text"], note["hidden"], note["author"], note["by"], note["delivery"]) == (
        "VIP D1", True, "rule", "r", None,
    )  # fmt: skip
    assert lines(shell)[-1] == ("system", "note in chat tg:tg:555: VIP D1")
    assert "r (note)" in shell.ok("chat", "show", "tg:555")


def test_a_hidden_message_is_not_held_in_the_log(tmp_path: Path) -> None:
    board = TABLE.replace("grace: 0s", "grace: 5s")
    rules = rule("x", "hidden: true"), rule("y", name="seen")
    shell = talking_house(tmp_path, *rules, board=board)
    writes(shell, sender=PHONE)
    shell.ok("deal", "move", "D1", "talk")
    assert [(row["rule"], row["status"], row["text"]) for row in shell.json("outbound")] == [("seen", "held", "y")]


WHY_NOT: Final = {
    "no channel": ("D1", [], NO_CHANNEL, "no_channel", "no open channel is connected"),
    "no chat": ("D1", [], TABLE, "no_chat", "there is no chat with Maria Lima yet"),
    "a chat with somebody else": ("D2", [PHONE], TABLE, "no_chat", "there is no chat with José Reis yet"),
    "nobody": ("D4", [PHONE], TABLE, "no_recipient", "the deal has neither a contact nor a company"),
}


@pytest.mark.parametrize("hidden", ["hidden: false", "hidden: true"])
@pytest.mark.parametrize("case", WHY_NOT)
def test_why_it_cannot(tmp_path: Path, case: str, hidden: str) -> None:
    deal, senders, board, reason, detail = WHY_NOT[case]
    shell = talking_house(tmp_path, rule("x", hidden), board=board)
    for sender in senders:
        writes(shell, sender=sender)
    tried = shell.json("try", "r", "--deal", deal)
    assert (tried["would"], tried["reason"], tried["detail"]) == ("failed", reason, detail)
    run = entered(shell, deal)
    assert (run["status"], run["reason"], run["detail"]) == ("failed", reason, detail)
    assert shell.json("outbound") == []


def test_a_company_is_written_to_in_its_own_chat(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule("Oi {{ company.name }}"))
    writes(shell, sender="+551133330000")
    assert entered(shell, "D3")["status"] == "done"
    assert shell.json("outbound")[0]["text"] == "Oi Acme Ltda"


@pytest.mark.parametrize(
    ("text", "reason"), [("{{ nothing.here }}", "template_error"), ("{{ deal.close_date }}", "template_error")]
)
def test_a_text_that_cannot_be_written_is_not_sent(tmp_path: Path, text: str, reason: str) -> None:
    shell = talking_house(tmp_path, rule(text))
    writes(shell, sender=PHONE)
    assert entered(shell)["reason"] == reason
    assert shell.json("outbound") == []


def test_who_has_blocked_us_gets_nothing_more_until_they_write(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule(), rule(name="after", stage="won"))
    writes(shell, chat="tg:block", sender=PHONE)
    run = entered(shell)
    assert (run["status"], run["reason"]) == ("failed", "blocked")
    (row,) = shell.json("outbound")
    assert (row["status"], row["reason"], row["to"]) == ("failed", "blocked", "tg:tg:block")
    assert chat(shell, "tg:block")["blocked"] is True
    assert chat(shell, "tg:block")["messages"][-1]["reason"] == "blocked"
    shell.ok("deal", "move", "D1", "won")
    shell.ok("run", "--until-idle")
    last = shell.json("explain", "--deal", "D1", "--rule", "after")["runs"][-1]
    assert (last["status"], last["reason"]) == ("failed", "blocked")
    assert len(shell.json("outbound")) == 1
    assert shell.refused("chat", "answer", "tg:block", "--text", "x").endswith("has blocked us on tg: nothing goes out")
    writes(shell, chat="tg:block", sender=PHONE)
    assert chat(shell, "tg:block")["blocked"] is False


def test_what_nobody_knows_of_is_held(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule())
    writes(shell, chat="tg:timeout", sender=PHONE)
    assert entered(shell)["status"] == "done"
    assert [row["status"] for row in shell.json("outbound")] == ["unknown"]


def test_a_message_that_goes_late_goes_to_the_chat_that_is_the_last_then(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule())
    writes(shell, sender=PHONE)
    shell.ok("connection", "pause", "tg")
    entered(shell)
    assert chat(shell)["messages"][-1]["status"] == "queued"
    shell.ok("clock", "advance", "1h")
    writes(shell, chat="v1", channel="web", sender=PHONE)
    shell.ok("connection", "resume", "tg")
    shell.ok("run", "--until-idle")
    assert [(row["to"], row["status"]) for row in shell.json("outbound")] == [("web:v1", "sent")]
    assert [line["text"] for line in chat(shell)["messages"]] == ["Olá"]
    assert [line["text"] for line in chat(shell, "v1")["messages"]] == ["Olá", "Oi Maria"]


@pytest.mark.parametrize("hidden", ["hidden: false", "hidden: true"])
def test_files_go_along_and_stand_in_the_history(tmp_path: Path, hidden: str) -> None:
    (tmp_path / "offer.pdf").write_bytes(b"%PDF-1.4 offer")
    (tmp_path / "terms.txt").write_text("terms")
    board = TABLE.replace("rules: [RULES]", "rules: []")
    shell = talking_house(tmp_path, board=board)
    shell.ok("file", "add", str(tmp_path / "terms.txt"))
    shell.ok("deal", "set", "D1", f"paper=@{tmp_path / 'offer.pdf'}")
    made = rule("x", hidden, "attach: {fields: [paper], files: [terms.txt]}")
    (tmp_path / "board.yaml").write_text(TABLE.replace("RULES", made), encoding="utf-8")
    shell.ok("apply", str(tmp_path / "board.yaml"))
    writes(shell, sender=PHONE)
    names = ["offer.pdf", "terms.txt"]
    assert [file["name"] for file in shell.json("try", "r", "--deal", "D1")["attachments"]] == names
    assert entered(shell)["status"] == "done"
    said = chat(shell)["messages"][-1]
    assert [(file["name"], file["media_type"]) for file in said["attachments"]] == [
        ("offer.pdf", "application/pdf"),
        ("terms.txt", "text/plain"),
    ]
    assert "x [offer.pdf] [terms.txt]" in shell.ok("chat", "show", "tg:555")


def test_an_empty_file_field_attaches_nothing_and_says_so(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule("x", "attach: {fields: [paper]}"))
    writes(shell, sender=PHONE)
    assert entered(shell)["status"] == "done"
    (row,) = shell.json("outbound")
    assert row["status"] == "sent"
    assert row["detail"] == "Maria Lima, the chat created last: tg:tg:555; nothing to attach in paper"
    assert chat(shell)["messages"][-1]["attachments"] == []


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ("{}", "settings.text"),
        ("{text: ''}", "settings.text"),
        ("{text: x, attach: {fields: [nope]}}", "attach.fields[0]"),
    ],
)
def test_settings_that_cannot_be_kept_or_work(tmp_path: Path, settings: str, place: str) -> None:
    shell = talking_house(tmp_path)
    path = tmp_path / "more.yaml"
    made = f"{{id: r, stage: talk, kind: chat, name: Chat, settings: {settings}}}"
    path.write_text(TABLE.replace("RULES", made), encoding="utf-8")
    found = shell("lint", str(path))
    assert found.status == 1
    assert place in found.out + found.err


def test_lint_and_sentences(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule("a {{ nope }}"), rule("b", "hidden: true", name="h"))
    assert "“nope” is unknown" in shell("lint").out
    path = tmp_path / "none.yaml"
    path.write_text(NO_CHANNEL.replace("RULES", rule()), encoding="utf-8")
    assert "no open channel is connected" in talking_house(_in(tmp_path), board=NO_CHANNEL)("lint", str(path)).out
    exported = shell.ok("export", "--only", "rules")
    assert "hidden: true" in exported


def _in(folder: Path) -> Path:
    made = folder / "other"
    made.mkdir()
    return made
