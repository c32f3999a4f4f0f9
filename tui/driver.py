"""What the board asks of the terminal's driver beyond what Textual's own does."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

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

    return _browser(Honest) if hasattr(base, "write_meta") else _terminal(Honest)


def _terminal(base: type[Any]) -> type[Driver]:
    """Return the driver of a terminal, which may be closed."""

    class Terminal(base):  # type: ignore[misc]
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

    return Terminal


def _browser(base: type[Any]) -> type[Driver]:
    """Return the driver of a browser's tab, which may be closed, and whose server may end: the board leaves properly,
    with nothing cut short that is on the wire."""

    class Browser(base):  # type: ignore[misc]
        _write: Callable[[bytes], object]

        def start_application_mode(self) -> None:
            pipe = self._write

            def write(data: bytes) -> None:
                try:
                    pipe(data)
                except OSError:  # the server is gone, and with it whoever looked
                    self._gone()

            self._write = write
            super().start_application_mode()
            self._app.listen_to_signals()

        def on_meta(self, packet_type: str, payload: dict[str, Any]) -> None:
            if packet_type == "quit":
                self._app.told_to_leave(0)
            else:
                super().on_meta(packet_type, payload)

        def run_input_thread(self) -> None:
            super().run_input_thread()
            self._gone()

        def _gone(self) -> None:
            if not self.exit_event.is_set():
                self.exit_event.set()
                self._app.told_to_leave(HUNG_UP)

    return Browser
