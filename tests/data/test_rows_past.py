"""The way back through stays, events and changes of fields, on both databases."""

from __future__ import annotations

from core import commands
from core.model.event import Event
from core.model.frozen import replace
from core.model.moment import Moment
from core.past_ports import FieldChange
from core.plan import NewEntry, Plan
from tests.data.rows_ground import NOON, Ground, a_deal, an_entry

EVENT = Event(kind="webhook", source="s", outside_id="", at=NOON, deal="D1", data={"code": "a"})


def test_pages_go_back_from_the_newest_row(ground: Ground) -> None:
    tx = ground.tx()
    for number in range(1, 5):
        deal = a_deal(f"D{number}")
        tx.apply(Plan(entered=[NewEntry(None, deal, an_entry(deal), [])]))
        tx.record(replace(EVENT, outside_id=str(number)))
    stays, events = tx.latest_entries(None, 3), tx.latest_events(None, 3)
    assert [stay.deal for stay in stays] == ["D4", "D3", "D2"]
    assert [event.outside_id for event in events] == ["4", "3", "2"]
    assert [stay.deal for stay in tx.latest_entries(stays[-1].id, 3)] == ["D1"]
    assert [event.outside_id for event in tx.latest_events(events[-1].id, 3)] == ["1"]
    assert (tx.latest_entries(1, 3), tx.latest_events(1, 3)) == ([], [])


def test_changes_of_fields_tell_what_was_there_before(ground: Ground) -> None:
    tx = ground.tx()
    deal = a_deal()
    tx.apply(Plan(entered=[NewEntry(None, deal, an_entry(deal), [])]))
    commands.set_fields("D1", {"title": "Olá", "amount": "1.50"})(tx)
    commands.set_fields("D1", {"title": "Three"})(tx)
    commands.note("D1", "no change of a field")(tx)
    found = tx.field_changes("D1", Moment(NOON - 1))
    assert found[0] == FieldChange(NOON, "title", "Olá")
    assert {(each.field, each.old) for each in found[1:]} == {("title", "Order 1001"), ("amount", "7500.00")}
    assert (tx.field_changes("D1", NOON), tx.field_changes("D2", Moment(0))) == ([], [])
