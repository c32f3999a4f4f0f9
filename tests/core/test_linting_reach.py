"""Lint on what can be read and yet would not work: conditions, order of rules, mails that nobody tracks, users without
mailbox. Each mistake beside a neighbour that is none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.registry import Registry
from adapters.secrets import Secrets
from core import tokens
from core.linting import Trouble, lint, lint_files
from tests.core.board_ground import STAGES, Home, documents

HOUSE = """
users:
  - {id: ana, name: Ana Souza, mailboxes: [ana@loja.example]}
  - {id: rui, name: Rui Reis}
connections:
  - {id: mail, channel: email, adapter: simulated}
  - {id: sms1, channel: sms, adapter: simulated}
constants: {site: "https://loja.example", limit: 5000}
fields:
  - {id: tracking, type: text}
  - {id: visit, type: date}
  - {id: size, type: list, options: [s, m, l]}
  - {id: tags, type: list, options: [a, b], multiple: true}
contacts: [{id: maria, emails: [{value: maria@cliente.example}]}]
"""
SMS = "settings: {text: x}"
WON = "{field: stage, op: =, value: won}}"
BOX = "adapter: simulated, settings: {addresses: [oi@loja.example]}}"


def found(*lines: str, house: str = HOUSE, triggers: Sequence[str] = (), deals: str = "") -> list[str]:
    """Return what lint says of rules and triggers, each as ``what problem``."""
    parts = [house, f"pipelines:\n  - id: sales{STAGES}"]
    parts += ["    rules:"] * bool(lines) + [f"      - {line}" for line in lines]
    parts += ["    triggers:"] * bool(triggers) + [f"      - {line}" for line in triggers]
    text = "\n".join([*parts, deals])
    outside = Registry(Secrets({}, lambda connection, field: None))
    troubles: list[Trouble] = Home().rehearse(lint_files(documents(text), outside.validate, outside=outside))
    assert all(trouble.place.startswith("a.yaml:") for trouble in troubles)
    return [f"{trouble.place.partition(' ')[2]} {trouble.words.english()}" for trouble in troubles]


def sms(when: str, rest: str = "") -> str:
    return f"{{id: r, stage: new, kind: sms, when: {when}{rest}, {SMS}}}"


NEVER = {
    "two values at once": "{all: [{field: tracking, op: =, value: a}, {field: tracking, op: =, value: b}]}",
    "a value that is not among several": (
        "{all: [{field: size, op: in, value: [s, m]}, {field: size, op: =, value: l}]}"
    ),
    "empty and more than something": "{all: [{field: amount, op: empty}, {field: amount, op: '>', value: 5}]}",
    "filled and empty": "{all: [{field: visit, op: filled}, {field: visit, op: empty}]}",
    "more than the one and less than the other": (
        "{all: [{field: amount, op: '>', value: 5000}, {field: amount, op: '<', value: 3000}]}"
    ),
    "more and less than the same": "{all: [{field: amount, op: '>', value: 5}, {field: amount, op: <=, value: 5}]}",
    "apart in nested groups": (
        "{all: [{all: [{field: amount, op: '>=', value: 9}]}, {field: amount, op: between, value: [1, 5]}]}"
    ),
    "a date before another": (
        "{all: [{field: visit, op: '>', value: 2026-12-10}, {field: visit, op: '<', value: 2026-12-01}]}"
    ),
    "another stage than the rule's": "{field: stage, op: =, value: delivery}",
    "not the rule's stage": "{field: deal.stage, op: '!=', value: new}",
    "closed in an open stage": "{field: closed, op: =, value: true}",
    "a constant that is less": "{field: constants.limit, op: '>', value: 6000}",
    "what no event brings": "{field: event.subject, op: contains, value: pedido}",
}


@pytest.mark.parametrize("what", NEVER)
def test_a_condition_that_never_holds_is_found(what: str) -> None:
    (only,) = found(sms(NEVER[what]))
    assert only.startswith("(rule r, when")
    assert "it never holds" in only


MAY = [
    "{any: [{field: tracking, op: =, value: a}, {field: tracking, op: =, value: b}]}",
    "{not: {all: [{field: tracking, op: =, value: a}, {field: tracking, op: =, value: b}]}}",
    "{all: [{field: tags, op: =, value: a}, {field: tags, op: =, value: b}]}",
    "{all: [{field: amount, op: '>=', value: 5}, {field: amount, op: <=, value: 5}]}",
    "{all: [{field: amount, op: '>', value: 3000}, {field: amount, op: '<', value: 5000}]}",
    "{all: [{field: tracking, op: contains, value: a}, {field: tracking, op: '=', value: abc}]}",
    "{all: [{field: tracking, op: empty}, {field: tracking, op: '!=', value: a}]}",
    "{all: [{field: visit, op: '>', value: 2026-12-01}, {field: visit, op: '<', value: 2026-12-10}]}",
    "{all: [{field: now, op: '>', value: '18:00'}, {field: now, op: '<', value: '09:00'}]}",
    "{field: stage, op: =, value: new}",
    "{field: stage, op: in, value: [new, won]}",
    "{field: closed, op: =, value: false}",
    "{field: constants.limit, op: '>', value: 4000}",
    "{field: event.subject, op: empty}",
]


@pytest.mark.parametrize("when", MAY)
def test_a_condition_that_may_hold_is_left_alone(when: str) -> None:
    assert found(sms(when)) == []


def test_an_events_data_may_be_asked_for_where_a_trigger_leads() -> None:
    rule = sms("{field: event.subject, op: contains, value: pedido}").replace("stage: new", "stage: delivery")
    assert found(rule, triggers=["{id: t, stage: delivery, kind: email_received}"]) == []
    (only,) = found(rule, triggers=["{id: t, stage: delivery, kind: email_received, enabled: false}"])
    assert "it never holds: event.* is what a trigger brings" in only


# Rules that come too late ---------------------------------------------------------------------------------------------


def mover(rest: str = "", rule: str = "m", settings: str = "stage: delivery") -> str:
    return f"{{id: {rule}, stage: new, kind: move{rest}, settings: {{{settings}}}}}"


def text(rest: str = "", rule: str = "r") -> str:
    return f"{{id: {rule}, stage: new, kind: sms{rest}, {SMS}}}"


@pytest.mark.parametrize(
    ("lines", "late"),
    [
        ([mover(), text()], []),
        ([mover(), text(", run: {after: 1h}")], ["r"]),
        ([text(", run: {after: 1h}"), mover()], ["r"]),
        ([mover(", run: {after: 1h}"), text(", run: {after: 1h}")], []),
        ([mover(", run: {after: 1h}"), text(", run: {after: 2h}")], ["r"]),
        ([mover(), text(", order: wait")], ["r"]),
        ([text(", order: wait"), mover()], []),
        ([mover(), text(", run: {after: 1d, of: previous}")], ["r"]),
        ([mover(), mover("", "m2", "stage: won")], ["m2"]),
        ([mover(), text(", run: {before: 1d, of: visit}")], []),
        ([mover(", once: true"), text(", run: {after: 1h}")], []),
        ([mover(", enabled: false"), text(", run: {after: 1h}")], []),
        ([mover(), text(", run: {after: 1h}, enabled: false")], []),
        ([mover(", hours: business"), text(", run: {after: 1h}")], []),
        ([mover(", when: {field: amount, op: filled}"), text(", run: {after: 1h}")], []),
        ([mover(", order: wait"), text(", run: {after: 1h}")], []),
    ],
)  # fmt: skip
def test_a_rule_behind_one_that_moves_the_deal_away_never_acts(lines: list[str], late: list[str]) -> None:
    said = [line for line in found(*lines) if "it never acts" in line]
    assert [line.split(",")[0].removeprefix("(rule ") for line in said] == late
    assert all("give that rule a condition" in line for line in said)


# Triggers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("triggers", "says"),
    [
        (["{id: a, stage: won, kind: payment}", "{id: b, stage: won, kind: payment}"], "trigger “a” is the same"),
        (["{id: a, stage: won, kind: payment}", "{id: b, stage: delivery, kind: payment}"], None),
        (["{id: a, stage: won, kind: payment, enabled: false}", "{id: b, stage: won, kind: payment}"], None),
        (["{id: a, stage: won, kind: payment}", "{id: b, stage: won, kind: payment, back: true}"], None),
        (
            [
                "{id: a, stage: won, kind: payment, when: {field: amount, op: filled}}",
                "{id: b, stage: won, kind: payment}",
            ],
            None,
        ),
        (
            ["{id: a, stage: delivery, kind: payment, when: {field: stage, op: =, value: won}}"],
            "it moves deals only from: new",
        ),
        (["{id: a, stage: delivery, kind: payment, back: true, when: {field: stage, op: =, value: won}}"], None),
        (["{id: a, stage: delivery, kind: email_received, back: true, when: " + WON], "it moves deals only from: new"),
        (["{id: a, stage: delivery, kind: payment, when: {field: stage, op: =, value: new}}"], None),
    ],
)
def test_triggers_that_are_never_applied_are_found(triggers: list[str], says: str | None) -> None:
    said = found(triggers=triggers)
    assert len(said) == (says is not None)
    assert says is None or says in said[0]


def mail(body: str, rest: str = "", rule: str = "r", keys: str = "") -> str:
    return f"{{id: {rule}, stage: new, kind: email{keys}, settings: {{subject: x, body: '{body}'{rest}}}}}"


CLICKED = "{{id: t, stage: delivery, kind: link_clicked, settings: {{link: '{0}'}}}}"
SITE = "https://loja.example"


@pytest.mark.parametrize(
    ("rule", "link", "says"),
    [
        (mail(f"See {SITE}/a."), f"{SITE}/a", None),
        (mail(f"See {SITE}/a."), f"{SITE}/b", "no rule of pipeline sales sends this link"),
        (mail('<a href="{{ constants.site }}/a?b&amp;c">x</a>'), f"{SITE}/a?b&c", None),
        (mail(f'<a href="{SITE}/a">x</a>'), "{{ constants.site }}/a", None),
        (mail('<a href="{{ deal.fields.tracking }}">x</a>'), f"{SITE}/b", None),
        (mail(f'<a href="{SITE}/{{{{ deal.id }}}}">x</a>'), f"{SITE}/{{{{ deal.id }}}}", None),
        (
            mail(f"See {SITE}/a.", ", track_clicks: false"),
            f"{SITE}/a",
            "rule “r” sends this link with click tracking off",
        ),
        (mail(f"See {SITE}/a.", "", "r", ", enabled: false"), f"{SITE}/b", None),
        (mail(f'<a data-no-track href="{SITE}/a">x</a>'), f"{SITE}/a", "no rule of pipeline sales sends this link"),
    ],
)
def test_a_link_that_no_mail_holds_is_found(rule: str, link: str, says: str | None) -> None:
    said = found(rule, triggers=[CLICKED.format(link)])
    assert len(said) == (says is not None), said
    assert says is None or (says in said[0] and said[0].startswith("(trigger t, settings.link)"))


# Mail that leaves the house -------------------------------------------------------------------------------------------

REAL = HOUSE.replace("adapter: simulated}", "adapter: smtp, settings: {host: mx.loja.example, security: tls}}", 1)
GATE = "\ncompany: {gateway: 'https://t.loja.example'}"


@pytest.mark.parametrize(
    ("house", "rest", "says"),
    [
        (REAL, "", True),
        (REAL, ", track_opens: false", True),
        (REAL, ", track_opens: false, track_clicks: false", False),
        (REAL + GATE, "", False),
        (HOUSE, "", False),
    ],
)
def test_tracking_without_a_gateway_is_said_once(house: str, rest: str, says: bool) -> None:
    said = found(mail("a", rest), mail("b", rest, "r2"), house=house)
    assert len(said) == says
    assert not says or "opens and clicks are not tracked, which rules want (r, r2)" in said[0]


@pytest.mark.parametrize("gateway", ["http://localhost:8000", "https://192.168.0.7", "https://crm.lan"])
def test_a_gateway_that_no_client_reaches_is_found(gateway: str) -> None:
    house = f"{REAL}\ncompany: {{gateway: '{gateway}'}}"
    (only,) = found(mail("a"), house=house)
    assert only.startswith(f"(company, gateway) no client can open {gateway}, where tracked links lead")
    assert found(mail("a", ", track_opens: false, track_clicks: false"), house=house) == []
    assert found(mail("a"), house=f"{HOUSE}\ncompany: {{gateway: '{gateway}'}}") == []


class Keyed(Registry):
    """A machine that has a key of its own, or none."""

    def __init__(self, key: str | None) -> None:
        super().__init__(
            Secrets({} if key is None else {"FUNIL_SECRET_GATEWAY_KEY": key}, lambda connection, field: None)
        )


KEY = "k" * 43
MAILLESS = HOUSE.replace("channel: email", "channel: form")


@pytest.mark.parametrize(
    ("sent", "here", "says"),
    [
        (None, None, None),
        (None, KEY, None),
        (KEY, KEY, None),
        (KEY, "o" * 43, "this machine makes tracking tokens with another key than the house"),
        (KEY, None, "the key of the house's tracking tokens is not on this machine"),
        (KEY, "short", "FUNIL_SECRET_GATEWAY_KEY is too short to be a key"),
    ],
)
def test_a_machine_without_the_houses_key_is_told(sent: str | None, here: str | None, says: str | None) -> None:
    home = Home()
    home.apply(f"{REAL}{GATE}\npipelines:\n  - id: sales{STAGES}\n    rules:\n      - {mail('a')}")
    house, outside = home.house, Keyed(here)
    wanted = None if sent is None else tokens.fingerprint(sent, house.id)
    told = [(each.place, each.words.english()) for each in lint(house, outside.validate, outside=outside, key=wanted)]
    assert len(told) == (says is not None), told
    assert says is None or (told[0][0] == "company, gateway" and told[0][1].startswith(says))


@pytest.mark.parametrize(
    ("kind", "rest", "house", "says"),
    [
        ("email_opened", "", HOUSE, None),
        (
            "email_opened",
            ", track_opens: false",
            HOUSE,
            "no rule of pipeline sales sends a mail whose opening is tracked",
        ),
        ("email_opened", None, HOUSE, None),
        ("email_opened", None, MAILLESS, "no e-mail connection is set up"),
        ("link_clicked", None, MAILLESS, "no e-mail connection is set up"),
    ],
)
def test_a_trigger_that_no_mail_can_tell_is_found(kind: str, rest: str | None, house: str, says: str | None) -> None:
    lines = [] if rest is None else [mail("a", rest)]
    settings = "{link: 'https://a.example'}" if kind == "link_clicked" else "{}"
    trigger = f"id: t, stage: won, kind: {kind}, settings: {settings}"
    said = found(*lines, house=house, triggers=[f"{{{trigger}}}"])
    assert len(said) == (says is not None), said
    assert says is None or said[0].startswith(f"(trigger t) {says}")
    assert found(*lines, house=house, triggers=[f"{{{trigger}, enabled: false}}"]) == []


def test_a_file_of_a_connection_that_is_not_here_is_found(tmp_path: Path) -> None:
    house = REAL.replace("security: tls", f"security: tls, ca_file: {tmp_path / 'ca.pem'}") + GATE
    (only,) = found(house=house)
    assert only.startswith(
        f"(connection mail) connection “mail”: there is no file {tmp_path / 'ca.pem'} on this machine"
    )
    (tmp_path / "ca.pem").write_text("x")
    assert found(house=house) == []


def test_a_secret_that_this_machine_lacks_is_found() -> None:
    house = REAL.replace("security: tls", "security: tls, user: ana") + GATE
    (only,) = found(house=house)
    assert only.startswith("(connection mail) connection “mail” needs its password: set FUNIL_SECRET_MAIL_PASSWORD")


@pytest.mark.parametrize(
    ("responsible", "house", "keys", "says"),
    [
        ("ana", HOUSE, "", None),
        ("rui", HOUSE, "", "has no mailbox, and rules write in the responsible's name (r)"),
        ("rui", HOUSE, ", from: ana@loja.example", None),
        ("ana", HOUSE.replace("adapter: simulated}", BOX, 1), "", "no e-mail connection sends from ana@loja.example"),
    ],
)
def test_a_responsible_who_cannot_write_is_found(responsible: str, house: str, keys: str, says: str | None) -> None:
    deals = f"deals: [{{id: D1, stage: new, responsible: {responsible}, contacts: [maria]}}]"
    said = found(mail("a", keys), house=house, deals=deals)
    assert len(said) == (says is not None), said
    assert says is None or (says in said[0] and said[0].startswith(f"(user {responsible}, mailboxes)"))
    assert found(mail("a"), house=house) == []


@pytest.mark.parametrize(
    ("deal", "says"),
    [("{id: D1, stage: new}", True), ("{id: D1, stage: new, fields: {visit: 2026-12-24}}", False),
     ("{id: D1, stage: won}", False)],
)  # fmt: skip
def test_a_date_that_no_open_deal_has_is_found(deal: str, says: bool) -> None:
    said = found(text(", run: {before: 1d, of: visit}"), deals=f"deals: [{deal}]")
    assert said == (["(rule r, run) no open deal has a “visit”: until it is filled the rule waits"] if says else [])
    assert found(text(", run: {before: 1d, of: created_at}"), deals=f"deals: [{deal}]") == []


@pytest.mark.parametrize(
    ("hours", "company", "user", "says"),
    [
        ("business", "", "", True),
        ("both", "", "", True),
        ("responsible", "", "", True),
        ("any", "", "", False),
        ("business", "{hours: {mon-fri: '09:00-18:00'}}", "", False),
        ("responsible", "", ", hours: {mon: '09:00-12:00'}", False),
        ("business", "", ", hours: {mon: '09:00-12:00'}", True),
    ],
)
def test_hours_that_nobody_has_set_are_found(hours: str, company: str, user: str, says: bool) -> None:
    house = HOUSE.replace("name: Rui Reis", f"name: Rui Reis{user}") + (f"company: {company}" if company else "")
    said = found(text(f", hours: {hours}"), house=house)
    assert len(said) == says
    assert not says or said[0].startswith("(rule r, hours) the company has no hours")


# Texts ----------------------------------------------------------------------------------------------------------------

LONG, HALF = "x" * 201, "x" * 150


@pytest.mark.parametrize(
    ("body", "over"),
    [
        (LONG, True),
        (f"{HALF}{{% if deal.amount %}}{'y' * 51}{{% endif %}}", False),
        (f"{{% if deal.amount %}}{HALF}{{% else %}}{HALF}{{% endif %}}", False),
        (f"{{% if deal.amount %}}{LONG}{{% else %}}{LONG}{{% endif %}}", True),
        (f"{{% if deal.amount %}}{LONG}{{% elif deal.company %}}a{{% else %}}{LONG}{{% endif %}}", False),
        (f"{'x' * 199}{{{{ deal.title }}}}", False),
        (f"{'x' * 200}{{# {HALF} #}}", False),
    ],
)
def test_only_what_certainly_stands_there_is_counted(body: str, over: bool) -> None:
    said = found(f"{{id: r, stage: new, kind: sms, settings: {{text: '{body}'}}}}")
    assert len(said) == over
    assert not over or "an SMS rule sends 200 at most" in said[0]
