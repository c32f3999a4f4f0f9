"""What a person may ask for. Each function returns a job to hand to the Store, which runs it in one transaction.

The modules are loaded when one of their names is asked for: who only looks something up loads no engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.commands.attending import attend, unattend
    from core.commands.calls import NewCall, Placed, place_call
    from core.commands.chat_acts import Talked, accept_chat, answer_chat, close_chat
    from core.commands.chats import chat_accepted, chat_answered, chat_closed, chat_message
    from core.commands.clients import NewClient, add_client, remove_clients, restore_clients, set_client
    from core.commands.clocks import advance_clock, pass_time, set_clock, step_clock
    from core.commands.connections import BY_HAND, set_paused
    from core.commands.deals import NewDeal, add_deal, set_fields
    from core.commands.files import Stored, add_file, remove_file
    from core.commands.incoming import (
        call_came,
        call_made,
        email_received,
        email_sent,
        form_submitted,
        mail_hit,
        webhook_called,
    )
    from core.commands.mails import NewMail, Written, misfits, preview, write_mail
    from core.commands.moves import Moved, move
    from core.commands.outbox import Acted, cancel, resolve, retry
    from core.commands.overdue import skip_overdue
    from core.commands.payments import Payment, mark_paid, payment_made
    from core.commands.recording import Recorded, Report
    from core.commands.records import Removed, Restored, note, remove_deals, restore_deals
    from core.commands.reversals import Redone, Undone, redo, undo
    from core.commands.rules import Reach, Switched, To, apply_rule, cancel_left, reach, switch_rule
    from core.commands.runs import Stopped, run_now, stop_deal, stop_run
    from core.commands.tasks import NewTask, add_task, complete_task, reopen_task, task_done

__all__ = [
    "BY_HAND",
    "Acted",
    "Moved",
    "NewCall",
    "NewClient",
    "NewDeal",
    "NewMail",
    "NewTask",
    "Payment",
    "Placed",
    "Reach",
    "Recorded",
    "Redone",
    "Removed",
    "Report",
    "Restored",
    "Stopped",
    "Stored",
    "Switched",
    "Talked",
    "To",
    "Undone",
    "Written",
    "accept_chat",
    "add_client",
    "add_deal",
    "add_file",
    "add_task",
    "advance_clock",
    "answer_chat",
    "apply_rule",
    "attend",
    "call_came",
    "call_made",
    "cancel",
    "cancel_left",
    "chat_accepted",
    "chat_answered",
    "chat_closed",
    "chat_message",
    "close_chat",
    "complete_task",
    "email_received",
    "email_sent",
    "form_submitted",
    "mail_hit",
    "mark_paid",
    "misfits",
    "move",
    "note",
    "pass_time",
    "payment_made",
    "place_call",
    "preview",
    "reach",
    "redo",
    "remove_clients",
    "remove_deals",
    "remove_file",
    "reopen_task",
    "resolve",
    "restore_clients",
    "restore_deals",
    "retry",
    "run_now",
    "set_client",
    "set_clock",
    "set_fields",
    "set_paused",
    "skip_overdue",
    "step_clock",
    "stop_deal",
    "stop_run",
    "switch_rule",
    "task_done",
    "unattend",
    "undo",
    "webhook_called",
    "write_mail",
]

_MODULES = {
    "attending": ("attend", "unattend"),
    "clients": ("NewClient", "add_client", "remove_clients", "restore_clients", "set_client"),
    "calls": ("NewCall", "Placed", "place_call"),
    "chat_acts": ("Talked", "accept_chat", "answer_chat", "close_chat"),
    "chats": ("chat_accepted", "chat_answered", "chat_closed", "chat_message"),
    "clocks": ("advance_clock", "pass_time", "set_clock", "step_clock"),
    "connections": ("BY_HAND", "set_paused"),
    "deals": ("NewDeal", "add_deal", "set_fields"),
    "files": ("Stored", "add_file", "remove_file"),
    "incoming": (
        "call_came",
        "call_made",
        "email_received",
        "email_sent",
        "form_submitted",
        "mail_hit",
        "webhook_called",
    ),
    "mails": ("NewMail", "Written", "misfits", "preview", "write_mail"),
    "moves": ("Moved", "move"),
    "outbox": ("Acted", "cancel", "resolve", "retry"),
    "overdue": ("skip_overdue",),
    "payments": ("Payment", "mark_paid", "payment_made"),
    "recording": ("Recorded", "Report"),
    "records": ("Removed", "Restored", "note", "remove_deals", "restore_deals"),
    "reversals": ("Redone", "Undone", "redo", "undo"),
    "rules": ("Reach", "Switched", "To", "apply_rule", "cancel_left", "reach", "switch_rule"),
    "runs": ("Stopped", "run_now", "stop_deal", "stop_run"),
    "tasks": ("NewTask", "add_task", "complete_task", "reopen_task", "task_done"),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"core.commands.{module}"), name)
    raise AttributeError(name)
