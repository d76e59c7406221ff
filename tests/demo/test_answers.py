"""How the Web API answers: both shapes, limits, closed doors, and changes to the library."""

import pytest
import requests

from tests.demo.callers import App

RESTRICTED_LACKS = {"available_markets", "popularity", "followers", "label", "linked_from"}


def keys_of(value: object) -> set[str]:
    """Collect every key anywhere in an answer."""
    if isinstance(value, dict):
        return set(value).union(*(keys_of(part) for part in value.values()))
    if isinstance(value, list):
        return set().union(*(keys_of(part) for part in value))
    return set()


def test_restricted_answers_lack_what_was_removed(app: App) -> None:
    app.sign_in("nova")
    playlist = app.standin.world.own_playlists("nova")[0]
    for path in ("/me", "/me/tracks", "/me/albums", "/me/top/artists", "/me/playlists"):
        assert not keys_of(app.get(path).json()) & RESTRICTED_LACKS
    assert "email" not in app.get("/me").json()
    assert "tracks" not in app.get("/me/playlists").json()["items"][0]
    entry = app.get(f"/playlists/{playlist.id}/items").json()["items"][0]
    assert "track" not in entry
    assert entry["item"]["external_ids"]["isrc"]


def test_extended_answers_carry_old_and_new_keys(app: App) -> None:
    app.sign_in("nova")
    app.standin.world.set_shape("extended")
    playlist = app.get("/me/playlists").json()["items"][0]
    assert playlist["tracks"]["total"] == playlist["items"]["total"] == 100
    for door in ("items", "tracks"):
        entry = app.get(f"/playlists/{playlist['id']}/{door}", limit=50).json()["items"][0]
        assert entry["track"] == entry["item"]
    album = app.get("/me/albums").json()["items"][0]["album"]
    assert {"label", "popularity", "available_markets", "external_ids"} <= set(album)
    artist = app.get("/me/top/artists").json()["items"][0]
    assert {"followers", "popularity", "genres"} <= set(artist)


def test_playlist_next_leads_into_the_trap(app: App) -> None:
    app.sign_in("nova")
    following = app.get("/me/playlists", limit=10).json()["next"]
    assert "/users/nova/playlists?offset=10&limit=10" in following
    header = {"Authorization": f"Bearer {app.tokens['access_token']}"}
    closed = app.session.get(following, headers=header)
    assert (closed.status_code, closed.json()["error"]["message"]) == (403, "Forbidden")
    app.standin.world.set_shape("extended")
    assert len(app.session.get(following, headers=header).json()["items"]) == 10


def test_other_peoples_playlists_are_closed(app: App) -> None:
    app.sign_in("nova")
    listed = app.walk("/me/playlists")
    assert listed.count(None) == 1
    foreign = next(item for item in listed if item and item["owner"]["id"] == "porchlight")
    gone = next(item for item in listed if item and item["owner"]["id"] == "spotify")
    assert app.get(f"/playlists/{foreign['id']}/items").status_code == 403
    bare = app.get(f"/playlists/{foreign['id']}").json()
    assert "items" not in bare
    assert bare["name"] == foreign["name"]
    for path in (f"/playlists/{gone['id']}", f"/playlists/{gone['id']}/items", "/playlists/none"):
        answer = app.get(path)
        assert answer.json() == {"error": {"status": 404, "message": "Resource not found"}}
    app.standin.world.set_shape("extended")
    assert app.get(f"/playlists/{foreign['id']}/items").json()["total"] == 73


@pytest.mark.parametrize(
    "path",
    [
        "/browse/new-releases",
        "/users/nova/playlists",
        "/tracks?ids=a,b",
        "/artists/x/top-tracks",
        "/me/tracks/contains?ids=a",
    ],
)
def test_removed_endpoints_answer_403(app: App, path: str) -> None:
    app.sign_in("nova")
    answer = app.get(path)
    assert answer.status_code == 403
    assert answer.json() == {"error": {"status": 403, "message": "Forbidden"}}


def test_legacy_playlist_tracks_are_closed_to_restricted_apps(app: App) -> None:
    app.sign_in("nova")
    path = f"/playlists/{app.standin.world.own_playlists('nova')[0].id}/tracks"
    assert app.get(path).status_code == 403
    app.standin.world.set_shape("extended")
    assert len(app.get(path, limit=100).json()["items"]) == 100


@pytest.mark.parametrize(
    ("path", "most"),
    [("/me/tracks", 50), ("/me/top/artists", 50), ("/search?q=a&type=track", 10)],
)
@pytest.mark.parametrize("beyond", [False, True])
def test_limits_are_kept(app: App, path: str, most: int, beyond: bool) -> None:
    app.sign_in("nova")
    answer = app.get(path, limit=most + beyond)
    assert answer.status_code == (400 if beyond else 200)
    if beyond:
        assert answer.json() == {"error": {"status": 400, "message": "Invalid limit"}}


@pytest.mark.parametrize(("limit", "offset"), [("0", 0), ("x", 0), ("5", -1), ("5", "y")])
def test_nonsense_numbers_are_400(app: App, limit: str, offset: object) -> None:
    assert app.sign_in("nova").get("/me/tracks", limit=limit, offset=offset).status_code == 400


def test_discography_limit_and_groups(app: App) -> None:
    app.sign_in("nova")
    artist_id = max(app.standin.world.music.discography.items(), key=lambda item: len(item[1]))[0]
    path = f"/artists/{artist_id}/albums"
    assert app.get(path, limit=11).status_code == 400
    albums = app.walk(path, limit=10)
    assert len(albums) == len(app.standin.world.music.discography[artist_id])
    only = app.walk(path, limit=10, include_groups="album")
    assert {album["album_type"] for album in only} == {"album"}


def test_long_album_goes_on_at_its_tracks(app: App) -> None:
    app.sign_in("nova")
    album = next(a for a in app.standin.world.music.albums.values() if len(a.track_ids) > 50)
    embedded = app.get(f"/albums/{album.id}").json()["tracks"]
    assert len(embedded["items"]) == 50
    assert embedded["next"]
    assert len(app.walk(f"/albums/{album.id}/tracks")) == len(album.track_ids)


def test_single_shares_the_isrc_of_the_album_track(app: App) -> None:
    tracks = app.standin.world.music.tracks.values()
    isrcs = [track.isrc for track in tracks]
    assert 50 < len(isrcs) - len(set(isrcs)) < 400


def test_search_finds_by_isrc_upc_name_and_newness(app: App) -> None:
    app.sign_in("nova")
    music = app.standin.world.music
    track = next(iter(music.tracks.values()))
    album = music.albums[track.album_id]
    artist = music.artists[album.artist_ids[0]]

    def found(query: str, kind: str) -> list[str]:
        page = app.get("/search", q=query, type=kind, limit=10).json()[f"{kind}s"]
        return [item["id"] for item in page["items"]]

    assert track.id in found(f"isrc:{track.isrc}", "track")
    assert found(f"upc:{album.upc}", "album") == [album.id]
    assert artist.id in found(artist.name, "artist")
    newest = [music.albums[item].release_date for item in found("tag:new", "album")]
    assert newest == sorted(newest, reverse=True)
    assert newest[0].startswith("2026")


def test_episodes_come_only_when_asked_for(app: App) -> None:
    app.sign_in("medium")
    odd = app.standin.world.own_playlists("medium")[3]
    plain = app.get(f"/playlists/{odd.id}/items", limit=50).json()["items"]
    asked = app.get(
        f"/playlists/{odd.id}/items", limit=50, additional_types="track,episode"
    ).json()["items"]
    kinds = {entry["item"]["type"] for entry in asked if entry["item"]}
    assert kinds == {"track", "episode"}
    assert sum(e["item"] is None for e in plain) > sum(e["item"] is None for e in asked)


def test_library_contains_answers_in_order(app: App) -> None:
    app.sign_in("tiny")
    saved = app.walk("/me/tracks")[0]["track"]["uri"]
    uris = f"{saved},spotify:track:nothing"
    assert app.get("/me/library/contains", uris=uris).json() == [True, False]
    many = ",".join([saved] * 41)
    assert app.get("/me/library/contains", uris=many).json()["error"]["message"] == "Too many uris"


def test_saving_and_unsaving_show_at_the_top(app: App) -> None:
    app.sign_in("tiny")
    world = app.standin.world
    kept = {item.id for item in world.listeners["tiny"].library.tracks}
    new = next(track_id for track_id in world.music.tracks if track_id not in kept)
    world.save_track("tiny", new)
    page = app.get("/me/tracks").json()
    assert (page["total"], page["items"][0]["track"]["id"]) == (61, new)
    world.unsave_track("tiny", new)
    assert app.get("/me/tracks").json()["total"] == 60


def test_albums_and_artists_come_and_go(app: App) -> None:
    app.sign_in("empty")
    world = app.standin.world
    album_id, artist_id = next(iter(world.music.albums)), next(iter(world.music.artists))
    world.save_album("empty", album_id)
    world.follow("empty", artist_id)
    assert app.get("/me/albums").json()["items"][0]["album"]["id"] == album_id
    assert app.get("/me/following", type="artist").json()["artists"]["total"] == 1
    world.unsave_album("empty", album_id)
    world.unfollow("empty", artist_id)
    assert app.get("/me/albums").json()["total"] == 0
    assert app.get("/me/following", type="artist").json()["artists"]["items"] == []


def test_every_change_of_a_playlist_changes_its_snapshot(app: App) -> None:
    app.sign_in("empty")
    world = app.standin.world
    a, b, c, d = list(world.music.tracks)[:4]
    made = world.create_playlist("empty", "Fresh", [a, b, c])
    seen = []

    def look() -> list[str]:
        seen.append(app.get(f"/playlists/{made}").json()["snapshot_id"])
        return [entry["item"]["id"] for entry in app.walk(f"/playlists/{made}/items")]

    assert look() == [a, b, c]
    world.add_playlist_items("empty", made, [d], position=1)
    assert look() == [a, d, b, c]
    world.reorder_playlist_items("empty", made, start=0, before=3)
    assert look() == [d, b, a, c]
    world.reorder_playlist_items("empty", made, start=2, before=0, length=2)
    assert look() == [a, c, d, b]
    world.remove_playlist_items("empty", made, [1, 2])
    assert look() == [a, b]
    world.rename_playlist("empty", made, "Stale")
    assert look() == [a, b]
    assert len(set(seen)) == len(seen)
    assert app.get(f"/playlists/{made}").json()["name"] == "Stale"
    world.delete_playlist("empty", made)
    assert app.get("/me/playlists").json()["total"] == 0


def test_account_id_can_appear_later(app: App) -> None:
    app.sign_in("nova")
    app.standin.world.set_account_id("nova", None)
    assert "account_id" not in app.get("/me").json()
    app.standin.world.set_account_id("nova", "aB3")
    assert app.get("/me").json()["account_id"] == "aB3"


def test_reset_goes_back_to_the_first_day(app: App) -> None:
    app.standin.world.set_clock(None)  # as the reset does, or the token ends with it
    app.sign_in("tiny")
    app.standin.world.unsave_track("tiny", app.walk("/me/tracks")[0]["track"]["id"])
    app.standin.world.reset()
    assert app.get("/me/tracks").json()["total"] == 60


@pytest.mark.parametrize("kind", ["album", "artist", "playlist"])
def test_pictures_are_where_answers_say(app: App, kind: str) -> None:
    app.sign_in("nova")
    path = {"album": "/me/albums", "artist": "/me/top/artists", "playlist": "/me/playlists"}[kind]
    item = app.get(path, limit=1).json()["items"][0]
    images = item.get("album", item)["images"]
    assert [image["width"] for image in images] == [640, 300, 64]
    first, second = (app.session.get(images[1]["url"]) for _ in range(2))
    assert first.headers["Content-Type"].startswith("image/svg+xml")
    assert first.text == second.text
    assert 'width="300"' in first.text


def test_picture_of_nothing_is_404(app: App) -> None:
    assert app.session.get(f"{app.standin.url}/images/album/../secret").status_code == 404
    assert app.session.get(f"{app.standin.url}/images/album/x-1.svg").status_code == 404


def test_connections_are_kept_alive_and_closed_at_the_end(app: App) -> None:
    app.sign_in("tiny")
    assert "close" not in app.get("/me").headers.get("Connection", "")
    app.standin.__exit__(None, None, None)
    with pytest.raises(requests.ConnectionError):
        app.get("/me")
