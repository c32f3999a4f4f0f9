"""Every effect of the closed set is applied, and is seen afterwards."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import pytest

from core.effects import Assign, ChatNote, Comment, CreateTask, KeepInvite, Notify, SetField, StartTimer, StoreFile
from core.errors import BadInput, UnknownThing
from core.model.moment import HOUR, Moment
from core.model.timeline import TimelineKind
from core.plan import DealEffect, Plan
from tests.data.rows_ground import NOON, Ground, a_deal, create, kept

PDF = StoreFile(name="offer.pdf", digest="ab" * 32, size=3, media_type="application/pdf", field="contract")
PDF_VALUE = {"name": "offer.pdf", "digest": "ab" * 32, "size": 3, "media_type": "application/pdf"}


def told(ground: Ground) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return the deal's history, oldest first."""
    lines = ground.tx().timeline("D1")
    return [(line.kind.value, line.by, line.text.english(), dict(line.data)) for line in reversed(lines)]


@pytest.mark.parametrize(
    ("field", "value", "changed", "sentence", "old", "new"),
    [
        ("tracking", "BR1", {"fields": {"tracking": "BR1"}}, "Tracking code: BR1", None, "BR1"),
        (
            "deal.fields.visit",
            "2026-12-24",
            {"fields": {"visit": "2026-12-24"}},
            "visit: 2026-12-24",
            None,
            "2026-12-24",
        ),
        ("title", "Other", {"title": "Other"}, "Title: Order 1001 → Other", "Order 1001", "Other"),
        ("deal.amount", "10", {"amount": Decimal("10.00")}, "Amount: 7500.00 → 10.00", "7500.00", "10.00"),
        ("amount", None, {"amount": None}, "Amount emptied, it was 7500.00", "7500.00", None),
        ("currency", "usd", {"currency": "USD"}, "Currency: BRL → USD", "BRL", "USD"),
        ("close_date", "2026-12-31", {"close_date": "2026-12-31"}, "Close date: 2026-12-31", None, "2026-12-31"),
        ("responsible", "rui", {"responsible": "rui"}, "Responsible: ana → rui", "ana", "rui"),
    ],
)
def test_a_field_is_set(
    ground: Ground, field: str, value: str | None, changed: dict[str, Any], sentence: str, old: Any, new: Any
) -> None:
    tx = ground.tx()
    before = create(tx, a_deal())
    tx.apply(Plan(effects=[("D1", "system", SetField(field=field, value=value))]))
    assert kept(tx, "D1") == replace(before, version=2, **changed)
    name = field.rpartition(".")[2]
    assert told(ground) == [("field", "system", sentence, {"field": name, "old": old, "new": new})]


def test_the_totals_follow_a_changed_amount_and_currency(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.apply(
        Plan(
            effects=[
                ("D1", "system", SetField(field="amount", value="10")),
                ("D1", "system", SetField(field="currency", value="USD")),
            ]
        )
    )
    assert tx.totals("sales")["new"].sums == {"USD": 1000}
    assert kept(tx, "D1").version == 2


@pytest.mark.parametrize(
    "effect",
    [
        SetField(field="amount", value="7500"),
        SetField(field="title", value="Order 1001"),
        SetField(field="tracking", value=None),
        Assign(user="ana"),
    ],
    ids=lambda effect: f"{effect}",
)
def test_what_changes_nothing_leaves_no_trace(ground: Ground, effect: DealEffect) -> None:
    tx = ground.tx()
    before = create(tx, a_deal())
    tx.apply(Plan(effects=[("D1", "system", effect)]))
    assert kept(tx, "D1") == before
    assert told(ground) == []


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        (SetField(field="visit", value="soon"), BadInput),
        (SetField(field="stage", value="won"), BadInput),
        (SetField(field="nothing_such", value="x"), UnknownThing),
        (Assign(user="nobody"), BadInput),
    ],
    ids=["wrong type", "not settable", "no such field", "no such user"],
)
def test_a_value_of_the_wrong_type_is_refused(ground: Ground, effect: DealEffect, error: type[Exception]) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    with pytest.raises(error):
        tx.apply(Plan(effects=[("D1", "system", effect)]))


def test_an_effect_on_no_deal_is_refused(ground: Ground) -> None:
    with pytest.raises(UnknownThing):
        ground.tx().apply(Plan(effects=[("ghost", "system", Comment(text="boo"))]))


def test_a_deal_is_given_to_somebody_else(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.apply(Plan(effects=[("D1", "system", Assign(user="rui"))]))
    assert kept(tx, "D1").responsible == "rui"
    assert told(ground)[0][2] == "Responsible: ana → rui"


def test_a_user_is_told_something(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.apply(
        Plan(effects=[("D1", "system", Notify(user="ana", text="one")), ("D1", "ana", Notify(user="rui", text="two"))])
    )
    assert [(note["user"], note["text"], note["deal"]) for note in tx.notifications()] == [
        ("rui", "two", "D1"),
        ("ana", "one", "D1"),
    ]
    (note,) = tx.notifications("ana")
    assert (note["by"], note["at"]) == ("system", NOON)


def test_a_comment_is_data_and_never_a_pattern(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.apply(Plan(effects=[("D1", "ana", Comment(text="{text} [b]{old}"))]))
    assert told(ground) == [("note", "ana", "{text} [b]{old}", {})]


def test_a_task_stands_on_the_deal(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    due = Moment(NOON + HOUR)
    tx.apply(Plan(effects=[("D1", "system", CreateTask(title="Call", text="now", assignee="ana", due_at=due))]))
    (task,) = tx.tasks("D1")
    assert (task.title, task.text, task.assignee, task.due_at, task.done_at) == (
        "Call",
        "now",
        "ana",
        due,
        None,
    )
    assert told(ground) == [
        ("task", "system", "task: Call", {"task": task.id, "title": "Call", "assignee": "ana", "due_at": due})
    ]


def test_a_file_hangs_on_its_field(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.apply(Plan(effects=[("D1", "system", PDF)]))
    assert kept(tx, "D1").fields == {"contract": PDF_VALUE}
    (file,) = tx.files("D1")
    assert (file["name"], file["digest"], file["field"]) == ("offer.pdf", "ab" * 32, "contract")
    assert told(ground)[0][:3] == (TimelineKind.DOCUMENT.value, "system", "file: offer.pdf")


def test_files_of_a_multiple_field_gather(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    one, two = replace(PDF, field="papers"), replace(PDF, field="papers", name="two.pdf")
    tx.apply(Plan(effects=[("D1", "system", one), ("D1", "system", two)]))
    assert [file["name"] for file in kept(tx, "D1").fields["papers"]] == ["offer.pdf", "two.pdf"]


def test_a_file_without_a_field_stands_in_the_history_only(ground: Ground) -> None:
    tx = ground.tx()
    before = create(tx, a_deal())
    tx.apply(Plan(effects=[("D1", "system", replace(PDF, field=None))]))
    assert kept(tx, "D1") == before
    assert len(tx.files("D1")) == len(told(ground)) == 1


def test_a_timer_started_again_replaces_the_former_one(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    later = Moment(NOON + HOUR)
    for at, data in ((NOON, {}), (later, {"n": 2})):
        tx.apply(Plan(effects=[("D1", "system", StartTimer(kind="stale", key="stale:D1", at=at, data=data))]))
    assert tx.timers() == [{"key": "stale:D1", "kind": "stale", "deal": "D1", "at": later, "data": {"n": 2}}]
    assert tx.next_due() == later


def test_effects_stand_on_what_the_same_plan_has_changed(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal())
    tx.apply(
        Plan(
            deals_changed=[(deal, replace(deal, title="Renamed", version=2))],
            effects=[("D1", "system", SetField(field="tracking", value="BR1"))],
        )
    )
    after = kept(tx, "D1")
    assert (after.title, after.fields, after.version) == ("Renamed", {"tracking": "BR1"}, 3)


def test_every_effect_on_a_deal_has_its_test_here_or_beside_chats() -> None:
    tested = {SetField, Assign, Notify, Comment, CreateTask, StoreFile, StartTimer} | {ChatNote, KeepInvite}
    assert set(get_args(DealEffect)) == tested
