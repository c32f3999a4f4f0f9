"""The form of a new deal: every field, people found and made in place, what is wrong said beside it, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from core import commands
from core.commands.clients import NewClient
from core.errors import StoreTrouble
from core.model.deal import Deal
from core.model.people import Address, Company, Contact
from tests.tui.app_world import START, World, app_of, driver, memory_world, screen_text, until
from tests.tui.panel_world import rich_world
from tui import format as fmt
from tui.form import draft, new_client
from tui.form.client_search import ClientSearch, search
from tui.form.draft import Held
from tui.form.fields import Knob, Line
from tui.form.new_deal import NewDealForm
from tui.panels.picker import Picker
from tui.panels.values import Manner

RICH = rich_world().store.read(lambda reader: reader.house())
MANNER = Manner(RICH, "BRL", fmt.zone("America/Sao_Paulo"), fmt.local(START, fmt.zone("America/Sao_Paulo")).date())


def held(**typed: str) -> Held:
    """Return a form in which these texts were typed, by the bare ids of built-in fields and ``f_ID`` of others."""
    paths = {f"deal.fields.{key[2:]}" if key.startswith("f_") else f"deal.{key}": text for key, text in typed.items()}
    return Held("sales", "new", "BRL", typed={"deal.title": "A", **paths})


# Reading what was typed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed", "wrong"),
    [
        ("title", "  ", "field “title” cannot be empty"),
        ("title", "x" * 301, "field “title” has 300 characters at most, not 301"),
        ("amount", "1.005", "field “amount”: “1.005” is more than BRL keeps: 2 decimal places and 18 digits in all"),
        ("amount", "1e3", "Not an amount like 1,250.50."),
        ("close_date", "soon", "Not a day like 2026-12-08, “today”, or “+7”."),
        ("f_weight", "heavy", "Not a number like 1,250.50."),
        ("f_meeting", "14:30", "Not a day and a time like 2026-12-08 14:30."),
    ],
)
def test_the_form_says_what_would_be_right(field: str, typed: str, wrong: str) -> None:
    path = f"deal.fields.{field[2:]}" if field.startswith("f_") else f"deal.{field}"
    assert draft.check(held(**{field: typed}), MANNER).wrong == {path: wrong}


@pytest.mark.parametrize(("title", "amount"), [("x" * 300, "-1,250.50"), (" Order ", "0"), ("Order", "")])
def test_form_and_command_line_take_the_same(title: str, amount: str) -> None:
    world = memory_world()
    read = draft.check(held(title=title, amount=amount), MANNER).deal
    assert read is not None
    made = world.write(commands.add_deal(read))
    told = world.deal(title, amount=amount.replace(",", "") or None)
    mine, theirs = (world.store.read(lambda reader, id=id: reader.deal(id)) for id in (made, told))
    assert (mine.title, mine.amount, mine.currency) == (theirs.title, theirs.amount, theirs.currency)


def test_several_typed_values_stand_between_semicolons() -> None:
    read = draft.check(held(f_tags="a; b, c ;"), MANNER).deal
    assert read is not None
    assert read.values == {"deal.fields.tags": ["a", "b, c"]}


@pytest.mark.parametrize(
    ("words", "begun"),
    [("Zé", {"name": "Zé"}), (" ze@x.example ", {"email": "ze@x.example"}), ("11 98765", {"phone": "11 98765"})],
)
def test_a_search_that_found_nobody_begins_the_new_client(words: str, begun: Mapping[str, str]) -> None:
    assert new_client.begun(words) == begun


def test_a_new_client_is_judged_by_the_commands_rules() -> None:
    good = {"name": "Zé", "email": "ze@x.example; HOME:ze@casa.example", "phone": "11 98765-0001"}
    assert new_client.read(good, "BR")[0] == NewClient(
        name="Zé", emails=("ze@x.example", " HOME:ze@casa.example"), phones=("11 98765-0001",)
    )
    bad = new_client.read({"name": " ", "email": "ze", "phone": "12"}, "BR")
    assert bad[0] is None and sorted(bad[1]) == ["email", "name", "phone"]


@pytest.mark.parametrize("words", ["maria2", "m2@x.exam", "M2@X", "98765-0002", "+55 11 98765-0002", "twin"])
def test_a_client_is_found_by_name_address_number_or_id(words: str) -> None:
    world = memory_world()
    emails, phones = (Address("WORK", "m2@x.example"),), (Address("MOBILE", "+5511987650002"),)
    world.write(lambda tx: tx.put_contact(Contact(id="maria2", name="Maria Twin", emails=emails, phones=phones)))
    found = world.store.read(lambda reader: search(reader, "contacts", words))
    assert [client.id for client in found] == ["maria2"]
    both = world.store.read(lambda reader: search(reader, "contacts", ""))
    assert [client.id for client in both] == ["maria", "maria2"]


# At the screen --------------------------------------------------------------------------------------------------------


class FormDriver:
    """A person who fills in the form."""

    def __init__(self, pilot: Pilot[None], world: World) -> None:
        self.pilot = pilot
        self.world = world

    @property
    def form(self) -> NewDealForm:
        """The form."""
        return next(screen for screen in self.pilot.app.screen_stack if isinstance(screen, NewDealForm))

    @property
    def open(self) -> bool:
        """Whether it is there."""
        return any(isinstance(screen, NewDealForm) for screen in self.pilot.app.screen_stack)

    async def type(self, key: str, text: str) -> None:
        """Have a line hold a text, as if pasted."""
        next(line for line in self.form.query(Line) if line.key == key).value = text
        await self.pilot.pause()

    async def ask(self, key: str) -> None:
        """Go to a value that is chosen, or to the place for one more, and press enter."""
        next(knob for knob in self.form.query(Knob) if knob.key == key and knob.place is None).focus()
        await self.pilot.press("enter")

    async def choose(self, key: str, words: str) -> None:
        """Choose the first of a list that has these words."""
        await self.ask(key)
        await until(self.pilot, lambda: isinstance(self.pilot.app.screen, Picker))
        self.pilot.app.screen.query_one(Input).value = words
        await self.pilot.press("enter")
        await until(self.pilot, lambda: self.pilot.app.screen is self.form)

    async def find(self, key: str, words: str) -> ClientSearch:
        """Search for a client, and wait for what is found."""
        await self.ask(key)
        await until(self.pilot, lambda: isinstance(self.pilot.app.screen, ClientSearch))
        found = self.pilot.app.screen
        assert isinstance(found, ClientSearch)
        found.query_one(Input).value = words
        await until(self.pilot, lambda: found.words == words and found.settled)
        return found

    async def made(self) -> Deal:
        """Return the deal, once it is there."""
        await until(self.pilot, lambda: not self.open)
        deal: Deal = self.world.store.read(lambda reader: reader.deal(app_of(self.pilot).board.model.deal or ""))
        return deal


async def test_a_new_deal_takes_every_field_and_lands_on_top_of_the_column_under_the_cursor(tmp_path: Path) -> None:
    world = rich_world()
    paper = tmp_path / "contract.pdf"
    paper.write_bytes(b"%PDF")
    async with world.board(size=(80, 24)) as pilot:
        person = FormDriver(pilot, world)
        await pilot.press("l", "l", "n", *"Festa Silva", "tab", *"1,250.50")
        await person.choose("deal.currency", "usd")
        await person.find("deal.contacts", "987650001")
        await pilot.press("enter")
        await person.find("deal.contacts", "joão")
        await pilot.press("enter")
        await person.find("deal.company", "sol")
        await pilot.press("enter")
        for key, text in (
            ("deal.begin_date", "today"),
            ("deal.close_date", "+7"),
            ("deal.fields.tracking", "BR1"),
            ("deal.fields.weight", "2.5"),
            ("deal.fields.cost", "10"),
            ("deal.fields.meeting", "2026-12-08 14:30"),
            ("deal.fields.tags", "a; b"),
            ("deal.fields.contract", str(paper)),
        ):
            await person.type(key, text)
        await person.ask("deal.fields.gift")
        await person.choose("deal.fields.machine", "grind")
        await person.choose("deal.fields.colours", "blue")
        await pilot.press("ctrl+s")
        deal = await person.made()
        assert (deal.title, str(deal.amount), deal.currency) == ("Festa Silva", "1250.50", "USD")
        assert (deal.pipeline, deal.stage, deal.responsible) == ("sales", "invoice", "ana")
        assert (deal.contacts, deal.company) == (("maria", "joao"), "sol")
        assert (deal.begin_date, deal.close_date) == ("2026-12-01", "2026-12-08")
        fields: dict[str, Any] = dict(deal.fields)
        assert fields.pop("contract")["name"] == "contract.pdf"
        assert fields == {
            "tracking": "BR1",
            "weight": 2.5,
            "cost": "10.00",
            "gift": True,
            "meeting": "2026-12-08T17:30:00Z",
            "machine": "grinder",
            "tags": ["a", "b"],
            "colours": ["blue"],
        }
        assert app_of(pilot).board.model.index == 0


async def test_a_new_deal_starts_the_rules_of_its_stage() -> None:
    world = memory_world()
    async with world.board(size=(160, 30)) as pilot:
        await pilot.press("l", "n", *"Festa Silva", "enter")
        await until(pilot, lambda: driver(pilot).column("Order delivery").titles() != [])
        await until(pilot, lambda: "no recipient" in screen_text(pilot) or "held" in screen_text(pilot))


async def test_clients_are_made_in_place_together_with_the_deal() -> None:
    world = memory_world(engine=False)
    async with world.board(size=(100, 30)) as pilot:
        person = FormDriver(pilot, world)
        await pilot.press("n", *"Festa")
        await person.find("deal.contacts", "zé silva")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, new_client.NewClientForm))
        await pilot.press("tab", *"ze", "enter")
        await until(pilot, lambda: "“ze” is not an e-mail address" in screen_text(pilot))
        await pilot.press(*"@x.example", "tab", *"11 98765-4321", "enter")
        await until(pilot, lambda: pilot.app.screen is person.form)
        await until(pilot, lambda: "zé silva  new" in screen_text(pilot))
        assert len(world.store.read(lambda reader: list(reader.all_contacts()))) == 1, "nobody is made yet"
        await person.find("deal.company", "Acme")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, new_client.NewClientForm))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is person.form)
        await pilot.press("ctrl+s")
        deal = await person.made()
        (contact,) = world.store.read(lambda reader: reader.contacts(deal.contacts)).values()
        company = world.store.read(lambda reader: reader.company(deal.company or ""))
        assert contact.name == "zé silva" and contact.emails[0].value == "ze@x.example"
        assert contact.phones[0].value == "+5511987654321" and company.name == "Acme"


async def test_a_company_says_that_its_contacts_come_along_and_values_are_taken_away_by_key_and_mouse() -> None:
    world = memory_world(engine=False)
    world.write(lambda tx: tx.put_company(Company(id="sol", name="Loja Sol", contacts=("maria",))))
    async with world.board(size=(100, 30)) as pilot:
        person = FormDriver(pilot, world)
        await pilot.press("n", *"Festa")
        await person.find("deal.company", "")
        await pilot.press("enter")
        await until(pilot, lambda: "its contact comes along" in screen_text(pilot))
        await pilot.press("delete")
        assert person.form.held.company is None and "its contact" not in screen_text(pilot)
        for how in ("click", "key"):
            await person.find("deal.contacts", "maria")
            await pilot.press("enter")
            await until(pilot, lambda: len(person.form.held.contacts) == 1)
            await pilot.pause()
            knob = next(each for each in person.form.query(Knob) if each.place == 0)
            if how == "click":
                await pilot.click(knob, offset=(1, 0))
            else:
                knob.focus()
                await pilot.press("delete")
            await until(pilot, lambda: not person.form.held.contacts)
        await pilot.click("#create")
        assert (await person.made()).contacts == ()


async def test_another_pipeline_begins_with_its_first_stage_and_is_shown() -> None:
    world = memory_world(engine=False)
    async with world.board(size=(100, 30)) as pilot:
        person = FormDriver(pilot, world)
        await pilot.press("n", *"Machine")
        await person.choose("deal.pipeline", "serv")
        await person.choose("deal.responsible", "empty")
        await pilot.press("ctrl+s")
        deal = await person.made()
        assert (deal.pipeline, deal.stage, deal.responsible) == ("service", "asked", None)
        assert "Funil · Service" in screen_text(pilot)


async def test_what_is_wrong_stands_below_its_field_and_goes_when_it_is_right() -> None:
    world = memory_world(engine=False)
    async with world.board(size=(80, 24)) as pilot:
        await pilot.press("n", "tab", *"abc", "enter")
        await until(pilot, lambda: "Not an amount like 1,250.50." in screen_text(pilot))
        assert "field “title” cannot be empty" in screen_text(pilot)
        await pilot.press("A")
        await until(pilot, lambda: "cannot be empty" not in screen_text(pilot))
        await pilot.press("tab", "backspace", "backspace", "backspace", *"1250.5")
        await until(pilot, lambda: "= R$1,250.50" in screen_text(pilot))


async def test_esc_asks_before_it_gives_up_what_was_filled_in() -> None:
    world = memory_world(engine=False)
    async with world.board(size=(80, 24)) as pilot:
        person = FormDriver(pilot, world)
        await pilot.press("n", "escape")
        await until(pilot, lambda: not person.open)
        await pilot.press("n", *"Festa", "escape")
        await until(pilot, lambda: "Give up what you have filled in?" in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is person.form)
        assert person.form.held.typed == {"deal.title": "Festa"}
        await pilot.click("#cancel")
        await until(pilot, lambda: isinstance(pilot.app.screen, Picker))
        await pilot.press("down", "enter")
        await until(pilot, lambda: not person.open)


async def test_a_deal_that_could_not_be_made_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> Any:
        raise StoreTrouble("the disk is full")

    world = memory_world(engine=False)
    async with world.board(size=(80, 24)) as pilot:
        monkeypatch.setattr(commands, "add_deal", refused)
        person = FormDriver(pilot, world)
        await pilot.press("n", *"Festa Silva", "tab", *"12.50", "enter")
        await until(pilot, lambda: "the disk is full" in screen_text(pilot))
        assert "Festa Silva" in screen_text(pilot) and "12.50" in screen_text(pilot)
        monkeypatch.undo()
        await pilot.press("enter")
        assert (await person.made()).title == "Festa Silva"


async def test_the_form_speaks_portuguese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    world = rich_world()
    async with world.board(size=(80, 24)) as pilot:
        await pilot.press("n", *"Festa", "tab", *"1.250,5")
        await until(pilot, lambda: "= R$ 1.250,50" in screen_text(pilot).replace("\xa0", " "))
        for words in ("Novo negócio", "Contatos", "Empresa", "Criar", "Cancelar"):
            assert words in screen_text(pilot), words
