"""Writing texts: what stands where, what they may go on with, and what they come to on a real deal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import completing, sms_text, templates, text_marks, text_preview
from core.completing import Offer
from core.model.house import Connection, House
from core.text_preview import Writing
from core.views import Facts
from tests.core.sample_house import HOUSE, facts

BODY = Writing("email", "body", html=True)
SMS = Writing("sms", "text")


def looks(source: str, *, html: bool = False) -> list[tuple[str, str]]:
    """Return the pieces that are not plain, with how each looks."""
    return [(source[mark.start : mark.end], mark.look) for mark in text_marks.marks(source, html=html)]


def test_each_piece_of_a_text_has_a_look() -> None:
    assert looks("Hi {{ deal.amount | money('x', 2) }}{# no #}") == [
        ("{{", "brace"),
        ("deal", "name"),
        (".", "operator"),
        ("amount", "name"),
        ("|", "operator"),
        ("money", "filter"),
        ("(", "operator"),
        ("'x'", "string"),
        (",", "operator"),
        ("2", "number"),
        (")", "operator"),
        ("}}", "brace"),
        ("{#", "comment"),
        (" no ", "comment"),
        ("#}", "comment"),
    ]


def test_html_and_what_stands_in_a_tag_have_looks_too() -> None:
    found = looks('<a href="{{ constants.site }}/x">\n {%- if a %} a < b &amp; </a>{% endif %}', html=True)
    assert [piece for piece, look in found if look == "tag"] == ['<a href="', '/x">', "&amp;", "</a>"]
    assert ("if", "keyword") in found and ("{%-", "brace") in found
    assert [piece for piece, look in looks("<b>x</b>") if look == "tag"] == []


def test_a_text_that_ends_in_the_middle_is_coloured_so_far() -> None:
    assert ("deal", "name") in looks("a {{ deal.title")
    assert looks("{{ ' }}") == [("{{", "brace")]


@given(st.text(alphabet="{}%#-+ \n'\"ab.<>|1é", max_size=60))
def test_marks_stand_in_the_text_in_order_and_never_over_one_another(source: str) -> None:
    at = 0
    for mark in text_marks.marks(source, html=True):
        assert at <= mark.start < mark.end <= len(source)
        at = mark.end


@pytest.mark.parametrize(
    ("source", "underlined", "says"),
    [
        ("a\n{{ deal.titel }} {{ deal.title }}", ["deal.titel"], "did you mean “deal.title”?"),
        ("{{ deal . fields\n.traking }}", ["deal . fields\n.traking"], "did you mean “deal.fields.tracking”?"),
        ("{{ deal.title | mony }}", ["mony"], "did you mean “money”?"),
        ("x {=Document:TITLE} y", ["{=Document:TITLE}"], "here it is written {{ deal.title }}"),
        ("one\ntwo {{ deal.title\nthree", ["three"], "line"),
        ("one\n{% set a = 1 %}", ["{% set a = 1 %}"], "“set” is not allowed"),
        ("{{ deal.titel }}{{ deal.titel }}", ["deal.titel", "deal.titel"] * 2, "did you mean"),
    ],
)
def test_what_is_wrong_is_found_where_it_stands(source: str, underlined: list[str], says: str) -> None:
    troubles = text_marks.placed(source, text_preview.check(SMS, source, HOUSE))
    assert [source[each.start : each.end] for each in troubles] == underlined
    assert says in troubles[0].finding.words.english()


def test_the_same_findings_as_saving_has() -> None:
    assert text_preview.check(Writing("invite", "text"), "{{ invite_link }}", HOUSE) == []
    assert len(text_preview.check(SMS, "{{ invite_link }}", HOUSE)) == 1
    (long,) = text_preview.check(SMS, "x" * 201, HOUSE)
    assert "200 at most" in long.words.english()


# Completing -----------------------------------------------------------------------------------------------------------

KNOWN = completing.names(HOUSE, ("invite_link",), ("subject",))


@pytest.mark.parametrize(
    ("before", "after", "what", "typed", "closed"),
    [
        ("Hi {{", "", "name", "", False),
        ("Hi {{ contact.fi", " }} x", "name", "contact.fi", True),
        ("{{ deal.amount | mo", "", "filter", "mo", False),
        ("{% ", "", "block", "", True),
        ("{% if deal.cl", "", "name", "deal.cl", True),
        ("{{ a and de", "", "name", "de", False),
    ],
)
def test_what_is_being_written(before: str, after: str, what: str, typed: str, closed: bool) -> None:
    assert completing.wanted(before, after) == completing.Wanted(what, typed, closed)


@pytest.mark.parametrize("before", ["", "Hi ", "{{ deal.title }} x", "{{ 'deal", "{{ deal.title x1 y2 "])
def test_outside_of_braces_nothing_is_offered(before: str) -> None:
    assert completing.wanted(before, "") is None


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("{{ contact.fi", "contact.first_name"),
        ("{{ track", "deal.fields.tracking"),
        ("{{ invite", "invite_link"),
        ("{{ event.s", "event.subject"),
        ("{{ respons", "responsible.id"),
        ("{{ deal.close_date | da", "date"),
        ("{% e", "elif"),
    ],
)
def test_the_best_name_comes_first(before: str, first: str) -> None:
    wish = completing.wanted(before, "")
    assert wish is not None
    assert completing.offers(wish, KNOWN)[0].text == first


def test_every_name_that_is_offered_is_known_and_has_its_label() -> None:
    for offer in KNOWN:
        if offer.text not in ("invite_link", "event.subject"):
            assert templates.check(f"{{{{ {offer.text} }}}}", HOUSE) == [], offer
    labels = {offer.text: offer.label for offer in KNOWN}
    assert labels["deal.fields.tracking"] == "Tracking code" and labels["deal.amount"] == "Amount"
    assert "deal" not in labels and "stage" in labels


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ("Hi ", "", "Hi {{ deal.title }}"),
        ("Hi {{", " }}", "Hi {{ deal.title }}"),
        ("Hi {{ ", "", "Hi {{ deal.title }}"),
        ("{% if ", " %}", "{% if deal.title %}"),
    ],
)
def test_a_field_that_is_picked_stands_in_braces(before: str, after: str, written: str) -> None:
    assert before + completing.inserted("deal.title", before, after) + after == written


def test_what_was_typed_gives_way_to_the_name() -> None:
    wish = completing.wanted("{{ tra", "")
    assert wish is not None and completing.rest(Offer("deal.fields.tracking"), wish) == "deal.fields.tracking }}"


# Previews -------------------------------------------------------------------------------------------------------------


def with_sms(**settings: Any) -> House:
    """Return the house with an SMS provider."""
    made = Connection(id="sms1", channel="sms", adapter="simulated", settings=settings)
    return replace(HOUSE, connections={"sms1": made})


def test_a_mail_is_shown_as_it_goes_out() -> None:
    deal = facts(title="<b>1001</b>")
    html = text_preview.show(BODY, "<p>Order {{ deal.title }}</p>{{ deal.fields.tracking }}", deal)
    assert html.html == "<p>Order &lt;b&gt;1001&lt;/b&gt;</p>" and html.text.strip() == "Order <b>1001</b>"
    assert html.empty == ("deal.fields.tracking",)
    plain = text_preview.show(BODY, "Order {{ deal.title }}", deal)
    assert plain.text == "Order <b>1001</b>" and "&lt;b&gt;" in (plain.html or "")
    subject = text_preview.show(Writing("email", "subject"), "a\n{{ contact.name }}", deal)
    assert (subject.text, subject.html) == ("a Maria Lima", None)


@pytest.mark.parametrize(
    ("source", "settings", "text", "segments", "trouble"),
    [
        ("Olá {{ contact.first_name }}", {}, "Olá Maria", 1, ""),
        ("ação", {"transliterate": True}, "acao", 1, ""),
        ("x" * 201, {}, "x" * 201, 2, "the text has 201 characters; an SMS rule sends 200 at most"),
        ("{{ deal.fields.tracking }}", {}, "", 0, "the text has come out empty"),
    ],
)
def test_an_sms_is_measured_as_it_goes_out(
    source: str, settings: dict[str, Any], text: str, segments: int, trouble: str
) -> None:
    shown = text_preview.show(SMS, source, facts(where=with_sms(**settings)))
    assert shown.measured == sms_text.measure(text)
    assert (shown.text, shown.measured.segments, shown.trouble.english()) == (text, segments, trouble)


def test_an_invitation_is_measured_with_a_link_as_long_as_its_own() -> None:
    telegram = Connection(id="tg", channel="open_channel", adapter="simulated_telegram", settings={"bot": "loja_bot"})
    house = replace(with_sms(), connections={**with_sms().connections, "tg": telegram})
    shown = text_preview.show(Writing("invite", "text"), "{{ invite_link }}", facts(where=house))
    assert shown.text == "https://t.me/loja_bot?start=" + "x" * 24 and not shown.trouble


@pytest.mark.parametrize("source", ["{{ deal.titel }}", "{{ deal.title", "{% for a in b %}"])
def test_what_cannot_be_rendered_says_why(source: str) -> None:
    for writing in (SMS, BODY, Writing("comment", "text")):
        shown = text_preview.show(writing, source, facts(where=with_sms()))
        assert shown.text == "" and shown.trouble


def test_empty_values_are_counted_over_the_deals_in_steps_and_can_be_given_up() -> None:
    deals = [f"D{n}" for n in range(60)]
    steps: list[int] = []

    def read(_query: Any) -> list[Facts]:
        steps.append(1)
        return [facts(fields={"tracking": "x"} if n else {}) for n in range(2)]

    found = text_preview.empties(("deal.fields.tracking", "deal.title"), deals, read, lambda: False)
    assert found == text_preview.Empties({"deal.fields.tracking": 3}, 60)
    assert len(steps) == 3
    assert text_preview.empties(("deal.title",), deals, read, lambda: len(steps) > 3) is None
    assert len(steps) == 4
    many = text_preview.empties((), [str(n) for n in range(600)], lambda _query: [], lambda: False)
    assert many is not None and (many.of, many.more) == (500, True)
