"""PRODUCT §2, run time: every form of it, and whose hours hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.ground import Funil, board, mail, rules, sms
from tests.proof.time_ground import ENTERED, HOURS, at, due, house, sent

# "now · after N minutes/hours/days from stage entry or from a date field · before a date field · at a date field's day
# and a clock time. Any N ≥ 0." ----------------------------------------------------------------------------------------

MOMENTS = [
    ("now", ENTERED),
    ("{after: 0m}", ENTERED),
    ("{after: 0d}", ENTERED),
    ("{after: 1s}", "2026-12-01T12:00:01Z"),
    ("{after: 9m}", "2026-12-01T12:09:00Z"),  # Bitrix24's least is ten minutes
    ("{after: 36h}", "2026-12-03T00:00:00Z"),
    ("{after: 3d}", "2026-12-04T12:00:00Z"),
    ("{after: 2w}", "2026-12-15T12:00:00Z"),
    ("{after: 0m, of: close_date}", "2026-12-10T03:00:00Z"),
    ("{after: 90m, of: close_date}", "2026-12-10T04:30:00Z"),
    ("{after: 1d, of: deal.close_date}", "2026-12-11T03:00:00Z"),
    ("{after: 1d, of: visit}", "2026-12-06T03:00:00Z"),
    ("{after: 2h, of: meeting}", "2026-12-05T19:45:00Z"),
    ("{after: 2d, of: meeting}", "2026-12-07T17:45:00Z"),
    ("{after: 1h, of: entered_stage_at}", "2026-12-01T13:00:00Z"),
    ("{before: 1d, of: close_date}", "2026-12-09T03:00:00Z"),
    ("{before: 30m, of: meeting}", "2026-12-05T17:15:00Z"),
    ("{before: 0m, of: meeting}", "2026-12-05T17:45:00Z"),
    ('{at: "12:00", of: close_date}', "2026-12-10T15:00:00Z"),
    ('{at: "00:00", of: visit}', "2026-12-05T03:00:00Z"),
    ('{at: "09:30", of: deal.fields.meeting}', "2026-12-05T12:30:00Z"),
    ('{at: "23:59:59", of: visit}', "2026-12-06T02:59:59Z"),
    # "A moment already past runs at once."
    ("{before: 10w, of: close_date}", ENTERED),
    ("{before: 1d, of: begin_date}", None),  # "An empty date field: the run waits in the visible state no_date"
]
DATES = 'close_date: 2026-12-10, fields: {visit: 2026-12-05, meeting: "2026-12-05T17:45:00Z"}'


@pytest.fixture(scope="module")
def entered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Funil]:
    """One deal that has entered a stage with a rule for every form."""
    lines = [mail(f"m{number}", run=run) for number, (run, _) in enumerate(MOMENTS)]
    yield house(tmp_path_factory.mktemp("moments"), *lines, dates=DATES)


@pytest.mark.parametrize("number", range(len(MOMENTS)), ids=[run for run, _ in MOMENTS])
def test_each_form_of_a_run_time(entered: Funil, number: int) -> None:
    run = entered.runs()[f"m{number}"]
    expected = MOMENTS[number][1]
    assert run["due_at"] == expected
    status = ("no_date", None) if expected is None else ("waiting", "time" if expected > ENTERED else None)
    assert (run["status"], run["reason"]) == status


def test_what_is_past_runs_at_once_and_the_rest_at_its_moment(tmp_path: Path) -> None:
    lines = [mail("past", run="{before: 10w, of: close_date}"), sms("soon", run="{after: 1s}")]
    funil = house(tmp_path, *lines, dates=DATES)
    funil.until("2026-12-01T12:01Z")
    assert sent(funil) == {"past": ENTERED, "soon": "2026-12-01T12:00:01Z"}


@pytest.mark.parametrize(
    ("run", "says"),
    [
        ("{before: 1d}", "needs “of”"),
        ('{at: "12:00"}', "needs “of”"),
        ("{before: 1d, of: previous}", "needs “of”"),
        ('{at: "25:00", of: close_date}', "25:00"),
        ("{after: -1h}", "-1h"),
        ("{after: 1.5h}", "1.5h"),
        ("{after: 1h, before: 1h, of: close_date}", "exactly one of after, before and at"),
        ("{after: 1d, of: contact.name}", "is none"),
    ],
)
def test_what_is_no_run_time_is_refused_by_name(run: str, says: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path)
    funil.apply(board(rules(mail("a", run=run))), status=1)
    assert says in funil.notices


# "Minutes and hours are absolute; days are calendar days in the company's zone; a local time that DST skips → the next
# valid one, a doubled one → the first." -------------------------------------------------------------------------------

CLOCKS = [
    # zone, the deal's entry, run, the moment of the run
    ("America/Sao_Paulo", "2018-11-03T15:00:00Z", "{after: 1d}", "2018-11-04T14:00:00Z"),
    ("America/Sao_Paulo", "2018-11-03T15:00:00Z", "{after: 24h}", "2018-11-04T15:00:00Z"),
    ("America/Sao_Paulo", "2018-11-03T03:30:00Z", "{after: 1d}", "2018-11-04T03:00:00Z"),  # 00:30 is skipped
    ("America/Sao_Paulo", "2018-02-16T14:00:00Z", "{after: 2d}", "2018-02-18T15:00:00Z"),
    ("America/Sao_Paulo", "2018-02-17T01:30:00Z", "{after: 1d}", "2018-02-18T01:30:00Z"),  # 23:30 is doubled
    ("America/New_York", "2026-03-07T17:00:00Z", "{after: 1d}", "2026-03-08T16:00:00Z"),
    ("America/New_York", "2026-03-07T07:30:00Z", "{after: 1d}", "2026-03-08T07:00:00Z"),  # 02:30 is skipped
    ("America/New_York", "2026-10-31T05:30:00Z", "{after: 1d}", "2026-11-01T05:30:00Z"),  # 01:30 is doubled
    ("America/New_York", "2026-10-31T05:30:00Z", "{after: 25h}", "2026-11-01T06:30:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T00:00:00Z", "{after: 1d}", "2026-10-03T23:30:00Z"),
    ("Australia/Lord_Howe", "2026-10-02T15:45:00Z", "{after: 1d}", "2026-10-03T15:30:00Z"),  # 02:15 is skipped
    ("Pacific/Apia", "2011-12-29T22:00:00Z", "{after: 1d}", "2011-12-30T10:00:00Z"),  # the 30th never was
    ("Pacific/Apia", "2011-12-29T22:00:00Z", "{after: 2d}", "2011-12-30T22:00:00Z"),
    ("Pacific/Apia", "2011-12-29T22:00:00Z", "{after: 24h}", "2011-12-30T22:00:00Z"),
    ("Pacific/Apia", "2011-12-28T22:00:00Z", '{at: "12:00", of: visit}', "2011-12-30T10:00:00Z"),
    # A day begins at its midnight; that the change skips it moves no other day.
    ("America/Santiago", "2026-09-01T12:00:00Z", "{after: 0m, of: visit}", "2026-09-06T04:00:00Z"),
    ("America/Santiago", "2026-09-01T12:00:00Z", "{after: 1d, of: visit}", "2026-09-07T03:00:00Z"),
    ("America/Santiago", "2026-09-01T12:00:00Z", "{before: 1d, of: visit}", "2026-09-05T04:00:00Z"),
]
VISITS = {"America/Santiago": "2026-09-06", "Pacific/Apia": "2011-12-30"}


@pytest.mark.parametrize(("zone", "clock", "run", "moment"), CLOCKS)
def test_days_are_the_calendars_and_hours_are_hours(
    zone: str, clock: str, run: str, moment: str, tmp_path: Path
) -> None:
    dates = f"fields: {{visit: {VISITS[zone]}}}" if "visit" in run else ""
    funil = house(tmp_path, mail("a", run=run), clock=clock, zone=zone, dates=dates)
    assert due(funil) == moment


# "only in company business hours (calendar with time zone, weekends, holidays) and only in the responsible's hours;
# both set → both must hold; outside → moved to the next open moment" --------------------------------------------------

LUNCH = 'hours: {mon-fri: "09:00-12:00,13:00-18:00", sat: "10:00-11:00"}'
LISBON = 'timezone: Europe/Lisbon, hours: {mon-fri: "10:00-17:00"}'
EVENINGS = 'hours: {mon-thu: "16:00-20:00", fri: ""}'
OPENINGS: dict[str, tuple[str, str, dict[str, str], str]] = {
    # whose hours, the entry, the house, the due moment (São Paulo is three hours behind UTC)
    "open": ("business", "2026-12-01T14:59:59Z", {}, "2026-12-01T14:59:59Z"),
    "at the opening": ("business", "2026-12-01T12:00:00Z", {}, "2026-12-01T12:00:00Z"),
    "just before the opening": ("business", "2026-12-01T11:59:59Z", {}, "2026-12-01T12:00:00Z"),
    "at closing time: the end is exclusive": ("business", "2026-12-01T21:00:00Z", {}, "2026-12-02T12:00:00Z"),
    "at the last second": ("business", "2026-12-01T20:59:59Z", {}, "2026-12-01T20:59:59Z"),
    "over lunch": ("business", "2026-12-01T15:00:00Z", {"company": LUNCH}, "2026-12-01T16:00:00Z"),
    "after lunch": ("business", "2026-12-01T16:00:00Z", {"company": LUNCH}, "2026-12-01T16:00:00Z"),
    "over the weekend": ("business", "2026-12-04T22:00:00Z", {}, "2026-12-07T12:00:00Z"),
    "on a short Saturday": ("business", "2026-12-04T22:00:00Z", {"company": LUNCH}, "2026-12-05T13:00:00Z"),
    "a holiday of the country": (
        "business",
        "2026-12-24T22:00:00Z",
        {"company": f"{HOURS}, holidays: BR"},
        "2026-12-28T12:00:00Z",
    ),
    "a holiday of the region": (
        "business",
        "2026-07-08T22:00:00Z",
        {"company": f"{HOURS}, holidays: [BR-SP]"},
        "2026-07-10T12:00:00Z",
    ),
    "no holiday of the country": (
        "business",
        "2026-07-08T22:00:00Z",
        {"company": f"{HOURS}, holidays: [BR]"},
        "2026-07-09T12:00:00Z",
    ),
    "a date": (
        "business",
        "2026-12-01T13:00:00Z",
        {"company": f"{HOURS}, holidays: 2026-12-01"},
        "2026-12-02T12:00:00Z",
    ),
    "a list of a country and dates": (
        "business",
        "2026-12-24T13:00:00Z",
        {"company": f"{HOURS}, holidays: [BR, 2026-12-24, 2026-12-28]"},
        "2026-12-29T12:00:00Z",
    ),
    "holidays without hours": (
        "business",
        "2026-12-25T13:00:00Z",
        {"company": "holidays: [BR]"},
        "2026-12-26T03:00:00Z",
    ),
    "no calendar at all": ("business", "2026-12-25T05:00:00Z", {"company": ""}, "2026-12-25T05:00:00Z"),
    "the responsible's hours in their zone": (
        "responsible",
        "2026-12-01T17:00:00Z",
        {"ana": LISBON},
        "2026-12-02T10:00:00Z",
    ),
    "the responsible's hours in the company's zone": (
        "responsible",
        "2026-12-01T12:00:00Z",
        {"ana": EVENINGS},
        "2026-12-01T19:00:00Z",
    ),
    "the responsible's free day": ("responsible", "2026-12-04T12:00:00Z", {"ana": EVENINGS}, "2026-12-07T19:00:00Z"),
    "the responsible works on the company's holidays": (
        "responsible",
        "2026-12-25T09:00:00Z",
        {"ana": LISBON, "company": f"{HOURS}, holidays: [BR]"},
        "2026-12-25T10:00:00Z",
    ),
    "a responsible without hours keeps the company's": (
        "responsible",
        "2026-12-24T22:00:00Z",
        {"company": f"{HOURS}, holidays: [BR]"},
        "2026-12-28T12:00:00Z",
    ),
    "a responsible with a zone only keeps the company's": (
        "responsible",
        "2026-12-04T22:00:00Z",
        {"ana": "timezone: Asia/Tokyo"},
        "2026-12-07T12:00:00Z",
    ),
    "nobody responsible: the company's": (
        "responsible",
        "2026-12-04T22:00:00Z",
        {"who": "null"},
        "2026-12-07T12:00:00Z",
    ),
    "both boxes: the later of two openings": ("both", "2026-12-01T09:00:00Z", {"ana": LISBON}, "2026-12-01T12:00:00Z"),
    "both boxes: one has closed": ("both", "2026-12-01T17:00:00Z", {"ana": LISBON}, "2026-12-02T12:00:00Z"),
    "both boxes: the company's holiday": (
        "both",
        "2026-12-25T12:00:00Z",
        {"ana": LISBON, "company": f"{HOURS}, holidays: [BR]"},
        "2026-12-28T12:00:00Z",
    ),
    "both boxes, nobody responsible": ("both", "2026-12-04T22:00:00Z", {"who": "null"}, "2026-12-07T12:00:00Z"),
    "any hour": ("any", "2026-12-05T05:00:00Z", {"ana": LISBON}, "2026-12-05T05:00:00Z"),
    "a night that the clock change shortens": (
        "business",
        "2026-03-08T03:00:00Z",
        {"zone": "America/New_York", "company": 'hours: {sun: "02:15-04:00"}'},
        "2026-03-08T07:00:00Z",
    ),
}


@pytest.mark.parametrize("what", OPENINGS)
def test_outside_the_hours_a_run_waits_for_the_next_open_moment(what: str, tmp_path: Path) -> None:
    hours, clock, more, opens = OPENINGS[what]
    funil = house(tmp_path, mail("a", hours=hours), clock=clock, **more)
    assert due(funil) == opens
    assert funil.states()["a"] == ("waiting hours" if opens > clock else "waiting")
    funil.until(opens)
    ended = funil.runs()["a"]
    assert (ended["status"], ended["reason"]) == (("failed", "no_mailbox") if more.get("who") else ("done", None))


@pytest.mark.parametrize(
    ("after", "moment"),
    [
        ("5h", "2026-12-01T20:00:00Z"),
        ("21599s", "2026-12-01T20:59:59Z"),
        ("6h", "2026-12-02T12:00:00Z"),  # 18:00 sharp: the house has closed
        ("21h", "2026-12-02T12:00:00Z"),  # 09:00 sharp: it opens
        ("20h", "2026-12-02T12:00:00Z"),
    ],
)
def test_a_moment_on_the_edge_of_the_hours(after: str, moment: str, tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", run=f"{{after: {after}}}", hours="business"), clock="2026-12-01T15:00:00Z")
    funil.until(moment)
    assert sent(funil) == {"a": moment}


def test_what_is_found_after_closing_time_waits_for_the_opening(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", run="{after: 1h}", hours="business"), clock="2026-12-04T19:30:00Z")
    funil("clock", "advance", "90m")
    funil.idle()
    assert at(funil) == ("waiting hours", "2026-12-07T12:00:00Z")


# "hours never open": said, and not hung upon --------------------------------------------------------------------------

NEVER = "the company and Ana Souza are never at work at the same time"
SUNDAYS = 'hours: {sun: "09:00-12:00"}'


def test_hours_that_never_come_are_said_where_the_run_waits(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", hours="both"), sms("b", order="wait"), sms("c"), ana=SUNDAYS, rui=LISBON)
    assert (funil.states()["a"], funil.runs()["a"]["detail"]) == ("waiting hours", NEVER)
    assert NEVER in funil("explain", "--deal", "D1")
    funil.until("2030-01-01T12:00Z")
    assert funil.states() == {"a": "waiting hours", "b": "waiting rule", "c": "done"}
    assert (due(funil) > "2030", funil.runs()["a"]["detail"]) == (True, NEVER)
    funil("deal", "set", "D1", "responsible=rui")
    assert (due(funil), funil.runs()["a"]["detail"]) == ("2030-01-01T12:00:00Z", None)
    funil.idle()
    assert funil.states() == {"a": "done", "b": "done", "c": "done"}


def test_lint_warns_of_hours_that_never_come_and_of_absurd_spans(tmp_path: Path) -> None:
    lines = (
        mail("a", hours="both"),
        mail("b", late="999999w"),
        mail("c", run="{after: 11w}", late="0s"),
        mail("d", run="{before: 4000d, of: close_date}"),
        mail("e", hours="responsible", late="9w"),
    )
    funil = house(tmp_path, *lines, ana=SUNDAYS)
    found = {(one["place"].split(" ")[1].strip(","), one["problem"], one["error"]) for one in funil.json("lint")}
    assert found == {
        ("a", NEVER, False),
        ("b", "999999w is more than ten years: is the unit right?", False),
        ("c", "it is skipped whenever it is found a moment late: give some seconds at least", False),
        ("d", "4000d is more than ten years: is the unit right?", False),
        ("d", "no open deal has a “close_date”: until it is filled the rule waits", False),
    }
