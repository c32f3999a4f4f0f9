"""Every effect of the closed set, emitted by a planted rule kind, through the engine, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final, get_args

import pytest

from adapters.documents.typst import Typst
from adapters.registry import Registry
from core import boardfile, commands, effects
from core.applying import apply
from core.engine.loop import Engine
from core.model.deal import CauseKind, Deal
from core.model.moment import HOUR, Moment
from core.model.talk import Chat
from core.ports import Reader
from core.views import DealFilter, DeliveryFilter
from data import fresh, opening
from data.store import SqlStore
from tests import planting
from tests.proof.ground import board, rules

NOON: Final = Moment(1_796_126_400_000)
DOER: Final = '''
"""Do what the settings say."""

from collections.abc import Sequence
from typing import Any

from core import effects
from core.effects import Effect
from core.model.delivery import Channel, Message
from core.rules.base import RuleKind, Settings
from core.words import Words


class DoerSettings(Settings):
    """An effect's name and its fields."""

    effect: str
    fields: dict[str, Any] = {}
    stage: str | None = None


class Doer(RuleKind[DoerSettings]):
    """Do it."""

    id = "doer"
    name = "Do"
    about = "Does one thing."
    Settings = DoerSettings
    needs = frozenset({"contacts"})

    def plan(self, facts, settings, now, rng) -> Sequence[Effect]:
        """Return the effect."""
        fields = dict(settings.fields)
        if "message" in fields:
            fields["message"] = Message(**{**fields["message"], "channel": Channel(fields["message"]["channel"])})
        if "hours" in fields:
            fields["at"] = now + fields.pop("hours") * 3_600_000
        return (getattr(effects, settings.effect)(**fields),)

    def sentence(self, settings) -> Words:
        """Say it."""
        return Words("do {effect}", {"effect": settings.effect})
'''


class Noon:
    """A clock that stands."""

    def now(self) -> Moment:
        """Return noon."""
        return NOON


@dataclass
class Acted:
    """The house after the rule has acted."""

    store: SqlStore

    def read(self, query: Callable[[Reader], Any]) -> Any:
        return self.store.read(query)

    @property
    def deal(self) -> Deal:
        found = self.read(lambda reader: reader.deal("D1"))
        assert isinstance(found, Deal)
        return found

    @property
    def said(self) -> list[tuple[str, str]]:
        """The history, oldest first, without what every deal has."""
        lines = self.read(lambda reader: reader.timeline("D1"))
        return [
            (t.kind.value, t.text.english()) for t in reversed(lines) if t.kind.value not in ("created", "moved", "run")
        ]

    @property
    def run(self) -> tuple[str, str | None, str]:
        """State, reason and detail of the rule's run."""
        (found,) = (r for r in self.read(lambda reader: reader.runs_of(deal="D1")) if r.rule == "do")
        return found.status.value, found.reason, found.detail.english()


@pytest.fixture(scope="module")
def template(postgres_databases: Any) -> str:
    """A PostgreSQL database with the tables, to be copied."""
    name: str = postgres_databases.create()
    opening.init_database(postgres_databases.url(name), house="house")
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A house without anything in it."""
    if request.param == "sqlite":
        url = fresh.fresh_sqlite(tmp_path / "funil.db")
    else:
        servers = request.getfixturevalue("postgres_databases")
        url = servers.url(servers.create(request.getfixturevalue("template")))
    store = opening.open_store(url, clock=Noon(), durable=False)
    yield store
    store.close()


@pytest.fixture
def act(empty: SqlStore, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """A rule that does one thing, and then another rule, act on D1 as it enters the stage."""
    mail = "{id: m, stage: delivery, kind: email, name: m, order: wait, settings: {subject: x, body: x}}"
    before = "run: {before: 1d, of: visit}, settings: {subject: x, body: x}"
    dated = f"{{id: dated, stage: delivery, kind: email, name: d, {before}}}"
    after = "{id: m-billing, stage: billing, kind: email, name: m, settings: {subject: moved, body: x}}"

    async def acted(effect: str, **fields: Any) -> Acted:
        rule = f"{{id: do, stage: delivery, kind: doer, name: Do, settings: {{effect: {effect}, fields: {fields!r}}}}}"
        rule = rule.replace("None", "null").replace("True", "true")
        document = boardfile.read(board(rules(rule, mail, dated, after)).encode(), "board.yaml", tmp_path)
        empty.write_now(apply([document]))
        empty.write_now(commands.move(["D1"], "delivery"))
        engine = Engine(empty, Registry(), Random(1), "test", typesetter=Typst())
        await engine.start()
        await engine.until_idle()
        await engine.close()
        return Acted(empty)

    with planting.rule_kind(tmp_path / "kinds", "doer", DOER):
        yield acted


def test_each_effect_of_the_set_is_tried_here() -> None:
    tried = {name.removeprefix("test_effect_") for name in globals() if name.startswith("test_effect_")}
    assert tried == {effect.__name__ for effect in get_args(effects.Effect)}


async def test_effect_Deliver(act: Callable[..., Any]) -> None:
    message = {"channel": "sms", "to": "+5511987650001", "text": "Ola"}
    acted = await act("Deliver", connection="sms1", message=message)
    (delivery,) = (d for d in acted.read(lambda r: r.deliveries(DeliveryFilter(deal="D1"))) if d.rule == "do")
    assert (delivery.status.value, delivery.message.to, delivery.message.text) == ("sent", "+5511987650001", "Ola")
    assert acted.run[0] == "done"
    assert acted.said[0] == ("delivery", "sms to +5511987650001: sent")


async def test_effect_Move(act: Callable[..., Any]) -> None:
    acted = await act("Move", stage="billing")
    assert (acted.deal.stage, acted.run[0]) == ("billing", "done")
    entry = acted.read(lambda reader: reader.entries("D1"))[-1]
    assert (entry.cause.kind, entry.cause.id, [link.stage for link in entry.cause.chain]) == (
        CauseKind.RULE,
        "do",
        ["billing"],
    )
    subjects = [d.message.subject for d in acted.read(lambda r: r.deliveries(DeliveryFilter(deal="D1")))]
    assert subjects == ["moved"]
    assert acted.read(lambda r: {s: t.count for s, t in r.totals("sales").items() if t.count}) == {"billing": 1}


async def test_effect_SetField(act: Callable[..., Any]) -> None:
    acted = await act("SetField", field="tracking", value="BR123")
    assert acted.deal.fields["tracking"] == "BR123"
    assert ("field", "tracking: BR123") in acted.said


async def test_effect_Assign(act: Callable[..., Any]) -> None:
    acted = await act("Assign", user="rui")
    assert acted.deal.responsible == "rui"
    assert ("field", "Responsible: ana → rui") in acted.said
    (mail,) = (d for d in acted.read(lambda r: r.deliveries(DeliveryFilter(deal="D1"))) if d.rule == "m")
    assert mail.message.data["from"] == "rui@loja.example"


async def test_effect_Notify(act: Callable[..., Any]) -> None:
    acted = await act("Notify", user="ana", text="Look!")
    (told,) = acted.read(lambda reader: reader.notifications("ana"))
    assert (told["text"], told["deal"]) == ("Look!", "D1")
    assert acted.read(lambda reader: reader.notifications("rui")) == []


async def test_effect_Comment(act: Callable[..., Any]) -> None:
    acted = await act("Comment", text="{text} [b]bold[/b] {{ 7*7 }}")
    assert ("note", "{text} [b]bold[/b] {{ 7*7 }}") in acted.said


async def test_effect_CreateTask(act: Callable[..., Any]) -> None:
    acted = await act("CreateTask", title="Ring", text="about it", assignee="rui", due_at=NOON + HOUR)
    (task,) = acted.read(lambda reader: reader.tasks("D1"))
    assert (task.title, task.assignee, task.due_at, task.done_at) == ("Ring", "rui", NOON + HOUR, None)
    assert ("task", "task: Ring") in acted.said


async def test_effect_StoreFile(act: Callable[..., Any]) -> None:
    file = {"name": "offer.pdf", "digest": "ab" * 32, "size": 3, "media_type": "application/pdf"}
    acted = await act("StoreFile", field="paper", **file)
    (stored,) = acted.read(lambda reader: reader.files("D1"))
    assert {name: stored[name] for name in file} == file
    assert acted.deal.fields["paper"] == file
    assert ("document", "file: offer.pdf") in acted.said


async def test_effect_MakeDocument(act: Callable[..., Any]) -> None:
    acted = await act("MakeDocument", field="paper", name="Offer", html="<p>Olá</p>")
    html, pdf = acted.read(lambda reader: reader.files("D1"))
    assert [(each["name"], each["media_type"], each["field"]) for each in (html, pdf)] == [
        ("Offer.html", "text/html", None),
        ("Offer.pdf", "application/pdf", "paper"),
    ]
    contents = [acted.read(lambda reader, file=file: reader.content(file["digest"])) for file in (html, pdf)]
    assert contents[0] == "<p>Olá</p>".encode()
    assert contents[1].startswith(b"%PDF-")
    assert acted.deal.fields["paper"]["name"] == "Offer.pdf"
    assert acted.run == ("done", None, "")
    assert acted.said == [("document", "file: Offer.html"), ("document", "file: Offer.pdf"), *acted.said[2:]]


async def test_effect_CreateDeal(act: Callable[..., Any]) -> None:
    acted = await act(
        "CreateDeal", title="Copy", pipeline="sales", stage="billing", copy=True, fields={"tracking": "BR9"}
    )
    (made,) = (d for d in acted.read(lambda r: r.deals(DealFilter())) if d.id != "D1")
    assert (made.title, made.stage, made.contacts, made.responsible) == ("Copy", "billing", ("maria",), "ana")
    assert (made.amount, made.fields["tracking"]) == (acted.deal.amount, "BR9")
    (entry,) = acted.read(lambda reader: reader.entries(made.id))
    assert (entry.cause.kind, entry.cause.id) == (CauseKind.RULE, "do")
    sent = acted.read(lambda r: r.deliveries(DeliveryFilter(deal=made.id)))
    assert [d.message.subject for d in sent] == ["moved"]


async def test_effect_StartTimer(act: Callable[..., Any]) -> None:
    acted = await act("StartTimer", kind="chat_slow", key="chat-7", hours=1, data={"chat": 7})
    (timer,) = acted.read(lambda reader: reader.timers())
    assert (timer["kind"], timer["key"], timer["deal"], timer["at"]) == ("chat_slow", "chat-7", "D1", NOON + HOUR)


async def test_a_date_that_a_rule_fills_schedules_the_run_that_waits_for_it(act: Callable[..., Any]) -> None:
    acted = await act("SetField", field="visit", value="2026-12-24")
    (run,) = (r for r in acted.read(lambda reader: reader.runs_of(deal="D1")) if r.rule == "dated")
    assert (run.status.value, run.reason) == ("waiting", "time")


async def test_effect_ChatNote(act: Callable[..., Any], empty: SqlStore) -> None:
    number = empty.write_now(lambda tx: tx.add_chat(Chat(id=0, channel="tg", chat="c", peer="p", created_at=NOON)))
    acted = await act("ChatNote", chat=number, address="tg:c", text="VIP")
    assert acted.run[0] == "done"
    assert acted.said[0] == ("chat", "note in chat tg:c: VIP")
    (note,) = acted.read(lambda reader: reader.said(number))
    assert (note.text, note.message.hidden, note.message.by, note.delivery) == ("VIP", True, "do", None)


async def test_effect_KeepInvite(act: Callable[..., Any]) -> None:
    acted = await act("KeepInvite", token="t-1", channel="tg", contact="maria")
    (run,) = (r for r in acted.read(lambda reader: reader.runs_of(deal="D1")) if r.rule == "do")
    invite = acted.read(lambda reader: reader.invite("t-1"))
    assert (invite.deal, invite.channel, invite.contact, invite.run, invite.at) == ("D1", "tg", "maria", run.id, NOON)
    assert acted.run[0] == "done"


# Effects that nobody could apply -------------------------------------------------------------------------------------

CANNOT: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "a field that does not exist": ("SetField", {"field": "nowhere", "value": 1}),
    "a value that does not fit": ("SetField", {"field": "amount", "value": "a lot"}),
    "a user who does not exist": ("Assign", {"user": "zoe"}),
    "a notice to nobody": ("Notify", {"user": "zoe", "text": "x"}),
    "a task for nobody": ("CreateTask", {"title": "x", "assignee": "zoe"}),
    "a stage that is gone": ("Move", {"stage": "nowhere"}),
    "a pipeline that is gone": ("Move", {"stage": "billing", "pipeline": "nowhere"}),
    "a new deal in a stage that is gone": ("CreateDeal", {"title": "x", "pipeline": "sales", "stage": "nowhere"}),
    "a new deal with a field that does not exist": (
        "CreateDeal",
        {"title": "x", "pipeline": "sales", "stage": "billing", "fields": {"nowhere": 1}},
    ),
    "a file for a field that does not exist": (
        "StoreFile",
        {"name": "x", "digest": "ab" * 32, "size": 1, "media_type": "text/plain", "field": "nowhere"},
    ),
    "a file for a field that holds none": (
        "StoreFile",
        {"name": "x", "digest": "ab" * 32, "size": 1, "media_type": "text/plain", "field": "tracking"},
    ),
    "a document for a field that holds none": ("MakeDocument", {"name": "x", "html": "x", "field": "tracking"}),
    "a connection that does not exist": (
        "Deliver",
        {"connection": "nowhere", "message": {"channel": "sms", "to": "+5511987650001", "text": "x"}},
    ),
    "a connection of another channel": (
        "Deliver",
        {"connection": "mail", "message": {"channel": "sms", "to": "+5511987650001", "text": "x"}},
    ),
}


@pytest.mark.parametrize("case", CANNOT)
async def test_an_effect_that_cannot_be_applied_ends_its_run_and_not_the_engine(
    case: str, act: Callable[..., Any]
) -> None:
    effect, fields = CANNOT[case]
    acted = await act(effect, **fields)
    status, reason, detail = acted.run
    assert (status, reason) == ("failed", "misconfigured")
    assert detail
    (mail,) = acted.read(lambda r: r.deliveries(DeliveryFilter(deal="D1")))
    assert (mail.rule, mail.status.value) == ("m", "sent")
    assert acted.deal.stage == "delivery"
