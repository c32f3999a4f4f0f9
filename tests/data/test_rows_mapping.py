"""Every value comes back from its row as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import money
from core.errors import BadInput
from core.model.deal import Cause, CauseKind, Deal, Entry, Link
from core.model.delivery import Channel, Delivery, DeliveryStatus, Message
from core.model.house import CompanySettings, Connection, FieldDef, FieldType
from core.model.moment import Duration, Moment
from core.model.people import Address, Company, Contact, EmailType, PhoneType, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.model.rule import Hours, Order, Rule, RunTime, Trigger, Unknown, When
from core.model.run import Run, RunStatus
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import NewEntry, Plan
from core.ports import DeliveryFilter
from core.words import Words
from tests.data.rows_ground import NOON, Ground, a_deal, create, kept

BOTH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ID = st.text("abcABC0129-_.é", min_size=1, max_size=8)
MOMENT = st.integers(0, 2**43).map(Moment)
SOME = st.none() | MOMENT
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECT = st.dictionaries(TEXT, JSON, max_size=3)
WORDS = st.recursive(
    st.builds(Words, TEXT),
    lambda inner: st.builds(
        Words, TEXT, st.dictionaries(TEXT, st.none() | st.integers(-9, 9) | TEXT | inner, max_size=2)
    ),
    max_leaves=3,
)
SPAN = st.builds(Duration, st.integers(0, 999_999), st.sampled_from("smhdw"))
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
HOURS = st.dictionaries(st.sampled_from(("mon", "tue-fri", "sat")), st.just("09:00-12:00"), max_size=2)


def addresses(kinds: type[EmailType] | type[PhoneType]) -> st.SearchStrategy[tuple[Address, ...]]:
    """Return lists of addresses of these types."""
    one = st.builds(Address, st.sampled_from([kind.value for kind in kinds]), TEXT, st.booleans())
    return st.lists(one, max_size=3).map(tuple)


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    """Return deals as planners make them."""
    currency = draw(st.sampled_from(("BRL", "JPY", "KWD", "CLF", "USD")))
    amount = draw(st.none() | st.integers(-(10**17), 10**17).map(lambda n: money.from_minor(n, currency)))
    return Deal(
        id=draw(ID),
        title=draw(TEXT),
        pipeline=draw(ID),
        stage=draw(ID),
        responsible=draw(st.none() | ID),
        amount=amount,
        currency=currency,
        contacts=tuple(draw(st.lists(ID, max_size=3, unique=True))),
        company=draw(st.none() | ID),
        fields=draw(OBJECT),
        begin_date=draw(st.none() | st.dates().map(str)),
        close_date=draw(st.none() | st.dates().map(str)),
        flags=draw(TEXTS),
        closed=draw(st.booleans()),
        removed=draw(st.booleans()),
        rank=draw(st.integers(-(2**62), 2**62)),
        entered_at=draw(MOMENT),
        created_at=draw(MOMENT),
        active_at=draw(MOMENT),
        version=draw(st.integers(1, 2**40)),
    )


LINK = st.builds(Link, st.sampled_from(CauseKind), ID, ID, ID)
CAUSE = st.builds(Cause, st.sampled_from(CauseKind), st.none() | ID, st.lists(LINK, max_size=3).map(tuple))
ENTRY = st.builds(
    Entry,
    id=st.just(0),
    deal=ID,
    pipeline=ID,
    stage=ID,
    at=MOMENT,
    by=ID,
    cause=CAUSE,
    ended_at=SOME,
    undone_at=SOME,
    previous=st.none() | st.integers(1, 2**40),
    left_rank=st.integers(-(2**62), 2**62),
    batch=st.none() | ID,
)
RUN = st.builds(
    Run,
    id=st.just(0),
    entry=st.just(0),
    deal=ID,
    rule=ID,
    revision=st.integers(1, 2**40),
    position=st.integers(0, 99),
    status=st.sampled_from(RunStatus),
    moment=SOME,
    due_at=SOME,
    waits=st.booleans(),
    mover=st.booleans(),
    holds=st.booleans(),
    reason=st.none() | ID,
    detail=WORDS,
    condition=st.none() | TEXT,
    cancelled_by=st.none() | st.integers(1, 2**40),
    was=st.none() | st.sampled_from(RunStatus),
    created_at=MOMENT,
    ended_at=SOME,
)
MESSAGE = st.builds(
    Message, channel=st.sampled_from(Channel), to=TEXT, text=TEXT, subject=st.none() | TEXT, data=OBJECT
)
DELIVERY = st.builds(
    Delivery,
    id=st.just(0),
    deal=ID,
    rule=st.none() | ID,
    run=st.none() | st.integers(1, 2**40),
    entry=st.none() | st.integers(1, 2**40),
    connection=ID,
    message=MESSAGE,
    status=st.sampled_from(DeliveryStatus),
    unknown=st.sampled_from(Unknown),
    at=MOMENT,
    moment=MOMENT,
    position=st.integers(0, 99),
    due_at=MOMENT,
    attempts=st.integers(0, 99),
    worker=st.none() | ID,
    reason=st.none() | ID,
    detail=WORDS,
    provider_id=st.none() | TEXT,
    sent_at=SOME,
    delivered_at=SOME,
    cost=st.none() | st.decimals(0, 100, places=6),
    cost_currency=st.none() | st.just("BRL"),
    cancelled_by=st.none() | st.integers(1, 2**40),
    was=st.none() | st.sampled_from(DeliveryStatus),
)
RUN_TIME = st.builds(
    RunTime,
    st.sampled_from(When),
    st.none() | SPAN,
    st.none() | ID,
    st.none() | st.times().map(lambda at: at.replace(microsecond=0)),
)
RULE = st.builds(
    Rule,
    id=ID,
    pipeline=ID,
    stage=ID,
    kind=ID,
    name=TEXT,
    position=st.integers(0, 99),
    run=RUN_TIME,
    order=st.sampled_from(Order),
    hours=st.sampled_from(Hours),
    when=st.none() | OBJECT,
    once=st.booleans(),
    enabled=st.booleans(),
    stop_on_error=st.booleans(),
    late=st.none() | SPAN,
    unknown=st.none() | st.sampled_from(Unknown),
    settings=OBJECT,
)
TRIGGER = st.builds(
    Trigger,
    id=ID,
    pipeline=ID,
    stage=ID,
    kind=ID,
    name=TEXT,
    position=st.integers(0, 99),
    as_user=ID,
    back=st.booleans(),
    when=st.none() | OBJECT,
    enabled=st.booleans(),
    settings=OBJECT,
)


@BOTH
@given(deal=deals())
def test_deals(grounds: Ground, deal: Deal) -> None:
    with grounds.undone() as tx:
        assert create(tx, deal) == replace(deal, entry=kept(tx, deal.id).entry)


@BOTH
@given(before=deals(), after=deals())
def test_changed_deals(grounds: Ground, before: Deal, after: Deal) -> None:
    with grounds.undone() as tx:
        old = create(tx, before)
        new = replace(after, id=old.id, entry=old.entry, version=old.version + 1)
        tx.apply(Plan(deals_changed=[(old, new)]))
        assert kept(tx, old.id) == new


@BOTH
@given(entry=ENTRY, run=RUN)
def test_stays_and_runs(grounds: Ground, entry: Entry, run: Run) -> None:
    with grounds.undone() as tx:
        deal = a_deal(entry.deal)
        (made,) = tx.apply(Plan(entered=[NewEntry(before=None, deal=deal, entry=entry, runs=[run])])).entries
        assert tx.entry(made) == replace(entry, id=made)
        (stored,) = tx.runs(made)
        assert stored == replace(run, id=stored.id, entry=made)
        assert tx.run(stored.id) == stored


@BOTH
@given(delivery=DELIVERY)
def test_deliveries(grounds: Ground, delivery: Delivery) -> None:
    with grounds.undone() as tx:
        (made,) = tx.apply(Plan(deliveries=[delivery])).deliveries
        assert tx.delivery(made) == replace(delivery, id=made)


@BOTH
@given(before=DELIVERY, after=DELIVERY)
def test_changed_deliveries(grounds: Ground, before: Delivery, after: Delivery) -> None:
    with grounds.undone() as tx:
        tx.apply(Plan(deliveries=[before]))
        (old,) = tx.deliveries(DeliveryFilter())
        fate = {name: getattr(after, name) for name in _FATE}
        new = replace(old, message=replace(after.message, channel=old.message.channel), **fate)
        tx.apply(Plan(deliveries_changed=[(old, new)]))
        assert tx.deliveries(DeliveryFilter()) == [new]


_FATE = (
    "status due_at attempts worker reason detail provider_id sent_at delivered_at cost cost_currency cancelled_by was"
).split()


@BOTH
@given(
    kind=st.sampled_from(TimelineKind),
    by=ID,
    text=WORDS,
    data=OBJECT,
)
def test_history(grounds: Ground, kind: TimelineKind, by: str, text: Words, data: dict[str, Any]) -> None:
    with grounds.undone() as tx:
        tx.apply(Plan(timeline=[TimelineRow(deal="D1", at=NOON, kind=kind, by=by, text=text, data=data)]))
        (line,) = tx.timeline("D1")
        assert (line.deal, line.at, line.kind, line.by, line.text, line.data) == ("D1", NOON, kind, by, text, data)


@BOTH
@given(
    contact=st.builds(Contact, id=ID, name=TEXT, emails=addresses(EmailType), phones=addresses(PhoneType)),
    company=st.builds(
        Company,
        id=ID,
        name=TEXT,
        emails=addresses(EmailType),
        phones=addresses(PhoneType),
        contacts=st.lists(ID, max_size=3).map(tuple),
    ),
)
def test_clients(grounds: Ground, contact: Contact, company: Company) -> None:
    with grounds.undone() as tx:
        tx.put_contact(contact)
        tx.put_company(company)
        assert tx.contacts([contact.id, "nobody"]) == {contact.id: contact}
        assert tx.company(company.id) == company
        assert contact in tx.all_contacts()
        assert company in tx.all_companies()


@BOTH
@given(rule=RULE, trigger=TRIGGER)
def test_rules_and_triggers(grounds: Ground, rule: Rule, trigger: Trigger) -> None:
    with grounds.undone() as tx:
        tx.put_rule(rule, "ana", NOON)
        tx.put_trigger(trigger)
        house = tx.house()
        stored = house.rules[rule.id]
        assert stored == replace(rule, revision=stored.revision)
        assert tx.revision(stored.revision) == stored
        assert house.rules_by_stage[rule.pipeline, rule.stage] == (stored,)
        assert house.triggers[trigger.id] == trigger


@BOTH
@given(
    company=st.builds(
        CompanySettings,
        timezone=TEXT,
        hours=HOURS,
        holidays=TEXTS,
        grace=st.integers(0, 10**9),
        currency=st.just("USD"),
        language=st.just("pt_BR"),
    ),
    user=st.builds(
        User,
        id=ID,
        name=TEXT,
        role=ID,
        mailboxes=TEXTS,
        phone=st.none() | TEXT,
        timezone=st.none() | TEXT,
        hours=HOURS,
    ),
    connection=st.builds(
        Connection, id=ID, channel=ID, adapter=ID, settings=OBJECT, new_deal=st.none() | OBJECT, paused=st.none() | ID
    ),
    field=st.builds(
        FieldDef,
        id=ID,
        type=st.sampled_from(FieldType),
        name=st.none() | TEXT,
        multiple=st.booleans(),
        options=TEXTS,
    ),
    constant=JSON,
    stages=st.lists(
        st.builds(Stage, id=ID, name=TEXT, color=st.just("#112233"), kind=st.sampled_from(StageKind)),
        max_size=4,
        unique_by=lambda stage: stage.id,
    ),
)
def test_the_house(
    grounds: Ground,
    company: CompanySettings,
    user: User,
    connection: Connection,
    field: FieldDef,
    constant: Any,
    stages: list[Stage],
) -> None:
    placed = tuple(replace(stage, position=position) for position, stage in enumerate(stages))
    pipeline = Pipeline(id="line", name="Line", stages=placed, position=3)
    with grounds.undone() as tx:
        tx.put_company_settings(company)
        tx.put_user(user)
        tx.put_connection(connection)
        tx.put_field(field)
        tx.put_constant("it", constant)
        tx.upsert_pipeline(pipeline)
        house = tx.house()
        assert house.company == company
        assert house.users[user.id] == user
        assert house.connections[connection.id] == connection
        assert house.fields[field.id] == field
        assert house.constants["it"] == constant
        assert house.pipelines["line"] == pipeline


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity", "1e30"])
def test_an_amount_that_cannot_be_kept_is_refused(ground: Ground, amount: str) -> None:
    with pytest.raises(BadInput):
        create(ground.tx(), a_deal(amount=Decimal(amount)))


def test_text_that_no_database_keeps_is_mended(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal(title="a\0b\ud800c", fields={"tracking": "\ud800"}))
    assert deal.title == "a\ufffdb\ufffdc"
    assert deal.fields == {"tracking": "\ufffd"}


def test_clock_times_keep_their_seconds(ground: Ground) -> None:
    tx = ground.tx()
    run = RunTime(When.AT, of="close_date", clock=time(12, 30, 15))
    tx.put_rule(Rule(id="r", pipeline="sales", stage="new", kind="email", name="r", run=run), "ana", NOON)
    assert tx.house().rules["r"].run == run
