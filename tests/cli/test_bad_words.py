"""Any words on the command line, for every verb there is: the law of bad input holds."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters import cli
from adapters.cli.completion import NOTHING, specs
from funil import House
from tests.cli.bad_ground import Door
from tests.cli.cli_ground import at_noon

ENDLESS: Final = frozenset({"worker", "run", "serve", "gateway", "demo"})
"""Verbs that work until they are stopped, or lay a whole story down."""
UNDRAWN: Final = frozenset({"--db", "--help", "--watch"})
"""Options that lead elsewhere, or have a verb go on until it is stopped."""
VERBS: Final = [spec for spec in specs() if spec.path and not spec.members and spec.path.split()[0] not in ENDLESS]
JUNK: Final = [
    *("", "x", " ", "-", "--", "D1", "D9", "maria", "acme", "ana", "sales", "won", "mail", "line1", "tracking-mail"),
    *(
        "M1",
        "R1",
        "M99999999999999999999",
        "R0",
        "M-1",
        "R²",
        "\0",
        "a\0b",
        "\udcff",
        "\x1b[31m",
        "é" * 100,
        "a" * 9000,
    ),
    *("🙂" * 2000, "../../etc/passwd", "/", "/dev/null", "@/etc/passwd", "%s%n{0}{x}", "{{7*7}}", "=1+1", "title=x"),
    *("amount=1e999", "amount=NaN", "close_date=2026-02-30", "contacts=,,,", "stage=", "=x", "x=", "a=b=c", "0", "-1"),
    *("99999999999999999999999", "1e9", "2026-12-01T12:00Z", "9999-12-31T23:59:59Z", "24:00", "real", "1h", "-1d"),
    *("999999999999999999w", "sent", "held", "'; DROP TABLE deals;--", "\u202e", "D1\n", "²", "٣", "WORK:", "+55119"),
    *("maria@x.example", "rules", "--json", "--by", "email_opened", "chat_message", "form", "payment", "http://[::1"),
]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    shell = at_noon(tmp_path_factory.mktemp("words"))
    shell.ok("deal", "move", "D1", "delivery")
    shell.ok("run", "--until", "2026-12-01T13:00Z")
    return Door(shell)


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """Draw a command line: a verb, about as many words as it takes, and some of its options."""
    spec = draw(st.sampled_from(VERBS))
    count = draw(st.sampled_from([len(spec.places), len(spec.places), len(spec.places) + 1, 0]))
    words = [*spec.path.split(), *(draw(st.sampled_from(JUNK)) for _ in range(count))]
    for name in draw(st.lists(st.sampled_from(sorted(set(spec.options) - UNDRAWN)), max_size=3)):
        words.append(name)
        if spec.options[name] is not None:
            words.append(draw(st.sampled_from(JUNK)))
    return words


@given(words=lines(), stdin=st.sampled_from([b"", b"title\nx", b"name\nx\n", b"\xff\xfe", b"funil: 1\n"]))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_words_are_a_command_line_or_refused(
    door: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], stdin: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    door(*words, stdin=stdin)


# One table over every verb --------------------------------------------------------------------------------------------

KNOWN: Final = {"deals": "D1", "stages": "won", "pipelines": "sales", "rules": "tracking-mail", "connections": "mail",
                "contacts": "maria", "companies": "acme", "users": "ana", "stored": "paper.txt",
                "tasks": "T1"}  # fmt: skip
NEEDED: Final = [spec for spec in VERBS if spec.places]


@pytest.mark.parametrize("path", [spec.path for spec in NEEDED])
def test_an_unknown_id_is_refused_by_every_verb_that_takes_one(door: Door, path: str) -> None:
    spec = next(each for each in NEEDED if each.path == path)
    if spec.places[0] not in KNOWN:
        assert spec.places[0] in (NOTHING, "file") or "|" in spec.places[0]
        return
    words = [*path.split(), "no-such-thing", *(KNOWN.get(kind, "title=x") for kind in spec.places[1:])]
    required = {"deal note": ["--text", "x"], "try": [], "rule apply": ["--present"]}
    said = door(*words, *required.get(path, []))
    if said.status == 2:
        assert "required" in said.err  # an option that it needs is missing: told first
        return
    assert said.status == 1
    assert "no-such-thing" in said.err


@pytest.mark.parametrize("path", [spec.path for spec in VERBS])
def test_an_option_that_nobody_knows_is_no_command_line(door: Door, path: str) -> None:
    said = door(*path.split(), "--no-such-option")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("usage: funil")


@pytest.mark.parametrize("path", [spec.path for spec in NEEDED if not spec.places[0].startswith("file")])
def test_a_missing_argument_is_said_with_the_usage(door: Door, path: str) -> None:
    said = door(*path.split())
    assert said.status in (0, 1, 2)
    if said.status == 2:
        assert said.err.startswith("usage: funil")
    assert "Traceback" not in said.err


PRINTING: Final = [
    *("deal list", "deal show D1", "deal list --csv", "timeline D1", "outbound", "explain", "export", "schema", "lint"),
    *("contact list", "contact show maria", "company list --csv", "clock show", "check", "completion bash", "--help"),
    *("deal list --json", "export --json", "try tracking-mail --deal D1"),
]


@pytest.mark.parametrize("line", PRINTING)
def test_a_reader_who_leaves_is_no_error(door: Door, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(Gone(), encoding="utf-8", write_through=True))
    err = io.StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    assert cli.main(["--db", door.shell.url, *line.split()], House()) == 0
    assert err.getvalue() == ""


class Gone(io.BytesIO):
    """A pipe whose reader has left."""

    def write(self, content: object) -> int:
        raise BrokenPipeError


def test_the_table_covers_every_verb() -> None:
    from adapters.cli.verbs import VERBS as ALL

    assert {spec.path.split()[0] for spec in VERBS} == set(ALL) - ENDLESS
