"""The rule that writes a note on the deal's history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from pydantic import Field

from core import context, templates
from core.effects import Comment, Effect
from core.i18n import N_
from core.model.house import House
from core.model.moment import Moment
from core.ports import Facts, Random
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.safe_text import wire_text
from core.words import Words


class CommentSettings(Settings):
    """What is noted."""

    text: str = Field(
        min_length=1,
        title=N_("Text"),
        description=N_("What stands in the deal's history; names like {{ deal.amount }} are filled in."),
        json_schema_extra={"template": "text"},
    )


class CommentRule(RuleKind[CommentSettings]):
    """Write a note that only the house sees."""

    id = "comment"
    name = N_("Add comment")
    about = N_("Writes a note on the deal's history; the client does not see it.")
    icon = "✍"
    Settings: ClassVar[type[CommentSettings]] = CommentSettings
    needs = frozenset({"contacts", "company", "responsible"})

    def plan(self, facts: Facts, settings: CommentSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the note. Raises ``CannotAct("template_error")``, for an empty one too."""
        text = wire_text(templates.render(settings.text, context.of(facts)))
        if not text.strip():
            raise CannotAct("template_error", Words(N_("the text has come out empty")))
        return (Comment(text=text),)

    def sentence(self, settings: CommentSettings) -> Words:
        """Say what is noted."""
        return Words(N_("note on the deal: “{text}”"), {"text": settings.text})

    def lint(self, settings: CommentSettings, house: House) -> Iterable[Finding]:
        """Find mistakes in the text."""
        yield from templates.check(settings.text, house, field="text")
