"""A mail that a person writes in the card: in their name, from their mailbox, through the same queue as every other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.files import digest_of
from tests.cli.cli_ground import NOON, Shell, shell_in

BOARD = """
funil: 1
company: {timezone: America/Sao_Paulo, grace: 0s}
users:
  - {id: ana, name: Ana Souza, mailboxes: [ana@loja.example, vendas@loja.example]}
  - {id: bia, name: Bia Reis}
  - {id: caio, name: Caio Dias, mailboxes: [caio@fora.example]}
connections: [{id: mail, channel: email, adapter: simulated, settings: {addresses: [ana@loja.example]}}]
pipelines:
  - id: sales
    stages:
      - {id: new}
      - {id: delivery}
      - {id: won, kind: success}
      - {id: lost, kind: failure}
    rules:
      - {id: hello, stage: delivery, kind: email, settings: {subject: Hello, body: Hello}}
contacts:
  - {id: maria, name: Maria Lima, emails: [{value: maria@cliente.example}, {type: HOME, value: m@casa.example}]}
  - {id: rita, name: Rita Sá, emails: [{value: rita@cliente.example, opted_out: true}]}
  - {id: nemo, name: Nemo}
deals:
  - {id: D1, responsible: bia, contacts: [maria, rita]}
  - {id: D2, responsible: ana, contacts: [rita]}
  - {id: D3, responsible: ana, contacts: [nemo]}
  - {id: D4, responsible: ana}
"""
LETTER = ("--subject", "Sobre o pedido", "--text", "Olá {{ contact.name }},\n\nveja https://loja.example/p?a=1&b=2")
PDF = b"%PDF-1.7 offer"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell on a house with three people, one of whom has a connected mailbox."""
    monkeypatch.chdir(tmp_path)
    found = shell_in(tmp_path)
    found.ok("clock", "set", NOON)
    found.ok("apply", "-", stdin=BOARD)
    return found


def mail(shell: Shell, *more: str, deal: str = "D1", by: str = "ana") -> dict[str, Any]:
    """Write a mail and return its line of the log."""
    found: dict[str, Any] = shell.json("deal", "mail", deal, "--by", by, *LETTER, *more)
    return found


def log(shell: Shell) -> list[dict[str, Any]]:
    """Return the outbound log."""
    found: list[dict[str, Any]] = shell.json("outbound")
    return found


def told(shell: Shell, deal: str = "D1") -> list[dict[str, Any]]:
    """Return what the history tells of messages, newest first."""
    return [line for line in shell.json("timeline", deal) if line["kind"] == "delivery"]


def events(shell: Shell) -> list[Any]:
    """Return what has been recorded."""
    from funil import House

    roof = House()
    with roof.opened(roof.place(shell.url)) as store:
        return list(store.read(lambda reader: reader.events_of()))


# What goes out --------------------------------------------------------------------------------------------------------


def test_a_mail_is_queued_and_the_next_run_sends_it_in_its_writers_name(shell: Shell) -> None:
    row = mail(shell)
    assert (row["status"], row["rule"], row["by"], row["connection"]) == ("queued", None, "ana", "mail")
    assert (row["to"], row["subject"]) == ("maria@cliente.example", "Sobre o pedido")
    assert row["text"] == "Olá {{ contact.name }},\n\nveja https://loja.example/p?a=1&b=2"
    assert (row["track_clicks"], row["track_opens"]) == (True, True)
    assert row["links"] == ["https://loja.example/p?a=1&b=2"]
    assert told(shell) == []
    shell.ok("run", "--until-idle")
    (sent,) = log(shell)
    assert (sent["id"], sent["status"], sent["attempts"]) == (row["id"], "sent", 1)
    (line,) = told(shell)
    assert line["by"] == "ana"
    assert (line["data"]["subject"], line["data"]["text"]) == (row["subject"], row["text"])
    assert line["data"]["delivery"] == row["id"]


def test_a_mail_carries_files(shell: Shell) -> None:
    Path("offer.pdf").write_bytes(PDF)
    Path("b.txt").write_bytes(b"b")
    row = mail(shell, "--attach", "offer.pdf", "--attach", "b.txt", "--attach", "offer.pdf")
    assert [(each["name"], each["digest"]) for each in row["attachments"]] == [
        ("offer.pdf", digest_of(PDF)),
        ("b.txt", digest_of(b"b")),
    ]
    shell.ok("run", "--until-idle")
    assert told(shell)[0]["data"]["attachments"] == row["attachments"]
    assert shell.ok("file", "save", digest_of(PDF), "-") == PDF.decode()


def test_a_mail_may_go_untracked_and_to_another_address(shell: Shell) -> None:
    row = mail(shell, "--no-track", "--to", "M@Casa.example")
    assert (row["track_clicks"], row["track_opens"], row["links"]) == (False, False, [])
    assert row["to"].casefold() == "m@casa.example"
    assert row["detail"].startswith("Ana Souza has named the address ")
    assert mail(shell, "--to", "stranger@else.example")["to"] == "stranger@else.example"


def test_a_written_mail_is_an_event_for_triggers(shell: Shell) -> None:
    row = mail(shell)
    (event,) = events(shell)
    assert (event.kind, event.deal, event.public_id) == ("email_sent", "D1", "E1")
    assert event.data["by"] == "ana"
    assert (event.data["subject"], event.data["text"]) == (row["subject"], row["text"])
    assert event.data["delivery"] == row["id"]
    assert event.handled_at is None


def test_the_same_name_again_is_the_same_mail(shell: Shell) -> None:
    first = mail(shell, "--id", "offer-1")
    said = shell("deal", "mail", "D1", "--by", "ana", "--subject", "Other", "--text", "Other", "--id", "offer-1")
    assert (said.status, said.out) == (0, f"{first['id']}\n")
    assert said.err == f"{first['id']}: was written before; nothing was done\n"
    assert len(log(shell)) == 1
    assert len(events(shell)) == 1
    assert mail(shell, "--id", "offer-2")["id"] != first["id"]
    assert mail(shell)["id"] not in (first["id"], "M2")


def test_a_text_comes_from_stdin_and_stays_data(shell: Shell) -> None:
    text = "linha 1\r\n<script>alert(1)</script> {% raw %} \x1b[31m"
    shell.ok("deal", "mail", "D1", "--by", "ana", "--subject", "a\nBcc: x@y.example", "--text", "-", stdin=text)
    (row,) = log(shell)
    assert row["text"] == "linha 1\n<script>alert(1)</script> {% raw %} [31m"
    assert row["subject"] == "a Bcc: x@y.example"


def test_it_goes_out_from_one_of_the_writers_mailboxes(shell: Shell) -> None:
    both = "{addresses: [ana@loja.example, vendas@loja.example]}"
    shell.ok("apply", "-", stdin=f"connections: [{{id: mail, settings: {both}}}]")
    row = mail(shell, "--from", "VENDAS@loja.example")
    (event,) = events(shell)
    assert event.data["from"] == "vendas@loja.example"
    assert "Ana Souza has no mailbox bia@loja.example; there are: ana@loja.example, vendas@loja.example" in (
        shell.refused("deal", "mail", "D1", "--by", "ana", *LETTER, "--from", "bia@loja.example")
    )
    assert [each["id"] for each in log(shell)] == [row["id"]]


def test_an_answer_goes_to_who_wrote_and_stays_in_the_thread(shell: Shell) -> None:
    said = (
        "from=m@casa.example",
        "subject=Pedido",
        "text=Onde?",
        "message_id=<7@casa.example>",
        "in_reply_to=<x-M9@y>",
    )
    shell.ok("event", "email_received", *said, "--id", "e-1")
    shell.ok("run", "--until-idle")
    row = mail(shell, "--answers", "e-1")
    assert row["to"] == "m@casa.example"
    assert events(shell)[-1].data["answers"] == "E1"
    from funil import House

    roof = House()
    with roof.opened(roof.place(shell.url)) as store:
        sent = store.read(lambda reader: reader.delivery(int(row["id"][1:])))
    assert sent is not None
    assert sent.message.data["in_reply_to"] == "<7@casa.example>"
    assert sent.message.data["references"] == "<x-M9@y> <7@casa.example>"


def test_only_a_mail_that_came_to_the_deal_is_answered(shell: Shell) -> None:
    shell.ok("event", "email_received", "from=rita@cliente.example", "--deal", "D2", "--id", "e-1")
    shell.ok("event", "call_made", "phone=+5511987650001", "by=ana", "--deal", "D1", "--id", "e-2")
    for event, says in (("e-1", "E1 did not come to deal D1"), ("e-2", "E2 is no mail of a client"), ("e-9", "e-9")):
        assert says in shell.refused("deal", "mail", "D1", "--by", "ana", *LETTER, "--answers", event)
    assert log(shell) == []


# What it does not do --------------------------------------------------------------------------------------------------


def test_leaving_the_stage_and_undoing_do_not_stop_it(shell: Shell) -> None:
    shell.ok("connection", "pause", "mail")
    shell.ok("deal", "move", "D1", "delivery")
    written = mail(shell)
    shell.ok("deal", "undo", "D1")
    shell.ok("deal", "move", "D1", "won")
    shell.ok("deal", "stop", "D1")
    shell.ok("run", "--until-idle")
    (row,) = [each for each in log(shell) if each["id"] == written["id"]]
    assert (row["status"], row["reason"]) == ("queued", "connection_paused")
    shell.ok("connection", "resume", "mail")
    shell.ok("run", "--until-idle")
    assert {each["id"]: each["status"] for each in log(shell)}[written["id"]] == "sent"


def test_a_retry_of_it_outlives_the_stage(shell: Shell) -> None:
    written = mail(shell, "--to", "full@cliente.example")
    shell.ok("run", "--until-idle")
    assert log(shell)[0]["attempts"] == 1
    shell.ok("deal", "move", "D1", "lost")
    shell.ok("run", "--until", "2026-12-02T12:00Z")
    (row,) = [each for each in log(shell) if each["id"] == written["id"]]
    assert (row["status"], row["reason"]) == ("failed", "dead")
    assert told(shell)[0]["by"] == "ana"


def test_it_goes_in_order_with_the_messages_of_rules(shell: Shell) -> None:
    shell.ok("connection", "pause", "mail")
    shell.ok("deal", "set", "D1", "responsible=ana")
    first = mail(shell)
    shell.ok("clock", "advance", "1m")
    shell.ok("deal", "move", "D1", "delivery")
    shell.ok("run", "--until-idle")
    shell.ok("clock", "advance", "1m")
    last = mail(shell)
    shell.ok("connection", "resume", "mail")
    shell.ok("run", "--until-idle")
    assert [line["data"]["delivery"] for line in reversed(told(shell))] == [first["id"], "M2", last["id"]]


def test_it_can_be_called_back_and_sent_again(shell: Shell) -> None:
    row = mail(shell)
    shell.ok("outbound", "cancel", row["id"], "--by", "bia")
    assert log(shell)[0]["status"] == "cancelled"
    assert told(shell)[0]["by"] == "bia"
    failed = mail(shell, "--to", "block@cliente.example")
    shell.ok("run", "--until-idle")
    assert (log(shell)[0]["status"], log(shell)[0]["reason"]) == ("failed", "blocked")
    shell.ok("outbound", "retry", failed["id"])
    shell.ok("run", "--until-idle")
    assert log(shell)[0]["status"] == "failed"


def test_who_opts_out_before_it_goes_does_not_get_it(shell: Shell) -> None:
    shell.ok("connection", "pause", "mail")
    mail(shell)
    other = mail(shell, "--to", "m@casa.example")
    opted_out = "{id: maria, emails: [{value: maria@cliente.example, opted_out: true}, {value: m@casa.example}]}"
    shell.ok("apply", "-", stdin=f"contacts: [{opted_out}]")
    shell.ok("clock", "advance", "2m")
    shell.ok("connection", "resume", "mail")
    shell.ok("run", "--until-idle")
    assert [(row["id"], row["status"], row["reason"]) for row in log(shell)] == [
        (other["id"], "sent", None),
        ("M1", "failed", "opted_out"),
    ]
    assert {line["by"] for line in told(shell)} == {"ana"}


def test_no_run_and_no_stay_knows_it(shell: Shell) -> None:
    mail(shell)
    shell.ok("run", "--until-idle")
    assert shell.json("explain", "--deal", "D1")["runs"] == []


# What is refused ------------------------------------------------------------------------------------------------------

REFUSED = [
    ("D9", "ana", (), "there is no deal “D9”"),
    ("D1", "nobody", (), "nobody"),
    ("D1", "bia", (), "Bia Reis has no connected mailbox"),
    ("D1", "caio", (), "no e-mail connection sends from caio@fora.example"),
    ("D2", "ana", (), "Rita Sá does not want messages at rita@cliente.example"),
    ("D1", "ana", ("--to", "rita@cliente.example"), "Rita Sá does not want messages at rita@cliente.example"),
    ("D3", "ana", (), "Nemo has no e-mail address"),
    ("D4", "ana", (), "the deal has neither a contact nor a company"),
    ("D1", "ana", ("--to", "nobody"), "“nobody” is not an e-mail address"),
    ("D1", "ana", ("--to", "a@b.example\nBcc: c@d.example"), "is not an e-mail address"),
    ("D1", "ana", ("--attach", "no.pdf"), "no.pdf cannot be read: there is no such file"),
    ("D1", "ana", ("--attach", "large.bin"), "the attachments have 19 MB together; 18 MB go with one message at most"),
    ("D1", "ana", ("--text", " \n "), "a mail needs a text"),
    ("D1", "ana", ("--subject", "x" * 1001), "subject has 1001 characters; a mail has 1000 at most"),
    ("D1", "ana", ("--id", "no id"), "“no id” cannot be an id"),
]


@pytest.mark.parametrize(("deal", "by", "more", "says"), REFUSED)
def test_what_cannot_be_sent_is_refused_at_once_and_leaves_nothing(
    shell: Shell, deal: str, by: str, more: tuple[str, ...], says: str
) -> None:
    Path("large.bin").write_bytes(bytes(19 * 1024 * 1024))
    assert says in shell.refused("deal", "mail", deal, "--by", by, *LETTER, *more)
    assert (log(shell), events(shell)) == ([], [])


@pytest.mark.parametrize("left_out", ["--by", "--subject", "--text"])
def test_a_line_without_writer_subject_or_text_cannot_be_parsed(shell: Shell, left_out: str) -> None:
    words = {"--by": "ana", "--subject": "x", "--text": "y"}
    del words[left_out]
    assert shell("deal", "mail", "D1", *(word for pair in words.items() for word in pair)).status == 2


def test_a_removed_deal_takes_its_mail_with_it(shell: Shell) -> None:
    mail(shell)
    shell.ok("deal", "remove", "D1")
    assert log(shell)[0]["status"] == "cancelled"
    assert "deal “D1” was removed" in shell.refused("deal", "mail", "D1", "--by", "ana", *LETTER)
