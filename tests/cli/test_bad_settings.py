"""Wrong settings of connections and of every kind of rule: one sentence with its place, and nothing changed."""

from __future__ import annotations

import copy
import json
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.rules import catalogue
from tests.cli.bad_ground import Door
from tests.cli.cli_ground import at_noon
from tests.cli.test_bad_boards import JUNK, places

SMTP: Final = {
    "host": "smtp.example.com", "port": 587, "security": "starttls", "user": "loja", "timeout": 30, "per_minute": 60,
    "addresses": ["ana@loja.example"], "ca_file": "/etc/ssl/ca.pem",
}  # fmt: skip
LINE: Final = {
    "number": "+551140000000", "price_per_minute": "0.30", "balance": "50.00", "currency": "BRL", "persona": "eager",
    "seed": 3, "language": "pt_BR",
}  # fmt: skip
HOOKS: Final = {"allow": ["erp.intranet:8080"], "timeout": 5, "ca_file": "/etc/ssl/ca.pem", "per_minute": 60}
RULES: Final[dict[str, dict[str, Any]]] = {
    "email": {
        "from": "ana@loja.example", "address": "work", "use": "first", "subject": "s", "body": "b",
        "attach": {"fields": ["paper"], "files": []}, "track_clicks": True, "track_opens": False,
        "fallback": ["type", "company"],
    },
    "sms": {"text": "x", "phone": "mobile", "provider": "sms1", "fallback": ["contact"]},
    "call": {"say": "x", "line": "line1", "voice": "pt-br", "volume": 90, "speed": 110, "tries": 2, "every": "5m"},
    "chat": {"text": "x", "hidden": True, "attach": {"fields": ["paper"], "files": []}},
    "invite": {"text": "{{ invite_link }}", "phone": "auto", "provider": "sms1", "channel": "tg"},
    "move": {"stage": "won", "pipeline": "sales"},
    "assign": {"to": ["ana"], "how": "round_robin"},
    "set_field": {"field": "tracking", "value": "x"},
    "task": {"title": "x", "text": "y", "assignee": "ana", "due": "2d"},
    "comment": {"text": "x"},
    "notify": {"to": "ana", "text": "x", "email": True},
    "webhook": {"url": "https://erp.example/funil", "connection": "hooks"},
    "document": {"template": "<p>x</p>", "field": "paper", "name": "Offer"},
    "copy_deal": {"title": "x", "pipeline": "sales", "stage": "new"},
}  # fmt: skip
TREE: Final[dict[str, Any]] = {
    "funil": 1,
    "connections": [
        {"id": "out", "channel": "email", "adapter": "smtp", "settings": SMTP},
        {"id": "line1", "channel": "telephony", "adapter": "simulated", "settings": LINE},
        {"id": "tg", "channel": "open_channel", "adapter": "simulated_telegram", "settings": {"bot": "loja_bot"}},
        {"id": "hooks", "channel": "webhook", "adapter": "http", "settings": HOOKS},
        {"id": "form", "channel": "form", "adapter": "simulated", "new_deal": {"on": True, "pipeline": "sales"}},
    ],
    "fields": [{"id": "paper", "type": "file"}],
    "pipelines": [
        {
            "id": "sales",
            "rules": [
                {"id": kind, "stage": "delivery", "kind": kind, "settings": given} for kind, given in RULES.items()
            ],
        }
    ],
}
PLACES: Final = [path for path in places(TREE) if "settings" in path or path[-1] in ("channel", "adapter", "new_deal")]
WRONG: Final = [*JUNK, "auto", "none", "0", 3.5, ["ana@loja.example"], {"fields": "paper"}, "https://127.0.0.1/x.mp3"]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    return Door(at_noon(tmp_path_factory.mktemp("settings")))


def dry(door: Door, tree: Any) -> Any:
    return door("apply", "-", "--dry-run", stdin=json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def test_the_board_has_every_kind_and_can_be_applied(door: Door) -> None:
    assert set(RULES) == set(catalogue.kinds())
    assert dry(door, TREE).status == 0


@given(
    changes=st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from([*WRONG, ...])), min_size=1, max_size=2),
    key=st.sampled_from(["", "hots", "\0", "password", "id", "a" * 3000]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_wrong_setting_is_refused_with_its_place_or_taken(
    door: Door, changes: list[tuple[Any, Any]], key: str
) -> None:
    tree = copy.deepcopy(TREE)
    for path, value in changes:
        parent = tree
        try:
            for step in path[:-1]:
                parent = parent[step]
            if value is ...:
                parent[key] = parent.pop(path[-1])
            else:
                parent[path[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # an earlier change has taken it away
    said = dry(door, tree)
    if said.status:
        assert "stdin:1:" in said.err


def connection(**given: Any) -> dict[str, Any]:
    return {"connections": [{"id": "out", "channel": "email", "adapter": "smtp", "settings": given}]}


def rule(kind: str, **given: Any) -> dict[str, Any]:
    return {
        "pipelines": [{"id": "sales", "rules": [{"id": "r", "stage": "delivery", "kind": kind, "settings": given}]}]
    }


def hook(**given: Any) -> dict[str, Any]:
    return {"connections": [{"id": "out", "channel": "webhook", "adapter": "http", "settings": given}]}


HOST: Final = "smtp.example.com"
MISTAKES: Final = [
    (connection(), "settings.host: it is missing"),
    (connection(host=""), "settings.host: it is empty"),
    (connection(hots=HOST), "unknown key “hots”: did you mean “host”?"),
    (connection(host="smtp.example.com:25"), "write it as “port”, beside “host”"),
    (connection(host="smtp://x.example"), "like smtp.example.com"),
    (connection(host="a..b"), "“a..b” is no name of a host"),
    (connection(host="x\r\nBcc: y"), "like smtp.example.com"),
    (connection(host=HOST, port=True), "settings.port: a whole number stands here"),
    (connection(host=HOST, port=70_000), "settings.port: a number up to 65535 stands here"),
    (connection(host=HOST, security="TLS"), "did you mean “tls”?"),
    (connection(host=HOST, security="none", user="u"), "would send the password in the clear"),
    (connection(host=HOST, addresses="a@x.example"), "settings.addresses: a list stands here"),
    (connection(host=HOST, addresses=["a"]), "“a” is not an e-mail address"),
    (connection(host=HOST, timeout=0), "settings.timeout: a number above 0 stands here"),
    (connection(host=HOST, per_minute=0), "settings.per_minute: a number from 1 on stands here"),
    (connection(host=HOST, password="geheim"), "put it into FUNIL_SECRET_OUT_PASSWORD"),
    (rule("call"), "a call needs a text in “say” or the address of an mp3 in “play”"),
    (rule("call", say="x", play="https://a.example/x.mp3"), "either “say” or “play” is set, not both"),
    (rule("call", says="x"), "did you mean “say”?"),
    (rule("call", say="x", tries=True), "a whole number stands here, not true"),
    (rule("call", say="x", volume=500), "a number up to 200 stands here, not “500”"),
    (rule("call", say="x", every="soon"), "“soon” is not a duration"),
    (rule("call", say="x", voice="klingon"), "is no voice of espeak-ng"),
    (rule("call", say="x", line="lin1"), "there is no telephone line “lin1”; there are line1"),
    (rule("call", play="https://127.0.0.1/x.mp3"), "127.0.0.1"),
    (rule("call", play="file:///etc/passwd"), "the address begins with https://"),
    (rule("chat"), "settings.text: it is missing"),
    (rule("chat", text=""), "settings.text: it is empty"),
    (rule("chat", text="x", hidden="maybe"), "true or false stands here, not “maybe”"),
    (rule("chat", text="x", attach=["a"]), "keys with values stand here"),
    (rule("chat", text="x", attach={"file": ["a"]}), "did you mean “files”?"),
    (rule("chat", text="x", attach={"fields": ["tracking"]}), "field “tracking” holds no files"),
    (rule("chat", text="x", attach={"files": ["no.pdf"]}), "there is no file “no.pdf” beside the board file"),
    (rule("invite", text="x"), "{{ invite_link }} must stand in the text"),
    (rule("invite", text="{{ invite_link }}", channel="mail"), "there is no Telegram channel “mail”; there are tg"),
    (rule("invite", text="{{ invite_link }}", phone="mobil"), "did you mean “mobile”?"),
    (rule("sms", text="x", fallback=["typo"]), "did you mean “type”?"),
    (rule("email", body="x", use="frist"), "did you mean “first”?"),
    (rule("email", body="x", **{"from": "nobody"}), "“nobody” is not an e-mail address"),
    (hook(key="whsec_geheim"), "put it into FUNIL_SECRET_OUT_KEY"),
    (hook(allow=["http://erp"]), "“http://erp” is no host like erp.intranet or 10.0.0.5:8080"),
    (hook(allow="erp"), "a list stands here"),
    (hook(timeout=600), "a number up to 60 stands here"),
    (rule("webhook"), "settings.url: it is missing"),
    (rule("webhook", url="ftp://erp.example/x"), "the address begins with https://"),
    (rule("webhook", url="http://erp.example/x"), "the address begins with https://"),
    (rule("webhook", url="https://{{ deal.title }}/x"), "is no address like https://erp.example/funil"),
    (rule("webhook", url="https://192.168.0.7/x"), "192.168.0.7 is no public address"),
    (rule("webhook", url="https://localhost/x"), "“localhost” is no public server's name"),
    (rule("webhook", url="https://u:p@erp.example/x"), "no user name or password stands in the address"),
    (rule("webhook", ulr="https://erp.example/x"), "did you mean “url”?"),
    (rule("webhook", url="https://erp.example/x", connection="x"), "there is no webhook connection “x”"),
    (rule("document"), "settings.template: it is missing"),
    (rule("document", template="x", field="tracking"), "field “tracking” holds no files"),
    (rule("document", template="x", field="papre"), "papre"),
    (rule("document", template="x", title="y"), "unknown key “title”"),
    (rule("copy_deal", stage="wn"), "there is no stage “wn”; there are new, delivery, won, lost"),
    (rule("copy_deal", pipeline="sels"), "there is no pipeline “sels”; there are sales"),
    (rule("copy_deal", titel="x"), "did you mean “title”?"),
    (rule("move", stage="wn"), "there is no stage “wn”; there are new, delivery, won, lost"),
]


@pytest.mark.parametrize(("board", "sentence"), MISTAKES, ids=[sentence[:50] for _, sentence in MISTAKES])
def test_a_mistake_is_told_with_what_would_be_right(door: Door, board: dict[str, Any], sentence: str) -> None:
    before = door.shell.cursor()
    said = door.shell.refused("apply", "-", stdin=json.dumps({"funil": 1, **board}))
    assert sentence in said
    assert said.startswith("stdin:1:")
    assert "geheim" not in said
    assert door.shell.cursor() == before
