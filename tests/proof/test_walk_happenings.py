"""What simulated peers do after a message has gone out, seen from outside: later, and once, whatever happens."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest

from core.engine import happening
from core.engine.loop import Engine
from core.model.event import Event
from tests.proof.ground import Funil, board, mail, rules, sms

SAME_DAY = "2026-12-01T20:00:00Z"
WEEK = "2026-12-08T12:00:00Z"


def entered(tmp_path: Path, *lines: str, client: str = "maria", persona: str = "") -> Funil:
    text = board(rules(*lines)).replace("maria@cliente", f"{client}@cliente")
    if persona:
        text = text.replace("adapter: simulated}", f"adapter: simulated, settings: {{persona: {persona}, seed: 4}}}}")
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    return funil


def events(funil: Funil) -> list[Event]:
    with funil.house().opened(funil.house().place(funil.url)) as store:
        return list(store.read(lambda reader: reader.events_of()))


def test_a_silent_peer_delivers_later(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail(), sms())
    assert [row["status"] for row in funil.log()] == ["sent", "sent"]
    funil.until(SAME_DAY)
    assert [(row["status"], row["delivered_at"] > row["sent_at"]) for row in funil.log()] == [("delivered", True)] * 2
    assert funil.states() == {"mail": "done", "sms": "done"}
    assert events(funil) == []


def test_what_comes_back_does_not_reopen_the_run(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail(), sms(order="wait"), client="bounce")
    funil.until(SAME_DAY)
    assert [(row["status"], row["reason"]) for row in funil.log()] == [("undelivered", "bounced"), ("delivered", None)]
    assert funil.states() == {"mail": "done", "sms": "done"}


def test_an_automatic_answer_is_an_event(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail(), client="ooto")
    assert events(funil) == []
    funil.until(SAME_DAY)
    (event,) = events(funil)
    assert (event.kind, event.source, event.deal, event.delivery) == ("email_received", "mail", "D1", 1)
    assert event.data["auto_submitted"] == "auto-replied"
    assert event.handled_at is not None


@pytest.mark.parametrize("how", ["once", "until-idle"])
def test_a_pass_does_what_is_due_by_then(tmp_path: Path, how: str) -> None:
    funil = entered(tmp_path, mail())
    funil("clock", "advance", "1h")
    assert funil.log()[0]["status"] == "sent"
    assert funil.json("run", f"--{how}")["happened"] == 1
    assert funil.log()[0]["status"] == "delivered"


def test_a_serving_engine_does_it_too(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail())
    funil("clock", "advance", "1h")
    house = funil.house()

    async def serve() -> None:
        with house.opened(house.place(funil.url)) as store:
            stop = asyncio.Event()
            engine = Engine(store, house.adapters, Random(0), "e")
            serving = asyncio.create_task(engine.serve(stop))
            while store.read(lambda reader: reader.next_happening()) is not None:
                await asyncio.sleep(0)
            stop.set()
            await serving
            assert engine.happened == 1

    asyncio.run(serve())
    assert funil.log()[0]["status"] == "delivered"


class Killed(BaseException):
    """The process dies here."""


def test_an_engine_that_dies_in_between_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [mail(), sms()]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    undisturbed, killed = (entered(tmp_path / name, *lines, persona="eager") for name in "ab")
    undisturbed.until(WEEK)
    good, dies = happening._happen, [True]

    def bad(*args: object) -> None:
        good(*args)  # type: ignore[arg-type]
        if dies and dies.pop():
            raise Killed

    monkeypatch.setattr(happening, "_happen", bad)
    for survived in range(1, 20):
        try:
            killed.until(WEEK)
            break
        except Killed:
            dies[:] = [True, *[False] * survived]
    else:
        pytest.fail("it never got there")
    assert [(e.kind, e.outside_id, e.at, e.data) for e in events(killed)] == [
        (e.kind, e.outside_id, e.at, {**e.data, **reply(killed, e)}) for e in events(undisturbed)
    ]
    assert [row["status"] for row in killed.log()] == [row["status"] for row in undisturbed.log()]


def reply(funil: Funil, event: Event) -> dict[str, str]:
    """Return what an answer names, which differs from house to house."""
    if "in_reply_to" not in event.data:
        return {}
    return {"in_reply_to": f"<{funil.log()[0]['key']}@loja.example>"}
