"""A chart's statistics as a whole, for a visitor and for a listener."""

from tests.queries.charting import ALBUMS, DAY, DEEZER, MONDAY, WEEK, charted, met
from tests.queries.playing import played
from tests.queries.shelving import know, make_track
from webapp.queries import accounts, trend_charts
from webapp.services import trend_statistics


def test_a_chart_tells_of_its_past_and_whose_it_is(newcomer: int) -> None:
    know([make_track("t1", "Night Train", "Nia Osei", "Reel")])
    played(newcomer, [("t1", MONDAY - 3 * DAY)])
    reel = met("Reel", spotify_id="album-Reel")
    stays, new = met("Stays"), met("New")
    charted(MONDAY, [stays, new, reel])
    charted(MONDAY + WEEK, [reel, stays])
    charted(MONDAY + 2 * WEEK, [stays, new, reel])
    chart = trend_charts.charts()[0]
    account = accounts.find(newcomer)
    assert account is not None
    now = MONDAY + 2 * WEEK + DAY
    found = trend_statistics.read(chart, now)
    assert [(one.item_id, one.weeks, one.peak) for one in found.longest] == [
        (reel, 3, 1),
        (stays, 3, 1),
        (new, 2, 2),
    ]
    assert [(one.item_id, one.places) for one in found.lately] == [(stays, 1)]
    assert [(one.item_id, one.places) for one in found.year] == [(reel, 2), (stays, 1)]
    assert [one.share for one in found.churn] == [None, 0.0, 1 / 3]
    assert found.turnover == 0.0, "the running week is not counted"
    assert set(found.items) == {reel, stays, new}
    taste = trend_statistics.taste(chart, account)
    assert (taste.size, taste.share, taste.ahead) == (3, 1 / 3, 1)
    assert [(one.standing.position, one.days_ahead) for one in taste.met] == [(3, 3)]
    assert (chart.source, chart.chart) == (DEEZER, ALBUMS)
