"""Hostile texts in every text field of every kind, from the board file to the run: a reason for each, nothing sent."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from core.rules import catalogue
from tests.cli.bad_ground import Door
from tests.cli.cli_ground import Shell, at_noon
from tests.core.test_templates import HOSTILE_SOURCES

LINK: Final = "{{ invite_link }}"
COMPLETE: Final[dict[str, dict[str, Any]]] = {
    "email": {"subject": "x", "body": "x"},
    "sms": {"text": "x"},
    "call": {"say": "x"},
    "chat": {"text": "x"},
    "invite": {"text": LINK},
    "comment": {"text": "x"},
    "notify": {"to": "ana", "text": "x"},
    "set_field": {"field": "tracking", "value": "x"},
    "task": {"title": "x", "text": "x"},
    "copy_deal": {"title": "x"},
    "document": {"template": "x", "name": "x"},
}
"""Settings with which each kind that writes a text can act."""
IN_HOUSE: Final = {
    "comment": "timeline",
    "notify": "notifications",
    "set_field": "deals",
    "task": "tasks",
    "copy_deal": "timeline",
}
"""Where kinds write their text which send nothing."""
UNFORESEEN: Final = "{{ deal.amount * 999999999 * 999999999 * 999999999 * 999999999 }}"
"""What only the run can tell."""
MORE: Final = [
    UNFORESEEN,
    "{{ '%0999999999d' % 7 }}",
    "{% for a in contact.phones %}{% for b in range(9) %}{{ a }}{% endfor %}{% endfor %}",
    "{{ deal.title.ljust(10**9) }}",
    "{{ ''.join(['a'] * 10**9) }}",
    "{{ constants.__globals__ }}",
    "{{ request.application.__globals__.__builtins__.__import__('os').popen('id').read() }}",
    "{% include '/etc/passwd' %}",
    "{{ 2 ** 2 ** 2 ** 2 ** 2 ** 2 }}",
    "{{ nobody.knows }}",
    "{{ deal.title",
]
HOSTILE: Final = [*MORE, *HOSTILE_SOURCES]
TRIED: Final = 5
"""Every so many of them are tried by hand too."""
WHOLE: Final = {("sms", "text"), ("email", "body")}
"""Fields that get all of them, the text and the HTML; the others a ninth."""


def text_fields() -> list[tuple[str, str]]:
    """Return every setting that is a text with names in it."""
    return [
        (kind, name)
        for kind, declared in catalogue.kinds().items()
        for name, info in declared.Settings.model_fields.items()
        if isinstance(info.json_schema_extra, dict) and "template" in info.json_schema_extra
    ]


def hostile(kind: str, field: str) -> list[str]:
    return HOSTILE if (kind, field) in WHOLE else HOSTILE[::9]


def rules(kind: str, field: str) -> list[dict[str, Any]]:
    link = LINK if kind == "invite" else ""
    return [
        {"id": f"h{n}", "stage": "delivery", "kind": kind, "settings": {**COMPLETE[kind], field: text + link}}
        for n, text in enumerate(hostile(kind, field))
    ]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house where each kind could act: connections, a client with addresses, a chat."""
    shell = at_noon(tmp_path_factory.mktemp("texts"))
    shell.ok("event", "chat_message", "channel=tg", "chat=c1", "from=+5511987650001", "text=hello")
    return Path(shell.url.removeprefix("sqlite:///"))


@pytest.fixture
def door(house: Path, tmp_path: Path) -> Door:
    shutil.copy(house, tmp_path / "funil.db")
    return Door(Shell(f"sqlite:///{tmp_path / 'funil.db'}"))


def apply(door: Door, listed: list[dict[str, Any]]) -> Any:
    board = {"funil": 1, "pipelines": [{"id": "sales", "rules": listed}]}
    return door("apply", "-", stdin=json.dumps(board).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(("kind", "field"), text_fields())
def test_a_hostile_text_ends_its_own_run_and_nothing_else(door: Door, kind: str, field: str) -> None:
    texts, shell = hostile(kind, field), door.shell
    assert apply(door, rules(kind, field)).status == 0
    found = json.loads(door("lint", "--json").out)
    told = {each["place"].split(",")[0] for each in found if each["error"]}
    assert told == {f"rule h{n}" for n, text in enumerate(texts) if text != UNFORESEEN}
    for n in range(0, min(len(texts), 20), TRIED):
        tried = shell.json("try", f"h{n}", "--deal", "D1")
        assert (tried["would"], tried["reason"]) == ("failed", "template_error"), texts[n]
    shell.ok("deal", "move", "D1", "delivery")
    shell.ok("clock", "advance", "1m")
    assert door("run", "--until-idle").status == 0
    ended = shell.json("explain", "--deal", "D1")["runs"]
    assert [(run["rule"], run["status"], run["reason"]) for run in ended] == [
        (f"h{n}", "failed", "template_error") for n in range(len(texts))
    ]
    assert all(0 < len(run["detail"]) < 400 for run in ended)
    assert shell.json("outbound") == []
    assert shell.json("deal", "show", "D1")["fields"] == {"tracking": "BR123"}


def _written(door: Door, field: str) -> bool:
    """Return whether a document says what it should, or is called so."""
    files = [line["data"] for line in door.shell.json("timeline", "D1") if line["kind"] == "document"]
    assert [file["media_type"] for file in files] == ["application/pdf", "text/html"]
    if field == "name":
        return all(file["name"].startswith("Order 1001") for file in files)
    return any('INSERT INTO "contents"' in line and "4f726465722031303031" in line.lower() for line in door.content())


@pytest.mark.parametrize(("kind", "field"), text_fields())
def test_an_honest_text_in_the_same_place_goes_out(door: Door, kind: str, field: str) -> None:
    settings = {**COMPLETE[kind], field: f"{{{{ deal.title }}}} {LINK if kind == 'invite' else ''}"}
    assert apply(door, [{"id": "h", "stage": "delivery", "kind": kind, "settings": settings}]).status == 0
    door.shell.ok("deal", "move", "D1", "delivery")
    door.shell.ok("clock", "advance", "1m")
    door.shell.ok("run", "--until-idle")
    if kind == "document":
        assert _written(door, field)
    elif kind in IN_HOUSE:
        table = IN_HOUSE[kind]
        rows = [line for line in door.content() if line.startswith(f'INSERT INTO "{table}"') and "'D1'" in line]
        assert sum("Order 1001" in row for row in rows) == 1
        assert door.shell.json("outbound") == []
    else:
        [message] = door.shell.json("outbound")
        assert "Order 1001" in message["text"] + (message["subject"] or "")
