"""Texts with names in them: what they show, what they refuse, and what hostile people try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import context, names, templates
from core.context import Context
from core.model.moment import parse_iso
from core.model.people import Address, Contact, User
from core.rules.base import CannotAct
from tests.core.sample_house import HOUSE, MARIA, facts, house

VALUES = {
    "tracking": "BR123",
    "qty": 2.5,
    "budget": "1234.50",
    "vip": True,
    "due": "2026-12-24",
    "visit": "2026-12-24T17:30:00Z",
    "helper": "bia",
    "words": ["one", "two"],
    "paper": {"name": "offer.pdf", "digest": "x"},
}
PT = house(language="pt_BR", holidays=("BR-SP",))


def render(source: str, *, html: bool = False, **changes: Any) -> str:
    """Render a text about the sample deal."""
    changes.setdefault("fields", VALUES)
    return templates.render(source, context.of(facts(**changes)), html)


def why_not(source: str, html: bool = False, **changes: Any) -> str:
    """Return why a text fails on the sample deal."""
    with pytest.raises(CannotAct) as caught:
        render(source, html=html, **changes)
    assert caught.value.reason == "template_error"
    return caught.value.detail.english()


def said(source: str, html: bool = False) -> list[str]:
    """Return what the editor says of a text."""
    return [finding.words.english() for finding in templates.check(source, HOUSE, html)]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Code {{ deal.fields.tracking }}", "Code BR123"),
        ("{{ deal.id }} {{ deal.title }} {{ deal.amount }} {{ deal.currency }}", "D1 Order 1001 7500.00 BRL"),
        ("{{ deal.pipeline }} {{ deal.stage }} {{ deal.responsible }}", "sales new ana"),
        ("{{ deal.contacts }} {{ deal.company }} {{ deal.closed }}", "maria acme no"),
        ("{{ deal.close_date }}|{{ deal.begin_date }}|{{ deal.age }}", "2026-12-10||10"),
        ("{{ deal.created_at }} {{ deal.entered_stage_at }}", "2026-11-20 12:00 2026-11-30 07:00"),
        ("{{ contact.id }} {{ contact.name }} {{ contact.first_name }}", "maria Maria Lima Maria"),
        ("{{ contact.email }} {{ contact.phone }}", "maria@cliente.example +5511987650001"),
        ("{{ contact.emails }}", "maria@cliente.example, m@casa.example"),
        ("{% for p in contact.phones %}{{ p.type }} {{ p.value }}{% endfor %}", "MOBILE +5511987650001"),
        ("{{ contact.emails[1].type }}{{ contact.emails[9] }}", "HOME"),
        (
            "{{ company.id }} {{ company.name }} {{ company.email }} {{ company.phone }}",
            "acme Acme Ltda oi@acme.example ",
        ),
        ("{{ responsible.id }} {{ responsible.name }} {{ responsible.first_name }}", "ana Ana Souza Ana"),
        ("{{ responsible.email }} {{ responsible.phone }}", "ana@loja.example +551133330001"),
        ("{{ pipeline }} {{ pipeline.id }} {{ stage }} {{ stage.name }} {{ stage.id }}", "Sales sales New New new"),
        ("{{ constants.site }} {{ constants.limit }} {{ constants.cities }}", "https://loja.example 5000 Rio, Recife"),
        ("{{ now }} {{ today }}", "2026-12-01 09:00 2026-12-01"),
        ("{{ deal.fields.qty }} {{ deal.fields.vip }} {{ deal.fields.due }}", "2.5 yes 2026-12-24"),
        ("{{ deal.fields.visit }} {{ deal.fields.words }}", "2026-12-24 14:30 one, two"),
        (
            "{{ deal.fields.helper }} {{ deal.fields.helper.first_name }} {{ deal.fields.paper }}",
            "Bia Reis Bia offer.pdf",
        ),
        ("{{ deal['title'] }}", "Order 1001"),
        ("{% if deal.amount > 5000 %}big{% else %}small{% endif %}", "big"),
        ("{% if deal.close_date > today %}later{% endif %}", "later"),
        ("{{ 'yes' if contact.name else 'no' }}", "yes"),
        ("{{ stage == 'new' }} {{ stage == 'New' }} {{ stage != 'won' }}", "yes yes yes"),
        ("{{ 'm@casa.example' in contact.emails }} {{ 'x' in contact.emails }}", "yes no"),
        ("{% if company is filled and deal.begin_date is empty and deal.begin_date is none %}x{% endif %}", "x"),
        (
            "{% for w in deal.fields.words %}{{ loop.index }}{{ w }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1one, 2two",
        ),
        ("{{ (deal.amount * 0.9) | money }}", "R$6,750.00"),
        ("{{ deal.amount + 1 - 1 }} {{ 7 // 2 }} {{ 7 % 2 }} {{ -deal.amount }}", "7500.00 3 1 -7500.00"),
        ("{% raw %}{{ deal.nothing }}{% endraw %}", "{{ deal.nothing }}"),
        ("{# only for us #}x", "x"),
        ("{{ event.subject }}{{ event.anything }}{% if event %}x{% endif %}", ""),
        ("", ""),
    ],
)
def test_names_are_filled_in(source: str, text: str) -> None:
    assert render(source) == text
    assert said(source) == []


@pytest.mark.parametrize(
    ("source", "english", "portuguese"),
    [
        ("{{ deal.amount | money }}", "R$7,500.00", "R$ 7.500,00"),
        ("{{ deal.amount | money('USD') }}", "$7,500.00", "US$ 7.500,00"),
        ("{{ deal.fields.budget | money }}", "R$1,234.50", "R$ 1.234,50"),
        ("{{ deal.close_date | date }}", "Dec 10, 2026", "10/12/2026"),
        ("{{ deal.close_date | date('long') }}", "December 10, 2026", "10 de dezembro de 2026"),
        ("{{ deal.close_date | date('weekday') }}", "Thursday", "quinta-feira"),
        ("{{ now | date }}", "Dec 1, 2026", "01/12/2026"),
        ("{{ now | datetime }}", "Dec 1, 2026, 9:00 AM", "01/12/2026 09:00"),
        ("{{ deal.fields.visit | datetime('long') }}", "December 24, 2026, 2:30 PM", "24 de dezembro de 2026 14:30"),
        ("{{ deal.close_date | datetime }}", "Dec 10, 2026", "10/12/2026"),
        ("{{ '2026-12-24' | date }}", "Dec 24, 2026", "24/12/2026"),
        ("{{ deal.fields.vip }}", "yes", "sim"),
        ("{{ contact.phone | phone }}", "(11) 98765-0001", "(11) 98765-0001"),
        ("{{ '+14155552671' | phone }}", "+1 415-555-2671", "+1 415-555-2671"),
        ("{{ contact.name | first_name }}", "Maria", "Maria"),
        ("{{ company.phone | default('none') }}", "none", "none"),
        ("{{ contact.name | default('friend') }}", "Maria Lima", "Maria Lima"),
        ("{{ deal.amount | money | default('-') }}", "R$7,500.00", "R$ 7.500,00"),
    ],
)
def test_filters_write_in_the_language_of_the_house(source: str, english: str, portuguese: str) -> None:
    assert render(source) == english
    assert render(source, where=PT) == portuguese


@pytest.mark.parametrize("filter_", ["money", "date", "datetime", "phone", "first_name", "default"])
def test_an_empty_value_stays_nothing_through_every_filter(filter_: str) -> None:
    assert render(f"[{{{{ deal.begin_date | {filter_} }}}}]") == "[]"


def test_an_amount_is_written_in_the_deals_own_currency() -> None:
    assert render("{{ deal.amount | money }}", currency="EUR") == "€7,500.00"
    assert render("{{ deal.amount | money }}", currency="JPY", amount=Decimal(7500), where=PT) == "JP¥ 7.500"


EVERY_NAME = [name for name in templates.known_names(HOUSE) if name not in ("now", "today")]


STILL_THERE = {
    "deal": "Order 1001", "deal.id": "D1", "deal.title": "Order 1001", "deal.currency": "BRL", "deal.pipeline": "sales",
    "deal.stage": "new", "deal.responsible": "ana", "deal.contacts": "maria", "deal.company": "acme",
    "deal.entered_stage_at": "2026-11-30 07:00", "deal.created_at": "2026-11-20 12:00", "deal.closed": "no",
    "deal.version": "1", "deal.age": "10", "pipeline": "Sales", "pipeline.id": "sales", "pipeline.name": "Sales",
    "stage": "New", "stage.id": "new", "stage.name": "New", "constants.site": "https://loja.example",
    "constants.limit": "5000", "constants.open": "yes", "constants.cities": "Rio, Recife",
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY_NAME)
def test_what_is_missing_renders_as_nothing(name: str) -> None:
    nobody = facts(
        contacts=(), company=None, responsible=None, amount=None, close_date=None, event=None,
    )  # fmt: skip
    text = templates.render(f"{{{{ {name} }}}}", context.of(nobody))
    assert text == STILL_THERE.get(name, "")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{{ nobody }}", "“nobody” is unknown"),
        ("{{ deal.titel }}", "“deal.titel” is unknown"),
        ("{{ deal.fields.gone }}", "“deal.fields.gone” is unknown"),
        ("{{ contact.phones[0].number }}", "“contact.phones.number” is unknown"),
        ("{{ company.nmae }}", "“company.nmae” is unknown"),
        ("{{ deal.gone | default('x') }}", "“deal.gone” is unknown"),
        ("{% if deal.gone %}x{% endif %}", "“deal.gone” is unknown"),
        ("{{ gone | default('x') }}", "“gone” is unknown"),
        ("{{ deal.title.upper }}", "“upper” is unknown"),
        ("{{ contact.name | money }}", "“Maria Lima” is not an amount of money"),
        ("{{ contact.name | date }}", "“Maria Lima” is not a date"),
        ("{{ deal.title > 3 }}", "the text cannot be written: '>' not supported between instances of 'str' and 'int'"),
        ("{% for c in contact.name %}x{% endfor %}", "a loop goes over a list, like contact.phones"),
        ("{{ deal.amount / 0 }}", "the text cannot be written: [<class 'decimal.DivisionByZero'>]"),
        ("{{ loop }}", "“loop” is unknown"),
        ("{% for p in contact.phones %}{{ loop }}{% endfor %}", "a text cannot show this kind of value"),
        ("{% for p in contact.phones %}{{ loop.cycle }}{% endfor %}", "“cycle” is unknown"),
    ],
)
def test_a_text_that_cannot_be_written_says_why(source: str, why: str) -> None:
    assert why_not(source) == why


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        ("{{ deal.titel }}", "line 1: “deal.titel” is unknown; did you mean “deal.title”?"),
        ("a\nb {{ dael.title }}", "line 2: “dael.title” is unknown; did you mean “deal.title”?"),
        ("{{ title }}", "line 1: “title” is unknown; did you mean “deal.title”?"),
        ("{{ deal.fields.trackin }}", "line 1: “deal.fields.trackin” is unknown; did you mean “deal.fields.tracking”?"),
        ("{{ deal.tracking }}", "line 1: “deal.tracking” is unknown; did you mean “deal.fields.tracking”?"),
        ("{{ constants.sight }}", "line 1: “constants.sight” is unknown; did you mean “constants.site”?"),
        ("{{ zzzzzz }}", "line 1: “zzzzzz” is unknown"),
        ("{{ contact.name.first }}", "line 1: “contact.name.first” is unknown; did you mean “contact.name”?"),
        (
            "{% for p in contact.phones %}{{ p.valu }}{% endfor %}",
            "line 1: “p.valu” is unknown; did you mean “p.value”?",
        ),
        ("{% for p in contact.name %}{% endfor %}", "line 1: “contact.name” is no list"),
        ("{% for p in contact.phone %}{{ p }}{% endfor %}{{ p }}", "line 1: “contact.phone” is no list"),
        ("{{ deal.title | mony }}", "line 1: there is no filter “mony”; did you mean “money”?"),
        (
            "{{ deal.title | upper }}",
            "line 1: there is no filter “upper”; there are money date datetime phone first_name default",
        ),
        ("{{ deal.title", "line 1: unexpected end of template, expected 'end of print statement'."),
        ("x\n{% if %}", "line 2: Expected an expression, got 'end of statement block'"),
        (
            "{{ contact.name() }}",
            "line 1: nothing can be called in a text; use a filter, like {{ contact.name | first_name }}",
        ),
        ("{% set a = 1 %}", "line 1: “set” is not allowed in a text"),
        ("{% include 'x' %}", "line 1: a text cannot take in other files"),
        ("{{ now | date('%Y') }}", "line 1: a date can be written in these ways: short long weekday"),
        ("{{ deal.amount | money(1, 2) }}", "line 1: the filter “money” takes 1 values at most"),
        ("{{ deal is iterable }}", "line 1: “is iterable” is unknown; known are empty filled none"),
        ("{=Document:TITLE}", "“{=Document:TITLE}” is a placeholder of Bitrix24; here it is written {{ deal.title }}"),
        ("{{Deal title}}", "“{{Deal title}}” is a placeholder of Bitrix24; here it is written {{ deal.title }}"),
    ],
)
def test_the_editor_finds_it_first(source: str, finding: str) -> None:
    assert finding in said(source)


def test_findings_know_their_setting_and_extra_names_count() -> None:
    (finding,) = templates.check("{{ invite_lnk }}", HOUSE, field="text", extra=("invite_link",))
    assert (finding.field, finding.error) == ("text", True)
    assert finding.words.english() == "line 1: “invite_lnk” is unknown; did you mean “invite_link”?"
    assert templates.check("{{ invite_link }}", HOUSE, extra=("invite_link",)) == []
    names = context.of(facts()).with_names(invite_link="https://t.me/x")
    assert templates.render("{{ contact.first_name }}: {{ invite_link }}", names) == "Maria: https://t.me/x"


HOSTILE_SOURCES = [
    "{{ 'a' * 10**9 }}",
    "{{ 10**9 }}",
    "{{ 'a' * deal.amount }}",
    "{{ deal.amount * 'a' }}",
    "{{ deal.title * 999999999 }}",
    "{{ contact.phones * 999999999 }}",
    "{{ '%1000000000s' % deal.title }}",
    "{{ deal.title % 1 }}",
    "{{ deal.title + deal.title }}",
    "{{ deal.title ~ deal.title }}",
    "{{ '{0.__class__}'.format(deal) }}",
    "{{ deal.__class__ }}",
    "{{ deal.title.__class__.__mro__[1].__subclasses__() }}",
    "{{ deal['__class__'] }}",
    "{{ deal[contact.name] }}",
    "{{ deal.title[::2] }}",
    "{{ ''.join }}",
    "{{ self }}",
    "{{ self.__init__ }}",
    "{{ _manner }}",
    "{{ _manner.zone }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ lipsum.__globals__ }}",
    "{{ range(999999999) }}",
    "{% for i in range(999999999) %}{% endfor %}",
    "{% for i in 'abc' %}{% endfor %}",
    "{% for i in [deal.title, deal.title] %}{% endfor %}",
    "{% for i in contact.phones recursive %}{{ loop(contact.phones) }}{% endfor %}",
    "{% for a in contact.phones %}" * 3 + "{% endfor %}" * 3,
    "{% for a in deal %}{{ a }}{% endfor %}",
    "{% for a, b in contact.phones %}{% endfor %}",
    "{% set a = 'x' %}" + "{% set a = a ~ a %}" * 40,
    "{% set ns = namespace(x=1) %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% call deal.title() %}{% endcall %}",
    "{% block a %}{{ self.a() }}{% endblock %}",
    "{% extends 'a' %}",
    "{% import 'a' as b %}",
    "{% from 'a' import b %}",
    "{% autoescape false %}{{ contact.name }}{% endautoescape %}",
    "{% filter default %}x{% endfilter %}",
    "{% with a = 1 %}{% endwith %}",
    "{{ contact.name | safe }}",
    "{{ contact.name | attr('__class__') }}",
    "{{ contact.phones | map(attribute='__class__') | list }}",
    "{{ contact.name | _each }}",
    "{{ contact.name | default(*contact.phones) }}",
    "{{ contact.name | default(**deal) }}",
    "{{ 1e308 * 1e308 * 1e308 }}",
    "{{ " + "9" * 5000 + " }}",
    "{{ " + " * ".join(["9" * 20] * 40) + " }}",
    "{{ " + "(" * 3000 + ")" * 3000 + " }}",
    "{{ " + "(" * 60000,
    "{{ " + "1 + " * 10000 + "1 }}",
    "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
    "{% if 1 %}" * 30 + "{% for p in contact.phones %}" * 25 + "{% endfor %}" * 25 + "{% endif %}" * 30,
    "{{ not " + "not " * 5000 + "1 }}",
    "{{ deal" + ".x" * 5000 + " }}",
    "{{ '\\ud800' ~ 1 }}",
    "x" * 65_537,
    "{{ deal.title | default(1) | default(lambda: 1) }}",
    "{{ loop.__class__ }}",
    "{{ [].append(1) }}",
    "{{ {}.__class__ }}",
]


@pytest.mark.parametrize("source", HOSTILE_SOURCES, ids=lambda source: source[:40])
@pytest.mark.parametrize("html", [False, True], ids=["text", "html"])
def test_a_hostile_text_is_refused_by_the_editor_and_when_it_runs(source: str, html: bool) -> None:
    assert templates.check(source, HOUSE, html)
    assert why_not(source, html)


def test_a_text_is_stopped_while_it_grows() -> None:
    many = replace(MARIA, phones=tuple(Address("WORK", "+5511987650001") for _ in range(1000)))
    source = "{% for a in contact.phones %}{% for b in contact.phones %}{{ b }}{% endfor %}{% endfor %}"
    assert why_not(source, contacts=(many,)) == "the text grows beyond 262144 characters"


def test_a_loop_goes_over_a_thousand_items_at_most() -> None:
    many = replace(MARIA, phones=tuple(Address("WORK", "1") for _ in range(1001)))
    assert (
        why_not("{% for a in contact.phones %}{% endfor %}", contacts=(many,)) == "a loop goes over 1000 items at most"
    )


HOSTILE_NAMES = [
    "{{ 7*7 }}",
    "{% for i in range(9) %}x{% endfor %}",
    "{{ deal.__class__ }}",
    "{=Document:TITLE}",
    "{name}",
    "%s%n",
    "{# gone #}",
    "{% raw %}",
    "\\x41",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_customers_name_is_never_a_template(name: str) -> None:
    contact = Contact(id="c", name=name)
    assert render("Hi {{ contact.name }}!", contacts=(contact,)) == f"Hi {name}!"
    assert render("Hi {{ contact.name }}{{ contact.name }}!", contacts=(contact,)) == f"Hi {name}{name}!"


@given(st.text(max_size=60))
def test_any_name_comes_out_as_it_is_and_escaped_in_html(name: str) -> None:
    import html as entities

    contact = Contact(id="c", name=name)
    assert render("{{ contact.name }}", contacts=(contact,)) == name
    escaped = render("<p>{{ contact.name }}</p>", contacts=(contact,), html=True)
    assert escaped == f"<p>{entities.escape(name).replace('&quot;', '&#34;').replace('&#x27;', '&#39;')}</p>"


@pytest.mark.parametrize(
    "source",
    [
        "{{ contact.name }}",
        "{{ contact.name | default('x') }}",
        "{{ company.name | default(contact.name) }}",
        "{{ contact.emails }}",
        "{{ contact }}",
        "{% for e in contact.emails %}{{ e }}{% endfor %}",
        "{{ contact.name | first_name }}",
        "{{ contact.phone | phone }}",
    ],
)
def test_html_escapes_whatever_way_a_value_takes(source: str) -> None:
    evil = "<script>alert(1)</script>"
    contact = Contact(id="c", name=evil, emails=(Address("WORK", evil),), phones=(Address("WORK", evil),))
    text = render(source, html=True, contacts=(contact,), company=None)
    assert "<" not in text and "&lt;script&gt;" in text


@given(st.text(st.sampled_from("{}%#=|() '\".*~[]_09adelt\n"), max_size=60))
def test_any_source_renders_or_says_why(source: str) -> None:
    try:
        render(source)
    except CannotAct as ending:
        assert ending.reason == "template_error" and ending.detail.english()
    else:
        assert isinstance(templates.check(source, HOUSE), list)


def test_names_of_a_text() -> None:
    loop = "{% for p in contact.phones if p.type %}{{ p.value }}{{ loop.index }}{% endfor %}"
    source = "{{ deal.title }}" + loop + "{{ deal['id'] | money }}"
    assert templates.names(source) == ("contact.phones", "deal.id", "deal.title")
    assert templates.names("{{ broken") == ()


def test_the_editor_can_warn_of_what_is_empty_here() -> None:
    names = context.of(facts(company=None, fields={"tracking": ""}))
    used = ("deal.title", "company.name", "company", "deal.fields.tracking", "deal.fields.words", "contact.name")
    source = " ".join(f"{{{{ {name} }}}}" for name in used)
    assert templates.empty_names(source, names) == (
        "company",
        "company.name",
        "deal.fields.tracking",
        "deal.fields.words",
    )


def test_the_event_that_moved_the_deal_here_can_be_named() -> None:
    event = {"subject": "Re: offer", "from": "maria@cliente.example"}
    assert (
        render("{{ event.subject }}{% if event %} by {{ event.from }}{% endif %}", event=event)
        == "Re: offer by maria@cliente.example"
    )


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Hello {=Document:CONTACT.NAME}", "Hello {{ contact.first_name }}"),
        ("{=Document:OPPORTUNITY}", "{{ deal.amount }}"),
        ("{=Document:UF_CRM_1706121001 > double}", "{{ deal.fields.UF_CRM_1706121001 }}"),
        ("{=Document:STAGE_ID > printable}", "{{ stage.name }}"),
        ("{= document : title }", "{{ deal.title }}"),
        ("{=GlobalConst:site}", "{{ constants.site }}"),
        ("{=System:Now}", "{{ now | datetime }}"),
        ("{=Document:SOMETHING_ELSE}", "{=Document:SOMETHING_ELSE}"),
        ("{=Variable:x}", "{=Variable:x}"),
        ("{{Deal title}} {{Responsible person}}", "{{ deal.title }} {{ responsible.name }}"),
        ("{{Valor}} {{Contato: Nome}}", "{{ deal.amount | money }} {{ contact.first_name }}"),
        ("{{ stage }} {{ contact }} {{ company.name }}", "{{ stage }} {{ contact }} {{ company.name }}"),
        ("{{Something of their own}}", "{{Something of their own}}"),
        ("plain", "plain"),
    ],
)
def test_bitrix24s_placeholders_are_offered_in_our_form(theirs: str, ours: str) -> None:
    assert templates.convert_placeholders(theirs) == ours


@given(st.text(max_size=100))
def test_offering_our_form_twice_offers_nothing_new(text: str) -> None:
    once = templates.convert_placeholders(text)
    assert templates.convert_placeholders(once) == once


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Maria Lima", "Maria"), ("Dr. João Reis", "João"), ("Lima, Maria", "Maria"), ("Sra. Ana", "Ana"),
        ("Dr.", "Dr."), ("", ""), ("  ", ""), ("Madonna", "Madonna"), ("  Zé ", "Zé"),
        ("Prof. Dr. José da Silva", "José"), ("ACME,", "ACME"),
    ],
)  # fmt: skip
def test_how_a_person_is_spoken_to(name: str, first: str) -> None:
    assert names.first_name(name) == first


def test_groups_are_built_when_first_asked_for() -> None:
    built: list[str] = []

    def builder(name: str) -> Callable[[], str]:
        def build() -> str:
            built.append(name)
            return name

        return build

    names = Context({"a": builder("a"), "b": builder("b")})
    assert templates.render("{{ a }}{{ a }}", names) == "aa"
    assert built == ["a"]


def test_a_responsible_without_mailbox_has_no_email() -> None:
    assert render("[{{ responsible.email }}]", responsible=User(id="x", name="X")) == "[]"


def test_age_counts_whole_days() -> None:
    created = parse_iso("2026-11-30T13:00Z")
    assert render("{{ deal.age }}", created_at=created) == "0"
    assert render("{{ deal.age }}", created_at=created, at="2026-12-01T13:00Z") == "1"
