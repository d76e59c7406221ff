"""Refreshing charts from the stand-in: whatever one source does, the others and the past stay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import peewee
import pytest

from demo.standin.faults import Fault, Kind
from demo.standin.server import StandIn
from tests.browsing import Browsing
from tests.install import until
from webapp import db
from webapp.domain.errors import OutageError
from webapp.domain.trends import CHARTS, ChartState, Source
from webapp.providers.deezer import DeezerCharts
from webapp.providers.transport import Transport
from webapp.queries import budget, trend_items
from webapp.queries import trends as charts
from webapp.services import trend_pages, trends
from webapp.services.trends import NEW_RELEASES, Refreshed
from webapp.services.wiring import Wiring

pytestmark = pytest.mark.usefixtures("database")

DEEZER = sum(chart.source is Source.DEEZER for chart in CHARTS)
BRAINZ = sum(chart.source is Source.LISTENBRAINZ for chart in CHARTS)
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
EMPTY = '{"data": [], "total": 0, "payload": {"artists": [], "releases": []}}'


class Clock:
    """A time that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Give a clock at noon."""
    return Clock()


@pytest.fixture
def parts(wiring: Wiring, clock: Clock, standin: StandIn) -> Wiring:
    """Give the process's parts on that clock, the stand-in's world too."""
    standin.world.set_clock(clock)
    return replace(wiring, clock=clock)


def states() -> dict[str, ChartState]:
    return {state.chart.key: state for state in charts.states()}


def rows(table: str) -> int:
    return int(db.query(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - our own names


def test_a_cold_start_reads_both_open_sources(parts: Wiring, clock: Clock) -> None:
    assert trends.refresh(parts) == Refreshed(ran=True, good=DEEZER + BRAINZ, failed=1)
    found = trend_pages.read()
    assert found.as_of == clock.now
    sources = {place.source for item in found.items for place in item.places}
    assert sources == {Source.DEEZER, Source.LISTENBRAINZ}
    both = [item for item in found.items if item.deezer_id and item.mbid]
    assert len(both) > 50, "what both have is one thing"
    assert all(item.image_url for item in both if item.kind == "album")
    assert any(item.genres for item in found.items)
    assert states()["spotify:new_releases"].error == "nobody"
    assert rows("trend_appearances") == sum(state.entries for state in charts.states())
    assert rows("trend_weeks") > 0
    status = trends.status(parts)
    assert (status.running, status.ended_at, status.fetched_at) == (False, clock.now, clock.now)


def test_a_second_refresh_adds_appearances_and_no_things(parts: Wiring, clock: Clock) -> None:
    trends.refresh(parts)
    things, seen = rows("trend_items"), rows("trend_appearances")
    trends.refresh(parts)
    assert (rows("trend_items"), rows("trend_appearances")) == (things, seen)
    clock.now += timedelta(minutes=1)
    trends.refresh(parts)
    assert (rows("trend_items"), rows("trend_appearances")) == (things, 2 * seen)
    with pytest.raises(peewee.IntegrityError, match="append-only"), db.transaction():
        db.query("UPDATE trend_appearances SET position = 1")


def fault(kind: Kind, **more: Any) -> Fault:
    return Fault(kind=kind, match="/deezer/", **more)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (fault("server_error"), "outage"),
        (fault("drop"), "outage"),
        (fault("drop_midway"), "outage"),
        (fault("truncated"), "outage"),
        (fault("html", status=200), "outage"),
        (fault("rate_limit"), "rate_limited"),
        (fault("body", message=EMPTY), "empty"),
        (fault("body", message="[]"), "outage"),
        (fault("body", message='{"data": "none"}'), "malformed"),
        (fault("body", message='{"data": [null, 7, {"id": 1}, {"title": []}]}'), "empty"),
        (fault("body", message='{"error": {"code": 4, "message": "Quota"}}'), "rate_limited"),
        (fault("body", message='{"error": {"code": 800, "message": "no data"}}'), "not_found"),
        (fault("body", message='{"error": []}'), "outage"),
    ],
)
def test_what_deezer_does_wrong_leaves_its_last_word(
    parts: Wiring, clock: Clock, standin: StandIn, wrong: Fault, error: str
) -> None:
    trends.refresh(parts)
    noon, before = clock.now, trend_pages.read().items
    standin.world.faults.add(wrong)
    clock.now += timedelta(hours=6)
    standin.world.set_clock(lambda: noon)
    assert trends.refresh(parts).good == BRAINZ
    bad, good = states()["deezer:albums"], states()["listenbrainz:artists"]
    assert (bad.error, bad.fetched_at, bad.tried_at) == (error, noon, clock.now)
    assert (good.error, good.fetched_at) == ("", clock.now)
    assert trend_pages.read().items == before, "the page has all it had"


def test_a_source_that_is_slow_is_not_waited_for(standin: StandIn, clock: Clock) -> None:
    standin.world.faults.latency = 1
    with (
        Transport(standin.deezer_url, timeout=(1, 0.1)) as transport,
        pytest.raises(OutageError, match="deezer tracks"),
    ):
        DeezerCharts(transport, clock).read(CHARTS[-1])


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"kind": "body", "status": 204, "message": ""}, "empty"),
        ({"kind": "body", "message": EMPTY}, "empty"),
        ({"kind": "body", "message": '{"payload": {"artists": {}}}'}, "malformed"),
        (
            {"kind": "body", "status": 401, "message": '{"code": 401, "error": "x"}'},
            "misconfigured",
        ),
        ({"kind": "html"}, "outage"),
    ],
)
def test_what_listenbrainz_does_wrong_concerns_that_chart(
    parts: Wiring, standin: StandIn, wrong: dict[str, Any], error: str
) -> None:
    standin.world.faults.add(Fault(match="sitewide/artists", **wrong))
    trends.refresh(parts)
    found = states()
    assert found["listenbrainz:artists"].error == error
    assert found["deezer:albums"].error == ""
    assert found["listenbrainz:fresh_releases"].error == ""
    assert found["listenbrainz:artists"].fetched_at is None


def test_a_service_that_is_down_is_asked_once(parts: Wiring, standin: StandIn) -> None:
    standin.world.faults.add(fault("server_error"))
    trends.refresh(parts)
    assert len(standin.world.log.matching("/deezer/")) == 1


def test_all_down_on_a_cold_start_is_noted_and_not_asked_again_at_once(
    parts: Wiring, clock: Clock, standin: StandIn
) -> None:
    standin.world.faults.add(Fault(kind="server_error"))
    assert trends.refresh(parts).good == 0
    found = trend_pages.read()
    assert (found.items, found.as_of) == ((), None)
    assert not trends.is_due(found.charts, clock.now + timedelta(minutes=29))
    assert trends.is_due(found.charts, clock.now + timedelta(minutes=31))


def test_rows_with_fields_missing_are_read_for_what_they_are_worth(
    parts: Wiring, standin: StandIn
) -> None:
    odd = (
        '{"data": [{"title": "Bare"}, {"id": "x", "title": "<b>&", "artist": null,'
        ' "cover_medium": "javascript:1", "release_date": "0000-00-00"}, {"id": 5}]}'
    )
    standin.world.faults.add(Fault(kind="body", match="/deezer/chart/0/albums", message=odd))
    trends.refresh(parts)
    found = {item.name: item for item in trend_pages.read().items}
    assert found["<b>&"].image_url is None
    assert states()["deezer:albums"].entries == 2


def test_two_refreshes_at_once_are_one(parts: Wiring, standin: StandIn) -> None:
    standin.world.faults.latency = 0.05
    start, results = Barrier(2), []

    def run() -> None:
        with db.connection():
            start.wait()
            results.append(trends.refresh(parts, everything=False).ran)

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]
    assert len(standin.world.log.matching("/deezer/chart/0/albums")) == 1


def test_who_wants_all_waits_for_their_turn(parts: Wiring) -> None:
    results: list[Refreshed] = []

    def run() -> None:
        with db.connection():
            results.append(trends.refresh(parts))

    with charts.holding() as ours:
        assert ours
        other = Thread(target=run)
        other.start()
        until(lambda: db.query(WAITING)[0][0], "the other waits", seconds=10)
        assert results == []
    other.join()
    assert results == [Refreshed(ran=True, good=DEEZER + BRAINZ, failed=1)]


def test_spotify_is_asked_where_the_app_may(
    parts: Wiring, browsing: Browsing, standin: StandIn
) -> None:
    standin.world.set_shape("extended")
    browsing.sign_in("tiny")
    trends.refresh(parts)
    assert states()["spotify:new_releases"].entries > 0
    item = next(one for one in trend_pages.read().items if one.spotify_id)
    assert item.places[0].source is Source.SPOTIFY
    standin.world.set_shape("restricted")
    trends.refresh(parts)
    trends.refresh(parts)
    told = states()["spotify:new_releases"]
    assert (told.error, told.entries > 0) == ("unavailable", True)
    assert budget.capability(NEW_RELEASES, datetime(2026, 1, 1, tzinfo=UTC)) is False
    assert len(standin.world.log.matching("new-releases")) == 2, "a closed door is not tried again"


def test_an_id_that_another_thing_has_makes_them_one(parts: Wiring, clock: Clock) -> None:
    trends.refresh(parts)
    (older, mbid), (younger, _) = db.query(
        "SELECT id, mbid::text FROM trend_items WHERE kind = 'album' AND mbid IS NOT NULL"
        " ORDER BY id LIMIT 2"
    )
    assert trend_items.learn(younger, now=clock.now, mbid=mbid, genres=("dub",)) == older
    assert trend_items.learn(younger, now=clock.now, image_url="https://x") == older
    assert trend_items.shown([younger])[younger].id == older
    trends.publish(parts)
    assert younger not in {item.id for item in trend_pages.read().items}
