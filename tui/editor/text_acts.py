"""What the keys of those who write texts do: each acts on the text that has the focus."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.i18n import gettext as _
from core.safe_text import safe_text
from core.words import fill
from tui.editor.asking import FieldPicker
from tui.editor.template_area import TemplateArea
from tui.editor.text import TextEditor
from tui.editor.writing import TemplateField
from tui.panels.picker import Choice

if TYPE_CHECKING:
    from tui.app import FunilApp


def area(app: FunilApp) -> TemplateArea | None:
    """Return the text that is being written."""
    return app.focused if isinstance(app.focused, TemplateArea) else None


def editor(app: FunilApp) -> TextEditor | None:
    """Return the text with the preview of it, where it is shown."""
    found = area(app)
    return next((each for each in found.ancestors if isinstance(each, TextEditor)), None) if found else None


def why_not(app: FunilApp) -> str | None:
    """Say that no text is being written."""
    return None if area(app) is not None else _("No text is being written.")


def why_not_preview(app: FunilApp) -> str | None:
    """Say that no preview is shown."""
    return why_not(app) or (None if editor(app) is not None else _("The text is not shown on a deal here."))


def why_not_other(app: FunilApp) -> str | None:
    """Say that there is no other deal. A text in a form is shown on one over it first."""
    found = editor(app)
    if isinstance(area(app), TemplateField):
        return None
    if found is None:
        return why_not_preview(app)
    return None if len(found.samples.deals) > 1 else _("There is no other deal to show it on.")


def why_not_browse(app: FunilApp) -> str | None:
    """Say that there is nothing for a browser to show."""
    said = why_not_preview(app)
    found = editor(app)
    if said is not None or found is None:
        return said
    return None if found.shown.html is not None else _("Only a mail has HTML to show.")


def why_not_convert(app: FunilApp) -> str | None:
    """Say that nothing is to be converted."""
    found = area(app)
    return found.why_not_convert() if found is not None else why_not(app)


async def next_deal(app: FunilApp) -> None:
    """Show the text on the next deal."""
    await _other(app, 1)


async def previous_deal(app: FunilApp) -> None:
    """Show the text on the deal before."""
    await _other(app, -1)


async def _other(app: FunilApp, step: int) -> None:
    found, own = editor(app), area(app)
    if found is not None:
        await found.go(step)
    elif isinstance(own, TemplateField):
        await own.show_over(app)


async def browse(app: FunilApp) -> None:
    """Show the mail in the browser as it would go out, from a file that goes with the program."""
    from tui import log_files

    found = editor(app)
    if found is None or found.shown.html is None:
        return
    path = await asyncio.to_thread(log_files.page, found.shown.html, found.bar.words)
    if not await asyncio.to_thread(log_files.show, path):
        app.say(fill(_("No program of this machine can show it here. It lies in {path}"), {"path": str(path)}))


def convert(app: FunilApp) -> None:
    """Write placeholders of Bitrix24 in our form."""
    found = area(app)
    if found is not None:
        found.convert()


async def pick_field(app: FunilApp) -> None:
    """Let a field be chosen, and write its name."""
    found = area(app)
    if found is None:
        return
    choices = [Choice(each.text, safe_text(each.label) or each.text, each.text) for each in found.known]
    chosen = await app.push_screen_wait(FieldPicker(_("Which field?"), choices))
    if chosen is not None:
        found.write_name(chosen)
