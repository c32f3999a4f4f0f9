"""A mail that answers another names it, and quotes it."""

from __future__ import annotations

from typing import Any

import pytest

from core import threads

OURS = "<h1-M3@loja.example>"
THEIRS = "<abc.1@cliente.example>"


@pytest.mark.parametrize(
    ("received", "said"),
    [
        ({}, {}),
        ({"in_reply_to": OURS}, {"references": OURS}),
        ({"message_id": THEIRS}, {"in_reply_to": THEIRS, "references": THEIRS}),
        ({"in_reply_to": OURS, "message_id": THEIRS}, {"in_reply_to": THEIRS, "references": f"{OURS} {THEIRS}"}),
        (
            {"in_reply_to": f"{OURS}{THEIRS}", "message_id": THEIRS},
            {"in_reply_to": THEIRS, "references": f"{OURS} {THEIRS}"},
        ),
        ({"message_id": "no id"}, {}),
        ({"message_id": "<a@b>\r\nBcc: x@y.example"}, {"in_reply_to": "<a@b>", "references": "<a@b>"}),
        ({"message_id": f"<{'a' * 260}@b>"}, {}),
        ({"message_id": "<ä@b>", "in_reply_to": 7}, {}),
    ],
)
def test_an_answer_names_what_it_answers(received: dict[str, Any], said: dict[str, str]) -> None:
    assert threads.answering(received) == said


def test_a_long_thread_keeps_its_beginning_and_its_end() -> None:
    every = [f"<m{n}@b>" for n in range(60)]
    kept = threads.answering({"in_reply_to": " ".join(every), "message_id": THEIRS})["references"].split()
    assert len(kept) == threads.MOST
    assert (kept[0], kept[-2:]) == (every[0], [every[-1], THEIRS])


@pytest.mark.parametrize(
    ("of", "subject"),
    [
        ("Order", "Re: Order"),
        ("RE: Order", "RE: Order"),
        ("Res: Pedido", "Res: Pedido"),
        ("", "Re:"),
        ("Regards", "Re: Regards"),
        ("a\r\nBcc: x@y.example", "Re: a Bcc: x@y.example"),
    ],
)
def test_the_subject_says_once_that_it_is_an_answer(of: str, subject: str) -> None:
    assert threads.subject(of) == subject


def test_each_line_is_quoted() -> None:
    assert threads.quoted("Olá\r\n\r\n> antes\nfim\n") == "> Olá\n>\n>> antes\n> fim"
