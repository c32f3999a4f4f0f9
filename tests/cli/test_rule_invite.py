"""The invitation, through the command line: the SMS with its link, who follows it, and what that binds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest

from data import opening
from tests.cli.chat_ground import TABLE, chat, furnished, lines, talking_house, writes
from tests.cli.cli_ground import Shell

LINK: Final = re.compile(r"https://t\.me/(\w+)\?start=([A-Za-z0-9_-]{1,64})(?![A-Za-z0-9_-])")
PHONE: Final = "+5511987650001"


def rule(*more: str, text: str = "Oi: {{ invite_link }}", kind: str = "invite", stage: str = "talk") -> str:
    """Return an invitation as a board file has it."""
    settings = ", ".join([f"text: '{text}'", *(more or ("channel: tg",))])
    return f"{{id: r, stage: {stage}, kind: {kind}, name: Invite, settings: {{{settings}}}}}"


def invited(shell: Shell, deal: str = "D1") -> str:
    """Bring a deal to the rule; returns the token that its client was sent."""
    shell.ok("deal", "move", deal, "talk")
    shell.ok("run", "--until-idle")
    row = shell.json("outbound", "--deal", deal)[0]
    assert row["status"] == "sent", row
    return token(row["text"])


def token(text: str) -> str:
    """Return the token in a text."""
    found = LINK.search(text)
    assert found, text
    return found[2]


def run_of(shell: Shell, deal: str = "D1") -> tuple[str, str | None, str | None]:
    """Return how the rule's run ended."""
    run = shell.json("explain", "--deal", deal)["runs"][-1]
    return run["status"], run["reason"], run["detail"]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A house with an invitation."""
    return talking_house(tmp_path, rule())


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Shell:
    """The same on either database."""
    if request.param == "sqlite":
        return talking_house(tmp_path, rule())
    url = request.getfixturevalue("fresh_postgres")
    opening.init_database(url)
    return furnished(Shell(url), tmp_path, rule())


def test_an_invitation_is_an_sms_whose_link_binds_the_chat_to_the_deal(either: Shell) -> None:
    shell = either
    sent = invited(shell)
    (row,) = shell.json("outbound")
    assert (row["channel"], row["connection"], row["to"], row["rule"]) == ("sms", "sms1", PHONE, "r")
    assert row["text"] == f"Oi: https://t.me/loja_bot?start={sent}"
    assert len(sent) == 24
    assert [line["text"] for line in shell.json("timeline", "D1") if line["kind"] == "delivery"] == [
        f"sms to {PHONE}: sent"
    ]
    event = shell.json("event", "chat_message", "channel=tg", "chat=tg:9", "from=tg:9", f"text=/start {sent}")
    assert (event["kind"], event["deal"], event["data"]["bound"]) == ("invite_followed", "D1", True)
    assert shell.json("chat", "list") == []
    assert shell.refused("chat", "show", "tg:9").startswith("there is no chat")
    first = shell.json("event", "chat_message", "channel=tg", "chat=tg:9", "from=tg:9", "text=Oi!")
    assert (first["deal"], first["data"]["first"], first["data"]["session"]) == ("D1", True, 1)
    found = chat(shell, "tg:9")
    assert (found["deal"], found["contact"], [m["text"] for m in found["messages"]]) == ("D1", "maria", ["Oi!"])
    assert lines(shell) == [
        ("client", "tg: tg:9 has followed the invitation"),
        ("client", "tg: the client begins a chat: Oi!"),
    ]


def test_each_run_has_its_own_link(shell: Shell) -> None:
    tokens = {invited(shell, "D1"), invited(shell, "D2")}
    shell.ok("deal", "move", "D1", "new")
    tokens.add(invited(shell, "D1"))
    assert len(tokens) == 3


def test_trying_and_the_grace_show_a_link_and_keep_none(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule(), board=TABLE.replace("grace: 0s", "grace: 5s"))
    before = shell.cursor()
    tried = shell.json("try", "r", "--deal", "D1")
    assert shell.cursor() == before
    assert (tried["would"], tried["effects"]) == ("done", ["Deliver", "KeepInvite"])
    shell.ok("deal", "move", "D1", "talk")
    (held,) = shell.json("outbound")
    for shown in (tried["text"], held["text"]):
        refusal = shell.refused(
            "event", "chat_message", "channel=tg", "chat=c", "from=x", f"text=/start {token(shown)}"
        )
        assert refusal == f"there is no invitation “{token(shown)}”"


def test_a_message_that_waits_keeps_its_link(shell: Shell) -> None:
    shell.ok("connection", "pause", "sms1")
    shell.ok("deal", "move", "D1", "talk")
    shell.ok("run", "--until-idle")
    (queued,) = shell.json("outbound")
    shell.ok("clock", "advance", "2h")
    shell.ok("connection", "resume", "sms1")
    shell.ok("run", "--until-idle")
    (sent,) = shell.json("outbound")
    assert (queued["status"], sent["status"]) == ("queued", "sent")
    assert token(sent["text"]) == token(queued["text"])


def test_a_message_that_waited_for_another_messenger_leads_there(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule("phone: auto"), board=without("tg2"))
    shell.ok("connection", "pause", "sms1")
    shell.ok("deal", "move", "D1", "talk")
    shell.ok("run", "--until-idle")
    (tmp_path / "moved.yaml").write_text(without("tg").replace("RULES", rule("phone: auto")), "utf-8")
    shell.ok("apply", str(tmp_path / "moved.yaml"), "--prune")
    shell.ok("clock", "advance", "2h")
    shell.ok("connection", "resume", "sms1")
    shell.ok("run", "--until-idle")
    (sent,) = shell.json("outbound")
    assert (sent["status"], "https://t.me/other_bot?start=" in sent["text"]) == ("sent", True)
    assert follow(shell, token(sent["text"]), channel="tg2")[0] == 0
    shell.ok("event", "chat_message", "channel=tg2", "chat=tg:9", "from=tg:9", "text=Oi!")
    assert chat(shell, "tg:9")["deal"] == "D1"


def test_a_retry_keeps_its_link(tmp_path: Path) -> None:
    shell = talking_house(tmp_path, rule(), board=TABLE.replace(PHONE, "+15005550004"))
    shell.ok("deal", "move", "D1", "talk")
    shell.ok("run", "--until-idle")
    (failed,) = shell.json("outbound")
    assert (failed["status"], failed["reason"]) == ("failed", "blocked")
    shell.ok("outbound", "retry", failed["id"])
    shell.ok("run", "--until-idle")
    (again,) = shell.json("outbound")
    assert (again["key"] != failed["key"], token(again["text"])) == (True, token(failed["text"]))


def follow(shell: Shell, sent: str, who: str = "tg:9", channel: str = "tg") -> tuple[int, str]:
    """Let somebody follow an invitation; returns status and what is said on stderr."""
    said = shell("event", "chat_message", f"channel={channel}", f"chat={who}", f"from={who}", f"text=/start {sent}")
    return said.status, said.err


def test_followed_again_by_the_same(shell: Shell) -> None:
    sent = invited(shell)
    assert follow(shell, sent) == follow(shell, sent) == (0, "")
    assert len(lines(shell)) == 1
    writes(shell, chat="tg:9")
    assert chat(shell, "tg:9")["deal"] == "D1"


def test_followed_by_two_it_is_the_first_ones(shell: Shell) -> None:
    sent = invited(shell)
    follow(shell, sent)
    status, said = follow(shell, sent, "tg:10")
    assert (status, said) == (0, f"invitation “{sent}” was followed by tg:9 before: it binds nobody else\n")
    writes(shell, chat="tg:10")
    writes(shell, chat="tg:9")
    assert [chat(shell, who)["deal"] for who in ("tg:9", "tg:10")] == ["D1", None]


@pytest.mark.parametrize("wrong", ["a token of nobody", "another case", "longer"])
def test_a_token_that_is_none_of_ours(shell: Shell, wrong: str) -> None:
    sent = invited(shell)
    given = {"a token of nobody": "A" * 24, "another case": sent.swapcase(), "longer": sent + "A"}[wrong]
    assert follow(shell, given) == (1, f"funil: there is no invitation “{given}”\n")
    assert shell.json("chat", "list") == []


def test_a_token_of_another_channel(shell: Shell) -> None:
    sent = invited(shell)
    assert follow(shell, sent, channel="tg2") == (1, f"funil: invitation “{sent}” leads to channel tg, not tg2\n")
    assert follow(shell, sent, channel="web") == (0, "")
    assert chat(shell, "tg:9")["messages"][0]["text"] == f"/start {sent}"


def test_a_chat_that_is_there_already_is_bound_at_once(shell: Shell) -> None:
    writes(shell, chat="tg:9")
    sent = invited(shell)
    assert chat(shell, "tg:9")["deal"] is None
    follow(shell, sent)
    found = chat(shell, "tg:9")
    assert (found["deal"], found["contact"], found["session"], len(found["messages"])) == ("D1", "maria", 1, 1)


def test_the_last_followed_invitation_counts(shell: Shell) -> None:
    first, second = invited(shell, "D1"), invited(shell, "D2")
    follow(shell, first)
    shell.ok("clock", "advance", "1m")
    follow(shell, second)
    writes(shell, chat="tg:9")
    assert (chat(shell, "tg:9")["deal"], chat(shell, "tg:9")["contact"]) == ("D2", "ze")


def test_an_invited_company(shell: Shell) -> None:
    follow(shell, invited(shell, "D3"))
    writes(shell, chat="tg:9")
    assert (chat(shell, "tg:9")["deal"], chat(shell, "tg:9")["company"]) == ("D3", "acme")


def without(*ids: str) -> str:
    """Return the house without some connections."""
    return "\n".join(line for line in TABLE.split("\n") if not any(f"{{id: {each}," in line for each in ids))


WHY_NOT: Final[dict[str, tuple[str, str, str, str, str]]] = {
    "no channel": ("D1", rule("phone: auto"), without("tg", "tg2"), "no_channel", "no Telegram channel is connected"),
    "several channels": (
        "D1",
        rule("phone: auto"),
        TABLE,
        "no_channel",
        "there are several Telegram channels; name one of tg, tg2",
    ),
    "no provider": ("D1", rule(), without("sms1"), "no_provider", "no SMS provider is connected"),
    "nobody": ("D4", rule(), TABLE, "no_recipient", "the deal has neither a contact nor a company"),
    "no such number": (
        "D1",
        rule("channel: tg", "phone: work"),
        TABLE,
        "no_address",
        "Maria Lima has no telephone number of type work",
    ),
    "too long": (
        "D1",
        rule(text="{{ deal.title }}" * 15 + "{{ invite_link }}"),
        TABLE,
        "text_too_long",
        "the text has 202 characters; an SMS rule sends 200 at most",
    ),
    "no link after all": (
        "D1",
        rule(text="x{% if deal.close_date %}{{ invite_link }}{% endif %}"),
        TABLE,
        "template_error",
        "the text has come out without its link",
    ),
}


@pytest.mark.parametrize("case", WHY_NOT)
def test_why_it_cannot(tmp_path: Path, case: str) -> None:
    deal, made, board, reason, detail = WHY_NOT[case]
    shell = talking_house(tmp_path, made, board=board)
    tried = shell.json("try", "r", "--deal", deal)
    assert (tried["reason"], tried["detail"]) == (reason, detail)
    shell.ok("deal", "move", deal, "talk")
    shell.ok("run", "--until-idle")
    assert run_of(shell, deal) == ("failed", reason, detail)
    assert shell.json("outbound") == []


def test_the_limit_includes_the_link(tmp_path: Path) -> None:
    link = len("https://t.me/loja_bot?start=") + 24
    shell = talking_house(tmp_path, rule(text="x" * (200 - link) + "{{ invite_link }}"))
    assert invited(shell)
    assert "x" * 20 not in shell("lint").out
    shell.ok("deal", "move", "D1", "new")
    path = tmp_path / "more.yaml"
    longer = rule(text="x" * (201 - link) + "{{ invite_link }}")
    path.write_text(TABLE.replace("RULES", longer), encoding="utf-8")
    assert "the text has 201 characters; an SMS rule sends 200 at most" in shell("lint", str(path)).out


REFUSED: Final = {
    "no link": (rule(text="Oi"), "{{ invite_link }} must stand in the text"),
    "a link in a comment": (rule(text="Oi {# invite_link #}"), "{{ invite_link }} must stand in the text"),
    "a misspelt link": (rule(text="Oi {{ invite_lnk }}"), "{{ invite_link }} must stand in the text"),
    "a channel of nothing": (rule("channel: nowhere"), "there is no Telegram channel “nowhere”; there are tg, tg2"),
    "a channel without a bot": (rule("channel: web"), "there is no Telegram channel “web”; there are tg, tg2"),
    "a provider of nothing": (rule("channel: tg", "provider: sms9"), "there is no SMS provider “sms9”; there are sms1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_kept(tmp_path: Path, case: str) -> None:
    made, why = REFUSED[case]
    shell = talking_house(tmp_path)
    path = tmp_path / "more.yaml"
    path.write_text(TABLE.replace("RULES", made), encoding="utf-8")
    assert why in shell.refused("apply", str(path))
    found = shell("lint", str(path))
    assert (found.status, why in found.out + found.err) == (1, True)


@pytest.mark.parametrize(
    ("made", "board", "warning"),
    [
        (rule("phone: auto"), without("tg", "tg2"), "no Telegram channel is connected"),
        (rule(), without("sms1"), "no SMS provider is connected"),
    ],
)
def test_what_lint_warns_of(tmp_path: Path, made: str, board: str, warning: str) -> None:
    shell = talking_house(tmp_path, made, board=board)
    found = shell("lint")
    assert (found.status, warning in found.out) == (0, True)


def test_eager_customers_follow_their_invitation_and_write(tmp_path: Path) -> None:
    eager = TABLE.replace(
        "channel: sms, adapter: simulated", "channel: sms, adapter: simulated, settings: {persona: eager, seed: 1}"
    )
    shell = talking_house(tmp_path, rule(), board=eager)
    invited(shell)
    shell.ok("run", "--until", "2026-12-02T12:00Z")
    (found,) = shell.json("chat", "list")
    assert (found["deal"], found["contact"], found["channel"]) == ("D1", "maria", "tg")
    told = [text for _by, text in lines(shell)]
    assert len(told) == 3, told  # followed, begun, and in the end a yes
    assert "has followed the invitation" in told[0]
    assert "begins a chat" in told[1]


def test_export_gives_it_back(shell: Shell, tmp_path: Path) -> None:
    exported: Any = shell.ok("export")
    assert "kind: invite" in exported
    path = tmp_path / "again.yaml"
    path.write_text(exported, encoding="utf-8")
    assert shell.json("apply", str(path))["changes"] == []
