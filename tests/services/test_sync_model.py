"""A small Spotify that changes at random between syncs, and during them: we always know it."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.changing_world import ME, OPERATIONS, World
from tests.services.listening import Listening, failed
from webapp import db
from webapp.domain.library import Kind
from webapp.domain.syncs import Status
from webapp.providers.spotify.oauth import Grant
from webapp.queries import accounts, library, playlists
from webapp.services import tokens

TOP_AGE = timedelta(days=7)
numbers = count(1)


change = st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 300))
rounds = st.tuples(
    st.lists(change, max_size=5),
    st.sampled_from([timedelta(minutes=1), timedelta(days=8)]),
    st.none() | st.tuples(st.integers(0, 14), change),
)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    tracks=st.sampled_from([0, 3, 50, 51, 120]),
    albums=st.sampled_from([0, 51]),
    story=st.lists(rounds, min_size=1, max_size=4),
)
def test_we_always_know_what_there_is_and_what_there_was(
    listening: Listening, tracks: int, albums: int, story: list[Any]
) -> None:
    world, user = World(), _newcomer(listening)
    listening.wire(music=lambda _token, _priority: world.service())
    for number in range(tracks):
        world.save(number)
    for number in range(albums):
        world.save_album(number)
    told: list[tuple[datetime, dict[str, Any], dict[str, Any]]] = []
    tops, tops_at = world.tops(), None
    for changes, pause, disturbance in story:
        now = listening.clock.forward(seconds=pause.total_seconds())
        for operation, number in changes:
            operation(world, number)
        if disturbance:
            _disturbed(listening, user, world, *disturbance)
            now = listening.clock.forward(days=8)
        if tops_at is None or disturbance or now - tops_at >= TOP_AGE:
            tops, tops_at = world.tops(), now
        _sync(listening, user)
        told.append((now, world.library(), tops))
        _assert_known(user, *told[-1])
    for moment, was, topped in told:
        _assert_known(user, moment, was, topped)
    _assert_unchanged_writes_nothing(listening, user)
    _assert_rebuilt_the_same(user)


def _disturbed(
    listening: Listening, user: int, world: World, at: int, change: tuple[Any, int]
) -> None:
    """Sync while something changes; whatever is there all the time stays known."""
    operation, number = change
    world.spring, world.spring_at = (lambda: operation(world, number)), at
    ours, before = _known(user), world.library()
    _sync(listening, user)
    after, now = world.library(), _known(user)
    for kind in (*Kind, "playlists"):
        lasting = ours[kind].keys() & before[kind].keys() & after[kind].keys()
        assert lasting <= now[kind].keys()
    world.spring = None


def _sync(listening: Listening, user: int) -> None:
    sync = listening.sync(user)
    assert sync.status is Status.COMPLETED
    assert not failed(sync)


def _known(user: int) -> dict[Any, Any]:
    known: dict[Any, Any] = {kind: library.known(user, kind) for kind in Kind}
    return {**known, "playlists": playlists.known(user)}


def _assert_known(user: int, moment: datetime, was: dict[str, Any], tops: dict[str, Any]) -> None:
    for kind in Kind:
        assert library.state_at(user, kind, moment) == was[kind]
    versions = [playlists.version_at(user, id_, moment) for id_ in was["playlists"]]
    assert {
        one.playlist_id: (one.name, one.entries and [row[0] for row in one.entries])
        for one in versions
        if one
    } == was["playlists"]
    assert set(playlists.playlists_at(user, moment)) == set(was["playlists"])
    seen = {kind: library.last_top_lists(user, kind, moment) for kind in ("tracks", "artists")}
    assert seen == tops
    plays = db.query(
        "SELECT track_id, ended_at FROM plays WHERE user_id = %s AND seen_at <= %s", user, moment
    )
    assert sorted(plays) == was["plays"]


def _assert_unchanged_writes_nothing(listening: Listening, user: int) -> None:
    listening.clock.forward(days=8)
    _sync(listening, user)  # top lists may have waited for their week
    before = listening.counts(user)
    for days in (0, 8):
        listening.clock.forward(days=days)
        _sync(listening, user)
    assert listening.counts(user) == before


def _assert_rebuilt_the_same(user: int) -> None:
    queries = [
        f"SELECT * FROM {table} WHERE user_id = %s ORDER BY 1, 2, 3"  # noqa: S608 - our own names
        for table in ("library_items", "playlists")
    ]
    before = [db.query(sql, user) for sql in queries]
    with db.transaction():
        library.rebuild(user)
        playlists.rebuild(user)
    assert [db.query(sql, user) for sql in queries] == before


def _newcomer(listening: Listening) -> int:
    """Begin each story with somebody new."""
    db.query("DELETE FROM capabilities")
    db.query("UPDATE users SET spotify_id = spotify_id || id::text WHERE spotify_id = %s", ME)
    name, now = f"{ME}{next(numbers)}", listening.clock()
    user = accounts.add(
        spotify_id=name,
        account_id=None,
        username=name,
        display_name=name,
        image_url=None,
        is_admin=False,
        time_zone="UTC",
        now=now,
    )
    db.query("UPDATE users SET spotify_id = %s WHERE id = %s", ME, user)
    grant = Grant(
        access_token="token",
        refresh_token="refresh",
        expires_at=now + timedelta(days=999),
        scopes=frozenset(),
    )
    tokens.keep(listening.wiring, user, grant)
    return user
