"""What the admin sets up is what the house is, and is read once per version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import StoreTrouble, UnknownThing
from core.model.house import CompanySettings, Connection
from core.model.moment import Moment
from core.model.pipeline import Pipeline
from data.reader_base import Memory
from tests.data.rows_ground import ANA, HOUSE, NOON, SALES, Ground, a_rule, connect, make_tables


def test_a_new_database_is_an_empty_house_of_its_own() -> None:
    db = connect("sqlite")
    make_tables(db)
    house = Ground(db).tx().house()
    assert (house.id, house.company, house.pipelines) == (HOUSE, CompanySettings(), {})


def test_a_database_without_its_house_says_what_to_do() -> None:
    db = connect("sqlite")
    make_tables(db)
    db.text("DELETE FROM meta")
    with pytest.raises(StoreTrouble, match="funil init"):
        Ground(db).tx().house()


def test_the_house_is_read_again_only_when_it_has_changed(ground: Ground) -> None:
    house = ground.tx().house()
    assert ground.tx().house() is house
    ground.tx().put_user(replace(ANA, name="Ana Lima"))
    changed = ground.tx().house()
    assert changed.version > house.version
    assert changed.users["ana"].name == "Ana Lima"


def test_a_change_is_seen_by_the_job_that_makes_it(ground: Ground) -> None:
    tx = ground.tx()
    assert "late" not in tx.house().users
    tx.put_user(replace(ANA, id="late"))
    assert "late" in tx.house().users


def test_what_was_rolled_back_is_not_remembered(ground: Ground) -> None:
    versions = set()
    for site in ("one", "two"):
        ground.db.text("SAVEPOINT job")
        ground.tx().put_constant("site", site)
        house = ground.tx().house()
        assert house.constants == {"site": site}
        versions.add(house.version)
        ground.db.text("ROLLBACK TO job")
    assert len(versions) == 2
    assert ground.tx().house().constants == {}


def test_a_revision_of_a_rolled_back_rule_is_not_remembered(ground: Ground) -> None:
    for rule in (a_rule("r1"), a_rule("r1", name="another"), a_rule("r2", name="another")):
        ground.db.text("SAVEPOINT job")
        ground.tx().put_rule(rule, "ana", NOON)
        revision = ground.tx().house().rules[rule.id].revision
        assert ground.tx().revision(revision) == replace(rule, revision=revision)
        ground.db.text("ROLLBACK TO job")


def test_users_and_connections_keep_the_order_of_making(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_connection(Connection(id="aaa", channel="sms", adapter="simulated"))
    tx.put_connection(Connection(id="sms1", channel="sms", adapter="other"))
    assert list(tx.house().connections) == ["mail", "sms1", "aaa"]
    assert tx.house().connections["sms1"].adapter == "other"


def test_stages_that_are_not_listed_go(ground: Ground) -> None:
    tx = ground.tx()
    tx.upsert_pipeline(replace(SALES, stages=SALES.stages[2:] + SALES.stages[:1]))
    kept = tx.house().pipelines["sales"].stages
    assert [(stage.id, stage.position) for stage in kept] == [("won", 0), ("lost", 1), ("new", 2)]


def test_place_and_switch_make_no_revision(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_rule(a_rule("r1"), "ana", NOON)
    first = tx.house().rules["r1"]
    tx.put_rule(a_rule("r1", position=5, enabled=False), "ana", NOON)
    moved = tx.house().rules["r1"]
    assert moved == replace(first, position=5, enabled=False)
    tx.put_rule(a_rule("r1", name="New name"), "ana", NOON)
    renamed = tx.house().rules["r1"]
    assert renamed.revision > first.revision
    assert tx.revision(first.revision) == first


def test_rules_stand_in_their_order_by_stage(ground: Ground) -> None:
    tx = ground.tx()
    for position, rule in enumerate(("c", "a", "b")):
        tx.put_rule(a_rule(rule, position=position), "ana", NOON)
    tx.put_rule(a_rule("x", stage="won"), "ana", NOON)
    by_stage = tx.house().rules_by_stage
    assert [rule.id for rule in by_stage["sales", "delivery"]] == ["c", "a", "b"]
    assert [rule.id for rule in by_stage["sales", "won"]] == ["x"]


def test_a_removed_rule_is_gone_and_its_revision_stays(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_rule(a_rule("r1"), "ana", NOON)
    revision = tx.house().rules["r1"].revision
    tx.remove_rule("r1")
    assert tx.house().rules == {}
    assert tx.revision(revision).name == "r1"
    tx.put_rule(a_rule("r1"), "ana", NOON)
    assert tx.house().rules["r1"].revision > revision


def test_an_unknown_revision_is_an_error_in_words(ground: Ground) -> None:
    with pytest.raises(UnknownThing):
        ground.tx().revision(10**9)


@pytest.mark.parametrize(
    ("what", "thing"),
    [("users", "ana"), ("connections", "mail"), ("fields", "visit"), ("pipelines", "sales"), ("constants", "site")],
)
def test_what_is_archived_is_out_of_use_until_it_is_put_again(ground: Ground, what: str, thing: str) -> None:
    tx = ground.tx()
    tx.put_constant("site", "x")
    before = tx.house()
    tx.archive(what, [thing])
    assert thing not in getattr(tx.house(), what)
    tx.put_user(ANA)
    tx.put_connection(before.connections["mail"])
    tx.put_field(before.fields["visit"])
    tx.put_constant("site", "x")
    tx.upsert_pipeline(SALES)
    assert getattr(tx.house(), what) == getattr(before, what)
    assert list(getattr(tx.house(), what)) == list(getattr(before, what))


def test_archived_clients_are_found_by_id_only(ground: Ground) -> None:
    tx = ground.tx()
    tx.archive("contacts", ["maria"])
    tx.archive("companies", ["acme"])
    assert [contact.id for contact in tx.all_contacts()] == ["joao"]
    assert tx.all_companies() == []
    assert "maria" in tx.contacts(["maria"])
    assert tx.company("acme") is not None


def test_a_connection_is_paused_and_goes_on(ground: Ground) -> None:
    tx = ground.tx()
    tx.pause_connection("mail", "misconfigured")
    paused = tx.house()
    assert paused.connections["mail"].paused == "misconfigured"
    tx.pause_connection("mail", "misconfigured")
    assert tx.house() is paused
    tx.pause_connection("mail", None)
    assert tx.house().connections["mail"].paused is None


def test_the_clock_is_the_simulated_one_while_there_is_one(ground: Ground) -> None:
    tx = ground.tx()
    assert (tx.now(), tx.simulated_now()) == (NOON, None)
    tx.set_clock(Moment(7))
    assert (tx.now(), tx.simulated_now()) == (7, 7)
    tx.set_clock(None)
    assert (ground.tx().now(), ground.tx().simulated_now()) == (NOON, None)


def test_processes_with_memories_of_their_own_agree(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_rule(a_rule("r1"), "ana", NOON)
    other = Ground(ground.db, Memory()).tx()
    assert other.house() == ground.tx().house()
    assert other.house().pipelines["sales"] == Pipeline(id="sales", name="Sales", stages=SALES.stages)
