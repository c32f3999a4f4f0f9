"""What the client of a deal has in hand to play with, as the outside has left it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from adapters.clock import RealClock
from core import in_hand
from data import opening
from tests.proof.ground import Funil, board, rules

TG = "connections:\n  - {id: tg, channel: open_channel, adapter: simulated_telegram, settings: {bot: loja_bot}}\n"
INVITE = (
    "{id: come, stage: delivery, kind: invite, name: Come, "
    'settings: {text: "Oi {{ invite_link }}", provider: sms1, channel: tg}}'
)


def hand(funil: Funil) -> in_hand.Hand:
    with closing(opening.open_store(funil.url, clock=RealClock())) as store:
        found = store.read(lambda reader: in_hand.of(reader, "D1"))
    assert found is not None
    return found


def test_an_invitation_that_was_followed_is_offered_no_more(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(INVITE)).replace("connections:\n", TG))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    (offered,) = hand(funil).invitations
    funil("event", "chat_message", "channel=tg", "chat=c", "from=tg:1", f"text=/start {offered.token}")
    assert hand(funil).invitations == []
