"""The listeners' libraries, counted by walking all pages as an app does."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil

import pytest

from demo.standin.profiles import PROFILES, Profile
from tests.demo.callers import App, Clock

BY_KEY = {profile.key: profile for profile in PROFILES}
EVERYBODY = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.key)


@EVERYBODY
def test_library_has_exactly_what_the_profile_says(app: App, profile: Profile) -> None:
    app.sign_in(profile.key)
    tracks = app.walk("/me/tracks")
    assert len({item["track"]["id"] for item in tracks}) == profile.tracks
    assert len({item["album"]["id"] for item in app.walk("/me/albums")}) == profile.albums
    dates = [item["added_at"] for item in tracks]
    assert dates == sorted(dates, reverse=True)


@EVERYBODY
def test_playlists_have_exactly_what_the_profile_says(app: App, profile: Profile) -> None:
    app.sign_in(profile.key)
    listed = app.walk("/me/playlists")
    own = [item for item in listed if item and item["owner"]["id"] == profile.key]
    assert len(listed) == profile.listed_playlists
    assert len(own) == profile.playlists
    read = 0
    for playlist in own:
        entries = app.walk(f"/playlists/{playlist['id']}/items")
        assert len(entries) == playlist["items"]["total"]
        read += len(entries)
    assert read == profile.entries


@EVERYBODY
def test_following_is_walked_by_cursor(app: App, profile: Profile) -> None:
    app.sign_in(profile.key)
    seen: list[str] = []
    after: dict[str, object] = {}
    while True:
        page = app.get("/me/following", type="artist", limit=50, **after).json()["artists"]
        seen += [artist["id"] for artist in page["items"]]
        if page["next"] is None:
            assert page["cursors"]["after"] is None
            break
        after = {"after": page["cursors"]["after"]}
    assert len(set(seen)) == len(seen) == page["total"] == profile.artists


@EVERYBODY
@pytest.mark.parametrize("time_range", ["short_term", "medium_term", "long_term"])
def test_top_lists_have_fifty(app: App, profile: Profile, time_range: str) -> None:
    app.sign_in(profile.key)
    for kind in ("artists", "tracks"):
        page = app.get(f"/me/top/{kind}", limit=50, time_range=time_range).json()
        expected = 50 if profile.tracks else 0
        assert len({item["id"] for item in page["items"]}) == page["total"] == expected


def test_top_lists_stay_for_a_week_and_then_move(app: App, clock: Clock) -> None:
    app.sign_in("nova")
    first = app.get("/me/top/tracks", time_range="short_term", limit=50).json()
    assert app.get("/me/top/tracks", time_range="short_term", limit=50).json() == first
    app.standin.world.tokens.access_seconds = 30 * 86400
    app.tokens |= app.refresh().json()
    clock.advance(days=7)
    moved = app.get("/me/top/tracks", time_range="short_term", limit=50).json()
    ids = [{item["id"] for item in page["items"]} for page in (first, moved)]
    assert moved != first
    assert len(ids[0] & ids[1]) > 10


def test_large_costs_no_more_calls_than_its_pages(app: App) -> None:
    app.sign_in("large")
    listed = app.walk("/me/playlists")
    assert all(item["owner"]["id"] == "large" for item in listed)
    for playlist in listed:
        app.walk(f"/playlists/{playlist['id']}/items")
    calls = len(app.standin.world.log.matching("/items"))
    assert calls == sum(ceil(item["items"]["total"] / 50) for item in listed)


def test_fifty_recent_plays_newest_first(app: App) -> None:
    app.sign_in("nova")
    items = app.get("/me/player/recently-played", limit=50).json()["items"]
    ends = [datetime.fromisoformat(item["played_at"]) for item in items]
    assert len(items) == 50
    assert all(later > earlier for later, earlier in pairwise(ends))


def test_plays_do_not_overlap(app: App) -> None:
    plays = app.standin.world.recent_plays("nova")
    assert all(later.started_at > earlier.ended_at for later, earlier in pairwise(plays))


def test_new_plays_arrive_every_hour_and_most_in_the_evening(app: App, clock: Clock) -> None:
    world = app.standin.world
    counts = {}
    for _ in range(48):
        before = clock.now
        clock.advance(hours=1)
        new = [play for play in world.recent_plays("nova") if play.ended_at > before]
        counts[before] = len(new)
    assert sum(1 for count in counts.values() if count == 0) <= 4
    evening = [count for hour, count in counts.items() if hour.hour in {18, 19, 20, 21}]
    night = [count for hour, count in counts.items() if hour.hour in {1, 2, 3}]
    assert sum(evening) / len(evening) > 3 * sum(night) / len(night)


def test_recent_plays_are_a_function_of_time(app: App, clock: Clock) -> None:
    world = app.standin.world
    first = world.recent_plays("large")
    clock.advance(days=9)
    assert not set(first) & set(world.recent_plays("large"))
    clock.advance(days=-9)
    assert world.recent_plays("large") == first


def test_after_gives_only_what_is_new(app: App, clock: Clock) -> None:
    app.sign_in("nova")
    app.standin.world.tokens.access_seconds = 86400
    app.tokens |= app.refresh().json()
    first = app.get("/me/player/recently-played", limit=50).json()
    after = first["cursors"]["after"]
    nothing = app.get("/me/player/recently-played", limit=50, after=after).json()
    assert nothing["items"] == []
    assert nothing["cursors"] is None
    assert nothing["next"] is None
    clock.advance(hours=2)
    news = app.get("/me/player/recently-played", limit=50, after=after).json()["items"]
    assert news
    assert min(item["played_at"] for item in news) > first["items"][0]["played_at"]


def test_before_pages_back_inside_the_window(app: App) -> None:
    app.sign_in("nova")
    seen: list[str] = []
    params: dict[str, object] = {}
    while True:
        page = app.get("/me/player/recently-played", limit=20, **params).json()
        seen += [item["played_at"] for item in page["items"]]
        if page["next"] is None:
            break
        params = {"before": page["cursors"]["before"]}
    assert len(seen) == len(set(seen)) == 50


def test_added_play_takes_its_place(app: App, clock: Clock) -> None:
    app.sign_in("tiny")
    track_id = app.walk("/me/tracks")[0]["track"]["id"]
    late = clock.now - timedelta(hours=1, milliseconds=123)
    app.standin.world.add_play("tiny", track_id, late)
    items = app.get("/me/player/recently-played", limit=50).json()["items"]
    found = next(
        item for item in items if datetime.fromisoformat(item["played_at"]).astimezone(UTC) == late
    )
    assert found["track"]["id"] == track_id
    assert len(items) == 50


def test_nobody_plays_before_the_clock(app: App, clock: Clock) -> None:
    assert all(play.ended_at <= clock.now for play in app.standin.world.recent_plays("nova"))


def test_currently_playing_is_a_play_under_way_or_204(app: App, clock: Clock) -> None:
    app.sign_in("nova")
    statuses = set()
    for _ in range(50):
        answer = app.get("/me/player/currently-playing")
        statuses.add(answer.status_code)
        if answer.status_code == 200:
            body = answer.json()
            assert 0 <= body["progress_ms"] < body["item"]["duration_ms"]
        else:
            assert answer.content == b""
        clock.advance(seconds=61)
    assert statuses == {200, 204}


def test_top_songs_of_nova_overlap_and_know_no_future(app: App) -> None:
    app.sign_in("nova")
    listed = [item for item in app.walk("/me/playlists") if item]
    years = {}
    for item in listed:
        year = next((y for y in range(2020, 2026) if str(y) in item["name"]), None)
        if year and item["owner"]["id"] == "nova" and item["items"]["total"] == 100:
            entries = app.walk(f"/playlists/{item['id']}/items")
            years[year] = {entry["item"]["id"] for entry in entries}
            released = {entry["item"]["album"]["release_date"][:4] for entry in entries}
            assert max(released) <= str(year)
    assert sorted(years) == [2020, 2021, 2022, 2023, 2024, 2025]
    for earlier, later in pairwise(sorted(years)):
        assert 5 < len(years[earlier] & years[later]) < 95


@pytest.mark.parametrize("key", ["medium", "large", "nova"])
def test_odd_items_are_there(app: App, key: str) -> None:
    app.sign_in(key)
    entries = [
        entry
        for item in app.walk("/me/playlists")
        if item and item["owner"]["id"] == key
        for entry in app.walk(f"/playlists/{item['id']}/items", additional_types="track,episode")
    ]
    items = [entry["item"] for entry in entries]
    assert None in items
    assert any(item and item["type"] == "episode" for item in items)
    local = next(item for item in items if item and item.get("is_local"))
    assert local["id"] is None
    tracks = [item["track"] for item in app.walk("/me/tracks")]
    names = {track["name"] for track in tracks}
    assert "<script>alert(1)</script>" in names
    albums = [track["album"] for track in tracks]
    assert "" in {album["name"] for album in albums}
    assert {album["release_date_precision"] for album in albums} == {"year", "month", "day"}
    assert any("external_ids" not in track for track in tracks)
    assert any(item and item["images"] is None for item in app.walk("/me/playlists"))


def test_tiny_is_clean(app: App) -> None:
    app.sign_in("tiny")
    odd = app.standin.world.music.odd
    assert not [i for i in app.walk("/me/tracks") if i["track"]["id"] in odd]
    assert all(app.walk("/me/playlists"))
