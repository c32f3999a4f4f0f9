"""Rules that make deals from deals, from outside: what goes along, what is said, and that circles stop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.proof.ground import Funil, board, mail, mover, rules


def copier(name: str, stage: str, settings: str = "{}", **more: str) -> str:
    """Return a rule that copies the deal."""
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    return f"{{id: {name}, stage: {stage}, kind: copy_deal, name: {name}{keys}, settings: {settings}}}"


AGAIN = '{title: "Again: {{ deal.title }}", stage: billing}'


def shown(funil: Funil, deal: str) -> dict[str, Any]:
    found: dict[str, Any] = funil.json("deal", "show", deal)
    return found


def others(funil: Funil) -> list[str]:
    """Return the ids of all deals but D1, oldest first."""
    deals = sorted(funil.json("deal", "list"), key=lambda deal: (deal["created_at"], len(deal["id"]), deal["id"]))
    return [deal["id"] for deal in deals if deal["id"] != "D1"]


def test_the_copy_has_what_the_deal_had_and_its_stage_acts(tmp_path: Path) -> None:
    (tmp_path / "offer.pdf").write_bytes(b"%PDF-offer")
    funil = Funil(tmp_path, board(rules(copier("copy", "delivery", AGAIN), mail("m", "billing")), grace="5s"))
    funil("deal", "set", "D1", "tracking=BR1", f"paper=@{tmp_path / 'offer.pdf'}", "close_date=2026-12-24")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert others(funil) == [], "nothing happens within the grace"
    funil.until("2026-12-01T12:01Z")
    (made,) = others(funil)
    old, new = shown(funil, "D1"), shown(funil, made)
    same = ("amount", "currency", "responsible", "contacts", "company", "fields", "pipeline")
    assert {name: new[name] for name in same} == {name: old[name] for name in same}
    assert (new["title"], new["stage"], new["close_date"], new["flags"]) == ("Again: Order 1001", "billing", None, [])
    assert new["created_at"] == "2026-12-01T12:00:05Z"
    assert [(row["rule"], row["status"]) for row in funil.log(made)] == [("m", "sent")], "and without another grace"
    told = funil.json("timeline", "D1")[0]
    assert (told["kind"], told["text"]) == ("run", f"rule “copy”: made deal {made}: “Again: Order 1001”, in Billing")
    assert told["data"]["deals"] == [made]
    born = funil.json("timeline", made)[-1]
    assert (born["kind"], born["text"]) == ("created", "copied from deal D1 by rule “copy”, into Billing")
    assert born["data"]["copied_from"] == "D1"
    assert funil.runs()["copy"]["detail"] == f"made deal {made}: “Again: Order 1001”, in Billing"


def test_undoing_the_move_says_that_the_copy_stays(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(copier("copy", "delivery", AGAIN))))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    (made,) = others(funil)
    said = f"what rule “copy” did stays: made deal {made}: “Again: Order 1001”, in Billing"
    assert funil.json("deal", "undo", "D1")["stays"] == [said]
    assert shown(funil, made)["stage"] == "billing"
    funil.idle()
    assert others(funil) == [made]


def test_trying_says_what_would_be_made(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(copier("copy", "delivery", AGAIN))))
    tried = funil.json("try", "copy", "--deal", "D1")
    assert (tried["would"], tried["to"], tried["subject"]) == ("done", "sales/billing", "Again: Order 1001")
    assert others(funil) == []


@pytest.mark.parametrize(
    ("lines", "copies"),
    [
        ([copier("self", "delivery", "{stage: delivery}")], 1),
        ([copier("self", "delivery", "{stage: delivery}", run="{after: 1h}")], 1),
        ([copier("two", "delivery", "{stage: delivery}"), copier("three", "delivery", "{stage: delivery}")], 3),
        ([copier("there", "delivery", "{stage: billing}"), copier("back", "billing", "{stage: delivery}")], 2),
        (
            [
                copier("there", "delivery", "{stage: billing}", run="{after: 1h}"),
                copier("back", "billing", "{stage: delivery}", run="{after: 1h}"),
            ],
            2,
        ),
        ([copier("copy", "delivery"), mover("on", "new", "delivery", run="{after: 1d}")], 1),
        ([copier("copy", "delivery"), mover("on", "delivery", "won")], 1),
    ],
    ids=["itself", "itself, slowly", "two", "a circle", "a slow circle", "through a slow move", "no circle"],
)
def test_copies_never_copy_themselves_for_ever(lines: list[str], copies: int, tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(*lines)))
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-04T12:00Z")
    assert len(others(funil)) == copies


def test_a_circle_is_stopped_told_and_linted(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(copier("self", "delivery", "{stage: delivery}"))))
    (found,) = funil.json("lint")
    assert (found["place"], found["error"]) == ("rule self", False)
    assert "copy a deal in a circle: delivery (self) → delivery" in found["problem"]
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    (made,) = others(funil)
    assert funil.states(made) == {"self": "failed loop_guard"}
    assert shown(funil, made)["flags"] == ["loop"]
    assert shown(funil, "D1")["flags"] == []
    (said,) = (line for line in funil.json("timeline", made) if line["kind"] == "loop_guard")
    assert "rule “self” would copy the deal to “delivery” a second time in one chain" in said["text"]


def test_whoever_moves_a_copy_lets_it_be_copied_again(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(copier("copy", "delivery"))))
    newest = "D1"
    for count in (1, 2, 3):
        funil("deal", "move", newest, "delivery")
        funil.idle()
        newest = others(funil)[-1]
        assert len(others(funil)) == count


@pytest.mark.parametrize("back", ["true", "false"])
def test_so_does_the_world_outside(back: str, tmp_path: Path) -> None:
    hook = f"""    triggers:
      - {{id: t, stage: delivery, kind: webhook, name: t, back: {back}, settings: {{code: a}}}}
"""
    funil = Funil(tmp_path, board(rules(copier("copy", "delivery")), more=hook))
    newest = "D1"
    for count in (1, 2):
        funil("event", "webhook", "--deal", newest, "code=a")
        funil.idle()
        newest = others(funil)[-1]
        assert len(others(funil)) == count


def test_another_pipeline(tmp_path: Path) -> None:
    service = """  - id: service
    name: Service
    stages: [{id: intake, name: Intake}, {id: done, name: Done, kind: success}, {id: off, name: Off, kind: failure}]
    rules: [{id: note, stage: intake, kind: comment, name: note, settings: {text: "{{ pipeline }}"}}]
"""
    funil = Funil(tmp_path, board(rules(copier("copy", "won", "{pipeline: service}")), more=service))
    funil("deal", "move", "D1", "won")
    funil.idle()
    (made,) = others(funil)
    assert (shown(funil, made)["pipeline"], shown(funil, made)["stage"]) == ("service", "intake")
    assert funil.states(made) == {"note": "done"}
    exported = funil("export")
    assert "kind: copy_deal" in exported
    funil.apply(exported)
    assert funil("export") == exported
