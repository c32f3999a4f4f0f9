"""A deal with a bit of everything, for tests of the open deal, and a person who works in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final

from textual.pilot import Pilot

from core import commands
from core.engine import listening, outcomes, running
from core.model.delivery import DeliveryStatus
from core.model.event import Event
from core.model.house import CompanySettings, Connection, FieldDef, FieldType
from core.model.moment import Duration, Moment
from core.model.people import Address, Company, Contact, User
from core.model.rule import Hours, Order, Rule, RunTime, When
from core.model.run import RunStatus
from core.plan import Plan
from core.ports import Tx
from core.views import DeliveryFilter
from tests.tui.app_world import START, World, app_of, memory_world
from tui.panels.deal import DealPanel

TITLE: Final = "Order 1001"
FIELDS: Final = (
    FieldDef(id="tracking", type=FieldType.TEXT, name="Tracking code"),
    FieldDef(id="weight", type=FieldType.NUMBER, name="Weight"),
    FieldDef(id="cost", type=FieldType.MONEY, name="Cost"),
    FieldDef(id="gift", type=FieldType.BOOL, name="Gift"),
    FieldDef(id="visit", type=FieldType.DATE, name="Visit"),
    FieldDef(id="meeting", type=FieldType.DATETIME, name="Meeting"),
    FieldDef(id="machine", type=FieldType.LIST, name="Machine", options=("espresso", "grinder", "filter")),
    FieldDef(id="helper", type=FieldType.USER, name="Helper"),
    FieldDef(id="site", type=FieldType.TEXT, name="Site"),
    FieldDef(id="tags", type=FieldType.TEXT, name="Tags", multiple=True),
    FieldDef(id="colours", type=FieldType.LIST, name="Colours", multiple=True, options=("red", "blue")),
    FieldDef(id="contract", type=FieldType.FILE, name="Contract"),
)
MARIA: Final = Contact(
    id="maria",
    name="Maria Lima",
    emails=(Address("WORK", "maria@cliente.example"), Address("MAILING", "news@cliente.example", opted_out=True)),
    phones=(Address("MOBILE", "+5511987650001"),),
)
LETTER: Final = "Hello Maria,\n\nyour order 1001 has left our roastery and is on its way to you.\n\nAna Souza"


def _rule(id: str, name: str, position: int, **more: Any) -> Rule:
    kind = {"kind": "sms", "settings": {"text": "On its way", "provider": "sms1"}}
    return Rule(
        **{"id": id, "pipeline": "sales", "stage": "delivery", "name": name, "position": position, **kind, **more}
    )


def rules() -> tuple[Rule, ...]:
    """Return rules that come to stand in every way that the panel tells of."""
    mail = {"subject": "Your order", "body": LETTER}
    big = {"field": "deal.amount", "op": ">", "value": 5000}
    return (
        _rule("tracking-mail", "Tracking number", 0, kind="email", settings=mail),
        _rule("home-mail", "Thanks to the family", 1, kind="email", settings={**mail, "address": "home"}),
        _rule("big", "Call the big ones", 2, when=big),
        _rule("short-note", "Short note", 3, run=RunTime(When.AFTER, Duration(2, "h"))),
        _rule("after", "After the note", 4, order=Order.WAIT),
        _rule("evening", "Evening greeting", 5, run=RunTime(When.AFTER, Duration(12, "h")), hours=Hours.BUSINESS),
        _rule("reminder", "The day before", 6, run=RunTime(When.BEFORE, Duration(1, "d"), "close_date")),
    )


def furnish(tx: Tx) -> None:
    """Add fields, people, a chat channel and rules to the small house."""
    tx.put_company_settings(CompanySettings(timezone="America/Sao_Paulo", hours={"mon-fri": "09:00-18:00"}))
    tx.put_user(User(id="rui", name="Rui Carvalho"))
    for field in FIELDS:
        tx.put_field(field)
    tx.put_contact(MARIA)
    tx.put_contact(Contact(id="joao", name="João Reis", phones=(Address("WORK", "+551133330000"),)))
    tx.put_company(Company(id="sol", name="Loja Sol", emails=(Address("WORK", "loja@sol.example"),)))
    tx.put_connection(Connection(id="web", channel="open_channel", adapter="simulated"))
    for rule in rules():
        tx.put_rule(rule, "ana", START)


def rich_world(**more: Any) -> World:
    """Return a house without an engine, whose one deal has been in a stage for six seconds."""
    world = memory_world(**{"engine": False, **more})
    world.write(furnish)
    deal = world.deal(TITLE, amount="4200", company="sol")
    world.write(commands.set_fields(deal, {"tracking": "BR123", "site": "https://sol.example", "tags": ["a", "b"]}))
    world.write(commands.move([deal], "delivery"))
    world.write(commands.advance_clock(6_000))
    world.write(listening.expand())  # what the fields raised comes first, as in the engine
    world.write(running.run_due(Random(0)))
    world.write(_came_back)
    report = commands.Report(source="web", id="1")
    said = "Where is my order?\nI am waiting."
    world.write(commands.chat_message(report, "v1", said, sender="+5511987650001", channel="web"))
    return world


def _came_back(tx: Tx) -> None:
    """Have the mail delivered and opened."""
    before = tx.deliveries(DeliveryFilter())[0]
    at = Moment(START + 6_000)
    after = replace(before, status=DeliveryStatus.DELIVERED, sent_at=at, delivered_at=at, due_at=None)
    run = tx.run(before.run or 0)
    assert run is not None
    done = replace(run, status=RunStatus.DONE, ended_at=at)
    told = outcomes.row(after, at)
    tx.apply(Plan(deliveries_changed=[(before, after)], runs_changed=[(run, done)], timeline=[told]))
    event = Event(
        kind="email_opened",
        source="x",
        outside_id="1",
        at=at,
        deal=before.deal,
        delivery=before.id,
        data={"method": "GET"},
    )
    tx.record(event)


class DealDriver:
    """A person in the open deal: finds a line by what it says, and edits it."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot

    @property
    def panel(self) -> DealPanel:
        """The panel."""
        return app_of(self.pilot).panel

    def lines(self) -> Sequence[str]:
        """Return the whole sheet, whether in view or not."""
        return [line.text for line in self.panel.sheet.lines]

    def text(self) -> str:
        """Return the whole sheet as one text, blanks made one."""
        return " ".join(" ".join(self.lines()).split())

    async def open(self) -> None:
        """Open the deal under the cursor of the stage where the story has left it."""
        await self.pilot.press("l", "enter")

    async def go(self, words: str) -> None:
        """Put the cursor on the first item that says something."""
        sheet = self.panel.sheet
        place = next(
            n
            for n, item in enumerate(sheet.items)
            if item.spot is not None and words in "".join(text for para in item.paras for text, _style in para.pieces)
        )
        line = sheet.starts[place]
        self.panel.go(lambda leafed: leafed.scroll(line - leafed.top))  # as with the wheel
        await self.pilot.pause()
        await self.pilot.click(self.panel.body, offset=(3, line - sheet.top))

    async def type(self, words: str, text: str) -> None:
        """Edit the line that says something: what stands there is replaced."""
        await self.go(words)
        await self.pilot.press("enter")
        self.panel.editor.value = text
        await self.pilot.press("enter")
