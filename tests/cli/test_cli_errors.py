"""What is refused: status 1 with one clear sentence and nothing changed, or 2 for what is no command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.cli import deal_views, parser_of
from tests.cli.cli_ground import BOARD, Shell, at_noon

REFUSED = [
    (["deal", "show", "D9"], "there is no deal “D9”"),
    (["deal", "list", "--pipeline", "nope"], "there is no pipeline “nope”"),
    (["deal", "list", "--stage", "nope"], "no pipeline has a stage “nope”"),
    (["deal", "list", "--limit", "0"], "“0” is not a whole number above 0"),
    (["deal", "list", "--limit", "ten"], "“ten” is not a whole number above 0"),
    (["deal", "add", "--title", ""], "“title” cannot be empty"),
    (["deal", "add", "--title", "x" * 301], "300 characters at most, not 301"),
    (["deal", "add", "--title", "a\x1b[31mb"], "one line without control characters (here: U+001B)"),
    (["deal", "add", "--title", "a\x9bb"], "U+009B"),
    (["deal", "add", "--title", "a\nb"], "U+000A"),
    (["deal", "add", "--title", "a\0b"], "(NUL)"),
    (["deal", "add", "--title", "a\udcff"], "not valid text"),
    (["deal", "add", "--title", "a", "--id", "D1"], "there is a deal “D1” already"),
    (["deal", "add", "--title", "a", "--id", "a b"], "“a b” cannot be an id"),
    (["deal", "add", "--title", "a", "--amount", "abc"], "“abc” is not a number"),
    (["deal", "add", "--title", "a", "--amount", "1.234"], "decimal places"),
    (["deal", "add", "--title", "a", "--currency", "reais"], "“reais” is not a currency"),
    (["deal", "add", "--title", "a", "--currency", "XXQ"], "“XXQ” is no currency of ISO 4217, like BRL, USD or EUR"),
    (["deal", "add", "--title", "a", "--currency", "BLR"], "“BLR” is no currency of ISO 4217: did you mean “BRL”?"),
    (["deal", "set", "D1", "currency=BLR"], "did you mean “BRL”?"),
    (["deal", "add", "--title", "a", "--stage", "nope"], "no stage “nope”"),
    (["deal", "add", "--title", "a", "--pipeline", "nope"], "no pipeline “nope”"),
    (["deal", "add", "--title", "a", "--responsible", "nope"], "there is no user “nope”"),
    (["deal", "add", "--title", "a", "--by", "nope"], "there is no user “nope”"),
    (["deal", "add", "--title", "a", "--contact", "nope"], "there is no contact “nope”"),
    (["deal", "add", "--title", "a", "--company", "nope"], "there is no company “nope”"),
    (["deal", "add", "--title", "a", "--field", "nope=1"], "no field “nope”"),
    (["deal", "set", "D9", "title=a"], "there is no deal “D9”"),
    (["deal", "set", "D1", "nope=1"], "nope"),
    (["deal", "set", "D1", "close_date=2026-02-30"], "“2026-02-30” is not a date"),
    (["deal", "set", "D1", "title="], "“title” cannot be empty"),
    (["deal", "set", "D1", "title=fine", "responsible=nope"], "nope"),
    (["deal", "move", "D9", "won"], "there is no deal “D9”"),
    (["deal", "move", "D1", "delivry"], "did you mean “delivery”?"),
    (["deal", "move", "D1", "won", "--by", "nope"], "there is no user “nope”"),
    (["deal", "move", "D1", "won", "--pipeline", "nope"], "there is no pipeline “nope”"),
    (["deal", "undo", "D1"], "there is no move to undo"),
    (["deal", "undo", "D9"], "there is no deal “D9”"),
    (["deal", "undo"], "there is no move to undo"),
    (["outbound", "--status", "lost"], "--status: “lost” is none of held, queued"),
    (["outbound", "--channel", "pigeon"], "--channel: “pigeon” is none of email"),
    (["outbound", "--deal", "D9"], "there is no deal “D9”"),
    (["timeline", "D9"], "there is no deal “D9”"),
    (["explain", "--deal", "D9"], "there is no deal “D9”"),
    (["explain", "--rule", "nope"], "there is no rule “nope”"),
    (["explain", "--event", "E1"], "there is no event “E1”"),
    (["try", "nope", "--deal", "D1"], "there is no rule “nope”"),
    (["try", "tracking-mail", "--deal", "D9"], "there is no deal “D9”"),
    (["clock", "set", "tomorrow"], "“tomorrow” is not a date and time like 2026-12-01T12:00Z"),
    (["clock", "set", "1969-12-31T23:59Z"], "before 1970"),
    (["clock", "set", "9999-12-31T23:59Z"], "the clock ends at 9000-01-01T00:00:00Z"),
    (["clock", "advance", "999999w"], "the clock ends at 9000-01-01T00:00:00Z"),
    (["run", "--until", "9999-12-31T23:59Z"], "the clock ends at 9000-01-01T00:00:00Z"),
    (["clock", "advance", "-2h"], "“-2h” is not a duration"),
    (["clock", "advance", "2"], "“2” is not a duration"),
    (["clock", "advance", "1.5h"], "“1.5h” is not a duration"),
    (["run", "--until", "later"], "“later” is not a date and time"),
    (["run", "--until", "2026-12-01T11:59Z"], "is in the past: the clock shows 2026-12-01T12:00:00Z"),
    (["export", "--only", "deals"], "--only: “deals” is none of rules"),
    (["apply", "no-such-file.yaml"], "no-such-file.yaml cannot be read: there is no such file"),
    (["apply", "/"], "/ cannot be read: it is a folder; name the files in it"),
    (["lint", "/"], "/ cannot be read: it is a folder"),
    (["apply", ""], "the name of a board file is missing"),
    (["apply", str(BOARD), " "], "the name of a board file is missing"),
    (["apply", "/dev/null"], "/dev/null is empty: a board file begins with “funil: 1”"),
    (["apply", str(BOARD), "/dev/null"], "/dev/null is empty"),
    (["lint", "/dev/null"], "/dev/null is empty"),
    (["lint", "no-such-file.yaml"], "no-such-file.yaml cannot be read"),
    (["connection", "pause", "nope"], "there is no connection “nope” (there are: mail, sms1, line1, tg)"),
]

UNPARSABLE = [
    ["nope"],
    ["deals"],
    ["deal"],
    ["deal", "mve", "D1", "won"],
    ["deal", "add"],
    ["deal", "add", "--titel", "x"],
    ["deal", "move", "D1"],
    ["deal", "set", "D1"],
    ["deal", "set", "D1", "amount"],
    ["deal", "set", "D1", "=5"],
    ["deal", "add", "--title", "a", "--field", "tracking"],
    ["deal", "list", "--pipe", "sales"],
    ["apply"],
    ["try", "tracking-mail"],
    ["timeline"],
    ["run", "--once", "--until-idle"],
    ["run", "--until"],
    ["clock"],
    ["clock", "set"],
    ["connection", "pause"],
    ["connection", "pause", "mail", "--all"],
    ["--json", "deal", "list"],
]

BAD_FILES = [
    ("pipelines:\n  - id: sales\n   name: x\n", "stdin:3:"),
    ("deals:\n  - {id: D5, titel: x}\n", "stdin:2:"),
    ("deals:\n  - {id: D5, title: x, stage: nope}\n", "stdin:2:"),
    ("deals:\n  - {id: D5, title: x, responsible: nope}\n", "stdin:2:"),
    ("contacts:\n  - {id: c, phones: [{value: '12'}]}\n", "stdin:2:"),
    ("- a list\n", "stdin:1:1"),
    ("funil: 7\n", "stdin:1:"),
    (
        "deals:\n  - {id: D5, title: x, currency: USB}\n",
        "stdin:2:34: “USB” is no currency of ISO 4217: did you mean “USD”?",
    ),
    ("company: {currency: XXQ}\n", "stdin:1:21: company.currency: “XXQ” is no currency of ISO 4217"),
    ("users: [{id: zoe}]\ndeals:\n  - {id: D5, title: x, amount: lots}\n", "stdin:3:"),
]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return at_noon(tmp_path_factory.mktemp("errors"))


@pytest.fixture(autouse=True)
def nothing_changes(shell: Shell) -> Iterator[None]:
    before = shell.cursor()
    yield
    assert shell.cursor() == before


@pytest.mark.parametrize(
    ("words", "sentence"), REFUSED, ids=lambda part: part if isinstance(part, str) else " ".join(part)[:40]
)
def test_refusals_say_what_and_what_would_be_right(shell: Shell, words: list[str], sentence: str) -> None:
    assert sentence in shell.refused(*words)


@pytest.mark.parametrize("words", UNPARSABLE, ids=" ".join)
def test_what_is_no_command_line_ends_with_2_and_tells_how_it_is_written(shell: Shell, words: list[str]) -> None:
    said = shell(*words)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("usage: funil")


@pytest.mark.parametrize(("text", "place"), BAD_FILES)
def test_a_bad_board_file_is_refused_with_its_place(shell: Shell, text: str, place: str) -> None:
    assert place in shell.refused("apply", "-", stdin=text)


X = "x" * 5_000
HUGE = [
    ["deal", "show", X],
    ["deal", "move", "D1", X],
    ["deal", "add", "--title", "a", "--responsible", X],
    ["deal", "add", "--title", "a", "--contact", X],
    ["deal", "add", "--title", "a", "--field", f"{X}=1"],
    ["deal", "add", "--title", "a", "--id", X],
    ["deal", "add", "--title", "a", "--currency", X],
    ["deal", "set", "D1", f"amount={X}"],
    ["deal", "list", "--stage", X],
    ["deal", "list", "--limit", X],
    ["outbound", "--status", X],
    ["explain", "--rule", X],
    ["clock", "set", X],
    ["clock", "advance", X],
    ["connection", "pause", X],
]
HUGE_FILES = [
    f"users: [{{id: a, timezone: {X}}}]",
    f"users: [{{id: a, phone: {X}}}]",
    f"users: [{{id: a, mailboxes: [{X}]}}]",
    f"company: {{hours: {{mon: {X}}}}}",
    f"company: {{grace: {X}}}",
    f"connections: [{{id: a, channel: email, adapter: {X}}}]",
    f"connections: [{{id: a, channel: email, adapter: smtp, settings: {{host: {X}}}}}]",
    f"deals: [{{id: D5, stage: {X}}}]",
    f"pipelines: [{{id: sales, rules: [{{id: r, stage: {X}, kind: sms}}]}}]",
    f"pipelines: [{{id: sales, rules: [{{id: r, stage: new, kind: move, run: {{after: {X}}}}}]}}]",
    f"pipelines: [{{id: sales, rules: [{{id: r, stage: new, kind: email, settings: {{from: {X}, body: a}}}}]}}]",
    f"pipelines: [{{id: sales, rules: [{{id: r, stage: new, kind: sms, settings: {{provider: {X}, text: a}}}}]}}]",
    f"pipelines: [{{id: sales, triggers: [{{id: r, stage: new, kind: {X}}}]}}]",
    f"a: *{X}",
]


@pytest.mark.parametrize("words", HUGE, ids=lambda words: " ".join(words)[:30])
def test_a_huge_value_is_not_echoed_whole(shell: Shell, words: list[str]) -> None:
    said = shell.refused(*words)
    assert "xxx…" in said
    assert len(said) < 250


@pytest.mark.parametrize("text", HUGE_FILES, ids=lambda text: text.replace(X, "X"))
def test_a_huge_value_in_a_file_is_not_echoed_whole(shell: Shell, text: str) -> None:
    said = shell.refused("apply", "-", stdin=text)
    assert "xxxx" not in said or "xxx…" in said
    assert len(said) < 400


def test_a_huge_word_on_a_wrong_command_line_is_cut() -> None:
    for words in ([X], ["deal", X], ["deal", "show", "D1", X]):
        last = Shell("sqlite:///none.db")(*words).err.splitlines()[-1]
        assert "xxx…" in last
        assert len(last) < 250


def test_a_misspelt_verb_is_told_its_neighbour(shell: Shell) -> None:
    assert "did you mean “outbound”?" in shell("outbond").err


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("deal lst", "there is no verb “deal lst”: did you mean “list”?"),
        ("outbound M1", "there is no verb “outbound M1” (there are: cancel, retry, resolve)"),
        ("chat close", "the following arguments are required: CHAT"),
        ("deal show D1 D2", "unrecognized arguments: D2"),
        ("deal move D1 --nope won", "unrecognized arguments: --nope"),
        ("event chat_message --nope x=1", "unrecognized arguments: --nope"),
        ("connection pause mail tg", "unrecognized arguments: tg"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(shell: Shell, line: str, sentence: str) -> None:
    said = shell(*line.split())
    assert said.status == 2
    assert said.err.splitlines()[-1].endswith(sentence) or "--nope" in sentence
    assert sentence in said.err


@pytest.mark.parametrize(
    ("line", "places", "values"),
    [
        ("event payment --deal D1 amount=5 invoice=a", "values", ["amount=5", "invoice=a"]),
        ("event payment amount=5 --deal D1 invoice=-1 --json", "values", ["amount=5", "invoice=-1"]),
        ("event --id e payment amount=5", "values", ["amount=5"]),
        ("deal set D1 title=x --by ana amount=-5", "values", ["title=x", "amount=-5"]),
        ("deal restore D1 --by ana D2", "deals", ["D1", "D2"]),
        ("apply a.yaml --prune b.yaml", "files", ["a.yaml", "b.yaml"]),
        ("file save a.txt --json b.txt", "path", "b.txt"),
    ],
)
def test_options_may_stand_between_the_words(line: str, places: str, values: object) -> None:
    verb, *rest = line.split()
    args = parser_of(verb).parse_args(rest)
    assert getattr(args, places) == values


def test_a_missing_database_is_told_how_to_make_one(tmp_path: Path) -> None:
    missing = Shell(f"sqlite:///{tmp_path / 'none.db'}")
    for words in (["deal", "list"], ["apply", str(BOARD)], ["run", "--once"], ["clock", "show"], ["export"]):
        assert missing.refused(*words).endswith("none.db; “funil init” makes one")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["funil.db", "mysql://x/y", "sqlite:///"])
def test_an_address_that_is_none(address: str) -> None:
    assert "is no database address" in Shell(address).refused("deal", "list")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    for address in ("sqlite:////", f"sqlite:///{tmp_path}"):
        for words in (["deal", "list"], ["init"]):
            assert "is a folder; give the path of a database file" in Shell(address).refused(*words)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("no database at all" * 100)
    before = file.read_bytes()
    for words in (["deal", "list"], ["init"]):
        Shell(f"sqlite:///{file}").refused(*words)
    assert file.read_bytes() == before


def test_the_board_needs_a_terminal(shell: Shell) -> None:
    for words in ([], ["demo"]):
        assert "needs a terminal" in shell.refused(*words)


def test_an_interrupt_is_quiet(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(deal_views, "list_deals", interrupted)
    said = shell("deal", "list")
    assert (said.status, said.out, said.err) == (130, "", "")
