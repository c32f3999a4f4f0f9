"""Opt-outs and fallback chains from outside: what the log says, and when it is looked at again."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.model.delivery import Message, Outcome
from core.model.moment import Moment
from tests.proof.ground import Funil, board, mail, rules, sms
from tests.proof.scripted import ACCEPTED, GREYLISTED, Script, ScriptedFunil

OPT_OUT = "contacts: [{id: maria, emails: [{type: WORK, value: %s, opted_out: %s}]}]"
SILENT_PHONE = "contacts: [{id: maria, phones: [{type: MOBILE, value: '+5511987650001', opted_out: true}]}]"
RULES = rules(mail(), sms())


def opted_out(address: str = "maria@cliente.example", *, out: bool = True) -> str:
    return OPT_OUT % (address, str(out).lower())


def test_who_has_opted_out_gets_nothing_and_the_log_says_why(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(RULES))
    funil.apply(opted_out("MARIA@cliente.example"))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"mail": "failed opted_out", "sms": "done"}
    run = funil.runs()["mail"]
    assert run["detail"] == "Maria Lima does not want messages at MARIA@cliente.example"
    tried = funil.json("try", "mail", "--deal", "D1")
    assert (tried["would"], tried["reason"]) == ("failed", "opted_out")
    assert "opted_out: true" in funil("export")
    funil.apply(opted_out(out=False))
    assert "opted_out" not in funil("export")
    assert funil.json("try", "mail", "--deal", "D1")["would"] == "done"


def test_an_address_of_which_another_client_has_opted_out_is_opted_out(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(RULES))
    funil("contact", "add", "--id", "eva", "--name", "Eva", "--email", "Maria@Cliente.example", "--opted-out",
          "Maria@Cliente.example")  # fmt: skip
    funil("company", "add", "--id", "firm", "--name", "Firm", "--phone", "+55 11 98765-0001", "--opted-out",
          "+5511987650001")  # fmt: skip
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"mail": "failed opted_out", "sms": "failed opted_out"}
    assert funil.json("try", "sms", "--deal", "D1")["reason"] == "opted_out"
    written = ("deal", "mail", "D1", "--by", "ana", "--subject", "Hi", "--text", "x")
    assert "does not want messages" in funil.refused(*written)
    assert "does not want messages" in funil.refused(*written, "--to", "MARIA@cliente.example")
    funil("contact", "remove", "eva")
    assert funil.json("try", "mail", "--deal", "D1")["reason"] == "opted_out"
    funil("contact", "restore", "eva")
    funil("contact", "set", "eva", "opted_out=")
    funil("company", "set", "firm", "opted_out=")
    assert {funil.json("try", rule, "--deal", "D1")["would"] for rule in ("mail", "sms")} == {"done"}


def test_an_opt_out_that_comes_while_the_message_waits_counts(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(RULES))
    funil("connection", "pause", "--all")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    funil.apply(opted_out())
    funil.apply(SILENT_PHONE)
    funil("clock", "advance", "2h")
    funil("connection", "resume", "--all")
    funil.idle()
    assert {row["channel"]: (row["status"], row["reason"]) for row in funil.log()} == {
        "email": ("failed", "opted_out"),
        "sms": ("failed", "opted_out"),
    }
    assert funil.states() == {"mail": "failed opted_out", "sms": "failed opted_out"}


def test_an_opt_out_stops_the_retries(tmp_path: Path) -> None:
    def send(key: str, message: Message, now: Moment) -> Outcome:
        return GREYLISTED

    script = Script(send=send)
    text = board(rules(mail())).replace("channel: email, adapter: simulated", "channel: email, adapter: scripted")
    funil = ScriptedFunil(tmp_path, script, text)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert len(script.sent) == 1
    funil.apply(opted_out())
    script.send = lambda key, message, now: ACCEPTED
    funil.until("2026-12-02T12:00Z")
    assert len(script.sent) == 1
    (row,) = funil.log()
    assert (row["status"], row["reason"], row["attempts"]) == ("failed", "opted_out", 1)
    assert funil.states() == {"mail": "failed opted_out"}
    funil.apply(opted_out(out=False))
    funil("outbound", "retry", "M1")
    funil.idle()
    assert funil.log()[0]["status"] == "sent"


def fallback(chain: str) -> str:
    settings = f"{{subject: Order, body: Hello, address: home, fallback: {chain}}}"
    text = board(rules(f"{{id: mail, stage: delivery, kind: email, name: mail, settings: {settings}}}"))
    return text.replace("contacts: [maria]", "contacts: [maria, joao]").replace(
        "{id: joao, name: João Ávila}",
        "{id: joao, name: João Ávila, emails: [{type: HOME, value: joao@casa.example}]}",
    )


@pytest.mark.parametrize(
    ("chain", "state", "to", "recipient"),
    [
        ("[]", "failed no_address", None, None),
        ("[company]", "failed no_address", None, None),
        ("[type]", "done", "maria@cliente.example", "maria"),
        ("[contact, type]", "done", "joao@casa.example", "joao"),
    ],
)
def test_a_chain_is_followed_only_where_the_rule_names_one(
    tmp_path: Path, chain: str, state: str, to: str | None, recipient: str | None
) -> None:
    funil = Funil(tmp_path, fallback(chain))
    tried = funil.json("try", "mail", "--deal", "D1")
    assert (tried["to"], tried["recipient"]) == (to, recipient)
    assert "Maria Lima has no e-mail address of type home" in tried["detail"]
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"mail": state}
    if to is not None:
        (row,) = funil.log()
        assert (row["to"], row["detail"]) == (to, tried["detail"])
        assert "passed over: Maria Lima has no e-mail address of type home" in row["detail"]


def test_a_wrong_step_is_refused_with_its_place(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board())
    (tmp_path / "bad.yaml").write_text(fallback("[type, contct]"), encoding="utf-8")
    assert "did you mean “contact”?" in funil.refused("apply", str(tmp_path / "bad.yaml"))
    (tmp_path / "bad.yaml").write_text(fallback("[type, type]"), encoding="utf-8")
    assert "each step stands in the chain once" in funil.refused("apply", str(tmp_path / "bad.yaml"))
