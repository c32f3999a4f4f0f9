"""Every reason of the contract that belongs to a rule's chat message or invitation, likewise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof.reasons_ground import AFTER, PHONE, Act, Case, entered, keyed, reached_and_told
from tests.proof.scripted import ScriptedFunil

Change = tuple[tuple[str, str], ...]
TG = (
    "fields:\n",
    "  - {id: tg, channel: open_channel, adapter: simulated_telegram, settings: {bot: loja_bot}}\nfields:\n",
)
NOBODY = ("contacts: [maria]}", "contacts: []}")
NO_SMS = ("  - {id: sms1, channel: sms, adapter: simulated}\n", "")
NO_PHONE = (f'    phones: [{{type: MOBILE, value: "{PHONE}"}}]\n', "")
ON: Change = (TG,)


def chat(settings: str = "text: Ola", **more: str) -> str:
    """Return a rule that writes in the chat."""
    return keyed("chat", settings, **more)


def invite(text: str = "{{ invite_link }}", **more: str) -> str:
    """Return a rule that invites."""
    return keyed("invite", f"text: '{text}'", **more)


def written(chat_id: str = "tg:5", *lines: str) -> Act:
    """Return an act: the client writes, the deal enters the stage, then these command lines."""

    def act(funil: ScriptedFunil) -> None:
        funil("event", "chat_message", "channel=tg", f"chat={chat_id}", f"from={PHONE}", "text=Oi")
        entered(funil)
        for line in lines:
            funil(*line.split())

    return act


def ring(number: str) -> Change:
    """Return the house with Telegram and a client who has this number."""
    return (TG, (PHONE, number))


CASES = [
    Case(
        "no_channel",
        "failed",
        "no open channel is connected",
        "nenhum canal aberto está conectado",
        chat(),
        entered,
        "run",
    ),
    Case(
        "no_chat",
        "failed",
        "there is no chat with Maria Lima yet",
        "ainda não há bate-papo com Maria Lima",
        chat(),
        entered,
        "run",
        change=ON,
    ),
    Case(
        "no_recipient",
        "failed",
        "the deal has neither a contact nor a company",
        "o negócio não tem contato nem empresa",
        chat(),
        entered,
        "run",
        change=(TG, NOBODY),
    ),
    Case(
        "template_error",
        "failed",
        "the text has come out empty",
        "o texto ficou vazio",
        chat("text: '{{ deal.close_date }}'"),
        written(),
        "run",
        change=ON,
    ),
    Case(
        "attachment_missing",
        "failed",
        "there is no file “terms.pdf” in the house's store",
        "não há arquivo “terms.pdf” no acervo da casa",
        chat("text: Ola, attach: {files: [terms.pdf]}", run=AFTER),
        written("tg:5", "file remove terms.pdf", "clock advance 2h", "run --until-idle"),
        "run",
        change=ON,
    ),
    Case(
        "blocked",
        "failed",
        "The client has blocked us in the messenger",
        "O cliente nos bloqueou no aplicativo de mensagens",
        chat(),
        written("tg:block"),
        change=ON,
    ),
    Case(
        "text_too_long",
        "failed",
        "The text has 4100 characters; this channel carries 4096 at most",
        "O texto tem 4100 caracteres; este canal leva no máximo 4096",
        chat(f"text: {'x' * 4100}"),
        written(),
        change=ON,
    ),
    Case(
        "timeout",
        "unknown",
        "The peer took the message and never answered",
        "O destino recebeu a mensagem e não respondeu",
        chat(),
        written("tg:timeout"),
        "row",
        change=ON,
    ),
    Case(
        "no_channel",
        "failed",
        "no Telegram channel is connected",
        "nenhum canal do Telegram está conectado",
        invite(),
        entered,
        "run",
    ),
    Case(
        "no_provider",
        "failed",
        "no SMS provider is connected",
        "não há provedor de SMS conectado",
        invite(),
        entered,
        "run",
        change=(TG, NO_SMS),
    ),
    Case(
        "no_recipient",
        "failed",
        "the deal has neither a contact nor a company",
        "o negócio não tem contato nem empresa",
        invite(),
        entered,
        "run",
        change=(TG, NOBODY),
    ),
    Case(
        "no_address",
        "failed",
        "Maria Lima has no telephone number",
        "Maria Lima não tem",
        invite(),
        entered,
        "run",
        change=(TG, NO_PHONE),
    ),
    Case(
        "opted_out",
        "failed",
        f"Maria Lima does not want messages at {PHONE}",
        f"Maria Lima não quer mensagens em {PHONE}",
        invite(),
        entered,
        "run",
        change=(TG, (f'value: "{PHONE}"', f'value: "{PHONE}", opted_out: true')),
    ),
    Case(
        "text_too_long",
        "failed",
        "an SMS rule sends 200 at most",
        "uma regra de SMS envia no máximo 200",
        invite("{{ deal.title }}" * 15 + "{{ invite_link }}"),
        entered,
        "run",
        change=ON,
    ),
    Case(
        "template_error",
        "failed",
        "the text has come out without its link",
        "o texto saiu sem o link",
        invite("Oi {% if deal.close_date %}{{ invite_link }}{% endif %}"),
        entered,
        "run",
        change=ON,
    ),
    Case(
        "bad_number",
        "failed",
        "The number does not exist",
        "O número não existe",
        invite(),
        entered,
        change=ring("+15005550001"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reason_of_a_chat_or_an_invitation_is_reached_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    reached_and_told(case, tmp_path, monkeypatch)


OWN = {
    "chat": "attachment_missing blocked no_channel no_chat no_recipient template_error text_too_long timeout",
    "invite": "bad_number no_address no_channel no_provider no_recipient opted_out template_error text_too_long",
}


@pytest.mark.parametrize("kind", OWN)
def test_the_table_has_every_reason_of_chats_and_invitations(kind: str) -> None:
    assert {case.reason for case in CASES if f"kind: {kind}," in case.rule} == set(OWN[kind].split())
