"""What channels report of chats, and the agent's side of them, through the command line."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, Final

import pytest

from core.commands import Report, chat_message
from data import opening
from funil import House
from tests.cli.chat_ground import chat, furnished, lines, talking_house, writes
from tests.cli.cli_ground import Shell

PHONE: Final = "+5511987650001"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A house with two messengers and a web chat."""
    return talking_house(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Shell:
    """The same on either database."""
    if request.param == "sqlite":
        return talking_house(tmp_path)
    url = request.getfixturevalue("fresh_postgres")
    opening.init_database(url)
    return furnished(Shell(url), tmp_path)


def state(shell: Shell, which: str = "tg:555") -> tuple[str, int, Any, bool]:
    """Return how a chat stands: status, session, who has taken it, whether it was answered since."""
    found = chat(shell, which)
    return found["status"], found["session"], found["accepted_by"], found["answered_at"] is not None


def said(shell: Shell, which: str = "tg:555") -> list[tuple[str, str, int]]:
    """Return who said what in which session."""
    return [(line["by"], line["text"], line["session"]) for line in chat(shell, which)["messages"]]


def test_a_conversation_from_beginning_to_end(either: Shell) -> None:
    shell = either
    writes(shell, "Olá", sender=PHONE)
    assert state(shell) == ("waiting", 1, None, False)
    shell.ok("event", "chat_accepted", "chat=tg:555", "by=ana")
    assert state(shell) == ("accepted", 1, "ana", False)
    shell.ok("event", "chat_answered", "chat=tg:555", "by=ana", "text=Pois não")
    assert state(shell) == ("accepted", 1, "ana", True)
    shell.ok("event", "chat_message", "chat=tg:555", "text=Quanto custa?")
    shell.ok("event", "chat_closed", "chat=tg:555")
    assert state(shell) == ("closed", 1, "ana", True)
    shell.ok("event", "chat_message", "chat=tg:555", "text=E o prazo?")
    assert state(shell) == ("waiting", 2, None, False)
    assert said(shell) == [
        (PHONE, "Olá", 1),
        ("ana", "Pois não", 1),
        (PHONE, "Quanto custa?", 1),
        (PHONE, "E o prazo?", 2),
    ]
    assert lines(shell) == [
        ("client", "tg: the client begins a chat: Olá"),
        ("ana", "tg: ana takes the chat"),
        ("ana", "tg: ana answers: Pois não"),
        ("client", "tg: the client writes: Quanto custa?"),
        ("system", "tg: the chat is closed"),
        ("client", "tg: the client begins a chat: E o prazo?"),
    ]
    assert shell.json("outbound") == []
    assert (chat(shell)["contact"], lines(shell, "D5")) == ("maria", [])


def test_the_event_says_what_kinds_it_is_and_what_it_is_about(shell: Shell) -> None:
    first = shell.json(
        "event", "chat_message", "channel=tg", "chat=c", f"from={PHONE}", "text=a = b", "--at", "2026-12-01T10:00Z"
    )
    assert first == {
        "id": "E1", "kind": "chat_message", "at": "2026-12-01T10:00:00Z", "deal": None, "connection": "tg",
        "outside_id": first["outside_id"], "new": True,
        "data": {
            "channel": "tg", "chat": "c", "from": PHONE, "text": "a = b", "session": 1, "first": True,
            "kinds": ["chat_started", "chat_message"],
        },
    }  # fmt: skip
    again = shell.json("event", "chat_message", "chat=c", "text=again")
    assert (again["data"]["first"], again["data"]["kinds"], again["data"]["from"]) == (False, ["chat_message"], PHONE)
    assert chat(shell, "c")["created_at"] == "2026-12-01T10:00:00Z"


@pytest.mark.parametrize(
    ("words", "other"),
    [
        (["chat_message", "channel=tg", "chat=new", "from=x", "text=a"], ["chat_closed", "chat=z"]),
        (["chat_closed", "chat=tg:555"], ["chat_closed", "chat=tg:555"]),
        (["chat_accepted", "chat=tg:555", "by=ana"], ["chat_answered", "chat=tg:555", "by=rui", "text=x"]),
    ],
)  # fmt: skip
def test_the_same_event_again_changes_nothing(either: Shell, words: list[str], other: list[str]) -> None:
    writes(either)
    first = either.ok("event", *words, "--id", "e1")
    before = either.cursor(), chat(either)
    for repeat in (words, other):
        again = either("event", *repeat, "--id", "e1")
        assert (again.status, again.out) == (0, first)
        assert "known already" in again.err
    assert (either.cursor(), chat(either)) == before
    assert either.json("event", *words, "--id", "e1")["new"] is False


def test_the_same_content_without_an_id_is_a_new_message(shell: Shell) -> None:
    assert writes(shell, "Olá") != writes(shell, "Olá")
    assert [text for _, text, _ in said(shell)] == ["Olá", "Olá"]


WHO: Final = [
    ("a number of a contact", PHONE, "maria", None, ["D1"]),
    ("written otherwise", "(11) 98765-0001", "maria", None, ["D1"]),
    ("a number of a company", "+551133330000", None, "acme", ["D3"]),
    ("a number of nobody", "+5511900000000", None, None, []),
    ("a channel's own id", "tg:9", None, None, []),
]


@pytest.mark.parametrize(("sender", "contact", "company", "deals"), [w[1:] for w in WHO], ids=[w[0] for w in WHO])
def test_who_writes(either: Shell, sender: str, contact: str | None, company: str | None, deals: list[str]) -> None:
    writes(either, chat="c", sender=sender)
    found = chat(either, "c")
    assert (found["contact"], found["company"], found["deal"]) == (contact, company, None)
    assert [deal for deal in ("D1", "D2", "D3", "D4", "D5") if lines(either, deal)] == deals


def test_a_user_who_is_known_from_one_chat_is_known_in_the_next(shell: Shell) -> None:
    writes(shell, chat="a", sender=PHONE)
    shell.ok("event", "chat_message", "channel=tg", "chat=b", f"from={PHONE}", "text=x")
    assert chat(shell, "b")["contact"] == "maria"
    writes(shell, chat="c", sender="tg:9")
    writes(shell, chat="c", sender="+5511987650002")
    assert chat(shell, "c")["contact"] == "ze"
    assert lines(shell, "D2")[-1] == ("client", "tg: the client writes: Olá")


@pytest.mark.parametrize("again", ["chat_accepted", "chat_closed"])
def test_what_is_told_twice_makes_no_difference(shell: Shell, again: str) -> None:
    writes(shell, sender=PHONE)
    told = [again, "chat=tg:555"] + (["by=ana"] if again == "chat_accepted" else [])
    shell.ok("event", *told)
    before = chat(shell), lines(shell)
    repeat = shell("event", *[word.replace("ana", "rui") for word in told])
    assert (repeat.status, repeat.out) == (0, "E3\n")
    assert repeat.err
    assert (chat(shell), lines(shell)) == before


def test_an_answer_counts_between_acceptance_and_closing_only(shell: Shell) -> None:
    writes(shell)
    answer = ["event", "chat_answered", "chat=tg:555", "by=ana", "text=Oi"]
    shell.ok(*answer)
    assert state(shell) == ("waiting", 1, None, False)
    shell.ok("event", "chat_accepted", "chat=tg:555", "by=ana")
    shell.ok("clock", "advance", "1m")
    shell.ok(*answer)
    first = chat(shell)["answered_at"]
    shell.ok("clock", "advance", "1m")
    shell.ok(*answer)
    assert chat(shell)["answered_at"] == first == "2026-12-01T12:01:00Z"
    shell.ok("event", "chat_closed", "chat=tg:555")
    shell.ok(*answer)
    assert state(shell)[:2] == ("closed", 1)


# The agent's side --------------------------------------------------------------------------------------------------


def test_an_agent_takes_answers_and_closes(either: Shell) -> None:
    shell = either
    writes(shell, sender=PHONE)
    assert shell.ok("chat", "accept", "tg:555") == "tg:tg:555: taken by ana\n"
    assert shell.ok("chat", "answer", "tg:tg:555", "--by", "rui", "--text", "Bom\x07 dia") == "tg:tg:555: M1 goes out\n"
    assert state(shell) == ("accepted", 1, "ana", True)
    (row,) = shell.json("outbound")
    assert {name: row[name] for name in ("deal", "rule", "channel", "connection", "to", "text", "status")} == {
        "deal": "D1", "rule": None, "channel": "open_channel", "connection": "tg", "to": "tg:tg:555",
        "text": "Bom dia", "status": "queued",
    }  # fmt: skip
    line = chat(shell)["messages"][-1]
    assert (line["author"], line["by"], line["text"], line["delivery"], line["hidden"]) == (
        "agent", "rui", "Bom dia", "M1", False,
    )  # fmt: skip
    assert shell.json("chat", "close", "tg:555")["chat"]["status"] == "closed"
    assert lines(shell)[1:] == [
        ("ana", "tg: ana takes the chat"),
        ("rui", "tg: rui answers: Bom dia"),
        ("ana", "tg: the chat is closed"),
    ]


def test_an_answer_goes_out_in_the_name_of_the_deal_that_is_open(shell: Shell) -> None:
    shell.ok(
        "deal",
        "add",
        "--title",
        "Newer",
        "--pipeline",
        "sales",
        "--contact",
        "maria",
        "--responsible",
        "rui",
        "--id",
        "D9",
    )
    shell.ok("clock", "advance", "1h")
    shell.ok("deal", "set", "D1", "amount=1")
    writes(shell, sender=PHONE)
    assert shell.json("chat", "answer", "tg:555", "--text", "Oi")["delivery"]["deal"] == "D1"


REFUSED: Final = """
event chat_message channel=tgx chat=c from=x text=a
    there is no open channel “tgx”: did you mean “tg”?
event chat_message channel=sms1 chat=c from=x text=a
    there is no open channel “sms1” (there are: tg, tg2, web)
event chat_message chat=c from=x text=a
    no channel has a chat “c” yet: say which one it begins on (tg, tg2, web)
event chat_message channel=tg chat=c text=a
    this is the chat's first message: say who writes (a phone number, or an id like tg:555)
event chat_message chat=both text=a
    several channels have a chat “both”: say which one (tg, web)
event chat_message chat=tg:555
    chat_message needs text=
event chat_message "text= "
    chat_message needs chat=, text=
event chat_message channel=tg "chat=a b" from=x text=a
    “a b” is no id of a chat: it has up to 128 visible characters
event chat_message channel=tg chat=c "from=a\tb" text=a
    “a b” is neither a telephone number nor a channel's user id like tg:555
event chat_message channel=tg chat=c from=+1234567 text=a
    “+1234567” is not a telephone number: give it with its country code, like +5511987650001
event chat_message chat=tg:555 text=a frm=x
    chat_message has no “frm”: did you mean “from”?
event chat_message chat=tg:555 text=a --deal D1
    chat_message takes no --deal: its chat tells which deals it is about
event chat_message chat=tg:555 text=a --at noon
    “noon” is not a date and time like 2026-12-01T12:00Z
event chat_accepted chat=tg:55 by=ana
    there is no chat “tg:55”: did you mean “tg:555”?
event chat_accepted chat=zzzz by=ana
    there is no chat “zzzz”: it begins with the client's first message
event chat_accepted chat=both by=ana
    several channels have a chat “both”: say which one (tg, web)
event chat_accepted chat=tg:555 by=zoe
    there is no user “zoe” (there are: ana, rui)
event chat_accepted chat=done by=ana
    chat tg:done is closed: it begins again when the client writes
event chat_answered chat=tg:555 by=ana
    chat_answered needs text=
event chat_closed chat=tg:555 channel=web
    there is no chat “tg:555”: it begins with the client's first message
event chat_mesage chat=a
    there is no kind of event “chat_mesage”: did you mean “chat_message”?
event chat_message channel=tg chat=c from=x "text=/start nonsense"
    there is no invitation “nonsense”
chat accept taken
    chat tg:taken has been taken by rui before
chat accept done --by ana
    chat tg:done is closed: it begins again when the client writes
chat accept tg:555
    chat tg:tg:555 has no responsible: say who acts with --by
chat close done --by ana
    chat tg:done is closed already
chat answer tg:555 --by ana --text a
    chat tg:tg:555 belongs to no deal: link its client to one, then the answer can go out
chat answer taken --text " \x07"
    a chat message needs a text
chat show nope
    there is no chat “nope”: it begins with the client's first message
chat list --status open
    status: “open” is none of waiting, accepted, closed
chat list --channel sms1
    there is no open channel “sms1” (there are: tg, tg2, web)
"""
"""A command line, and below it what is said."""


def test_what_is_refused_says_why_and_changes_nothing(shell: Shell) -> None:
    writes(shell)
    writes(shell, chat="both")
    writes(shell, chat="both", channel="web")
    writes(shell, chat="taken", sender=PHONE)
    shell.ok("chat", "accept", "taken", "--by", "rui")
    writes(shell, chat="done")
    shell.ok("event", "chat_closed", "chat=done")
    before = shell.cursor(), shell.json("chat", "list")
    table = [line.strip() for line in REFUSED.strip().split("\n")]
    said = [text for line in table[::2] for text in (line, shell.refused(*shlex.split(line)))]
    assert said == table
    assert (shell.cursor(), shell.json("chat", "list")) == before


def test_a_line_that_cannot_be_parsed(shell: Shell) -> None:
    assert shell("event", "chat_message", "chat").status == 2
    assert shell("event").status == 2
    assert shell("chat", "answer", "tg:555").status == 2


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\x1b]52;c;eA==\x07[/]{{ 7*7 }}", "\x1b]52;c;eA==\x07[/]{{ 7*7 }}"),
        ("a\nb = c", "a\nb = c"),
        ("/start", "/start"),
        ("/started now", "/started now"),
        ("x" * 100_000, "x" * 100_000),
        ("\N{ZERO WIDTH SPACE}\N{ZERO WIDTH SPACE}", "\N{ZERO WIDTH SPACE}\N{ZERO WIDTH SPACE}"),
    ],
    ids=["escape codes", "lines", "a bare start", "a word like start", "long", "invisible"],
)
def test_strange_texts_are_kept_as_they_came_and_shown_harmless(shell: Shell, text: str, kept: str) -> None:
    writes(shell, text, sender=PHONE)
    assert said(shell) == [(PHONE, kept, 1)]
    assert "\x1b" not in shell.ok("chat", "show", "tg:555") + shell.ok("timeline", "D1")


def test_too_long_a_text_is_refused(shell: Shell) -> None:
    refusal = shell.refused("event", "chat_message", "channel=tg", "chat=c", "from=x", f"text={'x' * 100_001}")
    assert refusal == "the text has 100001 characters; a chat message has 100000 at most"


def test_chats_are_listed(shell: Shell) -> None:
    writes(shell, chat="a", sender=PHONE)
    writes(shell, chat="b", sender="+5511987650002", channel="web")
    shell.ok("chat", "close", "b")

    def listed(*words: str) -> list[str]:
        return [one["chat"] for one in shell.json("chat", "list", *words)]

    assert listed() == ["b", "a"]
    assert listed("--limit", "1") == ["b"]
    assert listed("--channel", "tg") == listed("--deal", "D1") == listed("--status", "waiting") == ["a"]
    assert listed("--deal", "D2", "--status", "closed") == ["b"]
    assert listed("--deal", "D4") == []
    assert "maria" in shell.ok("chat", "list")


def test_two_first_messages_at_once_are_one_chat(either: Shell) -> None:
    roof = House()
    with roof.opened(roof.place(either.url)) as one, roof.opened(roof.place(either.url)) as other:
        jobs = [
            store.submit(chat_message(Report(id=f"e{n % 6}"), "c", f"text {n % 6}", channel="tg", sender=PHONE))
            for n, store in enumerate((one, other) * 6)
        ]
        done = [job.result() for job in jobs]
    assert sorted(each.new for each in done) == [False] * 6 + [True] * 6
    found = chat(either, "c")
    assert found["session"] == 1
    assert sorted(line["text"] for line in found["messages"]) == [f"text {n}" for n in range(6)]
    begun = [text for _, text in lines(either) if "begins a chat" in text]
    assert len(begun) == 1
