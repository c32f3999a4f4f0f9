"""The rule that puts a task on the deal for somebody of the house."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from pydantic import Field, field_validator

from core import context, templates
from core.effects import CreateTask, Effect
from core.errors import FunilError
from core.i18n import N_
from core.model.house import House
from core.model.moment import Moment
from core.naming import LONGEST_NAME
from core.ports import Facts, Random
from core.rules import dating, people
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.safe_text import header_text, wire_text
from core.words import Words

_TOO_LONG: Final = N_("the task's title has {length} characters; {most} is the most")


class TaskSettings(Settings):
    """What is to be done, by whom and until when."""

    title: str = Field(
        min_length=1,
        title=N_("Title"),
        description=N_("What is to be done, in a line; names like {{ deal.title }} are filled in."),
        json_schema_extra={"template": "text", "line": True},
    )
    text: str = Field(
        default="",
        title=N_("Text"),
        description=N_("What else there is to know; may stay empty."),
        json_schema_extra={"template": "text"},
    )
    assignee: str | None = Field(
        default=None,
        title=N_("Assignee"),
        description=N_("A user; the deal's responsible when left out."),
        json_schema_extra={"picker": "user", "none": N_("the deal's responsible")},
    )
    due: str | None = Field(
        default=None,
        title=N_("Deadline"),
        description=N_("How long from now, like 2d; or a date of the deal, like close_date - 1d. A day means its end."),
        json_schema_extra={"picker": "date", "none": N_("no deadline")},
    )

    @field_validator("assignee")
    @classmethod
    def _responsible_is_none(cls, value: str | None) -> str | None:
        return None if value in ("", people.RESPONSIBLE) else value

    @field_validator("due")
    @classmethod
    def _blank_is_none(cls, value: str | None) -> str | None:
        return value if value is not None and value.strip() else None


class TaskRule(RuleKind[TaskSettings]):
    """Give somebody of the house something to do."""

    id = "task"
    name = N_("Create task")
    about = N_("Puts a task on the deal; completing it can move the deal on.")
    icon = "☐"
    Settings: ClassVar[type[TaskSettings]] = TaskSettings
    needs = frozenset({"contacts", "company", "responsible"})

    def plan(self, facts: Facts, settings: TaskSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the task. Raises ``CannotAct``: ``template_error``, ``text_too_long``, ``not_allowed`` for an assignee
        who is gone, ``misconfigured`` for a deadline that is none. Without a responsible it is nobody's in particular.
        """
        names = context.of(facts)
        title = header_text(templates.render(settings.title, names))
        if not title:
            raise CannotAct("template_error", Words(N_("the title has come out empty")))
        if len(title) > LONGEST_NAME:
            raise CannotAct("text_too_long", Words(_TOO_LONG, {"length": len(title), "most": LONGEST_NAME}))
        assignee = settings.assignee or facts.deal.responsible
        if settings.assignee is not None:
            people.user(facts.house, settings.assignee)
        text = wire_text(templates.render(settings.text, names))
        return (CreateTask(title=title, text=text, assignee=assignee, due_at=_due(settings.due, facts)),)

    def sentence(self, settings: TaskSettings) -> Words:
        """Say whose task it is, and until when."""
        args = {"title": settings.title, "assignee": settings.assignee, "due": settings.due}
        if settings.assignee is None:
            pattern = N_("task for the responsible: “{title}”")
            return Words(N_("task for the responsible, due {due}: “{title}”") if settings.due else pattern, args)
        pattern = N_("task for {assignee}: “{title}”")
        return Words(N_("task for {assignee}, due {due}: “{title}”") if settings.due else pattern, args)

    def lint(self, settings: TaskSettings, house: House) -> Iterable[Finding]:
        """Find mistakes in the texts, an assignee who does not exist, a deadline that is none."""
        yield from templates.check(settings.title, house, field="title")
        yield from templates.check(settings.text, house, field="text")
        if settings.assignee is not None:
            yield from people.findings([settings.assignee], house, "assignee")
        if settings.due is not None:
            yield from dating.findings(settings.due, house, "due")


def _due(due: str | None, facts: Facts) -> Moment | None:
    if due is None:
        return None
    try:
        return dating.moment(due, facts)
    except FunilError as error:
        raise CannotAct("misconfigured", error.words) from None
