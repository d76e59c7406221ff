"""What Deezer and ListenBrainz say is new and much heard in this world: it moves every six hours.

Deezer under /deezer (`chart/0/*`, `editorial/0/releases`), ListenBrainz under /listenbrainz/1
(`stats/sitewide/*`, `explore/fresh-releases/`), and the covers that the latter names, under
/coverart. The two agree on most, not on all.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from flask import Flask, Response, abort, jsonify, request

from demo.standin.covers import picture
from demo.standin.mbids import mbid
from demo.standin.records import Album, Artist, Track
from demo.standin.world import World

SIX_HOURS = 6 * 3600
FRESH = 20
"""So many have a date of the last years; more would be new releases of long ago."""
DEEPEST = 200
PLACED_ONLY = frozenset({"record_type", "explicit_lyrics"})
"""What Deezer tells of an album in a chart, and not of a release."""
RATE = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "29", "X-RateLimit-Reset-In": "10"}

_Record = TypeVar("_Record", Album, Artist, Track)
Row = dict[str, Any]


def mount(app: Flask, world: World) -> None:
    """Add the routes."""
    deezer, listenbrainz = _Deezer(world), _ListenBrainz(world)
    app.add_url_rule("/deezer/chart/0/<kind>", "deezer_chart", deezer.chart)
    app.add_url_rule("/deezer/editorial/0/releases", "deezer_releases", deezer.releases)
    prefix = "/listenbrainz/1"
    app.add_url_rule(f"{prefix}/stats/sitewide/<entity>", "sitewide", listenbrainz.sitewide)
    app.add_url_rule(f"{prefix}/explore/fresh-releases/", "fresh_releases", listenbrainz.fresh)
    app.add_url_rule(
        "/coverart/release/<release>/<int:number>-250.jpg", "cover", listenbrainz.cover
    )


class _Charts:
    """Who is heard how much now."""

    def __init__(self, world: World, taste: str) -> None:
        self._world = world
        self._taste = taste

    def ranked(self, records: Sequence[_Record], fame: Callable[[_Record], int]) -> list[_Record]:
        """Order by fame, shaken a little anew every six hours."""
        period = int(self._world.now().timestamp()) // SIX_HOURS
        dice = Random(f"{self._taste}/{period}")
        heard = {record.id: fame(record) + dice.uniform(0, 40) for record in records}
        return sorted(records, key=lambda record: heard[record.id], reverse=True)[:DEEPEST]

    def albums(self) -> list[Album]:
        return self.ranked(list(self._world.music.albums.values()), lambda one: one.popularity)

    def artists(self) -> list[Artist]:
        return self.ranked(list(self._world.music.artists.values()), lambda one: one.popularity)

    def tracks(self) -> list[Track]:
        return self.ranked(list(self._world.music.tracks.values()), lambda one: one.popularity)

    def newest(self) -> list[Album]:
        whole = [one for one in self._world.music.albums.values() if one.precision == "day"]
        return sorted(whole, key=lambda one: (one.release_date, one.id), reverse=True)[:FRESH]

    def credit(self, record: Album | Track) -> str:
        artists = self._world.music.artists
        return ", ".join(artists[one].name for one in record.artist_ids)

    def first(self, record: Album | Track) -> Artist:
        return self._world.music.artists[record.artist_ids[0]]


class _Deezer:
    def __init__(self, world: World) -> None:
        self._world = world
        self._charts = _Charts(world, "deezer")

    def chart(self, kind: str) -> Response:
        writers: dict[str, Callable[[], list[Row]]] = {
            "albums": lambda: [self._album(one) for one in self._charts.albums()],
            "artists": lambda: [self._artist(one) for one in self._charts.artists()],
            "tracks": lambda: [self._track(one) for one in self._charts.tracks()],
        }
        if kind not in writers:
            return jsonify(error={"type": "DataException", "message": "no data", "code": 800})
        return self._part(writers[kind]())

    def releases(self) -> Response:
        return self._part([self._release(one) for one in self._charts.newest()], place=False)

    def _part(self, rows: list[Row], *, place: bool = True) -> Response:
        index, limit = request.args.get("index", 0, int), request.args.get("limit", 10, int)
        part = rows[index : index + min(limit, 100)]
        if place:
            part = [{**row, "position": index + nth} for nth, row in enumerate(part, 1)]
        return jsonify(data=part, total=len(rows))

    def _release(self, album: Album) -> Row:
        told = {**self._album(album), "release_date": album.release_date}
        return {key: value for key, value in told.items() if key not in PLACED_ONLY}

    def _album(self, album: Album) -> Row:
        by = self._charts.first(album)
        return {
            "id": _number(album.id),
            "title": album.name,
            **self._pictures("cover", "album", album.id),
            "record_type": album.kind,
            "explicit_lyrics": False,
            "artist": {"id": _number(by.id), "name": by.name, "type": "artist"},
            "type": "album",
        }

    def _artist(self, artist: Artist) -> Row:
        pictures = self._pictures("picture", "artist", artist.id)
        return {"id": _number(artist.id), "name": artist.name, **pictures, "type": "artist"}

    def _track(self, track: Track) -> Row:
        by = self._charts.first(track)
        album = self._world.music.albums[track.album_id]
        return {
            "id": _number(track.id),
            "title": track.name,
            "title_short": track.name,
            "title_version": "",
            "duration": track.duration_ms // 1000,
            "rank": track.popularity * 10_000,
            "explicit_lyrics": track.explicit,
            "artist": {"id": _number(by.id), "name": by.name, "type": "artist"},
            "album": {
                "id": _number(album.id),
                "title": album.name,
                **self._pictures("cover", "album", album.id),
            },
            "type": "track",
        }

    def _pictures(self, name: str, kind: str, item_id: str) -> Row:
        base = f"{self._world.base_url}/images/{kind}/{item_id}"
        sizes = {"small": 64, "medium": 300, "big": 640, "xl": 640}
        return {f"{name}_{size}": f"{base}-{pixels}.svg" for size, pixels in sizes.items()}


class _ListenBrainz:
    def __init__(self, world: World) -> None:
        self._world = world
        self._charts = _Charts(world, "listenbrainz")
        self._covers: dict[str, str] = {}

    def sitewide(self, entity: str) -> Response:
        writers: dict[str, Callable[[], list[Row]]] = {
            "artists": lambda: [self._artist(one) for one in self._charts.artists()],
            "release-groups": lambda: [self._group(one) for one in self._charts.albums()],
            "recordings": lambda: [self._recording(one) for one in self._charts.tracks()],
        }
        if entity not in writers:
            abort(404)
        offset, count = request.args.get("offset", 0, int), request.args.get("count", 25, int)
        rows = writers[entity]()
        part = rows[offset : offset + min(count, 1000)]
        heard = [{**row, "listen_count": 9_000 - 7 * place} for place, row in enumerate(part)]
        name = entity.replace("-", "_")
        now = int(self._world.now().timestamp())
        payload = {
            name: heard,
            "count": len(heard),
            "offset": offset,
            "range": request.args.get("range", "all_time"),
            "from_ts": now - 7 * 86_400,
            "to_ts": now,
            "last_updated": now - now % SIX_HOURS,
            f"total_{name.removesuffix('s')}_count": len(rows),
        }
        return _answer(payload)

    def fresh(self) -> Response:
        rows = [self._release(one) for one in self._charts.newest()]
        return _answer({"releases": rows, "total_count": len(rows)})

    def cover(self, release: str, number: int) -> Response:  # noqa: ARG002 - the archive's own
        if not self._covers:
            albums = self._world.music.albums
            self._covers = {mbid("release", item_id): item_id for item_id in albums}
        if release not in self._covers:
            abort(404)
        answer = Response(
            picture("album", self._covers[release], 300, ()), mimetype="image/svg+xml"
        )
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    def _artist(self, artist: Artist) -> Row:
        return {"artist_name": artist.name, "artist_mbid": mbid("artist", artist.id)}

    def _group(self, album: Album) -> Row:
        return {
            "release_group_name": album.name,
            "release_group_mbid": mbid("release-group", album.id),
            "artist_name": self._charts.credit(album),
            "artist_mbids": [mbid("artist", one) for one in album.artist_ids],
            **_cover(album),
        }

    def _recording(self, track: Track) -> Row:
        album = self._world.music.albums[track.album_id]
        return {
            "track_name": track.name,
            "recording_mbid": mbid("recording", track.isrc),
            "artist_name": self._charts.credit(track),
            "artist_mbids": [mbid("artist", one) for one in track.artist_ids],
            "release_name": album.name,
            "release_mbid": mbid("release", album.id),
            **_cover(album),
        }

    def _release(self, album: Album) -> Row:
        return {
            "release_name": album.name,
            "release_mbid": mbid("release", album.id),
            "release_group_mbid": mbid("release-group", album.id),
            "release_group_primary_type": album.kind.capitalize(),
            "artist_credit_name": self._charts.credit(album),
            "artist_mbids": [mbid("artist", one) for one in album.artist_ids],
            "release_date": album.release_date,
            "release_tags": list(self._charts.first(album).genres),
            "listen_count": album.popularity * 3,
            **_cover(album),
        }


def _cover(album: Album) -> Row:
    """Name the cover; not every release has one there."""
    if not album.pictured or album.popularity % 9 == 0:
        return {"caa_id": None, "caa_release_mbid": None}
    return {"caa_id": _number(album.id), "caa_release_mbid": mbid("release", album.id)}


def _number(item_id: str) -> int:
    """Make a number out of an id of Spotify's."""
    return 1_000_000 + int.from_bytes(item_id[-4:].encode(), "big")


def _answer(payload: Row) -> Response:
    response = jsonify(payload=payload)
    response.headers.update(RATE)
    return response
