"""Every table in one place: importing this module is all that a migration or a test needs.

It loads PostgreSQL's dialect as well, which who only reads and writes SQLite does without.
"""

from __future__ import annotations

from data.columns import Table
from data.tables_deals import (
    AddressRow,
    CompanyRow,
    ContactRow,
    DealContactRow,
    DealRow,
    FileRow,
    NotificationRow,
    StageTotalRow,
    TaskRow,
    TimelineRecord,
)
from data.tables_files import ContentRow, StoredFileRow
from data.tables_hits import JudgementRow
from data.tables_house import (
    CompanySettingsRow,
    ConnectionRow,
    ConstantRow,
    FieldRow,
    MetaRow,
    PipelineRow,
    RuleRevisionRow,
    RuleRow,
    StageRow,
    TriggerRow,
    TurnRow,
    UserRow,
)
from data.tables_inbox import AttentionRow
from data.tables_talk import ChatMessageRow, ChatRow, EventRow, HappeningRow, InviteRow
from data.tables_work import (
    AttemptRow,
    ChangeRow,
    ChargeRow,
    DeliveryRow,
    EntryRow,
    LineRow,
    ReceiptRow,
    RunRow,
    TimerRow,
)

metadata = Table.metadata

for _table in metadata.tables.values():
    for _index in _table.indexes:
        _index.dialect_options["postgresql"]["where"] = _index.dialect_options["sqlite"]["where"]

__all__ = [
    "AddressRow",
    "AttemptRow",
    "AttentionRow",
    "ChangeRow",
    "ChargeRow",
    "ChatMessageRow",
    "ChatRow",
    "CompanyRow",
    "CompanySettingsRow",
    "ConnectionRow",
    "ConstantRow",
    "ContactRow",
    "ContentRow",
    "DealContactRow",
    "DealRow",
    "DeliveryRow",
    "EntryRow",
    "EventRow",
    "FieldRow",
    "FileRow",
    "HappeningRow",
    "InviteRow",
    "JudgementRow",
    "LineRow",
    "MetaRow",
    "NotificationRow",
    "PipelineRow",
    "ReceiptRow",
    "RuleRevisionRow",
    "RuleRow",
    "RunRow",
    "StageRow",
    "StageTotalRow",
    "StoredFileRow",
    "TaskRow",
    "TimelineRecord",
    "TimerRow",
    "TriggerRow",
    "TurnRow",
    "UserRow",
    "metadata",
]
