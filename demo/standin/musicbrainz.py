"""MusicBrainz under /musicbrainz, and the Cover Art Archive's front covers under /coverart.

Of a hundred albums it knows 73 by Spotify's address, 10 by their barcode, 7 by name alone, and 10
not at all. One of the first is too new for the search. Barcodes are on a CD and on a download. Of
each release and release group there was another one, merged into it since.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, redirect, request

from demo.standin.lucene import Document, QueryError, parse
from demo.standin.mbids import mbid
from demo.standin.records import Album
from demo.standin.world import World

MOST_ADDRESSES, MOST_RESULTS, USUAL_RESULTS = 100, 100, 25
PLACE_TOO_NEW = 5
BY_URL, BY_BARCODE, BY_NAME = 73, 83, 90
COVERLESS = 11
KINDS = {"album": "Album", "single": "Single", "compilation": "Album"}
SPOTIFY = "https://open.spotify.com/album/"
VARIOUS = "89ad4ac3-39f7-470e-963a-56509c546377"
Json = dict[str, Any]
Write = Callable[[], Json]


def mount(app: Flask, world: World) -> None:
    """Add the routes."""
    view = _View(world)
    prefix = "/musicbrainz/ws/2"
    app.add_url_rule(f"{prefix}/url", "mb_url", view.url)
    app.add_url_rule(f"{prefix}/release", "mb_releases", view.releases)
    app.add_url_rule(f"{prefix}/release-group", "mb_groups", view.groups)
    app.add_url_rule(f"{prefix}/<noun>/<wanted>", "mb_lookup", view.look_up)
    app.add_url_rule("/coverart/release-group/<group>/front-500", "mb_cover", view.cover)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An album as MusicBrainz knows it; `place` is its number of a hundred."""

    album: Album
    place: int

    @property
    def group(self) -> str:
        """Its release group."""
        return mbid("release-group", self.album.id)

    @property
    def release(self) -> str:
        """Its download."""
        return mbid("release", self.album.id)

    @property
    def disc(self) -> str:
        """Its CD."""
        return mbid("disc", self.album.id)


def merged(kind: str, album_id: str) -> str:
    """Give the id that an album's `release` or `release-group` had before it was merged."""
    return mbid(f"merged {kind}", album_id)


def entries(albums: Mapping[str, Album]) -> Iterator[Entry]:
    """List what MusicBrainz knows, by the order of Spotify's ids."""
    for place, album_id in enumerate(sorted(albums)):
        if place % 100 < BY_NAME:
            yield Entry(album=albums[album_id], place=place % 100)


class _View:
    def __init__(self, world: World) -> None:
        self._world = world
        known = list(entries(world.music.albums))
        self._known = known
        self._addresses = {SPOTIFY + one.album.id: one for one in known if one.place < BY_URL}
        self._by_id = {
            "release": {id_: one for one in known for id_ in (one.release, one.disc)},
            "release-group": {one.group: one for one in known},
        }
        self._merged = {
            merged(kind, one.album.id): present
            for one in known
            for kind, present in (("release", one.release), ("release-group", one.group))
        }

    def url(self) -> Response:
        """Look addresses up: of several, those that are known; of one, it alone or nothing."""
        if refusal := _refused():
            return refusal
        if len(request.args.getlist("inc")) > 1:
            return _error(400, "Inc arguments must be combined with a space")
        wanted = request.args.getlist("resource")[:MOST_ADDRESSES]
        found = [self._address(one) for one in wanted if one in self._addresses]
        if len(wanted) > 1:
            return jsonify({"url-count": len(found), "url-offset": 0, "urls": found})
        return jsonify(found[0]) if found else _error(404, "Not Found")

    def releases(self) -> Response:
        """Search releases by id or barcode."""
        return self._search("releases", self._documents_of_releases())

    def groups(self) -> Response:
        """Search release groups by id or name."""
        return self._search("release-groups", self._documents_of_groups())

    def look_up(self, noun: str, wanted: str) -> Response:
        """Look one thing up; where it was merged, answer 301 with the one it became."""
        if refusal := _refused():
            return refusal
        present = self._merged.get(wanted, wanted)
        one = self._by_id.get(noun, {}).get(present)
        if one is None:
            return _error(404, "Not Found")
        release = self._release(one, present)
        answer = jsonify(release if noun == "release" else self._group(one))
        if present != wanted:
            answer.status_code = 301
            place = urlsplit(request.url)._replace(path=request.path.replace(wanted, present))
            answer.headers["Location"] = place.geturl()
        return answer

    def cover(self, group: str) -> Any:
        """Lead to the picture of a release group; some have none."""
        one = self._by_id["release-group"].get(self._merged.get(group, group))
        if one is None or one.place % COVERLESS == 0:
            return Response("<!doctype html><title>404 Not Found</title>", 404)
        return redirect(f"{self._world.base_url}/images/album/{one.album.id}-640.svg", 307)

    def _search(self, nouns: str, documents: Iterator[tuple[Document, Write]]) -> Response:
        if refusal := _refused():
            return refusal
        query = request.args.get("query", "")
        try:
            fits = parse(query)
        except QueryError as error:
            return _error(400, f"The given parameters do not make a query: {error}")
        found = [write() for document, write in documents if fits(document)]
        for one in found:
            one["score"] = 100 if f'"{one["title"]}"' in query else 92
        found.sort(key=lambda one: -one["score"])
        limit = min(request.args.get("limit", USUAL_RESULTS, int), MOST_RESULTS)
        body = {"created": "2026-11-21T00:00:00.000Z", "count": len(found), "offset": 0}
        return jsonify({**body, nouns: found[:limit]})

    def _documents_of_releases(self) -> Iterator[tuple[Document, Write]]:
        for one in self._searchable():
            barcode = [one.album.upc.lstrip("0")] if one.place < BY_BARCODE else []
            for release in (one.disc, one.release):
                document = {"reid": [release], "rgid": [one.group], "barcode": barcode}
                yield document, partial(self._release, one, release)

    def _documents_of_groups(self) -> Iterator[tuple[Document, Write]]:
        """Give each release group, and a namesake of it by many."""
        for one in self._searchable():
            title, line = [one.album.name], self._line(one.album)
            document = {"rgid": [one.group], "releasegroup": title, "artist": [line]}
            yield document, partial(self._group, one)
            artists = ["Various Artists", line]
            yield {"releasegroup": title, "artist": artists}, partial(self._namesake, one)

    def _searchable(self) -> Iterator[Entry]:
        return (one for one in self._known if one.place != PLACE_TOO_NEW)

    def _namesake(self, one: Entry) -> Json:
        various = {"artist": {"id": VARIOUS, "name": "Various Artists"}}
        group_id = mbid("namesake", one.album.id)
        return {**self._group(one), "id": group_id, "artist-credit": [various]}

    def _address(self, address: str) -> Json:
        """Write an address with what it is linked to: the download, and a CD that is no longer."""
        one = self._addresses[address]
        links = [
            self._relation(one, one.disc, ended=True),
            self._relation(one, one.release, ended=False),
        ]
        return {"id": mbid("url", address), "resource": address, "relations": links}

    def _relation(self, one: Entry, release: str, *, ended: bool) -> Json:
        told = self._release(one, release)
        left_out = ("release-group", "media", "track-count")
        return {
            "type": "free streaming",
            "target-type": "release",
            "direction": "backward",
            "ended": ended,
            "begin": None,
            "end": None,
            "attributes": [],
            "release": {key: value for key, value in told.items() if key not in left_out},
        }

    def _release(self, one: Entry, release: str) -> Json:
        digital, tracks = release == one.release, len(one.album.track_ids)
        media = {"format": "Digital Media" if digital else "CD", "track-count": tracks}
        return {
            "id": release,
            "title": one.album.name,
            "status": "Official",
            "date": one.album.release_date,
            "country": "XW" if digital else "DE",
            "barcode": f"0{one.album.upc}" if one.place < BY_BARCODE else None,
            "disambiguation": "",
            "artist-credit": self._credit(one.album),
            "track-count": tracks,
            "media": [media],
            "release-group": self._group(one),
        }

    def _group(self, one: Entry) -> Json:
        return {
            "id": one.group,
            "title": one.album.name,
            "primary-type": KINDS[one.album.kind],
            "secondary-types": ["Compilation"] if one.album.kind == "compilation" else [],
            "first-release-date": one.album.release_date,
            "disambiguation": "",
            "artist-credit": self._credit(one.album),
        }

    def _credit(self, album: Album) -> list[Json]:
        """Credit the artists; `name` is left out, as in searches, where it says nothing new."""
        names = [self._world.music.artists[one].name for one in album.artist_ids]
        joins = [" & "] * (len(names) - 1) + [""]
        credited = zip(album.artist_ids, names, joins, strict=True)
        return [
            {"artist": {"id": mbid("artist", id_), "name": name}, "joinphrase": join}
            for id_, name, join in credited
        ]

    def _line(self, album: Album) -> str:
        return " & ".join(self._world.music.artists[one].name for one in album.artist_ids)


def _refused() -> Response | None:
    """Refuse programs that do not say whom to turn to."""
    agent = request.headers.get("User-Agent", "")
    told = agent.partition("(")[2]
    if "@" in told or "://" in told:
        return None
    return _error(403, "Please name your program and a contact in its User-Agent")


def _error(status: int, message: str) -> Response:
    answer = jsonify(error=message, help="For usage, please see: https://musicbrainz.org/")
    answer.status_code = status
    return answer
