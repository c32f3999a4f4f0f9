"""How a rule stands and why, in words, from what is stored: a table of reasons in both languages."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import commands
from core.model.moment import DAY, HOUR, MINUTE, SECOND, Duration, Moment, iso
from core.model.rule import Hours, Rule, RunTime, When
from core.model.run import Run, RunStatus, Waiting
from core.words import NO_WORDS, Words
from tests.core.sample_house import HOUSE
from tests.tui.app_world import START
from tests.tui.panel_world import rich_world
from tui.outbound_paint import Moments
from tui.panels import deal_sheet, items
from tui.panels.deal_sheet import spoken
from tui.panels.flow import flow
from tui.panels.run_words import Told, words

MOMENTS = Moments(START, ZoneInfo("America/Sao_Paulo"))
COMPARED = {"field": "deal.amount", "op": ">", "value": 5000, "actual": "4200.00", "holds": False}


def told(status: RunStatus, reason: str | None = None, *, ahead: int | None = None, **more: Any) -> Told:
    """Return a run as it is stored and explained; ``ahead``: milliseconds until it is due."""
    detail: Words = more.pop("detail", NO_WORDS)
    compared = more.pop("compared", None)
    due = None if ahead is None else Moment(START + ahead)
    run = Run(
        id=1,
        entry=1,
        deal="D1",
        rule="note",
        revision=1,
        position=0,
        status=status,
        moment=due,
        due_at=due,
        reason=reason,
        detail=detail,
        condition=json.dumps(compared) if compared else None,
        ended_at=more.pop("ended_at", None),
    )
    rule = Rule(
        id="note",
        pipeline="sales",
        stage="new",
        kind="sms",
        name="Short note",
        hours=more.pop("hours", Hours.ANY),
        run=more.pop("run", RunTime()),
    )
    shape = {
        "reason": reason,
        "detail": spoken(detail) or None,
        "due_at": iso(due),
        "waits_for": more.pop("waits_for", None),
    }
    assert not more, more
    return Told(run, shape, rule)


REASONS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"status": RunStatus.WAITING, "reason": Waiting.TIME, "ahead": 2 * HOUR},
        "waiting until 11:00",
        "aguardando até 11:00",
    ),
    (
        {"status": RunStatus.WAITING, "reason": Waiting.HOURS, "ahead": DAY, "hours": Hours.BUSINESS},
        "waiting until Wed 09:00, business hours",
        "aguardando até qua 09:00, horário comercial",
    ),
    (
        {"status": RunStatus.WAITING, "reason": Waiting.HOURS, "ahead": 20 * DAY, "hours": Hours.BOTH},
        "waiting until 21 Dec 09:00, business hours and those of the responsible",
        "aguardando até 21 dez 09:00, horário comercial e o do responsável",
    ),
    (
        {"status": RunStatus.WAITING, "reason": Waiting.GRACE, "ahead": 5 * SECOND},
        "held until 09:00:05",
        "retido até 09:00:05",
    ),
    ({"status": RunStatus.WAITING, "reason": Waiting.TIME, "ahead": -MINUTE}, "due now", "na hora"),
    (
        {"status": RunStatus.WAITING, "reason": Waiting.ASKED, "ahead": 0},
        "runs next: somebody asked for it",
        "é a próxima: alguém pediu",
    ),
    (
        {"status": RunStatus.WAITING, "reason": Waiting.RULE, "waits_for": "gone"},
        "waits for “gone”",
        "aguarda “gone”",
    ),
    (
        {"status": RunStatus.NO_DATE, "run": RunTime(When.BEFORE, Duration(1, "d"), "close_date")},
        "waiting for a date: close date is empty",
        "aguardando uma data: data de fechamento não tem valor",
    ),
    (
        {
            "status": RunStatus.FAILED,
            "reason": "no_address",
            "detail": Words("{name} has no e-mail address of type {type}", {"name": "Maria Lima", "type": "work"}),
        },
        "failed: Maria Lima has no e-mail address of type work",
        "falhou: Maria Lima não tem endereço de e-mail do tipo trabalho",
    ),
    ({"status": RunStatus.FAILED, "reason": "no_chat"}, "failed: no chat", "falhou: sem bate-papo"),
    ({"status": RunStatus.FAILED, "reason": "from_a_plugin"}, "failed: from a plugin", "falhou: from a plugin"),
    (
        {"status": RunStatus.SKIPPED, "reason": "condition_false", "compared": [COMPARED]},
        "not started: amount 4,200 is not > 5,000",
        "não iniciada: valor 4.200 não é > 5.000",
    ),
    (
        {"status": RunStatus.SKIPPED, "reason": "condition_false", "compared": [{**COMPARED, "actual": None}]},
        "not started: amount is empty, not > 5,000",
        "não iniciada: valor está vazio, não > 5.000",
    ),
    (
        {
            "status": RunStatus.SKIPPED,
            "reason": "condition_false",
            "compared": [{**COMPARED, "op": "between", "value": [5000, 6000]}],
        },
        "not started: amount 4,200 is not between 5,000 and 6,000",
        "não iniciada: valor 4.200 não está entre 5.000 e 6.000",
    ),
    (
        {
            "status": RunStatus.SKIPPED,
            "reason": "condition_false",
            "compared": [{**COMPARED, "field": "deal.responsible", "op": "=", "value": "ana", "actual": "rui"}],
        },
        "not started: responsible rui is not Ana Souza",
        "não iniciada: responsável rui não é Ana Souza",
    ),
    (
        {
            "status": RunStatus.SKIPPED,
            "reason": "condition_false",
            "compared": [{"field": "gone", "op": "filled", "value": None, "actual": None, "holds": False}],
        },
        "not started: gone is empty",
        "não iniciada: gone não tem valor",
    ),
    (
        {
            "status": RunStatus.SKIPPED,
            "reason": "condition_false",
            "compared": [{**COMPARED, "op": ">=", "holds": True}, COMPARED],
        },
        "not started: amount 4,200 ≥ 5,000 ✓; amount 4,200 > 5,000 ✗",
        "não iniciada: valor 4.200 ≥ 5.000 ✓; valor 4.200 > 5.000 ✗",
    ),
    ({"status": RunStatus.SKIPPED, "reason": "once_only"}, "not started: once only", "não iniciada: só uma vez"),
    (
        {
            "status": RunStatus.CANCELLED,
            "reason": "stopped",
            "detail": Words("stopped by {user}", {"user": "ana"}),
        },
        "cancelled: stopped by ana",
        "cancelado: parado por ana",
    ),
    ({"status": RunStatus.DONE, "ended_at": START}, "done 09:00", "concluído 09:00"),
    ({"status": RunStatus.SENDING}, "sending", "enviando"),
]


@pytest.mark.parametrize("language", ["en", "pt_BR"])
@pytest.mark.parametrize(("run", "english", "portuguese"), REASONS, ids=[english for _run, english, _pt in REASONS])
def test_a_reason_in_words(
    run: dict[str, Any], english: str, portuguese: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    assert words(told(**run), HOUSE, MOMENTS) == (english if language == "en" else portuguese)


def test_every_state_of_a_run_is_in_the_table() -> None:
    assert {run["status"] for run, _english, _portuguese in REASONS} == set(RunStatus)


ENDED = Words("rule “{rule}”: failed ({reason}) {detail}", {"rule": "busy", "reason": "no_address", "detail": ""})
REFUSED = Words(
    "{channel} to {to}: failed ({reason}) {detail}",
    {"channel": "telephony", "to": "+1", "reason": "busy", "detail": ""},
)


@pytest.mark.parametrize(
    ("language", "sentence", "told"),
    [
        ("en", ENDED, "rule “busy”: failed (no address) "),
        ("pt_BR", ENDED, "regra “busy”: falhou (sem endereço) "),
        ("en", REFUSED, "call to +1: failed (busy) "),
        ("pt_BR", REFUSED, "chamada para +1: falhou (ocupado) "),
    ],
)
def test_codes_in_a_line_of_history_are_words(
    language: str, sentence: Words, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    assert spoken(sentence) == told


@pytest.mark.parametrize(
    ("language", "failed", "skipped"),
    [
        ("en", "(no address)", "rule “Call the big ones”: not started (condition false) amount 4,200 is not > 5,000"),
        (
            "pt_BR",
            "(sem endereço)",
            "regra “Call the big ones”: não iniciada (condição falsa) valor 4.200 não é > 5.000",
        ),
    ],
)
def test_no_line_of_the_open_deal_shows_a_code(
    language: str, failed: str, skipped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    world = rich_world()
    world.write(commands.move(["D1001"], "invoice"))  # what is told of an earlier stay reads like the present one's
    view = world.store.read(lambda reader: deal_sheet.read(reader, "D1001"))
    assert view is not None
    built = items.build(view, MOMENTS, frozenset())
    lines = [line.text for item in built for para in item.paras for line in flow(para, 200)]
    assert any(failed in line for line in lines)
    assert any(skipped in line for line in lines), "\n".join(lines)
    assert [line for line in lines if "no_address" in line or "deal." in line] == []
