"""The history page: days, gaps, filters, and the ways through it."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.browsing import Browsing
from tests.pages import HTMX, Pages
from tests.queries.playing import EXTENDED
from tests.queries.shelving import MONDAY, counted
from tests.views.histories import DAY, HOUR, LISTED, NIA, ZED, History, days_in, link
from webapp import db


@pytest.fixture
def mine(browsing: Browsing) -> History:
    return History(browsing)


def test_only_listeners_come_in(pages: Pages) -> None:
    for url in ("/history", "/history/list", "/history/status", "/history?day=2020-01-01"):
        pages.page(url, status=401)


def test_days_come_newest_first_with_what_the_whole_day_counts(mine: History) -> None:
    mine.play(*(("t1", MONDAY - n * HOUR) for n in range(72)))
    first, second, third = mine.days()
    assert first.lines == [f"{hour:02}:00" for hour in range(12, -1, -1)]
    assert first.head == "Monday March 2 2026 13 plays, 13 minutes"
    assert (second.day, len(second.lines)) == ("2026-03-01", 24)
    assert (third.day, len(third.lines)) == ("2026-02-28", 13)
    assert "24 plays, 24 minutes" in third.head, "of the whole day, not of the page"
    older = link(mine.pages.page("/history"), "next")
    assert older
    again = days_in(mine.pages.page(older))[0]
    assert (again.day, len(again.lines)) == ("2026-02-28", 11)
    assert "continued" in again.head
    assert "24 plays, 24 minutes" in again.head


def test_every_play_is_on_one_page_both_ways(mine: History) -> None:
    tied = [("t1", MONDAY), ("t2", MONDAY), ("t3", MONDAY)]
    mine.play(*tied, *(("t1", MONDAY - n * HOUR) for n in range(1, 124)))
    down, url = [], "/history"
    while url:
        down.append(mine.pages.page(url))
        url = link(down[-1], "next") or ""
    times = [re.findall(r'<time[^>]*datetime="([^"]+)"', text) for text in down]
    assert [len(part) for part in times] == [50, 50, 26]
    flat = [time for part in times for time in part]
    assert all(newer >= older for newer, older in pairwise(flat))
    up = [down[-1]]
    while url := link(up[-1], "prev") or "":
        up.append(mine.pages.page(url))
    assert [re.findall(r'<time[^>]*datetime="([^"]+)"', text) for text in up] == [
        times[2],
        flat[50:100],
        flat[:50],
    ]


def test_beyond_the_newest_play_is_the_newest_page(mine: History) -> None:
    mine.play(("t1", MONDAY))
    for path in ("/history", "/history/list"):
        url = f"{path}?after=99999999999999999-z&q=night"
        plain, live = mine.pages.client.get(url), mine.pages.client.get(url, headers=HTMX)
        assert (plain.status_code, plain.headers["Location"]) == (303, "/history?q=night")
        assert (live.status_code, live.headers["HX-Redirect"]) == (204, "/history?q=night")


def test_places_that_make_no_sense_are_not_found(mine: History) -> None:
    mine.play(("t1", MONDAY))
    for mark in ("x", "-1", "5", "-", "99999999999999999999-a", "²-a", "%00-%00", "1.5-a"):
        for way in ("before", "after"):
            mine.pages.page(f"/history?{way}={mark}", status=404)
            assert mine.pages.client.get(f"/history/list?{way}={mark}").status_code == 404
    assert "The beginning is behind you" in mine.pages.page("/history?before=5-a", status=404)
    ids = ("%00", "no-such", "x" * 5000, "%E2%80%AE", "'; DROP TABLE plays; --")
    for name in ("artist", "album", "source"):
        for value in ids:
            mine.pages.page(f"/history?{name}={value}", status=404)
    for day in ("2026-02-30", "20260303", "9999-12-31", "0000-01-01", "²", "%00", "tomorrow"):
        assert "There is no such day" in mine.pages.page(f"/history?day={day}", status=404)


def test_a_day_is_jumped_to_and_left_both_ways(mine: History) -> None:
    mine.play(*(("t1", MONDAY - n * DAY) for n in range(9)))
    text = mine.pages.page("/history?day=2026-02-25")
    assert [shown.day for shown in days_in(text)][:2] == ["2026-02-25", "2026-02-24"]
    assert 'value="2026-02-25"' in text
    newer = link(text, "prev")
    assert newer
    assert [shown.day for shown in days_in(mine.pages.page(newer))][-1] == "2026-02-26"
    assert 'href="/history"' in text


def test_a_day_without_plays_says_so(mine: History) -> None:
    mine.play(("t1", MONDAY - 9 * DAY))
    text = mine.pages.page("/history?day=2026-03-01")
    empty, before = days_in(text)
    assert (empty.day, empty.lines) == ("2026-03-01", [])
    assert "0 plays" in empty.head
    assert "Nothing was played on this day" in text
    assert before.day == "2026-02-21"


@pytest.mark.parametrize(
    ("zone", "start", "hours"),
    [
        ("Europe/Tallinn", datetime(2025, 3, 29, 20, tzinfo=UTC), 30),
        ("Europe/Tallinn", datetime(2025, 10, 25, 19, tzinfo=UTC), 30),
        ("America/St_Johns", datetime(2025, 3, 9, 2, tzinfo=UTC), 30),
        ("America/St_Johns", datetime(2010, 11, 7, 0, tzinfo=UTC), 30),  # back over midnight
        ("Pacific/Apia", datetime(2011, 12, 29, 8, tzinfo=UTC), 40),
    ],
)
def test_days_are_as_long_as_they_were(
    mine: History, zone: str, start: datetime, hours: int
) -> None:
    mine.live_in(zone)
    mine.play(*(("t1", start + n * HOUR + timedelta(seconds=30)) for n in range(hours)))
    with db.connection():
        counts = db.query(
            "SELECT day::text, plays FROM daily_listening WHERE user_id = %s", mine.id
        )
    shown = mine.days()
    assert {day: len(lines) for day, _, lines in shown} == dict(counts)
    assert [day for day, _, _ in shown] == sorted(dict(counts), reverse=True), "each day once"
    for day, head, lines in shown:
        assert f"{len(lines)} play" in head
        assert mine.days(f"?day={day}")[0].lines == lines


def test_the_day_that_samoa_left_out_has_no_plays(mine: History) -> None:
    mine.live_in("Pacific/Apia")
    mine.play(*(("t1", datetime(2011, 12, 30, hour, tzinfo=UTC)) for hour in range(5, 15)))
    assert [day for day, _, _ in mine.days()] == ["2011-12-31", "2011-12-29"]
    left_out = mine.days("?day=2011-12-30")
    assert [(day, len(lines)) for day, _, lines in left_out] == [
        ("2011-12-30", 0),
        ("2011-12-29", 5),
    ]


def test_a_gap_stands_between_its_plays_and_makes_days_uncertain(mine: History) -> None:
    mine.play(*(("t1", MONDAY - n * HOUR) for n in range(60)))
    mine.miss(MONDAY - 2 * HOUR, MONDAY - HOUR)
    mine.miss(MONDAY - 50 * HOUR, MONDAY - 49 * HOUR)
    mine.miss(MONDAY - 4 * HOUR, MONDAY - 3 * HOUR, closed_by=EXTENDED)
    text = mine.pages.page("/history")
    first, second, third = days_in(text)
    assert first.lines[:7] == [
        "12:00",
        "11:00",
        "gap",
        "10:00",
        "09:00",
        "gap gap--closed",
        "08:00",
    ]
    assert "Plays may be missing between 10:00 and 11:00." in text
    assert "Plays were missing between 08:00 and 09:00." in text
    assert "from: Extended history." in text
    assert "At least 60 plays since" in text
    assert "at least 13 plays" in first.head
    assert "at least" not in second.head
    assert "at least" in third.head
    assert third.lines[-1] == "gap", (
        "below the last play of the page, not above the next one's first"
    )
    older = link(text, "next")
    assert older
    assert not [line for line in days_in(mine.pages.page(older))[0].lines if "gap" in line]


def test_a_gap_over_midnight_tells_its_days(mine: History) -> None:
    mine.play(("t1", MONDAY), ("t1", MONDAY - DAY), ("t1", MONDAY - 3 * DAY))
    mine.miss(MONDAY - DAY, MONDAY)
    first, second, third = mine.days()
    assert "between Mar 1, 12:00 and Mar 2, 12:00" in mine.pages.page("/history")
    assert (first.lines, second.lines) == (["12:00", "gap"], ["12:00"])
    assert ("at least" in second.head, "at least" in third.head) == (True, False)


def test_a_day_that_a_gap_swallowed_says_so(mine: History) -> None:
    mine.play(("t1", MONDAY), ("t1", MONDAY - 4 * DAY))
    mine.miss(MONDAY - 4 * DAY, MONDAY)
    swallowed, before = mine.days("?day=2026-02-28")
    assert (swallowed.lines, before.lines) == (["gap"], ["12:00"])
    assert "at least 0 plays" in swallowed.head


def test_filters_narrow_combine_and_are_taken_off(mine: History) -> None:
    mine.play(
        ("t1", MONDAY), ("t2", MONDAY - HOUR), ("t1", MONDAY - DAY, EXTENDED), ("gone", MONDAY)
    )
    mine.miss(MONDAY - DAY, MONDAY - HOUR)
    assert [shown.lines for shown in mine.days(f"?{NIA}")] == [["12:00", "gap"], ["12:00"]]
    text = mine.pages.page(f"/history?{NIA}&source={EXTENDED}&q=night")
    (day,) = days_in(text)
    assert (day.day, day.lines) == ("2026-03-01", ["gap", "12:00"])
    assert day.head == "Sunday March 1 2026", "the day's numbers are those of all its plays"
    chip = re.search(r'class="chip"\s+href="([^"]+)"[^>]*>(.*?)</a>', text, re.DOTALL)
    assert chip
    assert chip[1] == f"/history?q=night&amp;source={EXTENDED}"
    assert "Nia Osei" in chip[2]
    assert 'value="night"' in text
    assert f'name="source" value="{EXTENDED}"' in text.replace("\n", " ")
    assert "0 plays found" in mine.pages.page(f"/history?{NIA}&album=album-Øst")
    assert [d.lines for d in mine.days("?album=album-Øst&day=2026-03-02")] == [["11:00", "gap"]]


def test_each_play_leads_to_more_of_its_kind(mine: History) -> None:
    mine.play(("t1", MONDAY), ("t3", MONDAY - HOUR, EXTENDED), (LISTED, MONDAY - 2 * HOUR))
    text = mine.pages.page("/history")
    for found in re.findall(r'href="(/history\?(?:artist|album|source)=[^"]+)"', text):
        assert len(mine.days(found.removeprefix("/history"))) == 1
    assert text.count('class="play__source"') == 1
    assert re.findall(r'href="(/track/[^"]+)"', text) == [
        "/track/t1",
        "/track/t3",
        f"/track/{LISTED}",
    ]


def test_names_are_only_names(mine: History) -> None:
    mine.play(("t3", MONDAY))
    mine.miss(MONDAY - DAY, MONDAY, closed_by="<i>it</i>")
    for url in ("/history", f"/history?{ZED}", "/history?q=%3Cscript%3E", "/history?q=%3Cb%3Exyz"):
        text = mine.pages.page(url)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>" not in text
        assert "<i>" not in text
    assert "&lt;script&gt;alert" in mine.pages.page("/history")
    assert "0 plays found for “&lt;b&gt;xyz”" in mine.pages.page("/history?q=%3Cb%3Exyz")


def test_wild_characters_mean_themselves(mine: History) -> None:
    mine.play(("t1", MONDAY), ("t2", MONDAY - HOUR))
    assert [shown.lines for shown in mine.days("?q=%25")] == [["11:00"]]
    assert "0 plays found" in mine.pages.page("/history?q=_")
    assert [shown.lines for shown in mine.days("?q=NIGHT")] == [["12:00", "11:00"]]
    assert [shown.lines for shown in mine.days("?q=%20%00%20")] == [["12:00", "11:00"]]


def test_the_list_alone_takes_the_address_along(mine: History) -> None:
    mine.play(("t1", MONDAY), ("t2", MONDAY - HOUR))
    text = mine.pages.fragment("/history/list?q=night&day=&artist=")
    assert 'id="plays"' in text
    asked = "/history/list?q=night&day=2026-03-02"
    reply = mine.pages.client.get(asked, headers=HTMX)
    assert reply.headers["HX-Push-Url"] == "/history?q=night&day=2026-03-02"
    here = {**HTMX, "HX-Current-URL": "http://localhost/history?q=night&day=2026-03-02"}
    assert "HX-Push-Url" not in mine.pages.client.get(asked, headers=here).headers
    mine.pages.fragment("/history/list?q=zzzz")


def test_another_listeners_plays_are_not_shown(browsing: Browsing, mine: History) -> None:
    mine.play(("t1", MONDAY), ("t1", MONDAY - DAY, EXTENDED))
    mine.miss(MONDAY - DAY, MONDAY)
    other = History(browsing, "tiny")
    with db.connection():
        db.query("SELECT set_config('backspin.erasing_user', %s, false)", str(other.id))
        db.query("DELETE FROM plays WHERE user_id = %s", other.id)
    other.play(("t2", MONDAY))
    for query in ("", f"?{NIA}", "?q=train", "?day=2026-03-01", "?before=99999999999999999-z"):
        text = other.pages.client.get(f"/history{query}").text
        assert "Night Train" not in text
        assert "may be missing" not in text
        assert "Extended" not in text


def test_a_page_takes_few_statements_however_many_plays(mine: History) -> None:
    """The list: who is signed in, sources, plays with their days, gaps; a name where one is on."""
    queries = {"": 4, "q=night": 4, NIA: 5, "day=2026-03-02": 4}
    taken = []
    for hours in (range(3), range(3, 200)):
        mine.play(*(("t1", MONDAY - n * HOUR) for n in hours))
        mine.miss(MONDAY - hours[-1] * HOUR, MONDAY)
        for query, most in queries.items():
            assert len(statements(mine, f"/history/list?{query}")) == most, query
        whole = statements(mine, "/history")
        assert len([sql for sql in whole if "plays p" in sql and "LIMIT 51" in sql]) == 1
        taken.append(len(whole))
    assert taken[0] == taken[1] <= 10


def statements(mine: History, url: str) -> list[str]:
    with counted() as counter:
        assert mine.pages.client.get(url, headers=HTMX).status_code == 200
    return counter.statements
