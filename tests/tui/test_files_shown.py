"""Files on the screen: a deal's fields and a message's attachments are names, whatever stands in them."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.model.house import FieldType
from tests.core.sample_house import HOUSE
from tui.panels.deal_sheet import value_text
from tui.panels.values import Manner

MANNER = Manner(HOUSE, "BRL", ZoneInfo("UTC"), date(2026, 12, 1))
PDF = {"name": "Proposta.pdf", "digest": "a" * 64, "size": 3, "media_type": "application/pdf"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (PDF, "Proposta.pdf"),
        ([PDF, {**PDF, "name": "b [red].pdf"}], "Proposta.pdf, b [red].pdf"),
        (None, ""),
        ({}, "{}"),
    ],
)
def test_a_file_field_shows_names(value: Any, shown: str) -> None:
    assert value_text(MANNER, FieldType.FILE, value) == shown
