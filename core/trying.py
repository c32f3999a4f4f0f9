"""The dry run: what a rule would do on a deal now. Calls the engine's own planners; sends and stores nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from core import conditions, html_text
from core.commands import lookup
from core.effects import (
    Assign,
    ChatNote,
    Comment,
    CreateDeal,
    CreateTask,
    Deliver,
    Effect,
    MakeDocument,
    Move,
    Notify,
    SetField,
    StoreFile,
)
from core.engine.judging import act, why_not
from core.engine.knowing import facts_for
from core.i18n import N_
from core.model.deal import Deal
from core.model.delivery import Channel
from core.model.rule import Rule
from core.ports import Facts, Random, Reader
from core.words import Words


def try_rule(
    reader: Reader, rule_id: str, deal_id: str, say: Callable[[Words], str] = Words.english
) -> Mapping[str, Any]:
    """Return condition with values, recipient, connection and rendered text. Raises ``UnknownThing``.

    ``say`` puts the reason's sentence into a language: JSON is English.
    """
    rule = lookup.rule(reader.house(), rule_id)
    deal = lookup.deal(reader, deal_id)
    ran_before = rule.once and reader.ran_once(deal_id, rule_id)
    return attempt(rule, facts_for(reader, rule, deal, reader.now()), ran_before=ran_before, say=say)


def attempt(
    rule: Rule, facts: Facts, *, ran_before: bool, say: Callable[[Words], str] = Words.english
) -> Mapping[str, Any]:
    """Judge a rule on facts, apart from its moment, in the shape that the command line prints."""
    verdict = conditions.judge(rule.when, facts)
    shown: dict[str, Any] = {
        "rule": rule.id,
        "deal": facts.deal.id,
        "would": "done",
        "reason": None,
        "detail": None,
        "condition": json.loads(verdict.dump()) if rule.when is not None else None,
        "recipient": None,
        "to": None,
        "connection": None,
        "subject": None,
        "text": None,
        "attachments": [],
        "effects": [],
    }
    if not rule.enabled:
        return _not(shown, "skipped", "disabled", say(Words(N_("the rule is switched off"))))
    if ran_before:
        acted = Words(N_("it has acted on this deal before and acts once per deal"))
        return _not(shown, "skipped", "once_only", say(acted))
    if not verdict.holds:
        return _not(shown, "skipped", "condition_false", say(why_not(verdict)))
    judgement = act(rule, facts, Random(0))
    if judgement.reason:
        return _not(shown, "failed", judgement.reason, say(judgement.detail))
    for effect in judgement.effects:
        shown["effects"].append(type(effect).__name__)
        if isinstance(effect, Deliver):
            shown |= {
                "detail": say(effect.why) or None,
                "recipient": effect.message.data.get("recipient"),
                "to": effect.message.to,
                "connection": effect.connection,
                "subject": effect.message.subject,
                "text": effect.message.text,
                "attachments": list(effect.message.data.get("attachments") or ()),
            }
            if effect.message.channel is Channel.TELEPHONY:
                shown |= {"play": effect.message.data.get("play"), "voice": effect.message.data.get("voice")}
        elif isinstance(effect, ChatNote):
            shown |= {"to": effect.address, "text": effect.text, "attachments": list(effect.attachments)}
            shown["detail"] = say(Words(N_("only the employees see it in the chat")))
        else:
            shown |= _in_house(effect, facts.deal)
    return shown


def _in_house(effect: Effect, deal: Deal) -> Mapping[str, Any]:
    """Return whom and what an effect that stays in the house concerns; of a field its path and the value."""
    match effect:
        case Comment():
            return {"text": effect.text}
        case CreateTask():
            return {"to": effect.assignee, "subject": effect.title, "text": effect.text}
        case SetField():
            return {"subject": effect.field, "text": _value(effect.value)}
        case Assign() | Notify():
            return {"to": effect.user, "text": effect.text if isinstance(effect, Notify) else None}
        case CreateDeal() | Move():
            title = effect.title if isinstance(effect, CreateDeal) else None
            return {"to": f"{effect.pipeline or deal.pipeline}/{effect.stage}", "subject": title}
        case MakeDocument():
            return {"to": effect.field, "subject": effect.name, "text": html_text.to_text(effect.html)}
        case StoreFile():
            return {"subject": effect.name}
    return {}


def _value(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _not(shown: dict[str, Any], would: str, reason: str, detail: str) -> Mapping[str, Any]:
    return shown | {"would": would, "reason": reason, "detail": detail or None}
