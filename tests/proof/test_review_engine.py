"""Corners of the engine that a review found broken: gates, grace, leaving during an attempt, the clock, the outbox."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from adapters.clock import RealClock
from adapters.registry import Registry
from core import applying, boardfile, commands
from core.engine import dispatching, leasing, loop, reaping, running
from core.errors import BadInput, StoreTrouble
from core.i18n import N_
from core.model.delivery import Outcome, OutcomeKind
from core.model.moment import parse_iso
from core.plan import Plan
from core.ports import Applied, Job, Tx
from data import fresh, opening
from data.store import SqlStore
from tests.proof.ground import Funil, board, mail, mover, rules, sms

NOBODY = "  - {id: D1, title: One, stage: new, responsible: ana, contacts: [joao]}"
DATED = "  - {id: D1, title: One, stage: new, responsible: ana, contacts: [maria], close_date: 2026-12-10}"
NOON_OF = '{at: "12:00", of: close_date}'
BOARD_OF_ONE = "funil: 1\ndeals: [{id: D1, amount: 1}]\n"
FALSE = '{field: deal.amount, op: ">", value: 99999}'


def house(tmp_path: Path, *lines: str, grace: str = "0s", deals: str | None = None) -> Funil:
    """Return a house whose deal has just come into delivery by hand."""
    funil = Funil(tmp_path, board(rules(*lines), grace=grace, deals=deals))
    funil("deal", "move", "D1", "delivery")
    return funil


def store(funil: Funil) -> SqlStore:
    return opening.open_store(funil.url, clock=RealClock())


def attempt(funil: Funil, kind: OutcomeKind, *meanwhile: str) -> None:
    """Let one mail be tried, and a person do something while it is on the wire."""
    opened = store(funil)
    opened.write_now(running.run_due(Random(0)))
    claimed = opened.write_now(leasing.claim("mail", "w", 5, Random(0))).deliveries
    assert len(claimed) == 1
    funil(*meanwhile)
    ends = [(delivery, Outcome(kind=kind)) for delivery in claimed]
    opened.write_now(dispatching.finish(ends, Random(0), "w"))
    opened.close()


def test_a_message_deferred_after_its_stage_was_left_is_not_tried_again(tmp_path: Path) -> None:
    funil = house(tmp_path, mail())
    attempt(funil, OutcomeKind.DEFERRED, "deal", "move", "D1", "billing")
    assert funil.states() == {"mail": "cancelled left_stage"}
    funil.until("2026-12-01T18:00Z")
    assert [(row["status"], row["reason"], row["attempts"]) for row in funil.log()] == [("cancelled", "left_stage", 1)]
    funil("deal", "undo", "D1")
    assert funil.states() == {"mail": "sending"}
    funil.idle()
    assert [(row["status"], row["attempts"]) for row in funil.log()] == [("sent", 2)]


def test_a_message_deferred_after_its_move_was_undone_is_not_tried_again(tmp_path: Path) -> None:
    funil = house(tmp_path, mail())
    attempt(funil, OutcomeKind.DEFERRED, "deal", "undo", "D1")
    funil.until("2026-12-01T18:00Z")
    assert funil.states() == {"mail": "cancelled undone"}


def test_a_gate_whose_rule_ended_while_the_stage_was_left_opens_at_undo(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a"), sms("b", order="wait"))
    attempt(funil, OutcomeKind.ACCEPTED, "deal", "move", "D1", "billing")
    funil("deal", "undo", "D1")
    funil.idle()
    assert funil.states() == {"a": "done", "b": "done"}


def test_undo_does_not_revive_a_rule_that_was_switched_off_meanwhile(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(run="{after: 1h}"))
    funil("deal", "move", "D1", "billing")
    funil.apply(board(rules(mail(run="{after: 1h}", enabled="false"))))
    funil("deal", "undo", "D1")
    funil.until("2026-12-02T12:00Z")
    assert funil.states() == {"mail": "cancelled disabled"}


def test_a_run_revived_within_its_grace_is_held_again(tmp_path: Path) -> None:
    funil = house(tmp_path, mail(), grace="5s")
    funil("deal", "move", "D1", "billing")
    funil("deal", "undo", "D1")
    assert funil.states() == {"mail": "waiting grace"}
    assert [row["status"] for row in funil.log()] == ["held"]


@pytest.mark.parametrize("deals", [NOBODY, None], ids=["failed", "skipped"])
def test_a_gate_that_opens_at_once_comes_before_the_mover(deals: str | None, tmp_path: Path) -> None:
    first = mail("a") if deals else mail("a", when=FALSE)
    funil = house(tmp_path, first, sms("b", order="wait"), mover("on", "delivery", "won"), deals=deals)
    funil.idle()
    assert funil.stage() == "won"
    assert funil.states()["b"] == ("failed no_address" if deals else "done")


def test_a_waiting_rule_whose_date_comes_after_the_rule_above_has_ended(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a"), sms("b", order="wait", run=NOON_OF))
    funil.idle()
    assert funil.states() == {"a": "done", "b": "no_date"}
    funil("deal", "set", "D1", "close_date=2026-12-02")
    assert funil.runs()["b"]["due_at"] == "2026-12-02T15:00:00Z"


def test_a_waiting_rule_without_a_date_is_stopped_with_its_chain(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", stop_on_error="true"), sms("b", order="wait", run=NOON_OF), deals=NOBODY)
    funil.idle()
    assert funil.states() == {"a": "failed no_address", "b": "cancelled stopped"}


def test_an_open_gate_follows_its_date_both_ways(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a"), sms("b", order="wait", run=NOON_OF), deals=DATED)
    funil.idle()
    for day in ("12", "05"):
        funil("deal", "set", "D1", f"close_date=2026-12-{day}")
        assert funil.runs()["b"]["due_at"] == f"2026-12-{day}T15:00:00Z"


def test_a_span_after_the_rule_above_is_counted_once(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a"), sms("b", run="{after: 1d, of: previous}", hours="responsible"))
    funil.idle()
    funil("deal", "set", "D1", "responsible=rui")
    assert funil.runs()["b"]["due_at"] == "2026-12-02T12:00:00Z"


def test_neither_a_date_nor_an_open_gate_breaks_the_grace(tmp_path: Path) -> None:
    lines = [mail("a", run='{at: "08:00", of: close_date}'), mail("b"), sms("c", run="{after: 0m, of: previous}")]
    funil = house(tmp_path, *lines, grace="5s")
    funil("clock", "advance", "1s")
    funil("deal", "set", "D1", "close_date=2026-12-01")
    lines[1] = mail("b", enabled="false")
    funil.apply(board(rules(*lines), grace="5s", deals="  []"))
    funil.idle()
    assert funil.states() == {"a": "waiting grace", "b": "cancelled disabled", "c": "waiting grace"}
    assert {funil.runs()[rule]["due_at"] for rule in "ac"} == {"2026-12-01T12:00:05Z"}


def test_nothing_is_held_that_would_not_go(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", when=FALSE), sms("b"), grace="5s")
    assert [(row["rule"], row["status"]) for row in funil.log()] == [("b", "held")]


def test_a_connection_out_of_use_does_not_hold_back_the_others(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a"), sms("b"))
    opened = store(funil)
    opened.write_now(running.run_due(Random(0)))
    opened.write_now(lambda tx: tx.archive("connections", ["mail"]))
    opened.close()
    funil.idle()
    assert [(row["rule"], row["status"]) for row in funil.log()] == [("a", "queued"), ("b", "sent")]


def test_setting_the_pipeline_that_the_deal_is_in_moves_nothing(tmp_path: Path) -> None:
    funil = house(tmp_path)
    funil("deal", "set", "D1", "pipeline=sales")
    assert funil.stage() == "delivery"


def test_new_settings_leave_a_connection_paused_that_a_person_paused(tmp_path: Path) -> None:
    funil = house(tmp_path, mail())
    funil("connection", "pause", "mail")
    settings = "{id: mail, channel: email, adapter: simulated, settings: {seed: 7}}"
    funil.apply(board(rules(mail())).replace("{id: mail, channel: email, adapter: simulated}", settings))
    funil.idle()
    assert [row["status"] for row in funil.log()] == ["queued"]


def test_a_run_up_to_a_moment_never_turns_the_clock_back(tmp_path: Path) -> None:
    funil = house(tmp_path)
    opened = store(funil)
    engine = loop.Engine(opened, Registry(), Random(0), "w")

    async def beside() -> None:
        working = engine.until(parse_iso("2026-12-03T12:00Z"))
        opened.write_now(lambda tx: tx.set_clock(parse_iso("2026-12-05T12:00Z")))
        with pytest.raises(Exception, match="in the past"):
            await working
        await opened.write(loop._clock_to(parse_iso("2026-12-03T12:00Z")))

    asyncio.run(beside())
    opened.close()
    assert funil.json("clock", "show")["now"] == "2026-12-05T12:00:00Z"


def test_with_the_real_clock_a_run_up_to_a_moment_wakes_for_what_falls_due(tmp_path: Path) -> None:
    funil = Funil.__new__(Funil)
    funil.folder, funil.url = tmp_path, fresh.fresh_sqlite(tmp_path / "funil.db")
    funil.apply(board(rules(mail()), grace="1s"))
    funil("deal", "move", "D1", "delivery")
    told = funil.json("run", "--until", (datetime.now(UTC) + timedelta(seconds=3)).isoformat())
    assert funil.states() == {"mail": "done"}
    assert told["happened"] == 2  # the run, and the attempt to send its mail


def test_an_end_that_the_store_refused_is_written_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    funil = house(tmp_path, mail())
    opened = store(funil)
    lease = opened.take_engine_lease("test")
    engine = loop.Engine(opened, Registry(), Random(0), lease.worker)
    finish = dispatching.finish

    def refused(*_: object) -> Job[None]:
        def job(tx: Tx) -> None:
            raise StoreTrouble(N_("the disk is full"))

        return job

    async def work() -> None:
        monkeypatch.setattr(dispatching, "finish", refused)
        with pytest.raises(StoreTrouble):
            await engine.until_idle()
        monkeypatch.setattr(dispatching, "finish", finish)
        await engine.until_idle()
        await engine.close()

    asyncio.run(work())
    lease.release()
    opened.close()
    assert [(row["status"], row["attempts"]) for row in funil.log()] == [("sent", 1)]


def test_a_connection_that_cannot_be_opened_on_a_full_disk_keeps_its_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    funil = house(tmp_path, mail())
    opened = store(funil)
    lease = opened.take_engine_lease("test")
    engine = loop.Engine(opened, Registry(), Random(0), lease.worker)

    def refused(*_: object) -> Job[None]:
        def job(tx: Tx) -> None:
            raise StoreTrouble(N_("the disk is full"))

        return job

    def unusable(*_: object) -> None:
        raise BadInput(N_("the disk is full"))

    async def work() -> None:
        with monkeypatch.context() as broken:
            broken.setattr(dispatching, "finish", refused)
            broken.setattr(Registry, "open", unusable)
            with pytest.raises(StoreTrouble):
                await engine.until_idle()
        await engine.once()  # gives back what nobody else could
        await engine.until_idle()
        await engine.close()

    asyncio.run(work())
    lease.release()
    opened.close()
    assert [(row["status"], row["attempts"]) for row in funil.log()] == [("sent", 1)]


def test_a_retry_that_died_with_its_engine_is_not_made_for_a_stage_that_was_left(tmp_path: Path) -> None:
    funil = house(tmp_path, mail())
    attempt(funil, OutcomeKind.DEFERRED, "clock", "show")
    funil("clock", "advance", "2h")
    opened = store(funil)
    claim = leasing.claim("mail", "dead", 5, Random(0))
    assert len(opened.write_now(claim).deliveries) == 1
    funil("deal", "move", "D1", "billing")
    assert opened.write_now(reaping.reap(Registry())) == 0
    assert list(opened.write_now(claim).deliveries) == []
    opened.close()
    assert funil.states() == {"mail": "cancelled left_stage"}


def test_what_a_person_takes_back_no_other_engine_takes_up_meanwhile(tmp_path: Path, fresh_postgres: str) -> None:
    funil = Funil.__new__(Funil)
    funil.folder, funil.url = tmp_path, fresh_postgres
    funil("init")
    funil("clock", "set", "2026-12-01T12:00Z")
    funil.apply(board(rules(mail())))
    funil("deal", "move", "D1", "delivery")
    mine, other = store(funil), store(funil)
    mine.write_now(running.run_due(Random(0)))
    claim = leasing.claim("mail", "w", 5, Random(0))

    def job(tx: Tx) -> int:
        interrupted: Any = _Interrupted(tx, lambda: other.write_now(claim))
        return commands.undo(deal="D1")(interrupted).cancelled

    assert mine.write_now(job) == 1
    mine.close()
    other.close()
    assert [row["status"] for row in funil.log()] == ["cancelled"]
    assert funil.states() == {"mail": "cancelled undone"}


@pytest.mark.parametrize("act", ["set", "apply"])
def test_what_a_person_writes_is_not_refused_because_an_engine_writes_meanwhile(
    act: str, tmp_path: Path, fresh_postgres: str
) -> None:
    funil = Funil.__new__(Funil)
    funil.folder, funil.url = tmp_path, fresh_postgres
    funil("init")
    funil.apply(board())
    mine, other = store(funil), store(funil)
    elsewhere = threading.Thread(target=lambda: other.write_now(commands.set_fields("D1", {"tracking": "theirs"})))

    def meanwhile() -> None:
        if elsewhere.ident is None:
            elsewhere.start()
            elsewhere.join(1)  # it can only be done with it here when nobody keeps the deal

    def job(tx: Tx) -> object:
        interrupted: Any = _Interrupted(tx, meanwhile)
        if act == "set":
            return commands.set_fields("D1", {"amount": "1"})(interrupted)
        return applying.apply([boardfile.read(BOARD_OF_ONE, "board.yaml", tmp_path)])(interrupted)

    mine.write_now(job)
    elsewhere.join()
    deal = mine.read(lambda reader: reader.deal("D1"))
    mine.close()
    other.close()
    assert deal is not None
    assert (deal.amount, deal.fields["tracking"]) == (Decimal(1), "theirs")


class _Interrupted:
    """A transaction during which something else happens, right before it writes."""

    def __init__(self, tx: Tx, meanwhile: Callable[[], object]) -> None:
        self._tx, self._meanwhile = tx, meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def apply(self, plan: Plan) -> Applied:
        self._meanwhile()
        return self._tx.apply(plan)
