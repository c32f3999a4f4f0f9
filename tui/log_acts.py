"""What the actions of the outbound log do. They act on the open message, else on the one under the log's cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from core import commands
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.log_filter import STATUS_NAMES
from core.ports import Job
from core.words import fill
from tui import log_files, writing
from tui import outbound_paint as paint
from tui.keys import keys_text
from tui.panels.ask import Ask
from tui.panels.message import MessagePanel
from tui.panels.picker import Choice, Picker

if TYPE_CHECKING:
    from tui.app import FunilApp
    from tui.outbound_rows import LogLine

FAILED: Final = "status:failed status:undelivered"


def chosen(app: FunilApp) -> LogLine | None:
    """Return the message that is meant: the open one, else the one under the log's cursor."""
    panel = next((screen for screen in reversed(app.screen_stack) if isinstance(screen, MessagePanel)), None)
    return panel.line if panel is not None else app.log_view.rows.current


# Why not ------------------------------------------------------------------------------------------------------------


def _none() -> str:
    return _("There is no message under the cursor.")


def _stands(line: LogLine) -> str:
    return fill(_("It is {status}."), {"status": _(STATUS_NAMES.get(line.row.status, line.row.status))})


def why_not_retry(line: LogLine | None) -> str | None:
    """Say why the message cannot be tried now; None when it can."""
    if line is None:
        return _none()
    if paint.placed(line.row):
        return paint.call_again()
    if line.row.status in ("held", "queued", "failed", "undelivered"):
        return None
    if line.row.status == "unknown":
        return _("It may have gone out: say first what became of it.")
    return _stands(line)


def why_not_cancel(line: LogLine | None) -> str | None:
    """Say why the message cannot be cancelled; None when it can."""
    if line is None:
        return _none()
    return None if line.row.status in ("held", "queued") else _stands(line)


def why_not_resolve(line: LogLine | None) -> str | None:
    """Say why nobody needs to say what became of the message; None when somebody must."""
    if line is not None and line.row.status == "unknown":
        return None
    return _("Only of a message whose outcome is unknown somebody must say what became of it.")


def why_not_browse(line: LogLine | None) -> str | None:
    """Say why there is nothing for a browser to show; None when there is."""
    if line is None:
        return _none()
    return None if line.row.message.data.get("html") else _("Only a mail has HTML to show.")


def why_not_files(line: LogLine | None) -> str | None:
    """Say that no file goes with the message; None when one does."""
    if line is None:
        return _none()
    return None if line.row.message.data.get("attachments") else _("No file goes with it.")


def why_not_export(app: FunilApp) -> str | None:
    """Say that there is nothing to write; None when there is."""
    return None if app.log_view.rows.lines else _("The log shows nothing to export.")


# The message --------------------------------------------------------------------------------------------------------


async def retry(app: FunilApp) -> None:
    """Have the message tried now."""
    await _on_line(app, commands.retry, _("The message to {to} is tried now."))


async def cancel(app: FunilApp) -> None:
    """Keep the message from going out."""
    await _on_line(app, commands.cancel, _("The message to {to} was cancelled."))


async def _on_line(app: FunilApp, command: Callable[[str, str | None], Job[Any]], told: str) -> None:
    line = chosen(app)
    if line is not None and await writing.written(app, command(line.row.id, app.desk.user)):
        app.say(fill(told, {"to": paint.recipient(line.row)}))


_FOLLOWS: Final = {
    "sent": N_("{id} counts as sent. Nothing goes out again."),
    "failed": N_("{id} counts as failed. It can be tried again now: {key}."),
}


async def resolve(app: FunilApp) -> None:
    """Ask what became of the message whose outcome nobody knows, and say what follows."""
    line = chosen(app)
    if line is None:
        return
    title = fill(_("What became of {id} to {to}?"), {"id": line.row.id, "to": paint.recipient(line.row)})
    choices = [
        Choice("sent", _("It went out"), _("the provider or the client has it; nothing is sent again")),
        Choice("failed", _("It did not go out"), _("its rule counts as failed; it can be tried again then")),
    ]
    answer = await app.push_screen_wait(Picker(title, choices))
    became: Literal["sent", "failed"] | None = "sent" if answer == "sent" else "failed" if answer == "failed" else None
    if became is not None and await writing.written(app, commands.resolve(line.row.id, became, app.desk.user)):
        again = keys_text(app.registry["log.retry"].keys[:1])
        app.say(fill(_(_FOLLOWS[became]), {"id": line.row.id, "key": again}))


async def browse(app: FunilApp) -> None:
    """Show the mail's HTML in the browser, from a file that only this user can read and that goes with the program."""
    line = chosen(app)
    if line is not None:
        message = line.row.message
        await show_page(app, str(message.data["html"]), message.subject or "")


async def show_page(app: FunilApp, html: str, title: str) -> None:
    """Show a mail's HTML in the browser."""
    await _shown(app, await asyncio.to_thread(log_files.page, html, title))


async def _shown(app: FunilApp, path: Path) -> None:
    if not await asyncio.to_thread(log_files.show, path):
        app.say(fill(_("No program of this machine can show it here. It lies in {path}"), {"path": str(path)}))


async def attachments(app: FunilApp) -> None:
    """Ask which file of the message is meant, and whether to open or to save it."""
    line = chosen(app)
    if line is None:
        return
    files = list(line.row.message.data.get("attachments") or ())
    choices = [Choice(str(n), str(each["name"]), log_files.size_words(each)) for n, each in enumerate(files)]
    place = await app.push_screen_wait(Picker(_("Attachments"), choices)) if len(files) > 1 else "0"
    if place is not None:
        await one_file(app, files[int(place)])


async def one_file(app: FunilApp, file: dict[str, Any]) -> None:
    """Ask whether a file shall be opened or saved, and do it."""
    title = f"{file['name']} · {log_files.size_words(file)}"
    answers = [
        Choice("save", _("Save as…"), _("into a folder of your choice")),
        Choice("open", _("Open"), _("a copy, with this machine's program"), why_not=log_files.why_not_open(file)),
    ]
    answer = await app.push_screen_wait(Picker(title, answers))
    if answer is not None:
        await _with_file(app, file, save=answer == "save")


async def _with_file(app: FunilApp, file: dict[str, Any], *, save: bool) -> None:
    content = await asyncio.to_thread(app.desk.store.read, lambda reader: reader.content(str(file["digest"])))
    if content is None:
        app.say(fill(_("The content of {name} is not kept here any more."), {"name": str(file["name"])}), trouble=True)
        return
    if not save:
        await _shown(app, await asyncio.to_thread(log_files.copy, str(file["name"]), content))
        return
    default = log_files.downloads() / log_files.name_of(file)
    path = await app.push_screen_wait(Ask(_("Save as"), str(default), log_files.why_not_write))
    if path is not None and await _kept(app, lambda: log_files.save(path, content)):
        app.say(fill(_("Saved: {path}"), {"path": path}))


async def _kept(app: FunilApp, write: Callable[[], object]) -> bool:
    try:
        await asyncio.to_thread(write)
    except OSError as error:
        app.say(fill(_("It could not be written: {why}"), {"why": error.strerror or str(error)}), trouble=True)
        return False
    return True


# The log ------------------------------------------------------------------------------------------------------------


def open_filter(app: FunilApp) -> None:
    """Let the person type what the log shows."""
    app.log_filter_line.open(app.finder.typed)


def show_failed(app: FunilApp) -> None:
    """Show what failed."""
    app.finder.set(FAILED)
    app.log_view.focus()


async def export(app: FunilApp) -> None:
    """Ask for a file and write into it what the filter shows, all of it, not only what is in view."""
    where = app.finder.where
    day = app.desk.moments().today.isoformat()
    default = log_files.downloads() / f"outbound-{day}.csv"
    path = await app.push_screen_wait(
        Ask(_("Export to a .csv or .json file"), str(default), log_files.why_not_export_to)
    )
    if path is None:
        return
    count = 0

    def write() -> None:
        nonlocal count
        count = log_files.export(app.desk.store, where, path)

    if await _kept(app, write):
        words = ngettext("{n} message written to {path}", "{n} messages written to {path}", count)
        app.say(fill(words, {"n": count, "path": path}))
