"""The filter of a board: what is read, what is complained of, how it goes on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.filtering import Among, Asked, Empty, Has, Term, Within, canonical, complete, hint, holds, parse
from core.filtering.names import fields_of, spelled
from core.i18n import LANGUAGES
from core.model.house import CompanySettings, FieldDef, FieldType, House
from core.model.moment import DAY, parse_iso
from core.model.people import User
from core.model.pipeline import Pipeline, Stage, StageKind

NOW = parse_iso("2026-12-01T12:00:00Z")
SALES = Pipeline(
    id="sales",
    name="Sales",
    stages=(
        Stage(id="new", name="New", color="#39A8EF"),
        Stage(id="delivery", name="Order delivery", color="#39A8EF", position=1),
        Stage(id="won", name="Deal won", color="#39A8EF", kind=StageKind.SUCCESS, position=2),
        Stage(id="lost", name="Deal lost", color="#39A8EF", kind=StageKind.FAILURE, position=3),
    ),
)
HOUSE = House(
    id="h1",
    version=1,
    company=CompanySettings(timezone="America/Sao_Paulo"),
    users={"ana": User(id="ana", name="Ana Souza"), "rui": User(id="rui", name="Rui Ávila")},
    connections={},
    constants={},
    fields={
        "tags": FieldDef(id="tags", type=FieldType.LIST, name="Etiquetas", multiple=True, options=("Hot", "São Paulo")),
        "code": FieldDef(id="code", type=FieldType.TEXT),
    },
    pipelines={"sales": SALES},
    rules={},
    triggers={},
    rules_by_stage={},
)
ASKED = Asked(HOUSE, "sales", "ana", NOW, "America/Sao_Paulo")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("  ", []),
        ("loja sol", [("words", Has("loja")), ("words", Has("sol"))]),
        ('"loja sol"', [("words", Has("loja sol"))]),
        ('client:"maria lima"', [("client", Has("maria lima"))]),
        ("10:30", [("words", Has("10:30"))]),
        ("a<b", [("words", Has("a<b"))]),
        ("stage:new,won", [("stage", Among(("new", "won")))]),
        ("STAGE:order", [("stage", Among(("delivery",)))]),
        ("stage:order_delivery", [("stage", Among(("delivery",)))]),
        ("responsible:me", [("responsible", Among(("ana",)))]),
        ("responsible:avila", []),
        ("responsible:rui_avila", [("responsible", Among(("rui",)))]),
        ("responsible:none", [("responsible", Empty())]),
        ("amount:>=1.250,50", [("amount", Within(12_505_000, None))]),
        ("amount>1,250.50", [("amount", Within(12_505_001, None))]),
        ("amount:1.250", [("amount", Within(12_500_000, 12_500_000))]),
        ("amount:..5k", [("amount", Within(None, 50_000_000))]),
        ("amount:<-5", [("amount", Within(None, -50_001))]),
        ("close:today", [("close_date", Within("2026-12-01", "2026-12-01"))]),
        ("close:>2026-11", [("close_date", Within("2026-12-01", None))]),
        ("close:-1w..+1w", [("close_date", Within("2026-11-24", "2026-12-08"))]),
        ("close:2027", [("close_date", Within("2027-01-01", "2027-12-31"))]),
        ("created:<today", [("created_at", Within(None, parse_iso("2026-12-01T03:00:00Z") - 1))]),
        ("age:3d", [("entered_at", Within(None, NOW - 3 * DAY))]),
        ("idle:<1w", [("active_at", Within(NOW - 7 * DAY + 1, None))]),
        ("failed:", [("failed", Within(1, None))]),
        ("waiting:>2", [("waiting", Within(3, None))]),
        ("unread:no", [("unread", Within(None, 0))]),
        ("overdue:", [("overdue", Within(None, "2026-11-30"))]),
        ("tags:hot,são_paulo", [("fields.tags", Among(("Hot", "São Paulo")))]),
        ("etiquetas:hot", [("fields.tags", Among(("Hot",)))]),
        ("code:x-1", [("fields.code", Has("x-1"))]),
    ],
)
def test_what_a_filter_comes_to(text: str, terms: list[tuple[str, object]]) -> None:
    assert [(term.field, term.test) for term in parse(text, ASKED).terms] == terms


@pytest.mark.parametrize(
    ("text", "negated"), [("-loja", True), ("-stage:won", True), ("overdue:no", True), ("-overdue:no", False)]
)
def test_a_minus_is_the_contrary(text: str, negated: bool) -> None:
    (term,) = parse(text, ASKED).terms
    assert term.negated is negated


@pytest.mark.parametrize(
    ("text", "told", "about"),
    [
        ("stge:new", "no field “stge”: did you mean stage:?", "stge:new"),
        ("x http://a.b", "no field “http”; in quotes it is a word", "http://a.b"),
        ("stage:deal", "stage: “deal” may be Deal won, Deal lost", "stage:deal"),
        ("stage:delivry", "stage: no “delivry”; did you mean Order delivery?", "stage:delivry"),
        ("responsible:zé", "responsible: there is no “zé”", "responsible:zé"),
        ("amount:much ok", "“much” is no number: write it like 1250.50, or 5k", "amount:much"),
        ("amount:9..1", "“9..1” goes from the greater to the lesser", "amount:9..1"),
        ("close:someday", "“someday” is no day: write 2026-12-01, 2026-12, today or +7d", "close:someday"),
        ("close:2026-02-30", "“2026-02-30” is no day: write 2026-12-01, 2026-12, today or +7d", "close:2026-02-30"),
        ("age:long", "“long” is no span of time: write 3d, 2w, 5h or 30min", "age:long"),
        ("overdue:perhaps", "overdue: yes or no, not “perhaps”", "overdue:perhaps"),
        ("client:", "client: of what value?", "client:"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(text: str, told: str, about: str) -> None:
    (problem,) = parse(text, ASKED).problems
    assert problem.words.english().startswith(told)
    assert text[problem.start : problem.end] == about


def test_a_wrong_part_leaves_the_others_in_force() -> None:
    parsed = parse("loja stage:nowhere amount:>5", ASKED)
    assert [term.field for term in parsed.terms] == ["words", "amount"]
    assert len(parsed.problems) == 1


def test_me_is_nobody_where_nobody_is_signed_in() -> None:
    (problem,) = parse("responsible:me", Asked(HOUSE, "sales", None, NOW, "UTC")).problems
    assert "nobody has said who" in problem.words.english()


@pytest.mark.parametrize(
    ("text", "further"),
    [
        ("st", ["stage:"]),
        ("loja -resp", ["loja -responsible:"]),
        ("stage:or", ["stage:order_delivery"]),
        ("stage:new,d", ["stage:new,delivery", "stage:new,deal_won", "stage:new,deal_lost"]),
        ("responsible:", ["responsible:ana_souza", "responsible:rui_avila"]),
        ("Eti", ["Etiquetas:"]),
        ("tags:s", ["tags:sao_paulo"]),
        ("loja ", []),
        ('"st', []),
        ("", []),
    ],
)
def test_how_a_filter_goes_on(text: str, further: list[str]) -> None:
    assert sorted(complete(text, ASKED)) == sorted(further)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_is_found_by_what_the_screen_calls_it(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    fields = fields_of(HOUSE)
    assert len({spelled(field.name) for field in fields} | {field.id for field in fields}) >= len(fields)
    for field in fields:
        assert canonical(f"-{spelled(field.name)}:x", HOUSE) == f"-{field.id}:x"
        assert complete(spelled(field.name)[:-1], ASKED) and hint(f"{field.id}:", ASKED) is not None


def test_a_filter_in_portuguese_is_kept_in_words_that_everybody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    kept = canonical('loja -Responsável:ana "x etapa:y" valor>5k', HOUSE)
    assert kept == 'loja -responsible:ana "x etapa:y" amount>5k'
    monkeypatch.setenv("FUNIL_LANG", "en")
    assert [term.field for term in parse(kept, ASKED).terms] == ["words", "responsible", "words", "amount"]


PIECES = '- stage amount close age tags : :> .. <= " new 5k 1,2.3 +9d 2026-12 me none no 9999-99 Ünï responsible: ,,,'
typed = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from([*PIECES.split(), " ", "\x00"]),
        max_size=12,
    ).map("".join),
)


@given(typed)
def test_whatever_is_typed_is_read_or_told_and_goes_on_from_itself(text: str) -> None:
    parsed = parse(text, ASKED)
    assert all(problem.words.english() and 0 <= problem.start < problem.end <= len(text) for problem in parsed.problems)
    assert all(further.startswith(text) for further in complete(text, ASKED))
    assert isinstance(hint(text, ASKED), str)
    kept = canonical(text, HOUSE)
    assert parse(kept, ASKED).terms == parsed.terms
    assert canonical(kept, HOUSE) == kept


@pytest.mark.parametrize(
    ("test", "value", "fits"),
    [
        (Has("sao"), "São Paulo", True),
        (Has("rio"), ["São Paulo", "Rio"], True),
        (Has("x"), None, False),
        (Among(("hot",)), ["Hot"], True),
        (Among(("true",)), True, True),
        (Among(("false",)), None, False),
        (Within("2026-12-01", "2026-12-31"), "2026-12-24T10:00:00Z", True),
        (Within("2026-12-01", "2026-12-31"), "2027-01-01", False),
        (Empty(), [], True),
        (Empty(), "x", False),
        (Has("scan"), {"name": "Scan.pdf"}, True),
    ],
)
def test_custom_fields_are_judged_on_their_values(test: object, value: object, fits: bool) -> None:
    assert holds(Term("fields.x", test), value) is fits  # type: ignore[arg-type]
    assert holds(Term("fields.x", test, True), value) is not fits  # type: ignore[arg-type]
