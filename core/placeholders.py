"""Bitrix24's placeholders in our form: what people paste from there is offered as ours, never changed silently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from core.safe_text import fold

_CODE: Final = re.compile(r"\{=\s*([A-Za-z]+)\s*:\s*([A-Za-z0-9_.]+)\s*(?:>\s*([a-z, ]+?)\s*)?\}")
_LABEL: Final = re.compile(r"\{\{\s*([^{}|%#\n]{2,60}?)\s*(?:>\s*[a-z, ]+?\s*)?\}\}")

_DOCUMENT: Final = {
    "ID": "deal.id",
    "TITLE": "deal.title",
    "OPPORTUNITY": "deal.amount",
    "OPPORTUNITY_ACCOUNT": "deal.amount",
    "CURRENCY_ID": "deal.currency",
    "CATEGORY_ID": "pipeline.id",
    "CATEGORY_ID_PRINTABLE": "pipeline.name",
    "STAGE_ID": "stage.id",
    "STAGE_ID_PRINTABLE": "stage.name",
    "ASSIGNED_BY_ID": "responsible.id",
    "ASSIGNED_BY_PRINTABLE": "responsible.name",
    "ASSIGNED_BY_NAME": "responsible.first_name",
    "ASSIGNED_BY_EMAIL": "responsible.email",
    "ASSIGNED_BY_WORK_PHONE": "responsible.phone",
    "ASSIGNED_BY_PERSONAL_MOBILE": "responsible.phone",
    "BEGINDATE": "deal.begin_date | date",
    "CLOSEDATE": "deal.close_date | date",
    "DATE_CREATE": "deal.created_at | datetime",
    "CONTACT_ID": "contact.id",
    "CONTACT_ID_PRINTABLE": "contact.name",
    "CONTACT.ID": "contact.id",
    "CONTACT.NAME": "contact.first_name",
    "CONTACT.FULL_NAME": "contact.name",
    "CONTACT.EMAIL": "contact.email",
    "CONTACT.EMAIL_WORK": "contact.email",
    "CONTACT.EMAIL_HOME": "contact.email",
    "CONTACT.PHONE": "contact.phone",
    "CONTACT.PHONE_MOBILE": "contact.phone",
    "CONTACT.PHONE_WORK": "contact.phone",
    "COMPANY_ID": "company.id",
    "COMPANY_ID_PRINTABLE": "company.name",
    "COMPANY.ID": "company.id",
    "COMPANY.TITLE": "company.name",
    "COMPANY.EMAIL": "company.email",
    "COMPANY.EMAIL_WORK": "company.email",
    "COMPANY.PHONE": "company.phone",
    "COMPANY.PHONE_WORK": "company.phone",
}
_SYSTEM: Final = {"NOW": "now | datetime", "NOWLOCAL": "now | datetime", "DATE": "today | date"}
_LABELS: Final = {
    "deal.id": ("Deal ID", "ID do negócio"),
    "deal.title": ("Deal title", "Deal name", "Nome do negócio", "Título do negócio"),
    "deal.amount | money": ("Amount", "Deal amount", "Total", "Total amount", "Valor", "Valor total", "Montante"),
    "deal.currency": ("Currency", "Moeda"),
    "stage.name": ("Stage", "Deal stage", "Etapa", "Etapa do negócio"),
    "pipeline.name": ("Pipeline", "Deal pipeline", "Funil"),
    "responsible.name": ("Responsible", "Responsible person", "Responsável", "Pessoa responsável"),
    "deal.begin_date | date": ("Start date", "Deal start date", "Data de início"),
    "deal.close_date | date": (
        "End date",
        "Close date",
        "Expected close date",
        "Data de término",
        "Data de fechamento",
    ),
    "deal.created_at | datetime": ("Created on", "Criado em"),
    "contact.name": (
        "Contact",
        "Contact name",
        "Contact: Full name",
        "Contato",
        "Nome do contato",
        "Contato: Nome completo",
    ),
    "contact.first_name": ("Contact: Name", "Contact: First name", "Contato: Nome"),
    "contact.email": ("Contact: E-mail", "Contact: Email", "Contato: E-mail"),
    "contact.phone": ("Contact: Phone", "Contato: Telefone"),
    "company.name": ("Company", "Company name", "Company: Company name", "Empresa", "Nome da empresa"),
    "company.email": ("Company: E-mail", "Company: Email", "Empresa: E-mail"),
    "company.phone": ("Company: Phone", "Empresa: Telefone"),
    "now | datetime": ("Current date and time", "Data e hora atuais"),
    "today | date": ("Current date", "Data atual"),
}
_BY_LABEL: Final = {fold(label): ours for ours, labels in _LABELS.items() for label in labels}


def convert_placeholders(text: str) -> str:
    """Return the text with the usual placeholders of Bitrix24 (``{=Document:TITLE}``, ``{{Deal title}}``) in our form.

    Nothing else changes, so that the result can be offered beside the original.
    """
    text = _CODE.sub(lambda found: _by_code(found) or found[0], text)
    return _LABEL.sub(lambda found: _by_label(found) or found[0], text)


def found_placeholders(text: str) -> Iterator[tuple[str, str]]:
    """Yield each placeholder of Bitrix24 in the text that has a form of ours, with that form."""
    for found in _CODE.finditer(text):
        ours = _by_code(found)
        if ours:
            yield found[0], ours
    for found in _LABEL.finditer(text):
        ours = _by_label(found)
        if ours:
            yield found[0], ours


def _by_code(found: re.Match[str]) -> str | None:
    group, code, modifier = found[1].lower(), found[2].upper(), found[3] or ""
    if group == "document":
        return _document(code, modifier)
    if group in ("globalconst", "constant"):
        return f"{{{{ constants.{found[2]} }}}}"
    return _braced(_SYSTEM.get(code)) if group == "system" else None


def _document(code: str, modifier: str) -> str | None:
    if code.startswith("UF_"):
        return _braced(f"deal.fields.{code}")
    if "printable" in modifier and f"{code}_PRINTABLE" in _DOCUMENT:
        code = f"{code}_PRINTABLE"
    return _braced(_DOCUMENT.get(code))


def _by_label(found: re.Match[str]) -> str | None:
    label = found[1]
    return None if label == label.lower() and " " not in label else _braced(_BY_LABEL.get(fold(label)))


def _braced(ours: str | None) -> str | None:
    return f"{{{{ {ours} }}}}" if ours else None
