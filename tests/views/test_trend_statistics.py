"""The page of charts over time, an album's past, and hostile names in both."""

from datetime import UTC, datetime

import pytest

from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.charting import DAY, MONDAY, WEEK, charted, met
from tests.queries.playing import played
from tests.queries.shelving import counted, know
from tests.views.histories import TRACKS, History
from webapp.domain.trend_documents import chart_document
from webapp.domain.trends import CHARTS, TRENDING, ChartState
from webapp.queries import trends

HOSTILE = "<script>alert(1)</script>"
PAGE = "/browse/statistics"


@pytest.fixture
def mine(browsing: Browsing, database: None) -> History:
    return History(browsing)


def test_nothing_yet_is_designed(pages: Pages, database: None) -> None:
    assert "No chart was read yet" in pages.page(PAGE)


def test_a_chart_over_time(pages: Pages, database: None) -> None:
    rose, stays, bad = met("Rose"), met("Stays"), met(HOSTILE, artist='"><img src=x>')
    charted(MONDAY, [stays, bad, rose])
    charted(MONDAY + WEEK, [rose, stays])
    charted(MONDAY, [bad], "listenbrainz", "fresh_releases")
    text = pages.page(PAGE)
    assert "Charts over time" in text
    assert "No. 3 to No. 1" in text
    assert "+2" in text
    assert "Yours among them" not in text
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    assert f'href="/browse/albums/{rose}"' in text
    assert pages.page(f"{PAGE}?source=deezer&chart=albums") == text
    releases = pages.page(f"{PAGE}?source=listenbrainz&chart=fresh_releases")
    assert "Fastest climbers" not in releases, "lists of new releases have no places"
    assert "peak No." not in releases
    for wrong in ("?source=deezer", "?source=deezer&chart=%00", f"?source={HOSTILE}&chart=x"):
        pages.page(PAGE + wrong, status=404)


def test_a_listener_sees_what_is_theirs(mine: History) -> None:
    know(TRACKS)
    played(mine.id, [("t1", MONDAY - 5 * DAY)])
    reel = met("Reel", spotify_id="album-Reel")
    charted(MONDAY, [met("Other"), reel])
    text = mine.pages.page(PAGE)
    assert "You have played 1 of the 2 in it now (50%)." in text
    assert "1 of them before it charted." in text
    assert "5 days before it charted" in text
    album = mine.pages.page(f"/browse/albums/{reel}")
    assert "You played it 5 days before it charted." in album
    assert "In the charts over time" in album
    thing = mine.pages.page("/album/album-Reel")
    assert "You played it 5 days before it charted." in thing
    assert "In the charts over time" not in mine.pages.page("/track/t1")


def test_a_page_takes_as_many_statements_for_years_as_for_weeks(mine: History) -> None:
    read_just_now()
    mine.pages.page("/browse")
    ids = [met(f"Album {n}", spotify_id=f"s{n}") for n in range(12)]
    taken = []
    for weeks in (range(2), range(2, 60)):
        for week in weeks:
            charted(MONDAY + week * WEEK, ids[week % 3 :])
        for url in (PAGE, f"/browse/albums/{ids[5]}"):
            with counted() as counter:
                mine.pages.page(url)
            taken.append(len(counter.statements))
    assert taken[:2] == taken[2:]
    assert taken[0] <= 9
    assert taken[1] <= 10


def read_just_now() -> None:
    """Publish charts that are fresh: it costs a statement to see that they are not."""
    now = datetime.now(UTC)
    states = [ChartState(chart=one, fetched_at=now, expires_at=now + DAY) for one in CHARTS]
    told = {"as_of": now.isoformat(), "charts": [chart_document(state) for state in states]}
    trends.store(TRENDING, {"items": []}, now, metadata=told)


def test_an_exit_is_told_and_a_return_takes_it_back(pages: Pages, database: None) -> None:
    one, other = met("One"), met("Other")
    charted(datetime(2026, 3, 2, 6, tzinfo=UTC), [one])
    assert "Still there" in pages.page(f"/browse/albums/{one}")
    charted(datetime(2026, 3, 12, 6, tzinfo=UTC), [other])
    assert "Still there" not in pages.page(f"/browse/albums/{one}")
    charted(datetime(2026, 3, 13, 6, tzinfo=UTC), [other, one])
    text = pages.page(f"/browse/albums/{one}")
    assert "Still there" in text
    assert "Best place of each week" in text
