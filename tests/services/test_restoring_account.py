"""The listener's own choices brought back: the collection, beside our charts, and the profile."""

from datetime import UTC, datetime

import pytest

from tests.services.listening import Listening
from tests.taking import (
    bring_back,
    charted,
    collect,
    forget_charts,
    lines,
    make_listener,
    open_up,
    take,
)
from tests.telling import SONG, tell
from webapp import db
from webapp.domain.imports import Outcome
from webapp.domain.profiles import Privacy
from webapp.domain.reports import Source
from webapp.queries import accounts, collection, profiles
from webapp.queries.collection import Collected
from webapp.services.restoring import (
    COLLECTION_NEW,
    PROFILE_LEFT,
    PROFILE_OFF,
    PROFILE_ON,
    SETTINGS_NEW,
)

THINGS = 5


@pytest.fixture
def archive(listening: Listening) -> bytes:
    """Give an archive of a collection alone, in an install that has read no charts."""
    owner = make_listener("owner")
    collect(owner, listening.clock())
    collection.add(owner, charted("album", "No id", "Nia"), listening.clock())
    archive = take(listening.wiring, owner)
    with db.transaction():
        accounts.erase(owner)
    forget_charts()
    return archive


def shelf(user_id: int) -> dict[int, Collected]:
    return {one.item.id: one for one in collection.shelf(user_id, 9, 0).rows}


def elsewhere(user_id: int) -> list[int]:
    return [item_id for item_id in shelf(user_id) if item_id < 0]


def test_a_collection_meets_the_charts_that_are_here(
    listening: Listening, newcomer: int, archive: bytes
) -> None:
    song = charted("track", "Ours", "", spotify_id="spot12")
    things = db.query("SELECT * FROM trend_items")
    done = bring_back(listening.wiring, newcomer, archive)
    assert done.receipt == {COLLECTION_NEW: THINGS}
    assert db.query("SELECT * FROM trend_items") == things, "an archive teaches charts nothing"
    assert shelf(newcomer)[song].item.name == "Ours"
    assert len(elsewhere(newcomer)) == THINGS - 1
    mbid = next(one.item.mbid for one in shelf(newcomer).values() if one.item.kind == "artist")
    artist = charted("artist", "Ours", "", mbid=mbid)
    collection.join_charts()
    assert artist in shelf(newcomer)
    assert len(elsewhere(newcomer)) == THINGS - 2
    told = {line["added_at"].replace("T", " ") for line in lines(archive, "collection")}
    assert {str(one.added_at) for one in shelf(newcomer).values()} == told


def test_what_is_collected_already_is_not_collected_twice(
    listening: Listening, newcomer: int, archive: bytes
) -> None:
    older, song = (
        charted("track", "Ours", "", deezer_id="99"),
        charted("track", "Ours", "", spotify_id="spot12"),
    )
    db.query("INSERT INTO trend_merges VALUES (%s, %s)", song, older)
    collection.add(newcomer, older, listening.clock())
    assert bring_back(listening.wiring, newcomer, archive).receipt == {COLLECTION_NEW: THINGS - 1}
    collection.remove(newcomer, min(elsewhere(newcomer)))
    assert collection.shelf(newcomer, 9, 0).total == THINGS - 1
    assert bring_back(listening.wiring, newcomer, archive).receipt == {COLLECTION_NEW: 1}
    assert bring_back(listening.wiring, newcomer, archive).receipt == {}
    assert collection.shelf(newcomer, 9, 0).total == THINGS


def test_what_was_chosen_here_stays(listening: Listening, newcomer: int) -> None:
    owner, closed, now = make_listener("owner"), make_listener("closed"), listening.clock()
    open_up(owner, now)
    profiles.save_privacy(closed, Privacy(), now)
    opened, shut = take(listening.wiring, owner), take(listening.wiring, closed)
    assert bring_back(listening.wiring, newcomer, shut).receipt == {PROFILE_OFF: 1}
    assert bring_back(listening.wiring, newcomer, opened).receipt == {PROFILE_LEFT: 1}
    assert profiles.privacy_of(newcomer) == Privacy()
    assert bring_back(listening.wiring, make_listener("new"), opened).receipt == {PROFILE_ON: 1}


def test_a_new_account_takes_over_what_was_chosen_before(listening: Listening) -> None:
    owner = make_listener("owner")
    accounts.change(owner, time_zone="Asia/Tokyo", theme="dark")
    at = datetime(2026, 3, 1, 20, tzinfo=UTC)
    tell(owner, Source.SPOTIFY, [(SONG, at, None)])
    archive, mover = take(listening.wiring, owner), make_listener("mover")
    accounts.change(mover, created_at=listening.clock())
    tell(mover, Source.SPOTIFY, [(SONG, at, None)])
    receipt = bring_back(listening.wiring, mover, archive).receipt
    assert receipt == {Outcome.HAD: 1, SETTINGS_NEW: 1}
    assert accounts.get(mover).time_zone == "Asia/Tokyo"
    days = db.query("SELECT day::text FROM daily_listening WHERE user_id = %s", mover)
    assert days == [("2026-03-02",)], "where it was past midnight"
