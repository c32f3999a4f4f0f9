"""What the board asks of the terminal's driver beyond what Textual's own does."""

from __future__ import annotations

from functools import cache

from textual.driver import Driver
from textual.events import MouseMove
from textual.message import Message

from tui.board.view import BoardView
from tui.leaving import HUNG_UP, look_away


@cache
def honest(base: type[Driver]) -> type[Driver]:
    """Return the driver class without its guess that a button let go unseen was let go on purpose.

    Textual makes up a release at the last place when the mouse moves without a button. While a card is carried that
    would drop it, and its messages would go out, where the hand has only left the window: the board puts it back.
    Nor does a terminal that is gone break the program: the board leaves.
    """

    class Honest(base):  # type: ignore[misc,valid-type]
        def process_message(self, message: Message) -> None:
            unheld = isinstance(message, MouseMove) and not message.button
            if unheld and isinstance(self._app.mouse_captured, BoardView):
                self._down_buttons.clear()
            super().process_message(message)

        def write(self, data: str) -> None:
            writer = self._writer_thread
            if writer is None or writer.is_alive():  # a dead one's queue fills up, and who waits for it waits for ever
                super().write(data)

        def _run_input_thread(self) -> None:
            try:
                self.run_input_thread()
            except OSError:  # the terminal is gone
                look_away()
                self._app.told_to_leave(HUNG_UP)

    return Honest
