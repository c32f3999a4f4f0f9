"""What acts of persons read and write, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from core import commands
from core.model.deal import Deal
from core.model.moment import Moment
from core.model.run import RunStatus
from core.plan import Plan
from data.tx import SqlTx
from tests.cli.cli_ground import BOARD, Shell
from tests.cli.cli_ground import NOON as ISO_NOON
from tests.data.rows_ground import NOON, Ground, a_deal, a_run, create, kept, move


def brought(tx: SqlTx, deal_id: str, stage: str = "delivery") -> Deal:
    """Make a deal and let a person move it, as an act of its own."""
    deal = create(tx, a_deal(deal_id))
    tx.apply(Plan(entered=[move(deal, stage, tx.entry(deal.entry or 0), batch=f"b-{deal_id}-{stage}")]))
    return kept(tx, deal_id)


def undo(tx: SqlTx, deal_id: str, at: int) -> None:
    """Take a deal's move back at a moment (in milliseconds from noon), as far as the rows go."""
    deal = kept(tx, deal_id)
    undone = tx.entry(deal.entry or 0)
    assert undone is not None
    former = tx.entry(undone.previous or 0)
    assert former is not None
    now = Moment(NOON + at)
    tx.apply(
        Plan(
            deals_changed=[(deal, replace(deal, stage=former.stage, entry=former.id, version=deal.version + 1))],
            entries_changed=[
                (
                    undone,
                    replace(
                        undone,
                        undone_at=now,
                        ended_at=now,
                        left_rank=77,
                        grace_until=now,
                        undone_no=tx.last_undo_number() + 1,
                    ),
                ),
                (former, replace(former, ended_at=None)),
            ],
        )
    )


def test_a_stay_keeps_what_undo_and_redo_write(ground: Ground) -> None:
    tx = ground.tx()
    deal = brought(tx, "D1")
    undo(tx, "D1", 5)
    entry = tx.entry(deal.entry or 0)
    assert entry is not None
    assert (entry.undone_at, entry.left_rank, entry.grace_until, entry.unflagged) == (NOON + 5, 77, NOON + 5, False)


@pytest.mark.parametrize(
    ("undone", "last"),
    [
        ([], None),
        ([("D1", 1)], "b-D1-delivery"),
        ([("D1", 1), ("D2", 2)], "b-D2-delivery"),
        ([("D2", 1), ("D1", 2)], "b-D1-delivery"),
        ([("D2", 1), ("D1", 1)], "b-D1-delivery"),
        ([("D1", 1), ("D2", 1)], "b-D2-delivery"),
    ],
    ids=["none", "one", "the second", "the first", "in one moment", "in one moment, the other way"],
)
def test_the_act_that_was_undone_last(undone: Sequence[tuple[str, int]], last: str | None, ground: Ground) -> None:
    tx = ground.tx()
    for deal in ("D1", "D2"):
        brought(tx, deal)
    for deal, at in undone:
        undo(tx, deal, at)
    assert tx.last_undone() == last


def test_an_act_whose_deal_has_moved_on_is_not_passed_over(ground: Ground) -> None:
    tx = ground.tx()
    for name in ("D1", "D2"):
        brought(tx, name)
    undo(tx, "D2", 1)
    undo(tx, "D1", 2)
    deal = kept(tx, "D1")
    tx.apply(Plan(entered=[move(deal, "lost", tx.entry(deal.entry or 0), batch="other")]))
    assert tx.last_undone() == "b-D1-delivery"


def test_the_deals_that_lack_a_rules_run_stand_in_the_order_of_the_board(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal("low", rank=1))
    create(tx, a_deal("high", rank=9))
    create(tx, a_deal("other", stage="won"))
    create(tx, a_deal("removed", removed=True))
    create(tx, a_deal("has", rank=5), [a_run("has")])
    assert tx.lacking("sales", "new", "r1") == ["high", "low"]
    assert tx.lacking("sales", "new", "r2") == ["high", "has", "low"]
    assert tx.lacking("sales", "lost", "r1") == []


def test_a_stay_that_is_there_is_given_another_run(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal(), [a_run()])
    tx.apply(Plan(runs=[a_run(rule="r2", entry=deal.entry or 0, position=1)]))
    assert [(run.rule, run.entry) for run in tx.runs(deal.entry or 0)] == [("r1", deal.entry), ("r2", deal.entry)]
    with pytest.raises(Exception, match=r"(?i)unique"):
        tx.apply(Plan(runs=[a_run(rule="r2", entry=deal.entry or 0)]))


def test_the_waiting_runs_of_one_rule_are_counted(ground: Ground) -> None:
    tx = ground.tx()
    runs = [a_run(rule=rule, position=n) for n, rule in enumerate(("r1", "r2", "r3"))]
    create(tx, a_deal(), [*runs, a_run(rule="r4", status=RunStatus.DONE, position=3)])
    create(tx, a_deal("D2"), [a_run("D2", status=RunStatus.NO_DATE, due_at=None)])
    assert [tx.waiting_runs_count(rule) for rule in (None, "r1", "r2", "r4", "r5")] == [4, 2, 1, 0, 0]


def test_the_acts_of_persons_on_postgresql(fresh_postgres: str) -> None:
    shell = Shell(fresh_postgres)
    for words in (("init",), ("clock", "set", ISO_NOON), ("apply", str(BOARD)), ("deal", "move", "D1", "delivery")):
        shell.ok(*words)
    assert shell.json("deal", "undo")["cancelled"] == 1
    assert shell.json("deal", "redo") == {"deals": ["D1"], "revived": 1, "cancelled": 0}
    assert shell.json("outbound", "retry", "R1")["run"]["reason"] == "asked"
    assert shell.json("deal", "stop", "D1") == {"deal": "D1", "runs": ["R1"], "messages": []}
    assert shell.json("rule", "off", "tracking-mail")["cancelled"] == 0
    shell.ok("rule", "on", "tracking-mail")
    shell.ok("deal", "add", "--title", "New", "--id", "N1", "--contact", "maria", "--amount", "9000")
    shell.ok("deal", "move", "N1", "delivery", "--no-rules", "--by", "ana")
    shell.ok("deal", "set", "N1", "responsible=ana")
    assert shell.json("rule", "apply", "tracking-mail", "--present")["count"] == 1
    shell.ok("connection", "pause", "mail")
    shell.ok("run", "--until", "2026-12-01T12:01Z")
    assert shell.json("outbound", "retry", "M1")["delivery"]["status"] == "queued"
    assert shell.json("outbound", "cancel", "M1")["run"]["status"] == "cancelled"
    assert "M1 was cancelled" in shell.refused("outbound", "retry", "M1")


def test_every_command_has_a_name_of_its_own() -> None:
    assert [name for name in commands.__all__ if not hasattr(commands, name)] == []
