"""Tracked mails from outside: what leaves the house, what the log shows, whose key it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import tokens
from core.model.delivery import Message, Outcome, OutcomeKind
from core.model.moment import Moment
from core.tokens import Kind, Token
from tests.proof.ground import Funil, board, rules
from tests.proof.scripted import ACCEPTED, GREYLISTED, Script, ScriptedFunil

GATE = "https://t.loja.example"
KEY = "a" * 43
VARIABLE = "FUNIL_SECRET_GATEWAY_KEY"
BODY = '<p><a href="https://loja.example/t?a=1&amp;b=2">track</a> <a href="mailto:oi@loja.example">write</a></p>'
_LINK = re.compile(rf'{re.escape(GATE)}/c/([\w-]+)"')
_PIXEL = re.compile(rf'{re.escape(GATE)}/o/([\w-]+)\.gif"')


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(VARIABLE, KEY)
    yield


def letter(**settings: str) -> str:
    more = "".join(f", {name}: {value}" for name, value in settings.items())
    given = f"{{subject: Order, body: '{BODY}'{more}}}"
    return rules(f"{{id: mail, stage: delivery, kind: email, name: mail, settings: {given}}}")


def house(rule: str, *, gateway: str | None = GATE, adapter: str = "scripted") -> str:
    text = board(rule)
    if gateway is not None:
        text = text.replace("grace: 0s,", f"grace: 0s, gateway: '{gateway}',")
    return text.replace("id: mail, channel: email, adapter: simulated", f"id: mail, channel: email, adapter: {adapter}")


class Post:
    """Keeps the HTML of what it is given, and answers in turn."""

    def __init__(self, *answers: Outcome) -> None:
        self.answers = list(answers)
        self.html: list[str] = []

    def __call__(self, key: str, message: Message, now: Moment) -> Outcome:
        self.html.append(str(message.data["html"]))
        return self.answers.pop(0) if self.answers else ACCEPTED


def funil_at(folder: Path, text: str, post: Post) -> ScriptedFunil:
    return ScriptedFunil(folder, Script(send=post), text)


def sent(folder: Path, text: str) -> tuple[ScriptedFunil, str]:
    """Send one mail through a real connection; returns its HTML as it left."""
    post = Post()
    funil = funil_at(folder, text, post)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    (html,) = post.html
    return funil, html


def read(letters: str, funil: Funil) -> Token | None:
    house = str(funil.json("outbound")[0]["key"]).removesuffix("-M1")
    return tokens.read(letters, KEY, house)


def test_links_lead_through_the_gateway_and_the_log_keeps_the_original(tmp_path: Path) -> None:
    funil, html = sent(tmp_path, house(letter()))
    (link,), (pixel,) = _LINK.findall(html), _PIXEL.findall(html)
    assert read(link, funil) == Token(Kind.CLICK, 1, 1)
    assert read(pixel, funil) == Token(Kind.OPEN, 1, 0)
    assert 'href="mailto:oi@loja.example"' in html
    (row,) = funil.log()
    assert (row["links"], row["track_clicks"], row["track_opens"]) == (["https://loja.example/t?a=1&b=2"], True, True)
    assert row["text"] == "track (https://loja.example/t?a=1&b=2) write (oi@loja.example)"
    assert funil.json("try", "mail", "--deal", "D1")["text"] == row["text"]
    for said in (funil("outbound"), funil("timeline", "D1"), funil("explain", "--deal", "D1"), funil("export")):
        assert "/c/" not in said
        assert KEY not in said


@pytest.mark.parametrize(
    ("settings", "clicks", "opens"),
    [
        ({"track_clicks": "false"}, False, True),
        ({"track_opens": "false"}, True, False),
        ({"track_clicks": "false", "track_opens": "false"}, False, False),
    ],
)
def test_what_is_switched_off_is_not_touched(
    tmp_path: Path, settings: dict[str, str], clicks: bool, opens: bool
) -> None:
    funil, html = sent(tmp_path, house(letter(**settings)))
    assert (bool(_LINK.search(html)), bool(_PIXEL.search(html))) == (clicks, opens)
    (row,) = funil.log()
    assert (row["track_clicks"], row["track_opens"]) == (clicks, opens)
    assert bool(row["links"]) is clicks
    if not clicks and not opens:
        assert html == BODY


def test_without_a_gateway_nothing_is_touched_and_no_key_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "short")
    funil, html = sent(tmp_path, house(letter(), gateway=None))
    assert html == BODY
    assert funil.log()[0]["links"] == ["https://loja.example/t?a=1&b=2"]


def test_what_does_not_leave_the_house_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "short")
    funil = Funil(tmp_path, house(letter(), adapter="simulated"))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    (row,) = funil.log()
    assert (row["status"], row["links"]) == ("sent", ["https://loja.example/t?a=1&b=2"])


def test_every_attempt_sends_the_same_bytes(tmp_path: Path) -> None:
    post = Post(GREYLISTED, GREYLISTED)
    funil = funil_at(tmp_path, house(letter()), post)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    funil.apply("company: {gateway: 'https://new.loja.example'}")
    funil.until("2026-12-02T12:00Z")
    assert funil.log()[0]["status"] == "sent"
    assert len(post.html) == 3
    assert len(set(post.html)) == 1


def test_a_machine_with_another_key_is_told_and_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    post = Post()
    funil = funil_at(tmp_path, house(letter()), post)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    monkeypatch.setenv(VARIABLE, "b" * 43)
    funil("deal", "move", "D1", "new")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    row = funil.log()[-1]
    assert (row["status"], row["reason"]) == ("queued", "misconfigured")
    assert VARIABLE in row["detail"]
    assert "another key" in row["detail"]
    assert "bbb" not in row["detail"]
    assert len(post.html) == 1
    funil("init", "--new-tracking-key")
    funil("connection", "resume", "mail")
    funil.idle()
    assert funil.log()[-1]["status"] == "sent"
    assert len(post.html) == 2


def test_a_key_that_cannot_be_had_pauses_the_connection_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "short")
    post = Post()
    funil = funil_at(tmp_path, house(letter()), post)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    (row,) = funil.log()
    assert (row["status"], row["reason"]) == ("queued", "misconfigured")
    assert "too short" in row["detail"]
    assert post.html == []


def test_a_persons_retry_carries_the_tokens_of_the_same_message(tmp_path: Path) -> None:
    post = Post(Outcome(kind=OutcomeKind.REJECTED, reason="rejected"))
    funil = funil_at(tmp_path, house(letter()), post)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    funil("outbound", "retry", "M1")
    funil.idle()
    assert funil.log()[0]["status"] == "sent"
    first, second = (_LINK.findall(html) for html in post.html)
    assert first == second


def test_the_gateways_address_stands_in_the_board_file(tmp_path: Path) -> None:
    funil = Funil(tmp_path, house("", gateway="HTTPS://T.Loja.Example/", adapter="simulated"))
    assert "gateway: https://t.loja.example\n" in funil("export")
    (tmp_path / "bad.yaml").write_text("company:\n  gateway: http://t.loja.example\n", encoding="utf-8")
    said = funil.refused("apply", str(tmp_path / "bad.yaml"))
    assert "bad.yaml:2:" in said
    assert "is not encrypted" in said
    funil.apply("company: {gateway: null}")
    assert "gateway" not in funil("export")
