"""The person's language is for people: help, tables and sentences; never for codes and JSON."""

from __future__ import annotations

import pytest

from adapters.cli.verbs import VERBS
from tests.cli.cli_ground import Shell, at_noon


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return at_noon(tmp_path_factory.mktemp("language"))


@pytest.fixture(params=["en", "pt_BR"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FUNIL_LANG", request.param)
    return str(request.param)


def test_the_help_lists_every_verb(shell: Shell, language: str) -> None:
    shown = shell.ok("--help")
    assert [verb for verb in VERBS if f"\n  {verb} " not in shown] == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(shell: Shell, language: str, verb: str) -> None:
    shown = shell.ok(verb, "--help")
    assert f"funil {verb}" in shown
    assert "--db" in shown


@pytest.mark.parametrize("member", ["add", "show", "list", "move", "set", "undo"])
def test_every_verb_of_deals_has_help(shell: Shell, language: str, member: str) -> None:
    assert "--json" in shell.ok("deal", member, "--help")


def test_statuses_do_not_depend_on_the_language(shell: Shell, language: str) -> None:
    assert [shell(*words).status for words in (["deal", "list"], ["deal", "show", "D9"], ["nope"], ["deal"])] == [
        0,
        1,
        2,
        2,
    ]
