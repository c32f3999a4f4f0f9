"""The tables of reasons together have every reason of the contract."""

from __future__ import annotations

from tests.proof import test_reasons, test_reasons_call, test_reasons_chat

CONTRACT = (
    "condition_false no_recipient no_address no_mailbox no_provider no_line no_channel no_chat text_too_long "
    "template_error bad_audio bad_number opted_out left_stage stopped undone once_only rejected timeout busy "
    "no_answer misconfigured dead connection_paused loop_guard attachment_missing limit_reached not_allowed bounced "
    "blocked disabled too_late bad_attachment bad_address"
)


def test_no_reason_but_that_of_rules_that_move_deals_is_left_out() -> None:
    cases = (*test_reasons.CASES, *test_reasons_call.CASES, *test_reasons_chat.CASES)
    assert {case.reason for case in cases} == set(CONTRACT.split()) - {"loop_guard"}
