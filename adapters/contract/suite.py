"""What is asked of an adapter, peer by peer. Works under pytest (name the subclass ``Test…``) and without it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final
from unittest import SkipTest

from pydantic import BaseModel, ValidationError

from adapters.base import secret_fields
from core.model.delivery import Message, Outcome, OutcomeKind
from core.ports import Adapter

REASONS: Final = frozenset(
    "no_address bad_number opted_out rejected timeout busy no_answer misconfigured bad_audio attachment_missing "
    "limit_reached not_allowed bounced blocked bad_attachment bad_address text_too_long".split()
)
"""Stable codes that an outcome may give as its reason."""

KEY: Final = "3f2a9c1e-M17"
_HOSTILE_RECIPIENTS: Final = (
    "",
    " ",
    "a@b.example\r\nBcc: c@d.example",
    "+1\r\n2",
    "x" * 10_000,
    "\ud800@b.example",
    "\x00",
)
_HOSTILE_TEXTS: Final = ("", "\x00", "\ud800", "\x1b]52;c;eA==\x07", "\r\n.\r\nQUIT\r\n", "é" * 100_000)


class Situation(StrEnum):
    """How the peer behaves while a promise is tested."""

    NORMAL = "normal"
    DEFERS = "defers"
    """It asks to try again later."""
    REFUSES = "refuses"
    """It refuses this message for good."""
    SILENT = "silent"
    """It takes the message, and never says so."""
    LOSES_ANSWER = "loses_answer"
    """It takes the first message and its answer is lost; from then on all is well."""
    BAD_CREDENTIALS = "bad_credentials"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    """It says how long to wait."""


@dataclass(slots=True)
class Bench:
    """A staged peer with an adapter on it.

    ``received`` lists what the peer has taken, each message by the mark that a peer tells repeats by (a Message-ID, an
    idempotency key). ``reopen`` opens another adapter on the same peer, as the next process does after a crash.
    """

    adapter: Adapter
    message: Message
    received: Callable[[], Sequence[str]]
    reopen: Callable[[], Adapter]


class AdapterContract(ABC):
    """The promises of :class:`core.ports.Adapter`. A situation that is not among ``stages`` is skipped."""

    stages: ClassVar[frozenset[Situation]] = frozenset({Situation.NORMAL})

    @abstractmethod
    def bench(self, situation: Situation) -> AbstractAsyncContextManager[Bench]:
        """Stage a peer that behaves so, with an adapter on it, and take both down afterwards."""

    async def test_an_accepted_message_has_an_id_and_is_with_the_peer_once(self) -> None:
        async with self._staged(Situation.NORMAL) as bench:
            outcome = await bench.adapter.send(bench.message, KEY)
            _expect(outcome, OutcomeKind.ACCEPTED)
            assert outcome.provider_id, "an accepted message needs a provider_id"
            assert len(bench.received()) == 1

    async def test_other_keys_are_other_messages(self) -> None:
        async with self._staged(Situation.NORMAL) as bench:
            outcomes = [await bench.adapter.send(bench.message, f"h-M{n}") for n in range(3)]
            assert len({o.provider_id for o in outcomes}) == 3
            assert len(set(bench.received())) == 3

    async def test_the_same_key_again_is_the_same_message(self) -> None:
        async with self._staged(Situation.NORMAL) as bench:
            outcomes = [await bench.adapter.send(bench.message, KEY) for _ in range(2)]
            _same_message(bench, outcomes)

    async def test_a_crash_between_sending_and_noting_it_repeats_the_same_message(self) -> None:
        async with self._staged(Situation.NORMAL) as bench:
            before = await bench.adapter.send(bench.message, KEY)
            after_restart = bench.reopen()
            try:
                outcomes = [before, await after_restart.send(bench.message, KEY)]
                _same_message(bench, outcomes)
            finally:
                await after_restart.close()

    async def test_a_lost_answer_is_unknown_and_the_repeat_is_the_same_message(self) -> None:
        async with self._staged(Situation.LOSES_ANSWER) as bench:
            _expect(await bench.adapter.send(bench.message, KEY), OutcomeKind.UNKNOWN)
            again = await bench.adapter.send(bench.message, KEY)
            _expect(again, OutcomeKind.ACCEPTED)
            _same_message(bench, [again])

    async def test_silence_is_unknown_and_asking_does_not_raise(self) -> None:
        async with self._staged(Situation.SILENT) as bench:
            _expect(await bench.adapter.send(bench.message, KEY), OutcomeKind.UNKNOWN)
            told = await bench.adapter.reconcile(bench.message, KEY)
            assert told is None or isinstance(told, Outcome)
            assert len(set(bench.received())) <= 1

    async def test_a_peer_that_can_be_asked_knows_what_it_has_taken(self) -> None:
        async with self._staged(Situation.NORMAL) as bench:
            if not bench.adapter.capabilities.reconciles:
                raise SkipTest("its peer cannot be asked what became of a message")
            sent = await bench.adapter.send(bench.message, KEY)
            told = await bench.adapter.reconcile(bench.message, KEY)
            assert told is not None
            _same_message(bench, [sent, told])

    async def test_a_peer_that_asks_for_patience_defers(self) -> None:
        async with self._staged(Situation.DEFERS) as bench:
            outcome = await bench.adapter.send(bench.message, KEY)
            _expect(outcome, OutcomeKind.DEFERRED)
            assert not outcome.line_failed, "it was the message that was deferred, the line works"
            assert not bench.received()

    async def test_a_refused_message_is_rejected_with_a_reason(self) -> None:
        async with self._staged(Situation.REFUSES) as bench:
            outcome = await bench.adapter.send(bench.message, KEY)
            _expect(outcome, OutcomeKind.REJECTED)
            assert outcome.reason, "a rejection needs a reason"
            assert not bench.received()

    async def test_a_rate_limit_defers_for_as_long_as_the_peer_asks(self) -> None:
        async with self._staged(Situation.RATE_LIMITED) as bench:
            outcome = await bench.adapter.send(bench.message, KEY)
            _expect(outcome, OutcomeKind.DEFERRED)
            assert outcome.retry_after, "a rate limit needs retry_after, in milliseconds"

    async def test_bad_credentials_are_ours_to_mend(self) -> None:
        async with self._staged(Situation.BAD_CREDENTIALS) as bench:
            _expect(await bench.adapter.send(bench.message, KEY), OutcomeKind.MISCONFIGURED)
            health = await bench.adapter.check()
            assert not health.ok
            assert health.detail.english(), "a failed check says why"
            assert not bench.received()

    async def test_an_unreachable_peer_defers(self) -> None:
        async with self._staged(Situation.UNREACHABLE) as bench:
            outcome = await bench.adapter.send(bench.message, KEY)
            _expect(outcome, OutcomeKind.DEFERRED)
            assert outcome.line_failed, "the line failed: nothing is to be held against the message"
            assert not (await bench.adapter.check()).ok

    async def test_the_check_contacts_no_customer(self) -> None:
        async with self._staged(Situation.NORMAL) as bench:
            assert (await bench.adapter.check()).ok
            assert not bench.received()

    async def test_hostile_recipients_end_in_an_outcome_and_reach_nobody(self) -> None:
        async with self._staged(Situation.NORMAL) as bench:
            for to in _HOSTILE_RECIPIENTS:
                _expect(await bench.adapter.send(replace(bench.message, to=to), KEY), OutcomeKind.REJECTED)
            assert not bench.received()

    async def test_hostile_texts_end_in_an_outcome(self) -> None:
        async with self._staged(Situation.NORMAL) as bench:
            for n, text in enumerate(_HOSTILE_TEXTS):
                message = replace(bench.message, text=text, subject=text)
                _expect(await bench.adapter.send(message, f"h-M{n}"), OutcomeKind.ACCEPTED, OutcomeKind.REJECTED)
            _expect(await bench.adapter.send(bench.message, "h-M99"), OutcomeKind.ACCEPTED)

    async def test_closing_twice_is_harmless(self) -> None:
        async with self._staged(Situation.NORMAL) as bench:
            await bench.adapter.close()
            await bench.adapter.close()

    async def test_settings_refuse_what_they_do_not_know_and_hide_secrets(self) -> None:
        async with self._staged(Situation.NORMAL) as bench:
            model = bench.adapter.Settings
            assert model.model_config.get("extra") == "forbid", "settings refuse unknown keys"
            for field in secret_fields(model):
                assert field in _refused_fields(model, {field: "hunter2"}), f"{field} must not stand in plain settings"

    def _staged(self, situation: Situation) -> AbstractAsyncContextManager[Bench]:
        if situation not in self.stages:
            raise SkipTest(f"{type(self).__name__} stages no peer that is {situation}")
        return self.bench(situation)


def _refused_fields(model: type[BaseModel], values: dict[str, str]) -> set[str | int]:
    """Return the fields that a settings model refuses; the error must not tell their values."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        assert not any(value in str(error) for value in values.values()), "the error tells the secret"
        return {e["loc"][-1] for e in error.errors() if e["loc"]}
    return set()


def _expect(outcome: Outcome, *kinds: OutcomeKind) -> None:
    assert outcome.kind in kinds, f"expected {' or '.join(kinds)}, got {outcome}"
    assert outcome.reason is None or outcome.reason in REASONS, f"{outcome.reason!r} is no reason that Funil knows"
    assert outcome.retry_after is None or outcome.retry_after >= 0


def _same_message(bench: Bench, outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        _expect(outcome, OutcomeKind.ACCEPTED)
    assert len({o.provider_id for o in outcomes}) == 1, "a repeat has the provider_id of the first"
    marks = bench.received()
    assert len(set(marks)) == 1, f"the peer sees different messages: {marks}"
    if bench.adapter.capabilities.idempotent:
        assert len(marks) == 1, "an idempotent peer takes a key once"
