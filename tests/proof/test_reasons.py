"""Every reason of the contract that belongs to a communication rule is reached through the command line, stands where
programs look for it, and is told in English and in Portuguese."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.model.delivery import OutcomeKind
from tests.proof.reasons_ground import AFTER, PHONE, Act, Case, entered, mail, outcome, reached_and_told, sms, then
from tests.proof.scripted import ScriptedFunil

REJECTED, MISCONFIGURED, DEFERRED = OutcomeKind.REJECTED, OutcomeKind.MISCONFIGURED, OutcomeKind.DEFERRED
MARIA = "maria@cliente.example"
SERVER = ("at DATA the mail server answered 550 No", "em DATA, o servidor de e-mail respondeu 550 No")


def to(address: str) -> tuple[tuple[str, str], ...]:
    return ((PHONE if address.startswith("+") else MARIA, address),)


def while_paused(*lines: str) -> Act:
    """Return an act: the deal enters the stage while nothing goes out, then these command lines."""

    def act(funil: ScriptedFunil) -> None:
        funil("connection", "pause", "--all")
        entered(funil)
        for line in lines:
            funil(*line.split())

    return act


def file_taken_away(funil: ScriptedFunil) -> None:
    """The deal enters the stage, and the file that goes with the mail is taken out of the store before it goes."""
    entered(funil)
    funil("file", "remove", "terms.pdf")
    funil("clock", "advance", "2h")
    funil.idle()


CASES = [
    # Before a message exists.
    Case(
        "condition_false",
        "skipped",
        "amount is “7500.00”, which is not > 9000",
        "que não é > 9000",
        mail(when="{field: amount, op: '>', value: 9000}"),
        entered,
        "run",
    ),
    Case(
        "no_recipient",
        "failed",
        "the deal has neither a contact nor a company",
        "o negócio não tem contato nem empresa",
        mail(),
        entered,
        "run",
        change=(("contacts: [maria]}", "contacts: []}"),),
    ),
    Case(
        "no_address",
        "failed",
        "Maria Lima has no e-mail address of type home",
        "Maria Lima não tem",
        mail(", address: home"),
        entered,
        "run",
    ),
    Case(
        "no_address",
        "failed",
        "Maria Lima has no telephone number of type fax",
        "Maria Lima não tem",
        sms("text: Ola, phone: fax"),
        entered,
        "run",
    ),
    Case(
        "no_mailbox",
        "failed",
        "Ana Souza has no connected mailbox",
        "Ana Souza não tem",
        mail(),
        entered,
        "run",
        change=(("mailboxes: [ana@loja.example]", "mailboxes: []"),),
    ),
    Case(
        "no_mailbox",
        "failed",
        "no e-mail connection sends from ana@loja.example",
        "nenhuma conexão de e-mail envia de",
        mail(),
        entered,
        "run",
        change=(("  - {id: mail, channel: email, adapter: simulated}\n", ""),),
    ),
    Case(
        "no_provider",
        "failed",
        "no SMS provider is connected",
        "não há provedor de SMS conectado",
        sms(),
        entered,
        "run",
        change=(("  - {id: sms1, channel: sms, adapter: simulated}\n", ""),),
    ),
    Case(
        "template_error",
        "failed",
        "“deal.fields.gone” is unknown",
        "“deal.fields.gone”",
        mail(", from: auto").replace("Hello", '"{{ deal.fields.gone }}"'),
        entered,
        "run",
    ),
    Case(
        "template_error",
        "failed",
        "the text has come out empty",
        "o texto ficou vazio",
        sms('text: "{{ deal.fields.tracking }}"'),
        entered,
        "run",
    ),
    Case(
        "text_too_long",
        "failed",
        "the text has 204 characters; an SMS rule sends 200 at most",
        "o texto tem 204 caracteres",
        sms(f'text: "{"x" * 194}{{{{ deal.title }}}}"'),
        entered,
        "run",
    ),
    Case(
        "opted_out",
        "failed",
        "Maria Lima does not want messages at maria@cliente.example",
        "Maria Lima não quer mensagens",
        mail(),
        entered,
        "run",
        change=((MARIA + "}", MARIA + ", opted_out: true}"),),
    ),
    Case(
        "opted_out",
        "failed",
        "Maria Lima does not want messages at +5511987650001",
        "Maria Lima não quer mensagens",
        sms(),
        entered,
        "run",
        change=((f'"{PHONE}"}}', f'"{PHONE}", opted_out: true}}'),),
    ),
    Case(
        "too_late",
        "skipped",
        "found later than 1h",
        "1h",
        mail(run=AFTER, late="1h"),
        then("clock advance 5h", "run --until-idle"),
        "run",
    ),
    # What persons do.
    Case(
        "left_stage",
        "cancelled",
        "the deal left the stage",
        "o negócio saiu da etapa",
        mail(run=AFTER),
        then("deal move D1 billing"),
        "run",
    ),
    Case(
        "left_stage",
        "cancelled",
        "the deal left the stage",
        "o negócio saiu da etapa",
        sms(),
        while_paused("deal move D1 billing"),
        "row",
    ),
    Case("stopped", "cancelled", "stopped by ana", "parado por ana", mail(run=AFTER), then("deal stop D1"), "run"),
    Case(
        "undone",
        "cancelled",
        "the move was undone",
        "o movimento foi desfeito",
        mail(run=AFTER),
        then("deal undo D1"),
        "run",
    ),
    Case(
        "once_only",
        "skipped",
        "it has acted on this deal before and acts once per deal",
        "uma vez por negócio",
        mail(once="true"),
        then("deal move D1 billing", "deal move D1 delivery", "run --until-idle"),
        "run",
    ),
    Case(
        "disabled",
        "cancelled",
        "the rule was switched off",
        "a regra foi desativada",
        sms(run=AFTER),
        then("rule off r"),
        "run",
    ),
    # What the line does.
    Case(
        "connection_paused",
        "queued",
        "connection “mail” is paused",
        "a conexão “mail” está",
        mail(),
        while_paused(),
        "row",
    ),
    Case("misconfigured", "queued", *SERVER, mail(), entered, "row", peer=outcome(MISCONFIGURED)),
    Case("misconfigured", "queued", *SERVER, sms(), entered, "row", peer=outcome(MISCONFIGURED)),
    Case(
        "dead",
        "failed",
        "given up after 12 attempts",
        "depois de 12 tentativas",
        mail(),
        then("run --until 2026-12-04T12:00Z"),
        peer=outcome(DEFERRED),
    ),
    Case(
        "dead",
        "failed",
        "given up after 12 attempts",
        "depois de 12 tentativas",
        sms(),
        then("run --until 2026-12-04T12:00Z"),
        peer=outcome(DEFERRED),
    ),
    # What the peer says.
    Case("rejected", "failed", *SERVER, mail(), entered, peer=outcome(REJECTED)),
    Case("rejected", "failed", *SERVER, sms(), entered, peer=outcome(REJECTED)),
    Case("bad_address", "failed", *SERVER, mail(), entered, peer=outcome(REJECTED, "bad_address")),
    Case(
        "bad_number",
        "failed",
        "The number does not exist",
        "O número não existe",
        sms(),
        entered,
        change=to("+15005550001"),
    ),
    Case(
        "not_allowed",
        "failed",
        "The account may not send to this country",
        "A conta não tem permissão para enviar a este país",
        sms(),
        entered,
        change=to("+15005550003"),
    ),
    Case(
        "blocked",
        "failed",
        "The recipient's server refuses our mail",
        "recusa",
        mail(),
        entered,
        change=to("block@x.example"),
    ),
    Case(
        "blocked", "failed", "The recipient refuses our messages", "recusa", sms(), entered, change=to("+15005550004")
    ),
    Case(
        "limit_reached",
        "queued",
        "The provider takes no more messages for a minute",
        "por um minuto",
        mail(),
        entered,
        "row",
        change=to("limit@x.example"),
    ),
    Case(
        "limit_reached",
        "queued",
        "The provider takes no more messages for a minute",
        "por um minuto",
        sms(),
        entered,
        "row",
        change=to("+15005550008"),
    ),
    Case(
        "timeout",
        "queued",
        "The peer took the message and never answered",
        "O destino recebeu a mensagem e não respondeu",
        mail(),
        entered,
        "row",
        change=to("timeout@x.example"),
    ),
    Case(
        "timeout",
        "unknown",
        "The peer took the message and never answered",
        "O destino recebeu a mensagem e não respondeu",
        sms(),
        entered,
        "row",
        change=to("+15005550007"),
    ),
    Case(
        "bounced",
        "undelivered",
        "email to bounce@x.example: not delivered (bounced)",
        "email para bounce@x.example: não entregue (bounced)",
        mail(),
        then("run --until 2026-12-02T12:00Z"),
        "row",
        change=to("bounce@x.example"),
    ),
    # Files that go with a mail.
    Case(
        "attachment_missing",
        "failed",
        "there is no file “terms.pdf” in the house's store",
        "não há arquivo “terms.pdf” no acervo da casa",
        mail(", attach: {files: [terms.pdf]}", run=AFTER),
        file_taken_away,
        "run",
    ),
    Case("bad_attachment", "failed", *SERVER, mail(), entered, peer=outcome(REJECTED, "bad_attachment")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reason_is_reached_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    reached_and_told(case, tmp_path, monkeypatch)


MINE: dict[str, str] = {
    "email": "attachment_missing bad_address bad_attachment blocked bounced condition_false connection_paused dead "
    "left_stage limit_reached "
    "misconfigured no_address no_mailbox no_recipient once_only opted_out rejected stopped template_error timeout "
    "too_late undone",
    "sms": "bad_number blocked dead disabled left_stage limit_reached misconfigured no_address no_provider not_allowed "
    "opted_out rejected template_error text_too_long timeout",
}


@pytest.mark.parametrize("kind", MINE)
def test_the_table_has_every_reason_of_the_kind(kind: str) -> None:
    assert {case.reason for case in CASES if f"kind: {kind}," in case.rule} == set(MINE[kind].split())
