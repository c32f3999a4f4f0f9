"""``funil event``: every kind of the contract, what it records, and what is refused with one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.cli.event_kinds import KINDS
from tests.proof.ground import Funil, board, mail, rules

WAYS = """  - {id: l1, channel: telephony, adapter: simulated, settings: {number: "+551140000000"}}
  - {id: l2, channel: telephony, adapter: simulated, settings: {number: "+551140000001"}}
"""
PHONE = "phone=+5511987650001"
RECORDED: dict[str, tuple[list[str], dict[str, Any]]] = {
    "email_opened": (
        ["delivery=M1", "agent=Mozilla/5.0 (a=b)", "ip=192.0.2.1", "method=GET"],
        {"delivery": "M1", "agent": "Mozilla/5.0 (a=b)", "ip": "192.0.2.1", "method": "GET"},
    ),
    "link_clicked": (
        ["delivery=M1", "link=https://x.example/?a=1&amp;b=2", "machine=yes"],
        {"delivery": "M1", "link": "https://x.example/?a=1&b=2", "machine": True},
    ),
    "email_received": (
        ["from=Maria Lima <maria@cliente.example>", "subject=Re: a=b", "text=Olá"],
        {"from": "maria@cliente.example", "name": "Maria Lima", "subject": "Re: a=b", "text": "Olá"},
    ),
    "email_sent": (
        ["--deal", "D1", "by=ana", "subject=Oi", "text=Olá"],
        {"by": "ana", "subject": "Oi", "text": "Olá"},
    ),
    "form": (
        ["form=site", "type=callback", "name=Rita", "phone=(11) 98765-0001", "email=r@x.example"],
        {
            "form": "site",
            "type": "callback",
            "kinds": ["callback_form", "crm_form"],
            "name": "Rita",
            "phone": "+5511987650001",
            "email": "r@x.example",
        },
    ),
    "call_made": ([PHONE, "by=ana"], {"phone": "+5511987650001", "by": "ana"}),
    "call_received": ([PHONE, "line=l1"], {"phone": "+5511987650001", "line": "l1"}),
    "call_missed": ([PHONE, "line=l2"], {"phone": "+5511987650001", "line": "l2"}),
    "payment": (
        ["--deal", "D1", "amount=100.5", "invoice=F-1"],
        {"amount": "100.50", "currency": "BRL", "invoice": "F-1", "by": "ana"},
    ),
    "task_done": (
        ["--deal", "D1", "task=T1"],
        {"task": "T1", "title": "Call", "assignee": "ana", "by": None},
    ),
    "webhook": (["--deal", "D1", "code=a=b"], {"code": "a=b"}),
}
REFUSED = {
    "no such message": (["email_opened", "delivery=M99"], "there is no message “M99”"),
    "a message without a number": (["email_opened", "delivery=1"], "there is no message “1”"),
    "a machine or not": (["email_opened", "delivery=M1", "machine=perhaps"], "neither true nor false"),
    "no link": (["link_clicked", "delivery=M1"], "needs link="),
    "no such line": (["call_missed", PHONE, "line=main"], "there is no telephone line “main”; there are: l1, l2"),
    "a line in doubt": (["call_missed", PHONE], "there are: l1, l2"),
    "no number": (["call_missed", "phone=12", "line=l1"], "not a telephone number"),
    "no such user": (["call_made", PHONE, "by=eva"], "there is no user “eva”"),
    "no such deal": (["webhook", "--deal", "D9", "code=x"], "there is no deal “D9”"),
    "a deal is needed": (["webhook", "code=x"], "needs --deal"),
    "a deal is told otherwise": (["email_opened", "--deal", "D1", "delivery=M1"], "takes no --deal: its delivery"),
    "no type of form": (["form", "form=a", "type=quiz"], "no type of form"),
    "no address": (["email_received", "from=maria"], "not an e-mail address"),
    "a word misspelt": (["form", "form=a", "type=crm", "fone=1"], "did you mean “phone”"),
    "a kind misspelt": (["call_mised", PHONE], "did you mean “call_missed”"),
}


@pytest.fixture
def funil(tmp_path: Path) -> Funil:
    """A house with two telephone lines and one mail that has gone out."""
    house = Funil(tmp_path, board(rules(mail())).replace("connections:\n", f"connections:\n{WAYS}"))
    house("deal", "move", "D1", "delivery")
    house.idle()
    house("task", "add", "D1", "--title", "Call")
    return house


def test_every_kind_is_recorded_with_what_it_says(funil: Funil) -> None:
    for kind, (words, data) in RECORDED.items():
        event = funil.json("event", kind, *words, "--at", "2026-12-01T11:00:00Z")
        assert (event["kind"], event["data"], event["at"]) == (kind, data, "2026-12-01T11:00:00Z")
        assert event["new"]
    assert set(KINDS) - set(RECORDED) <= {
        "chat_message",
        "chat_accepted",
        "chat_answered",
        "chat_closed",
    }
    assert funil.stage() == "delivery", "an event only records"


def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_recorded(funil: Funil) -> None:
    for case, (words, sentence) in REFUSED.items():
        assert sentence in funil.refused("event", *words), case
    assert funil.json("explain")["events"] == []


def test_a_known_id_changes_nothing_and_says_so(funil: Funil) -> None:
    first = funil.json("event", "call_missed", PHONE, "line=l1", "--id", "abc")
    again = funil.json("event", "call_missed", PHONE, "line=l2", "--id", "abc")
    assert (again["id"], again["new"], again["data"]) == (first["id"], False, first["data"])
    assert "is known already" in funil.notices
    funil.idle()
    by_both = [funil.json("explain", "--event", name)["events"] for name in (first["id"], "abc")]
    assert by_both[0] == by_both[1] != []


def test_explain_has_the_shape_of_the_contract(funil: Funil) -> None:
    funil("event", "call_missed", PHONE, "line=l1")
    waiting = funil.json("explain")["events"]
    assert [(row["deal"], row["judged"], row["candidates"]) for row in waiting] == [(None, False, [])]
    funil.idle()
    (row,) = funil.json("explain", "--deal", "D1")["events"]
    assert {"id", "kind", "at", "deal", "applied", "candidates"} <= set(row)
    assert (row["id"], row["kind"], row["deal"], row["applied"]) == ("E1", "call_missed", "D1", None)
    assert "there is no event “E9”" in funil.refused("explain", "--event", "E9")
    assert "E1" in funil("explain", "--event", "E1")
