"""The addresses of trends for programs: open, limited, and what they tell."""

from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from rq import Queue

from config import Settings
from jobs import trends as trend_jobs
from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.charting import MONDAY, WEEK, charted, met
from webapp import db
from webapp.app import create_app
from webapp.services.wiring import Wiring

SECRET = "a secret of sixteen letters"
OPEN = ("/api/spotify/trending", "/api/cache/trending", "/api/stats/trending")
SYNC = "/api/spotify/sync"


@pytest.fixture
def charts(database: None) -> tuple[int, int]:
    """Look at a chart twice; give what stayed and what left."""
    stays, left = met("Stays", spotify_id="4uLU6hMCjMI75M1A2tKUQC"), met("<b>Left</b>")
    charted(MONDAY, [left, stays])
    charted(MONDAY + WEEK, [stays])
    return stays, left


def test_before_the_first_look_answers_are_empty(pages: Pages, database: None) -> None:
    assert pages.json(OPEN[0]) == {"charts": []}
    cache = pages.json(OPEN[1])
    assert (cache["key"], cache["fetched_at"], cache["fresh"]) == ("trending", None, False)
    statistics = pages.json(OPEN[2])
    assert (statistics["chart"], statistics["charts"]) == (None, [])
    assert "churn" in statistics["definitions"]
    status = pages.json(f"{SYNC}?of=trending")
    assert (status["running"], status["fetched_at"]) == (False, None)
    assert {state["error"] for state in status["charts"]} == {None}


def test_what_stands_in_the_charts_now(pages: Pages, charts: tuple[int, int]) -> None:
    stays, _ = charts
    (chart,) = pages.json("/api/spotify/trending")["charts"]
    assert (chart["source"], chart["chart"]) == ("deezer", "albums")
    assert datetime.fromisoformat(chart["as_of"]) == MONDAY + WEEK
    (entry,) = chart["entries"]
    assert (entry["position"], entry["id"], entry["name"]) == (1, stays, "Stays")
    assert pages.json("/api/spotify/trending?source=nobody") == {"charts": []}
    assert pages.json("/api/spotify/trending?source=%00&chart=%27") == {"charts": []}
    for limit in ("0", "101", "-1", "1e3", "٣", "9" * 40):
        pages.json(f"/api/spotify/trending?limit={limit}", status=400)


def test_an_albums_appearances(pages: Pages, charts: tuple[int, int]) -> None:
    stays, left = charts
    told = pages.json(f"/api/albums/appearances/{left}")
    (run,) = told["charts"]
    assert told["album"]["name"] == "<b>Left</b>"
    assert told["your_first_play"] is None
    assert datetime.fromisoformat(run["entry"]) == datetime.fromisoformat(run["exit"]) == MONDAY
    assert (run["peak"], run["weeks_in_chart"], run["appearances"]) == (1, 1, 1)
    assert run["weeks"] == [{"week": "2026-03-02", "best": 1, "appearances": 1}]
    by_spotify = pages.json("/api/albums/appearances/4uLU6hMCjMI75M1A2tKUQC")
    assert by_spotify["album"]["id"] == stays
    assert by_spotify["charts"][0]["exit"] is None
    track = met("A song", "track")
    for wrong in (str(track), "0", "9" * 18, "9" * 400, "%00", "nothing", "-1", "%D9%A1"):
        assert pages.json(f"/api/albums/appearances/{wrong}", status=404)["error"]["status"] == 404


def test_statistics_and_their_words(pages: Pages, charts: tuple[int, int]) -> None:
    told = pages.json("/api/stats/trending?source=deezer&chart=albums")
    assert [row["weeks"] for row in told["longest"]] == [2, 1]
    assert [row["places"] for row in told["climbers_this_week"]] == [1]
    assert [row["churn"] for row in told["churn"]] == [None, 0.0]
    assert told["taste"] is None
    assert set(told["definitions"]) >= {"week", "entry", "exit", "peak", "climb", "churn"}
    pages.json("/api/stats/trending?source=deezer&chart=nothing", status=404)


@pytest.mark.parametrize("url", [*OPEN, f"{SYNC}?of=trending"])
def test_who_asks_without_end_is_told_to_wait(pages: Pages, database: None, url: str) -> None:
    replies = [pages.client.get(url) for _ in range(61)]
    assert [reply.status_code for reply in replies] == [*[200] * 60, 429]
    assert 0 < int(replies[-1].headers["Retry-After"]) <= 60


def test_adding_takes_a_listener_and_a_token(
    browsing: Browsing, pages: Pages, charts: tuple[int, int]
) -> None:
    url, (stays, _) = "/api/albums/add-from-trending", charts
    assert pages.client.post(url, data={"id": stays}).status_code == 422, "no CSRF token"
    assert pages.post(url, id=stays).status_code == 401
    tiny = browsing.sign_in("tiny")
    assert tiny.post(url, csrf=False, id=stays).status_code == 422
    first, again = (tiny.post(url, id=stays) for _ in range(2))
    assert (first.status_code, first.get_json()["added"]) == (201, True)
    assert (again.status_code, again.get_json()["added"]) == (200, False)
    headers = {"X-CSRFToken": tiny.token()}
    sent = tiny.client.post(url, json={"id": "4uLU6hMCjMI75M1A2tKUQC"}, headers=headers)
    assert (sent.status_code, sent.get_json()["album"]["id"]) == (200, stays)
    bodies: list[object] = [[], {}, {"id": None}, {"id": True}, {"id": [1]}, "text"]
    for body in bodies:
        assert tiny.client.post(url, json=body, headers=headers).status_code == 422
    assert tiny.post(url, id="99999").status_code == 404
    assert db.query("SELECT item_id FROM listener_collection") == [(stays,)]


def queued(wiring: Wiring) -> list[str]:
    return list(Queue("trends", connection=wiring.redis).job_ids)


def test_a_refresh_is_started_by_admins_alone(
    browsing: Browsing, pages: Pages, wiring: Wiring
) -> None:
    url = f"{SYNC}?of=trending"
    admin, other = browsing.sign_in("tiny"), browsing.sign_in("medium")
    assert pages.client.post(url).status_code == 422, "no CSRF token"
    assert other.post(url).status_code == 403
    assert admin.post(url, csrf=False).status_code == 422
    wiring.redis.delete("rq:queue:trends")
    assert queued(wiring) == []
    assert [admin.post(url).status_code for _ in range(2)] == [202, 202]
    assert queued(wiring) == ["trends-True"]


def test_all_is_asked_for_also_where_a_visitor_asked_before(wiring: Wiring) -> None:
    for everything in (False, True, False, True):
        trend_jobs.start(wiring, everything=everything)
    assert queued(wiring) == ["trends-False", "trends-True"]


def test_a_scheduler_outside_shows_the_secret(settings: Settings, wiring: Wiring) -> None:
    opened = replace(settings, cron_secret=SECRET)
    app: Flask = create_app(opened, replace(wiring, settings=opened))
    client = app.test_client()
    wrong = client.post(SYNC, headers={"Authorization": f"Bearer {SECRET[:-1]}"})
    assert wrong.status_code == 422
    assert queued(wiring) == []
    shown = client.post(SYNC, headers={"Authorization": f"Bearer {SECRET}"})
    assert (shown.status_code, queued(wiring)) == (202, ["trends-True"])
