"""Importing an account by its name: all of it, once, and then only what is new."""

from datetime import timedelta

import pytest

from demo.standin.scrobbles import DAYS, Scrobble
from tests.scrobbling import BEGAN, MINUTE, Importing, began, make_scrobbles
from tests.services.listening import Listening
from webapp import db
from webapp.domain.import_accounts import LATE, Service
from webapp.domain.imports import Status
from webapp.queries import imports
from webapp.services import archive, import_fetching

MANY = 1234


@pytest.fixture(params=list(Service))
def importing(listening: Listening, newcomer: int, request: pytest.FixtureRequest) -> Importing:
    return Importing(listening=listening, user_id=newcomer, service=request.param)


@pytest.fixture
def scrobbled(importing: Importing) -> list[Scrobble]:
    """Give Ida an account that takes several pages."""
    told = make_scrobbles(MANY)
    importing.listening.standin.scrobbles.add("Ida", told)
    return told


def test_an_account_comes_in_whole(importing: Importing, scrobbled: list[Scrobble]) -> None:
    row = importing.bring("ida")
    assert row.status is Status.COMPLETED, row.error
    assert row.receipt == {"new": MANY}
    assert importing.starts() == began(scrobbled)
    assert len(importing.plays()) == MANY
    assert {play[2] for play in importing.plays()} == {importing.service.value}
    assert row.bytes_done == row.bytes_total == row.rows_done == MANY
    numbers = db.query("SELECT count(*), min(number), max(number) FROM play_reports")
    assert numbers == [(MANY, 1, MANY)], "every row has a number of its own"
    assert imports.files(row.id)[0].name == "ida"
    assert importing.kept()["import_rows"] == 0
    assert db.query("SELECT sum(plays) FROM daily_listening") == [(MANY,)]


def test_the_same_account_again_brings_nothing(
    importing: Importing, scrobbled: list[Scrobble]
) -> None:
    importing.bring("ida")
    before, calls = importing.plays(), len(importing.calls())
    importing.listening.clock.forward(days=1)
    again = importing.bring("IDA")
    assert again.status is Status.COMPLETED
    assert again.receipt == {}
    assert importing.plays() == before
    assert len(importing.calls()) - calls <= 2, "nothing of the past is read again"


def test_later_only_what_is_new_is_read(importing: Importing, scrobbled: list[Scrobble]) -> None:
    importing.bring("ida")
    now = importing.listening.clock()
    fresh = make_scrobbles(30, now + MINUTE)
    late = make_scrobbles(1, now - LATE + MINUTE)
    importing.listening.standin.scrobbles.add("ida", [*fresh, *late])
    calls = len(importing.calls())
    importing.listening.clock.forward(days=1)
    again = importing.bring("ida")
    assert again.receipt == {"new": 31}, "a player that was offline is heard as well"
    assert importing.starts() == began([*scrobbled, *fresh, *late])
    assert len(importing.calls()) - calls <= 4


def test_what_failed_is_read_from_the_start(
    importing: Importing, scrobbled: list[Scrobble]
) -> None:
    import_id = importing.open("ida")
    importing.listening.break_("rate_limit", "", after=3)
    importing.listening.work()
    assert importing.find(import_id).status is Status.PENDING
    importing.listening.standin.world.faults.clear()
    with db.transaction():
        db.query("UPDATE imports SET status = 'FAILED' WHERE id = %s", import_id)
    assert importing.bring("ida").receipt == {"new": MANY}


def test_each_listener_reads_for_themselves(
    importing: Importing, scrobbled: list[Scrobble]
) -> None:
    importing.bring("ida")
    other = importing.listening.join("empty")
    theirs = Importing(listening=importing.listening, user_id=other, service=importing.service)
    assert theirs.bring("ida").receipt == {"new": MANY}


def test_an_account_with_one_scrobble(importing: Importing) -> None:
    importing.listening.standin.scrobbles.add("ida", make_scrobbles(1))
    assert importing.bring("ida").receipt == {"new": 1}
    assert importing.starts() == [BEGAN]


def test_an_account_with_nothing(importing: Importing) -> None:
    importing.listening.standin.scrobbles.add("ida")
    row = importing.bring("ida")
    assert (row.status, row.receipt) == (Status.COMPLETED, {})
    assert row.error is None


def test_a_track_that_plays_now_is_no_play(importing: Importing) -> None:
    """The stand-in's own listeners have one playing on every page."""
    row = importing.bring("tiny")
    found = importing.listening.standin.scrobbles.find("tiny")
    assert found is not None
    assert len(found) > 12 * DAYS
    assert row.receipt is not None
    assert sum(row.receipt.values()) == len(found)
    assert set(row.receipt) <= {"new", "merged"}
    assert len(importing.starts()) == len(found)


@pytest.mark.parametrize("same", [2, 7])
def test_scrobbles_of_one_second_all_come(importing: Importing, same: int) -> None:
    """Pages of 200 and of 500 end in the middle of some second."""
    told = [
        Scrobble(started_at=BEGAN + n * MINUTE, title=f"Song {k}", artist="Band")
        for n in range(1100 // same)
        for k in range(same)
    ]
    importing.listening.standin.scrobbles.add("ida", told)
    assert importing.bring("ida").receipt == {"new": len(told)}


def test_what_is_played_meanwhile_waits_for_the_next_import(
    importing: Importing, scrobbled: list[Scrobble]
) -> None:
    import_id = importing.open("ida")
    fault = importing.listening.break_("rate_limit", "", after=3, seconds=60)
    importing.listening.work()
    fresh = make_scrobbles(300, importing.listening.clock() + MINUTE, every=timedelta(seconds=1))
    importing.listening.standin.scrobbles.add("ida", fresh)
    importing.listening.standin.world.faults.remove(fault)
    importing.listening.clock.forward(hours=1)
    assert importing.go_on(import_id).receipt == {"new": MANY}
    assert importing.bring("ida").receipt == {"new": 300}


def test_what_comes_in_late_pushes_nothing_out(listening: Listening, newcomer: int) -> None:
    """Only Last.fm's pages can be pushed: they count from the newest."""
    importing = Importing(listening=listening, user_id=newcomer, service=Service.LASTFM)
    told = make_scrobbles(MANY)
    listening.standin.scrobbles.add("ida", told)
    import_id = importing.open("ida")
    fault = listening.break_("rate_limit", "", after=4)
    listening.work()
    late = make_scrobbles(7, BEGAN + timedelta(days=4, seconds=30), every=timedelta(seconds=1))
    listening.standin.scrobbles.add("ida", late)
    listening.standin.world.faults.remove(fault)
    row = importing.go_on(import_id)
    assert row.receipt is not None
    assert row.receipt["new"] >= MANY
    assert set(began(told)) <= set(importing.starts())
    assert len(importing.starts()) == len(set(importing.starts())), "none of them twice"


def test_what_is_deleted_meanwhile_breaks_nothing(
    importing: Importing, scrobbled: list[Scrobble]
) -> None:
    import_id = importing.open("ida")
    fault = importing.listening.break_("rate_limit", "", after=3)
    importing.listening.work()
    importing.listening.standin.scrobbles.remove("ida", 250)
    importing.listening.standin.world.faults.remove(fault)
    row = importing.go_on(import_id)
    assert row.status is Status.COMPLETED
    assert set(began(scrobbled)[: MANY - 250]) <= set(importing.starts())


@pytest.mark.parametrize("spotify_first", [True, False])
def test_scrobbles_and_spotify_tell_of_one_play(
    listening: Listening, importing: Importing, *, spotify_first: bool
) -> None:
    user_id = listening.join("tiny")
    theirs = Importing(listening=listening, user_id=user_id, service=importing.service)
    archive.ask(listening.wiring, user_id)  # it knows the tracks, and how long they are
    listening.clock.forward(hours=3)
    if spotify_first:
        archive.ask(listening.wiring, user_id)
    row = theirs.bring("tiny")
    assert row.receipt is not None
    assert row.receipt["merged"] > 0
    if not spotify_first:
        archive.ask(listening.wiring, user_id)
    recent = {
        (play.ended_at.replace(microsecond=play.ended_at.microsecond // 1000 * 1000), "spotify")
        for play in listening.standin.world.recent_plays("tiny")
    }
    oldest = min(at for at, _ in recent)
    newest = db.query(
        "SELECT ended_at, source FROM plays WHERE user_id = %s AND ended_at >= %s", user_id, oldest
    )
    assert set(newest) == recent
    assert len(newest) == len(recent)


def test_without_a_key_lastfm_is_not_offered(listening: Listening) -> None:
    assert import_fetching.offered(listening.wiring) == list(Service)
    listening.set(lastfm_api_key="")
    assert import_fetching.offered(listening.wiring) == [Service.LISTENBRAINZ]
