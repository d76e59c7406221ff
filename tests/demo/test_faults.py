"""Faults on request, the log of calls, and steering from another process."""

import time

import pytest
import requests

from demo.standin.faults import Fault
from tests.demo.callers import App
from tests.install import until


def test_fault_fires_a_number_of_times_after_some_calls(app: App) -> None:
    app.sign_in("nova")
    app.standin.world.faults.add(Fault(kind="server_error", match="/me/tracks", after=1, times=2))
    statuses = [app.get("/me/tracks").status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    assert app.get("/me/albums").status_code == 200


def test_fault_may_concern_one_listener_or_one_page(app: App) -> None:
    other = App(app.standin, app.session).sign_in("tiny")
    app.sign_in("nova")
    app.standin.world.faults.add(Fault(kind="forbidden", match="offset=50", listener="nova"))
    assert app.get("/me/tracks", offset=50).status_code == 403
    assert app.get("/me/tracks", offset=0).status_code == 200
    assert other.get("/me/tracks", offset=50).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (
            Fault(kind="rate_limit", seconds=7),
            429,
            '{"error":{"status":429,"message":"API rate limit exceeded"}}',
        ),
        (
            Fault(kind="quota"),
            429,
            '{"error":{"status":429,"message":"Too many requests","reason":"QUOTA_EXCEEDED"}}',
        ),
        (Fault(kind="server_error", status=502), 502, "Service unavailable"),
        (Fault(kind="html"), 503, "<!doctype html>"),
        (Fault(kind="html", status=200), 200, "<!doctype html>"),
        (Fault(kind="premium"), 403, "Active premium subscription required"),
        (Fault(kind="allowlist"), 403, "the user may not be registered."),
        (Fault(kind="scope"), 403, "Insufficient client scope"),
        (Fault(kind="forbidden"), 403, '{"error":{"status":403,"message":"Forbidden"}}'),
        (Fault(kind="not_found"), 404, "Resource not found"),
        (Fault(kind="unauthorized"), 401, "The access token expired"),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_wrong_answers(app: App, fault: Fault, status: int, body: str) -> None:
    app.sign_in("tiny")
    app.standin.world.faults.add(fault)
    answer = app.get("/me/tracks")
    assert answer.status_code == status
    assert body in answer.text


@pytest.mark.parametrize(("kind", "wait"), [("rate_limit", "7"), ("quota", "64063")])
def test_retry_after(app: App, kind: str, wait: str) -> None:
    app.sign_in("tiny")
    seconds = 7.0 if kind == "rate_limit" else None
    fault = Fault(kind="rate_limit" if seconds else "quota", seconds=seconds)
    app.standin.world.faults.add(fault)
    assert app.get("/me").headers["Retry-After"] == wait


def test_plain_text_refusals_are_no_json(app: App) -> None:
    app.sign_in("tiny")
    app.standin.world.faults.add(Fault(kind="premium"))
    assert app.get("/me").headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("kind", ["drop", "drop_midway"])
def test_dropped_connections(app: App, kind: str) -> None:
    app.sign_in("tiny")
    fault = Fault(kind="drop" if kind == "drop" else "drop_midway", times=1)
    app.standin.world.faults.add(fault)
    with pytest.raises(requests.RequestException):
        app.get("/me/tracks")
    # The stand-in writes its log after the connection is gone.
    until(lambda: app.standin.world.log[-1].status == 0, "the call is in the log", seconds=5)
    assert app.get("/me/tracks").status_code == 200


def test_truncated_json(app: App) -> None:
    app.sign_in("tiny")
    app.standin.world.faults.add(Fault(kind="truncated"))
    answer = app.get("/me/tracks")
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_items_of_the_wrong_type(app: App) -> None:
    app.sign_in("tiny")
    app.standin.world.faults.add(Fault(kind="wrong_type"))
    assert isinstance(app.get("/me/tracks").json()["items"], str)
    assert isinstance(app.get("/me/following", type="artist").json()["artists"]["items"], str)


def test_latency_of_one_fault_and_of_all(app: App) -> None:
    app.sign_in("tiny")
    app.standin.world.faults.add(Fault(kind="latency", seconds=0.08, times=1))
    began = time.monotonic()
    assert app.get("/me").status_code == 200
    first = time.monotonic() - began
    app.standin.world.faults.latency = 0.05
    began = time.monotonic()
    app.get("/me")
    assert first >= 0.08
    assert time.monotonic() - began >= 0.05


def test_token_endpoint_can_lie_about_a_grant(app: App) -> None:
    app.sign_in("nova")
    app.standin.world.faults.add(
        Fault(kind="invalid_grant", match="/api/token", listener="nova", times=1)
    )
    assert app.refresh().json()["error"] == "invalid_grant"
    assert app.refresh().status_code == 200


def test_faults_end(app: App) -> None:
    app.sign_in("tiny")
    faults = app.standin.world.faults
    number = faults.add(Fault(kind="not_found"))
    faults.add(Fault(kind="latency", seconds=0))
    faults.remove(number)
    assert app.get("/me").status_code == 200
    faults.add(Fault(kind="not_found"))
    faults.clear()
    assert app.get("/me").status_code == 200


def test_log_tells_who_asked_what(app: App) -> None:
    app.sign_in("nova")
    log = app.standin.world.log
    log.clear()
    app.get("/me/tracks", limit=50, offset=50)
    app.get("/nowhere")
    first, second = log
    assert (first.method, first.path, first.query) == ("GET", "/v1/me/tracks", "limit=50&offset=50")
    assert (first.listener, first.status) == ("nova", 200)
    assert second.status == 404
    assert first.at == app.standin.world.now()


def test_steering_over_http(app: App) -> None:
    app.sign_in("tiny")
    assert app.control("clear_log").status_code == 200
    number = app.control("add_fault", kind="quota", match="/me", times=1).json()["result"]
    assert number == 1
    assert app.get("/me").status_code == 429
    calls = app.session.get(f"{app.standin.url}/_control/log", params={"part": "/me"}).json()
    assert [(call["path"], call["status"]) for call in calls["calls"]] == [("/v1/me", 429)]
    track_id = app.session.get(f"{app.standin.url}/_control/library/tiny").json()["tracks"][0]
    assert app.control("unsave_track", listener="tiny", track_id=track_id).status_code == 200
    assert app.get("/me/tracks").json()["total"] == 59
    made = app.control("create_playlist", listener="tiny", name="By hand", track_ids=[track_id])
    assert app.get(f"/playlists/{made.json()['result']}").json()["items"]["total"] == 1
    app.control("set_shape", shape="extended")
    assert app.get("/browse/new-releases").status_code == 200


def test_clock_over_http(app: App) -> None:
    app.control("set_clock", at="2030-01-01T12:00:00Z")
    assert app.standin.world.now().year == 2030
    app.control("set_clock", ahead_seconds=3600)
    first = app.standin.world.now()
    assert app.standin.world.now() >= first
    app.control("set_clock")
    assert app.standin.world.now() < first


@pytest.mark.parametrize(
    ("action", "arguments", "status"),
    [
        ("save_track", {"listener": "nobody", "track_id": "x"}, 400),
        ("save_track", {"listener": "tiny", "track_id": "x"}, 400),
        ("save_track", {"nonsense": 1}, 400),
        ("listeners", {}, 404),
        ("__class__", {}, 404),
    ],
)
def test_wrong_steering_is_told(
    app: App, action: str, arguments: dict[str, object], status: int
) -> None:
    assert app.control(action, **arguments).status_code == status


def test_steering_needs_json(app: App) -> None:
    answer = app.session.post(f"{app.standin.url}/_control/reset", data={"from": "another site"})
    assert answer.status_code == 415
