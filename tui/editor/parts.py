"""What every rule and every trigger has beside its kind's settings, as models of which the form is made likewise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import Field

from core.i18n import N_
from core.model.rule import Hours, Order, Rule, RunTime, Trigger, Unknown, When
from core.rules.base import Settings

Start = Literal["now", "entry", "previous", "after", "before", "at"]
_SPANNED: Final = ["entry", "previous", "after", "before"]
_DATED: Final = ["after", "before", "at"]
RULE: Final = "rule"
TRIGGER: Final = "trigger"


class NamePart(Settings):
    """What it is called."""

    name: str = Field(title=N_("Name"), description=N_("What it is called on the map, in the log and in histories."))


class RunParts(Settings):
    """When a rule runs."""

    start: Start = Field(
        default="now",
        title=N_("Runs"),
        description=N_("When it acts, counted from the moment in which the deal enters the stage."),
        json_schema_extra={
            "labels": {
                "now": N_("right away"),
                "entry": N_("some time after the deal enters"),
                "previous": N_("some time after the rule above"),
                "after": N_("some time after a date of the deal"),
                "before": N_("some time before a date of the deal"),
                "at": N_("at a clock time on a date of the deal"),
            }
        },
    )
    span: str = Field(
        default="",
        title=N_("How long"),
        description=N_("A whole number and its unit; minutes and hours are exact, days are days of the calendar."),
        json_schema_extra={"picker": "span", "only": {"start": [*_SPANNED]}},
    )
    of: str = Field(
        default="",
        title=N_("Date"),
        description=N_("A date of the deal; while it is empty the rule waits, when it changes the rule follows."),
        json_schema_extra={"picker": "dates", "only": {"start": [*_DATED]}},
    )
    clock: str = Field(
        default="",
        title=N_("Clock time"),
        description=N_("Like 12:00, in the company's zone."),
        json_schema_extra={"only": {"start": ["at"]}},
    )


class TimeParts(Settings):
    """When it runs, and in whose hours."""

    run: RunParts = Field(default=RunParts(), title=N_("Runs"))
    hours: Hours = Field(
        default=Hours.ANY,
        title=N_("Hours"),
        description=N_("Outside these hours it waits for their beginning; they hold for every attempt."),
        json_schema_extra={
            "labels": {
                "any": N_("at any hour"),
                "business": N_("only in business hours"),
                "responsible": N_("only in the responsible's hours"),
                "both": N_("only when both are at work"),
            }
        },
    )


class WhenPart(Settings):
    """Under which condition."""

    when: Any = Field(
        default=None,
        title=N_("Condition"),
        description=N_("It acts only where this holds, judged on the deal as it is then."),
        json_schema_extra={"picker": "condition"},
    )


class MoreOfRule(Settings):
    """What is seldom changed."""

    order: Order = Field(
        default=Order.PARALLEL,
        title=N_("Order"),
        description=N_("On its own, or only when all rules above it in the stage have ended."),
        json_schema_extra={
            "labels": {"parallel": N_("on its own"), "wait": N_("waits for the rules above it")},
        },
    )
    stop_on_error: bool = Field(
        default=False,
        title=N_("Stop on error"),
        description=N_("When it fails, the rules that wait for it do not run."),
    )
    once: bool = Field(
        default=False,
        title=N_("Once per deal"),
        description=N_("It does not act again when the deal comes back to the stage."),
    )
    late: str | None = Field(
        default=None,
        title=N_("Skip when late"),
        description=N_("Skipped when it is found later than this; left empty, it runs however late."),
        json_schema_extra={"picker": "span", "none": N_("never skipped")},
    )
    unknown: Unknown | None = Field(
        default=None,
        title=N_("When in doubt"),
        description=N_("What is done when nobody knows whether the message went out."),
        json_schema_extra={
            "labels": {"resend": N_("send it again"), "hold": N_("hold it, a person decides")},
            "none": N_("as is usual for the channel"),
        },
    )
    enabled: bool = Field(
        default=True,
        title=N_("Switched on"),
        description=N_("Switching it off cancels what waits of it."),
    )


class MoreOfTrigger(Settings):
    """How a trigger moves."""

    as_: str = Field(
        default="responsible",
        alias="as",
        title=N_("Moves the deal as"),
        description=N_("Who stands in the history as the one who has moved the deal."),
        json_schema_extra={"picker": "user", "labels": {"responsible": N_("the deal's responsible")}},
    )
    back: bool = Field(
        default=False,
        title=N_("May move back"),
        description=N_("Deals in later stages are moved back here too; otherwise only earlier ones come."),
    )
    enabled: bool = Field(
        default=True, title=N_("Switched on"), description=N_("While it is off nothing that happens moves deals here.")
    )


def of_rule(rule: Rule) -> dict[str, Any]:
    """Return a rule's own keys, apart from its settings, as the form's items have them."""
    return {
        "name": rule.name,
        **of_run(rule.run),
        "hours": rule.hours.value,
        "when": rule.when,
        "order": rule.order.value,
        "stop_on_error": rule.stop_on_error,
        "once": rule.once,
        "late": str(rule.late) if rule.late is not None else None,
        "unknown": rule.unknown.value if rule.unknown is not None else None,
        "enabled": rule.enabled,
    }


def of_trigger(trigger: Trigger) -> dict[str, Any]:
    """Return a trigger's likewise."""
    return {
        "name": trigger.name,
        "when": trigger.when,
        "as": trigger.as_user,
        "back": trigger.back,
        "enabled": trigger.enabled,
    }


def of_run(run: RunTime) -> dict[str, str]:
    """Return a run time as the form has it."""
    start = run.when.value
    if run.when is When.AFTER and run.of in (None, "previous"):
        start = "previous" if run.of else "entry"
    clock = run.clock.isoformat("seconds" if run.clock.second else "minutes") if run.clock else ""
    of = run.of if start in _DATED and run.of else ""
    return {"run.start": start, "run.span": str(run.span) if run.span else "", "run.of": of, "run.clock": clock}


def run_of(form: Mapping[str, str]) -> Any:
    """Return a run time as a board file has it, of what stands in the form."""
    start, span, of = form["run.start"], form["run.span"], form["run.of"]
    match start:
        case "now":
            return "now"
        case "entry":
            return {"after": span}
        case "previous":
            return {"after": span, "of": "previous"}
        case "at":
            return {"at": form["run.clock"], "of": of}
    return {start: span, "of": of}


def run_parts(start: str) -> tuple[str, ...]:
    """Return which parts of a run time a form of it needs."""
    needed = {"run.span": start in _SPANNED, "run.of": start in _DATED, "run.clock": start == "at"}
    return tuple(key for key, wanted in needed.items() if wanted)
