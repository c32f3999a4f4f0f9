"""The rule that writes a document from a template and puts it on the deal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from pydantic import Field, field_validator

from core import context, documents, fields, files, html_text, templates
from core.effects import Effect, MakeDocument
from core.i18n import N_
from core.model.house import House
from core.model.moment import Moment
from core.ports import Facts, Random
from core.rules.base import CannotAct, Finding, RuleKind, Settings
from core.safe_text import header_text, wire_text
from core.words import Words

_LEFT_OUT: Final = re.compile(r"<(img|script|link|iframe|object|embed|svg|video|audio|canvas|form|input)\b", re.I)
_TOO_LONG: Final = N_("the document has {length} characters; {most} is the most")


class DocumentSettings(Settings):
    """What is written, what its files are called, and which field of the deal gets them."""

    template: str = Field(
        min_length=1,
        title=N_("Template"),
        description=N_("The document's text or HTML, with the names that texts may use."),
        json_schema_extra={"template": "html"},
    )
    field: str | None = Field(
        default=None,
        title=N_("Field"),
        description=N_("The file field that gets the PDF; a field of several files gets the HTML too."),
        json_schema_extra={"picker": "file_fields", "none": N_("only the deal's history")},
    )
    name: str | None = Field(
        default=None,
        title=N_("Name"),
        description=N_("What the files are called, without an ending; like the rule when left out."),
        json_schema_extra={"template": "text", "line": True, "none": N_("like the rule")},
    )

    @field_validator("field", "name")
    @classmethod
    def _blank_is_none(cls, value: str | None) -> str | None:
        return value if value is not None and value.strip() else None


class DocumentRule(RuleKind[DocumentSettings]):
    """Write a document, as HTML and as PDF."""

    id = "document"
    name = N_("Create document")
    about = N_("Writes a document from a template, as HTML and PDF, and puts it on the deal.")
    icon = "▤"
    Settings: ClassVar[type[DocumentSettings]] = DocumentSettings
    needs = frozenset({"contacts", "company", "responsible", "rule"})
    emits = frozenset({"field_changed"})

    def plan(self, facts: Facts, settings: DocumentSettings, now: Moment, rng: Random) -> Sequence[Effect]:
        """Return the document. Raises ``CannotAct``: ``template_error``, for an empty one too, ``text_too_long``,
        ``misconfigured`` for a field that holds no files."""
        _file_field(settings, facts.house)
        name = _name(settings, facts)
        body = _body(settings.template, facts)
        if not html_text.to_text(body).strip():
            raise CannotAct("template_error", Words(N_("the text has come out empty")))
        if len(body) > documents.LONGEST:
            raise CannotAct("text_too_long", Words(_TOO_LONG, {"length": len(body), "most": documents.LONGEST}))
        language = facts.house.company.language
        html = documents.page(body, name, language)
        return (MakeDocument(name=name, html=html, language=language, field=settings.field),)

    def changes(self, settings: DocumentSettings) -> frozenset[str]:
        """Return the field that gets the files."""
        return frozenset({fields.resolve(settings.field)} if settings.field is not None else ())

    def sentence(self, settings: DocumentSettings) -> Words:
        """Say what is written, and where it goes."""
        args = {"name": settings.name, "field": settings.field}
        if settings.name is None:
            pattern = N_("write a document")
            return Words(N_("write a document into “{field}”") if settings.field else pattern, args)
        pattern = N_("write the document “{name}”")
        return Words(N_("write the document “{name}” into “{field}”") if settings.field else pattern, args)

    def lint(self, settings: DocumentSettings, house: House) -> Iterable[Finding]:
        """Find mistakes in the texts, a field that holds no files, and what no PDF shows."""
        yield from templates.check(settings.template, house, html_text.is_html(settings.template), field="template")
        if settings.name is not None:
            yield from templates.check(settings.name, house, field="name")
        if settings.field is not None:
            problem = _misfit(settings.field, house)
            if problem is not None:
                yield Finding("field", problem)
        for tag in dict.fromkeys(found[1].lower() for found in _LEFT_OUT.finditer(settings.template)):
            words = N_("<{tag}> is left out of the PDF: nothing is fetched, nothing runs")
            yield Finding("template", Words(words, {"tag": tag}), error=False)


def _body(template: str, facts: Facts) -> str:
    names = context.of(facts)
    if html_text.is_html(template):
        return wire_text(templates.render(template, names, html=True))
    return html_text.to_html(wire_text(templates.render(template, names)))


def _name(settings: DocumentSettings, facts: Facts) -> str:
    """Return what the files are called: the name of the settings, else the rule's."""
    if settings.name is None:
        text = facts.rule.name if facts.rule is not None else "document"
    else:
        text = templates.render(settings.name, context.of(facts))
    name = header_text(text).replace("/", "-").replace("\\", "-")
    if not name:
        raise CannotAct("template_error", Words(N_("the name has come out empty")))
    return files.clean_name(name)


def _file_field(settings: DocumentSettings, house: House) -> None:
    problem = _misfit(settings.field, house) if settings.field is not None else None
    if problem is not None:
        raise CannotAct("misconfigured", problem)


def _misfit(field: str, house: House) -> Words | None:
    """Return why a field cannot get a file."""
    spec = fields.find(field, house)
    if spec is None:
        return fields.unknown(field, house)
    if spec.kind is not fields.Kind.FILE:
        return Words(N_("field “{field}” holds no files"), {"field": field})
    return None
