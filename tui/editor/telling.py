"""What the form says of the whole: its title, and in a sentence what the rule or trigger does."""

from __future__ import annotations

from core.i18n import gettext as _
from core.model.rule import Rule
from core.words import fill
from tui.actions import key_of
from tui.editor import preview as timing
from tui.editor.draft import Draft, Reading
from tui.editor.items import Item, Shape


def title(draft: Draft) -> str:
    """Say what is edited, and where it stands."""
    pipeline = draft.house.pipelines.get(draft.thing.pipeline)
    stage = draft.house.stage(draft.thing.pipeline, draft.thing.stage)
    where = f"{stage.name if stage else draft.thing.stage} · {pipeline.name if pipeline else draft.thing.pipeline}"
    pattern = _("{icon} New: {kind} – {where}") if draft.new else "{icon} {kind} – {where}"
    return fill(pattern, {"icon": draft.kind.icon, "kind": _(draft.kind.name), "where": where})


def preview(draft: Draft, reading: Reading) -> str:
    """Say when it runs, under which condition, and what it does; or that something is missing yet."""
    made = reading.judged.made
    does = draft.sentence(made) if made is not None and not reading.missing else ""
    if made is None or not does:
        return _("What it does stands here once nothing is missing or wrong.")
    args = {"does": does, "condition": draft.condition()}
    if isinstance(made, Rule):
        pattern = _("{when}: {does}.") if made.when is None else _("{when}, if {condition}: {does}.")
        said = fill(pattern, {**args, "when": timing.timing_words(made, draft.house)})
        return said[:1].upper() + said[1:]
    return fill(_("When {does}.") if made.when is None else _("When {does}, if {condition}."), args)


def help_words(item: Item | None) -> str:
    """Say what an item is for, and of a text in which names are filled in which keys help."""
    if item is None:
        return ""
    told = [_(item.help)] if item.help else []
    if item.template and item.shape is Shape.TEXT:
        keys = {"preview": key_of("text.next", "f5"), "field": key_of("text.field", "f9")}
        told.append(fill(_("{preview} shows it on a deal · {field} inserts a field"), keys))
    return "  ".join(told)
