"""Lines of the outbound log for tests of how it looks and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from core.model.delivery import Channel, Delivery, DeliveryStatus, Message
from core.model.moment import MINUTE, Moment
from core.model.rule import Unknown
from core.outbound import Row
from core.plan import Plan
from core.words import NO_WORDS, Words
from tests.tui.app_world import START, World, app_of
from tui.outbound_rows import LogLine

HOSTILE = "a\x1b]52;c;aGk=\x07b [@click=app.quit]x[/] \u202eevil"
MAIL = Message(
    channel=Channel.EMAIL,
    to="maria@cliente.example",
    subject="Your order 1001 is on its way",
    text="Hello Maria,\n\nyour order is on its way.",
    data={
        "html": '<p onclick="x()">Hello <b>Maria</b></p><script>alert(1)</script><img src="https://spy.example/p.gif">',
        "to_name": "Maria Lima",
        "from": "ana@loja.example",
        "from_name": "Ana Souza",
    },
)
SMS = Message(channel=Channel.SMS, to="+5511987650001", text="On its way", data={"encoding": "GSM-7", "segments": 1})

FAILED: Final = {"status": DeliveryStatus.FAILED, "sent_at": None, "reason": "bad_number", "message": SMS}


def written(world: World, deal: str, *more: dict[str, Any]) -> Sequence[int]:
    """Write messages straight into the outbox, one for each set of fields, and return their numbers."""
    base = Delivery(
        id=0,
        deal=deal,
        rule="tracking-mail",
        run=None,
        entry=None,
        connection="mail",
        message=MAIL,
        status=DeliveryStatus.SENT,
        unknown=Unknown.RESEND,
        at=START,
        moment=START,
        sent_at=START,
        attempts=1,
        why=Words("Maria Lima, the first address"),
    )
    rows = [replace(base, **each) for each in more]
    made: Sequence[int] = world.write(lambda tx: tx.apply(Plan(deliveries=rows)).deliveries)
    return made


def a_row(number: int, status: str, message: Message = MAIL, ago: int = 1, **more: Any) -> LogLine:
    """Return a line as it was read from the log, so many minutes old."""
    sent = more.pop("delivery", None)
    row = Row(
        id=f"M{number}",
        deal="D1001",
        rule="tracking-mail",
        connection="mail",
        message=message,
        status=status,
        at=Moment(START - ago * MINUTE),
        **{"due_at": None, "detail": NO_WORDS, **more},
    )
    return LogLine(replace(row, delivery=sent), "Order 1001")


def motley() -> list[LogLine]:
    """Return a line of every status, among them what a hostile client wrote."""
    evil = Message(channel=Channel.OPEN_CHANNEL, to=HOSTILE, text=HOSTILE)
    call = Message(channel=Channel.TELEPHONY, to="+551155550009", text="Good day")
    hook = Message(channel=Channel.WEBHOOK, to="https://loja.example/hook", text="{}")
    lines = [
        a_row(9, "held", SMS, 0, due_at=Moment(START + 4_000)),
        a_row(8, "queued", call, 1, due_at=Moment(START + 10 * MINUTE), detail=Words("busy"), attempts=1),
        a_row(7, "sending", SMS, 2),
        a_row(6, "sent", MAIL, 3),
        a_row(5, "delivered", evil, 4),
        a_row(4, "undelivered", SMS, 5, reason="bounced", detail=Words("the mailbox is full")),
        a_row(3, "failed", MAIL, 60, reason="bad_address"),
        a_row(2, "unknown", hook, 60 * 24, reason="timeout"),
        a_row(1, "cancelled", MAIL, 60 * 48, reason="left_stage"),
    ]
    return [replace(line, title=HOSTILE if n == 4 else line.title) for n, line in enumerate(lines)]


def cropped(pilot: Pilot[None], widget: Widget) -> list[Strip]:
    """Return what the screen shows of a widget."""
    region = widget.region
    lines = pilot.app.screen._compositor.render_strips(pilot.app.size)
    return [line.crop(region.x, region.right) for line in lines[region.y : region.bottom]]


async def in_the_log(pilot: Pilot[None]) -> None:
    """Go to the log."""
    app_of(pilot).log_view.focus()
    await pilot.pause()
