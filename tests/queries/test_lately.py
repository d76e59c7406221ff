"""The dashboard's weeks in one statement: what the statistics' own statements say one by one."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.queries.listened import TRACKS, YEARS, Played, fill_catalogue, listen
from webapp import db
from webapp.domain.periods import Period, comparable, parse
from webapp.domain.stats import By, Item
from webapp.queries import listening, tops
from webapp.queries.lately import COVERED, NAMED, lately

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)


def four_weeks(today: date) -> Period:
    return parse({"period": "4w"}, today, None)


@pytest.mark.parametrize(
    ("zone", "today"),
    [
        ("America/St_Johns", date(2010, 11, 20)),  # the clock is set back over midnight
        ("Pacific/Apia", date(2012, 1, 8)),  # a day is missing
        ("Europe/Tallinn", date(2024, 4, 28)),
    ],
)
@pytest.mark.parametrize("since", [100, 40])
def test_weeks_are_what_their_plays_say(zone: str, today: date, since: int) -> None:
    dice = random.Random(f"{zone}{since}")  # noqa: S311 - it must repeat itself
    fill_catalogue()
    end = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    minutes = [*(dice.randrange(since * 1440) for _ in range(70)), since * 1440]
    played = [
        Played(
            ended_at=end - timedelta(minutes=ago),
            track=dice.randrange(len(TRACKS)),
            ms=dice.choice((None, None, 90_000)),
        )
        for ago in minutes
    ]
    user_id, weeks = listen(played, zone), four_weeks(today)
    found = lately(user_id, weeks, zone)
    compared = comparable(weeks, listening.first_day(user_id))
    assert found.compared == compared
    assert (compared is None) == (since == 40), "half of the weeks before are not kept"
    now = listening.totals(user_id, weeks, zone)
    assert found.artist_count == now.artists
    assert weeks.before is not None
    assert found.artist_count_before == listening.totals(user_id, weeks.before, zone).artists
    ranked = tops.top(user_id, weeks, Item.ARTIST, By.PLAYS, zone, limit=NAMED)
    assert [(one.name, one.image_url) for one in found.artists] == [
        (row.name, row.image_url) for row in ranked.rows
    ]
    assert [one.change for one in found.artists] == [
        row.change if compared else None for row in ranked.rows
    ]
    albums = tops.top(user_id, weeks, Item.ALBUM, By.PLAYS, zone, limit=COVERED)
    assert [one.name for one in found.albums] == [row.name for row in albums.rows]
    assert {one.image_url for one in found.albums} <= {f"/{name}.jpg" for name in YEARS}


def test_weeks_without_plays_have_nothing(newcomer: int) -> None:
    found = lately(newcomer, four_weeks(date(2026, 11, 20)), "UTC")
    assert (found.artists, found.albums, found.artist_count) == ((), (), 0)
    assert found.compared is None
    assert not found.at_least


def test_a_gap_within_the_weeks_makes_them_uncertain(newcomer: int) -> None:
    weeks = four_weeks(date(2026, 11, 20))
    for last, uncertain in ((weeks.first - DAY, False), (weeks.first, True)):
        db.query("DELETE FROM listening_gaps")
        db.query(
            "INSERT INTO listening_gaps (user_id, after_at, before_at, found_at)"
            " VALUES (%s, %s, %s, now())",
            newcomer,
            datetime(2026, 10, 1, tzinfo=UTC),
            datetime(last.year, last.month, last.day, 12, tzinfo=UTC),
        )
        assert lately(newcomer, weeks, "UTC").at_least is uncertain
