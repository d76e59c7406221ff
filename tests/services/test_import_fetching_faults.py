"""Importing an account when the service fails, refuses, or asks to wait; and when we do."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from redis import Redis

from demo.embedded import free_port
from jobs import imports as jobs
from tests.scrobbling import Importing, began, make_scrobbles
from tests.services.listening import Listening
from webapp import db
from webapp.domain.import_accounts import MOST_STUMBLES, Service
from webapp.domain.imports import OVERDUE_AFTER, STALE_AFTER, Status
from webapp.services import imports as import_service

MANY = 1234
NOTHING = {
    "plays": 0,
    "play_reports": 0,
    "daily_listening": 0,
    "import_rows": 0,
    "import_raw": 0,
}


@pytest.fixture(params=list(Service))
def importing(listening: Listening, newcomer: int, request: pytest.FixtureRequest) -> Importing:
    """Give a listener whose account takes several pages."""
    listening.standin.scrobbles.add("ida", make_scrobbles(MANY))
    return Importing(listening=listening, user_id=newcomer, service=request.param)


def is_whole(importing: Importing, import_id: int) -> bool:
    row = importing.find(import_id)
    told = began(make_scrobbles(MANY))
    return row.status is Status.COMPLETED and importing.starts() == told


def break_after(importing: Importing, kind: str, *, after: int = 3, **more: object) -> int:
    """Begin an import that meets a fault behind some pages; return its id."""
    importing.listening.break_(kind, "", after=after, **more)
    import_id = importing.open("ida")
    importing.listening.work()
    return import_id


def test_when_asked_to_wait_it_waits_in_the_queue(importing: Importing) -> None:
    import_id = break_after(importing, "rate_limit", seconds=77, times=1)
    row, now = importing.find(import_id), importing.listening.clock()
    assert (row.status, row.resume_at) == (Status.PENDING, now + timedelta(seconds=77))
    assert 0 < row.rows_done < MANY
    assert (row.bytes_done, row.bytes_total) == (row.rows_done, MANY), "how far, of how much"
    at = importing.listening.scheduled()[f"import-{import_id}-{row.attempt}"]
    assert now + timedelta(seconds=77) <= at <= now + timedelta(seconds=81)
    importing.go_on(import_id)
    assert is_whole(importing, import_id)
    assert importing.find(import_id).resume_at is None


def test_nobody_goes_on_before_the_time(importing: Importing) -> None:
    import_id = break_after(importing, "rate_limit", seconds=600, times=1)
    wiring, calls = importing.listening.wiring, len(importing.calls())
    importing.listening.clock.forward(seconds=599)
    assert import_service.reap(wiring) == []
    importing.run(import_id)
    assert importing.find(import_id).status is Status.PENDING
    assert len(importing.calls()) == calls
    importing.listening.clock.forward(seconds=1)
    importing.run(import_id)
    assert is_whole(importing, import_id)


def test_if_the_queue_forgets_it_it_is_offered_again(importing: Importing) -> None:
    import_id = break_after(importing, "rate_limit", seconds=60, times=1)
    importing.listening.wiring.redis.flushall()
    importing.listening.clock.forward(seconds=61)
    assert jobs.reap(importing.listening.wiring) == 0, "it has a moment"
    importing.listening.clock.now += OVERDUE_AFTER
    assert jobs.reap(importing.listening.wiring) == 1
    importing.listening.work()
    assert is_whole(importing, import_id)


def test_if_the_queue_is_away_it_is_offered_later(importing: Importing) -> None:
    import_id = importing.open("ida")
    importing.listening.break_("rate_limit", "", after=3, times=1, seconds=1)
    here = importing.listening.wiring
    gone = Redis(port=free_port(), socket_connect_timeout=1)
    importing.listening.wiring = replace(here, redis=gone)
    importing.run(import_id)
    importing.listening.wiring = here
    assert importing.find(import_id).status is Status.PENDING
    importing.listening.clock.now += OVERDUE_AFTER + timedelta(seconds=2)
    assert jobs.reap(here) == 1


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("server_error", {}),
        ("server_error", {"status": 500}),
        ("html", {}),
        ("html", {"status": 200}),
        ("drop", {}),
        ("drop_midway", {}),
        ("truncated", {}),
    ],
    ids=["503", "500", "html503", "html200", "drop", "midway", "truncated"],
)
def test_what_passes_is_waited_out(importing: Importing, kind: str, more: dict[str, int]) -> None:
    import_id = break_after(importing, kind, times=2, **more)
    first = importing.find(import_id)
    assert first.status is Status.PENDING
    assert first.resume_at == importing.listening.clock() + timedelta(seconds=5)
    second = importing.go_on(import_id)
    assert second.resume_at == importing.listening.clock() + timedelta(seconds=10)
    importing.go_on(import_id)
    assert is_whole(importing, import_id)
    assert importing.find(import_id).crashes == 0


@pytest.mark.parametrize("code", [8, 11, 16])
def test_lastfm_may_call_anything_a_bad_request(
    listening: Listening, newcomer: int, code: int
) -> None:
    listening.standin.scrobbles.add("ida", make_scrobbles(MANY))
    importing = Importing(listening=listening, user_id=newcomer, service=Service.LASTFM)
    import_id = break_after(importing, "lastfm_error", code=code, times=1)
    assert importing.find(import_id).status is Status.PENDING
    importing.go_on(import_id)
    assert is_whole(importing, import_id)


def test_lastfm_has_a_pace(listening: Listening, newcomer: int) -> None:
    listening.standin.scrobbles.add("ida", make_scrobbles(MANY))
    importing = Importing(listening=listening, user_id=newcomer, service=Service.LASTFM)
    import_id = break_after(importing, "lastfm_error", code=29, times=1)
    assert importing.find(import_id).resume_at == listening.clock() + timedelta(seconds=30)
    importing.go_on(import_id)
    assert is_whole(importing, import_id)


def test_patience_ends(importing: Importing) -> None:
    import_id = break_after(importing, "server_error")
    for _ in range(MOST_STUMBLES):
        assert importing.find(import_id).status is Status.PENDING
        importing.go_on(import_id)
    row = importing.find(import_id)
    assert (row.status, row.error) == (Status.FAILED, "account_outage")
    assert importing.kept() == NOTHING


def test_patience_is_for_failures_in_a_row(importing: Importing) -> None:
    importing.listening.break_("server_error", "", times=2)
    importing.listening.break_("server_error", "", after=4, times=1)
    import_id = importing.open("ida")
    importing.listening.work()
    importing.go_on(import_id)
    row = importing.go_on(import_id)
    assert row.resume_at == importing.listening.clock() + timedelta(seconds=5)
    importing.go_on(import_id)
    assert is_whole(importing, import_id)


def test_who_is_not_there_is_told(importing: Importing) -> None:
    row = importing.bring("nobody-of-that-name")
    assert (row.status, row.error) == (Status.FAILED, "account_not_found")
    assert importing.kept() == NOTHING


def test_who_hides_is_told(listening: Listening, newcomer: int) -> None:
    importing = Importing(listening=listening, user_id=newcomer, service=Service.LASTFM)
    row = importing.bring("private")
    assert (row.status, row.error) == (Status.FAILED, "account_private")


def test_who_begins_to_hide_leaves_nothing_half(listening: Listening, newcomer: int) -> None:
    listening.standin.scrobbles.add("ida", make_scrobbles(MANY))
    importing = Importing(listening=listening, user_id=newcomer, service=Service.LASTFM)
    import_id = break_after(importing, "lastfm_error", code=17)
    assert importing.find(import_id).error == "account_private"
    assert importing.kept() == NOTHING


def test_a_key_that_is_refused_is_the_operators_turn(listening: Listening, newcomer: int) -> None:
    listening.set(lastfm_api_key="another")
    importing = Importing(listening=listening, user_id=newcomer, service=Service.LASTFM)
    assert importing.bring("ida").error == "account_misconfigured"


def test_an_answer_of_another_shape_is_told(importing: Importing) -> None:
    import_id = break_after(importing, "html", after=0, status=200, times=1)
    assert importing.find(import_id).status is Status.PENDING, "a page of some proxy passes"
    importing.listening.break_("not_found", "", status=400)
    row = importing.go_on(import_id)
    expected = {Service.LASTFM: Status.PENDING, Service.LISTENBRAINZ: Status.FAILED}
    assert row.status is expected[importing.service]


def test_a_killed_worker_loses_nothing(importing: Importing) -> None:
    import_id = break_after(importing, "rate_limit", seconds=1, times=1)
    done, calls = importing.find(import_id).rows_done, len(importing.calls())
    db.query(
        "UPDATE imports SET status = 'PROCESSING', resume_at = NULL, attempt = attempt + 1,"
        " claim = %s",
        str(uuid4()),
    )
    importing.run(import_id)
    assert importing.find(import_id).status is Status.PROCESSING, "somebody works on it"
    importing.listening.clock.now += STALE_AFTER + timedelta(seconds=1)
    assert jobs.reap(importing.listening.wiring) == 1
    importing.listening.work()
    assert is_whole(importing, import_id)
    per_page = 200 if importing.service is Service.LASTFM else 500
    assert len(importing.calls()) - calls <= (MANY - done) // per_page + 3, "it went on"


def test_what_the_database_lost_is_read_again(importing: Importing) -> None:
    """Staging is not written ahead: a crash of the database empties it."""
    import_id = break_after(importing, "rate_limit", seconds=1, times=1)
    db.query("TRUNCATE import_rows, import_songs")
    importing.go_on(import_id)
    assert is_whole(importing, import_id)
    assert importing.find(import_id).receipt == {"new": MANY}


def test_a_waiting_import_can_be_called_off(importing: Importing) -> None:
    import_id = break_after(importing, "rate_limit", seconds=60, times=1)
    assert import_service.cancel(importing.listening.wiring, importing.user_id, import_id)
    assert importing.kept() == NOTHING
    importing.go_on(import_id)
    row = importing.find(import_id)
    assert (row.status, importing.kept()) == (Status.CANCELLED, NOTHING)
    assert importing.bring("ida").receipt == {"new": MANY}


def test_no_secret_is_logged_or_kept(
    importing: Importing, capsys: pytest.CaptureFixture[str]
) -> None:
    importing.listening.set(listenbrainz_token="a-secret-token")
    import_id = break_after(importing, "server_error", times=1)
    importing.go_on(import_id)
    assert is_whole(importing, import_id)
    key = importing.listening.wiring.settings.lastfm_api_key
    logged = capsys.readouterr()
    redis = importing.listening.wiring.redis
    kept = b"".join(redis.dump(name) or b"" for name in redis.scan_iter())
    for secret in (key, "a-secret-token"):
        assert secret not in logged.out + logged.err
        assert secret.encode() not in kept
