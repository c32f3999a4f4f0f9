"""Filter, deal panel, new deal, pipelines, first run, empty places."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core import commands
from core.errors import StoreTrouble
from core.model.people import Address, Contact
from tests.tui.app_world import MARIA, World, app_of, driver, memory_world, screen_text, toasts, until
from tui.screens.new_deal import check
from tui.screens.welcome import Start, Welcome


@pytest.fixture
def world() -> World:
    """A house with three deals."""
    world = memory_world()
    world.deal("Order 1001", amount="7500")
    world.deal("Loja Sol", contacts=())
    world.deal("Loja Lua", "won", contacts=())
    return world


def titles(world_board: object, column: str) -> list[str]:
    """Return a column's titles without amounts."""
    return [title.split("R$")[0].strip() for title in world_board.column(column).titles()]  # type: ignore[attr-defined]


async def test_typing_filters_all_columns_and_esc_shows_all_again(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"loja")
        await until(pilot, lambda: titles(driver(pilot), "New") == ["Loja Sol"])
        await pilot.press("enter")
        assert titles(driver(pilot), "Deal won") == ["Loja Lua"]
        assert "/ loja" in screen_text(pilot).splitlines()[0]
        assert "2 deals" in screen_text(pilot).splitlines()[0]
        await pilot.press("escape")
        await until(pilot, lambda: titles(driver(pilot), "New") == ["Loja Sol", "Order 1001"])
        assert "/ filter" in screen_text(pilot).splitlines()[0]


async def test_the_filter_looks_into_clients_too(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"maria", "enter")
        await until(pilot, lambda: titles(driver(pilot), "New") == ["Order 1001"])


async def test_a_filtered_deal_can_be_moved_and_stays_in_view(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"sol", "enter")
        await until(pilot, lambda: titles(driver(pilot), "New") == ["Loja Sol"])
        await pilot.press("L")
        await until(pilot, lambda: world.stage_of("Loja Sol") == "delivery")
        await until(pilot, lambda: titles(driver(pilot), "Order delivery") == ["Loja Sol"])
        assert titles(driver(pilot), "New") == []


async def test_enter_opens_the_deal_with_fields_client_rules_and_history(world: World) -> None:
    async with world.board(size=(140, 40)) as pilot:
        await pilot.press("j", "L")
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")
        await pilot.press("enter")
        await until(pilot, lambda: "held until 09:00:05" in screen_text(pilot))
        shown = screen_text(pilot)
        for words in (
            "R$7,500",
            "Order delivery · Sales",
            "Ana Souza",
            "maria@cliente.example",
            "(11) 98765-0001",
            "Tracking number",
            "waiting until 11:00",
            "New → Order delivery",
            "created in New",
        ):
            assert words in shown
        await pilot.press("escape")
        assert not app_of(pilot).panel.display
        assert app_of(pilot).board.has_focus


async def test_the_open_panel_follows_the_cursor_and_the_changes(world: World) -> None:
    async with world.board(size=(140, 40)) as pilot:
        await pilot.press("enter")
        app_of(pilot).board.focus()
        await pilot.press("j")
        await until(pilot, lambda: app_of(pilot).panel.deal == world.deals["Order 1001"])
        await pilot.press("L")
        await until(pilot, lambda: "Order delivery · Sales" in screen_text(pilot))


async def test_a_new_deal_lands_on_top_of_its_stage_and_starts_its_rules(world: World) -> None:
    async with world.board(size=(160, 30)) as pilot:
        await pilot.press("l", "n", *"Festa Silva", "tab", *"1250.50", "tab", "tab", *"maria lima", "enter")
        await until(pilot, lambda: titles(driver(pilot), "Order delivery") == ["Festa Silva"])
        made = world.store.read(lambda reader: reader.deal(app_of(pilot).board.model.deal or ""))
        assert (made.title, made.amount, made.stage, made.contacts) == (
            "Festa Silva",
            Decimal("1250.50"),
            "delivery",
            ("maria",),
        )
        await until(pilot, lambda: "held" in screen_text(pilot))


async def test_a_deal_that_could_not_be_made_is_not_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> Any:
        raise StoreTrouble("the disk is full")

    async with world.board() as pilot:
        monkeypatch.setattr(commands, "add_deal", refused)
        await pilot.press("n", *"Festa Silva", "tab", *"12.50", "enter")
        await until(pilot, lambda: "the disk is full" in screen_text(pilot))
        assert "Festa Silva" in screen_text(pilot) and "12.50" in screen_text(pilot)
        monkeypatch.undo()
        await pilot.press("enter")
        await until(pilot, lambda: "Festa Silva" in titles(driver(pilot), "New"))


async def test_what_is_wrong_stands_beside_its_field(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("n", "tab", *"abc", "tab", "tab", *"nobody", "enter")
        await pilot.pause()
        shown = screen_text(pilot)
        assert "field “title” cannot be empty" in shown
        assert "Not an amount like 1,250.50." in shown
        assert "Nobody is called that" in shown
        await pilot.press("escape")
        assert len(pilot.app.screen_stack) == 1


HOUSE = memory_world().store.read(lambda reader: reader.house())
TWINS = (MARIA, Contact(id="maria2", name="Maria Lima", emails=(Address("WORK", "m2@x.example"),)))


@pytest.mark.parametrize(
    ("field", "typed", "wrong"),
    [
        ("title", "  ", "field “title” cannot be empty"),
        ("title", "x" * 301, "field “title” has 300 characters at most, not 301"),
        (
            "amount",
            "1.005",
            "field “amount”: “1.005” is more than BRL keeps: 2 decimal places and 18 digits in all",
        ),
        ("amount", "1e3", "Not an amount like 1,250.50."),
        ("contact", "Maria Lima", "2 contacts are called that: give the e-mail or the id."),
    ],
)
def test_a_form_says_what_would_be_right(field: str, typed: str, wrong: str) -> None:
    values = {"title": "A", "amount": "", "stage": "new", "contact": "", field: typed}
    assert check(values, HOUSE, TWINS).wrong == {field: wrong}


@pytest.mark.parametrize(("title", "amount"), [("x" * 300, "-1,250.50"), (" Order ", "0"), ("Order", "")])
def test_form_and_command_line_take_the_same(world: World, title: str, amount: str) -> None:
    draft = check({"title": title, "amount": amount, "stage": "new", "contact": ""}, HOUSE, ()).draft
    assert draft is not None
    made = world.deal(title, amount=amount.replace(",", "") or None)
    deal = world.store.read(lambda reader: reader.deal(made))
    assert (draft.title, draft.amount) == (deal.title, deal.amount)


@pytest.mark.parametrize("typed", ["maria2", "m2@x.example", "M2@X.EXAMPLE"])
def test_a_contact_is_found_by_id_or_address(typed: str) -> None:
    values = {"title": "A", "amount": "1,250.5", "stage": "new", "contact": typed}
    draft = check(values, HOUSE, TWINS).draft
    assert draft is not None
    assert (draft.contact, draft.amount) == ("maria2", Decimal("1250.5"))


async def test_another_pipeline_can_be_shown(world: World) -> None:
    world.deal("Coffee machine", "asked", "service")
    async with world.board() as pilot:
        await pilot.press("p", *"serv", "enter")
        await until(pilot, lambda: "Coffee machine" in screen_text(pilot))
        assert "Funil · Service" in screen_text(pilot)
        assert "Order 1001" not in screen_text(pilot)


async def test_a_stage_can_be_found_by_some_letters(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("m", *"lost", "enter")
        await until(pilot, lambda: world.stage_of("Loja Sol") == "lost")


async def test_the_stage_picker_shows_which_rules_act(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("m")
        await until(pilot, lambda: "Tracking number now" in screen_text(pilot))
        await pilot.press(*"zzz")
        await until(pilot, lambda: "Nothing is called that." in screen_text(pilot))
        await pilot.press("enter", "escape")
        assert world.stage_of("Loja Sol") == "new"


async def test_an_empty_board_says_how_to_begin() -> None:
    async with memory_world().board() as pilot:
        assert "Press n to make the first one." in screen_text(pilot)
        assert "Nothing has gone out yet." in screen_text(pilot)


async def test_a_house_without_pipelines_stands() -> None:
    world = memory_world()
    world.write(lambda tx: tx.archive("pipelines", ["sales", "service"]))
    async with world.board() as pilot:
        assert "no pipeline" in screen_text(pilot)
        await pilot.press("n")
        assert toasts(pilot) == ["There is no pipeline yet."]


@pytest.mark.parametrize(("keys", "choice"), [(("enter",), Start.DEMO), (("j", "enter"), Start.EMPTY), (("q",), None)])
async def test_the_first_run_asks_what_to_begin_with(keys: tuple[str, ...], choice: Start | None) -> None:
    app = Welcome("/somewhere/ana/funil.db")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
    assert app.return_value is choice


async def test_a_closed_filter_takes_no_keys() -> None:
    world = memory_world(engine=False)
    world.deal("Order 1001")
    async with world.board() as pilot:
        app = app_of(pilot)
        app.filter_line.focus()
        await pilot.press("L")
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")
        assert app.desk.search == ""
