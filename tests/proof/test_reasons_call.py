"""Every reason of the contract that belongs to a rule's call, likewise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof.reasons_ground import PHONE, Case, entered, keyed, reached_and_told, then

LINE = (
    "fields:\n",
    "  - {id: line1, channel: telephony, adapter: simulated, settings: {number: '+551140000000', "
    'price_per_minute: "0.30", balance: "50.00"}}\nfields:\n',
)
all_tries = then("run --until 2026-12-01T14:00Z")


def call(settings: str = "say: Hello", **more: str) -> str:
    """Return a rule that calls."""
    return keyed("call", settings, **more)


def ring(number: str) -> tuple[tuple[str, str], ...]:
    """Return the house with a telephone line and a client who has this number."""
    return (LINE, (PHONE, number))


CASES = [
    Case(
        "no_line",
        "failed",
        "no telephone line is connected",
        "nenhuma linha telefônica está conectada",
        call(),
        entered,
        "run",
    ),
    Case(
        "no_address",
        "failed",
        "Maria Lima has no telephone number",
        "Maria Lima não tem",
        call(),
        entered,
        "run",
        change=(LINE, (f'    phones: [{{type: MOBILE, value: "{PHONE}"}}]\n', "")),
    ),
    Case(
        "no_recipient",
        "failed",
        "the deal has neither a contact nor a company",
        "o negócio não tem contato nem empresa",
        call(),
        entered,
        "run",
        change=(LINE, ("contacts: [maria]}", "contacts: []}")),
    ),
    Case(
        "opted_out",
        "failed",
        "Maria Lima does not want messages at +5511987650001",
        "Maria Lima não quer mensagens",
        call(),
        entered,
        "run",
        change=(LINE, (f'"{PHONE}"}}', f'"{PHONE}", opted_out: true}}')),
    ),
    Case(
        "template_error",
        "failed",
        "the text has come out empty",
        "o texto ficou vazio",
        call('say: "{{ deal.fields.tracking }}"'),
        entered,
        "run",
        change=(LINE,),
    ),
    Case(
        "bad_audio",
        "failed",
        "The address of the audio file answers 404",
        "O endereço do arquivo de áudio responde 404",
        call("play: https://loja.example/missing.mp3"),
        entered,
        change=(LINE,),
    ),
    Case("busy", "failed", "The line is busy", "A linha está ocupada", call(), all_tries, change=ring("+15005550010")),
    Case("no_answer", "failed", "Nobody answers", "Ninguém atende", call(), all_tries, change=ring("+15005550011")),
    Case(
        "bad_number",
        "failed",
        "The number takes no calls",
        "O número não recebe",
        call(),
        entered,
        change=ring("+15005550009"),
    ),
    Case(
        "not_allowed",
        "failed",
        "The account may not call this country",
        "A conta não pode ligar para este país",
        call(),
        entered,
        change=ring("+15005550003"),
    ),
    Case(
        "blocked",
        "failed",
        "telephone refuses our calls",
        "recusa nossas ligações",
        call(),
        entered,
        change=ring("+15005550004"),
    ),
    Case(
        "misconfigured",
        "queued",
        "The provider does not let us call from our number",
        "O provedor não nos deixa ligar do nosso número",
        call(),
        entered,
        "row",
        change=ring("+15005550012"),
    ),
    Case(
        "timeout",
        "unknown",
        "The provider took the call and never said more",
        "O provedor aceitou a ligação e não disse mais nada",
        call(),
        entered,
        "row",
        change=ring("+15005550007"),
    ),
    Case(
        "limit_reached",
        "failed",
        "The line's account is empty",
        "A conta da linha está",
        call(),
        entered,
        change=((LINE[0], LINE[1].replace('balance: "50.00"', 'balance: "0"')),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reason_of_a_call_is_reached_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    reached_and_told(case, tmp_path, monkeypatch)


def test_the_table_has_every_reason_of_a_call() -> None:
    assert {case.reason for case in CASES} == set(
        (
            "bad_audio bad_number blocked busy limit_reached misconfigured no_address no_answer no_line no_recipient "
            "not_allowed opted_out template_error timeout"
        ).split()
    )
