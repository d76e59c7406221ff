"""Catalogue objects as Spotify's JSON, in the restricted (2026) and the extended shape.

Each object is serialised once and kept as text, so that a page is only a join of strings.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from demo.standin.records import Album, Artist, Catalogue, Track

Shape = Literal["restricted", "extended"]
MARKETS = ("BR", "DE", "FR", "GB", "JP", "KR", "MX", "NL", "SE", "US")
IMAGE_SIZES = (640, 300, 64)
EMBEDDED = 50  # an album carries its first fifty tracks
OPEN_URL = "https://open.spotify.com"


def compact(value: Any) -> str:
    """Write JSON without spaces, as Spotify does."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def address(kind: str, item_id: str, api_url: str) -> dict[str, Any]:
    """Give the fields by which every object can be found again."""
    return {
        "external_urls": {"spotify": f"{OPEN_URL}/{kind}/{item_id}"},
        "href": f"{api_url}/{kind}s/{item_id}",
        "id": item_id,
        "type": kind,
        "uri": f"spotify:{kind}:{item_id}",
    }


def images(kind: str, item_id: str, base_url: str) -> list[dict[str, Any]]:
    """List the three sizes of a picture, widest first."""
    return [
        {"url": f"{base_url}/images/{kind}/{item_id}-{size}.svg", "height": size, "width": size}
        for size in IMAGE_SIZES
    ]


@dataclass(slots=True, kw_only=True)
class Shapes:
    """Writes catalogue objects for one shape and base URL; every method returns JSON text."""

    music: Catalogue
    base_url: str
    shape: Shape
    _kept: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def api_url(self) -> str:
        """Where hrefs point."""
        return f"{self.base_url}/v1"

    @property
    def extended(self) -> bool:
        """Whether the fields removed in 2026 are still there."""
        return self.shape == "extended"

    def warm(self) -> None:
        """Write everything once, so that no request pays for it; about half a second."""
        for track_id in self.music.tracks:
            self.track(track_id)
        for album_id in self.music.albums:
            self.full_album(album_id)

    def artist(self, artist_id: str) -> str:
        """Write a full artist."""
        return self._keep("artist", artist_id, lambda: self._artist(self.music.artists[artist_id]))

    def album(self, album_id: str) -> str:
        """Write a simplified album."""
        return self._keep("album", album_id, lambda: self._album(self.music.albums[album_id]))

    def full_album(self, album_id: str) -> str:
        """Write an album with UPC, copyrights and the first fifty tracks."""
        return self._keep(
            "full_album", album_id, lambda: self._full_album(self.music.albums[album_id])
        )

    def discography_album(self, album_id: str) -> str:
        """Write an album as an artist's discography lists it."""
        group = {"album_group": self.music.albums[album_id].kind} if self.extended else {}
        return compact(self._album(self.music.albums[album_id]) | group)

    def track(self, track_id: str) -> str:
        """Write a full track."""
        return self._keep("track", track_id, lambda: self._track(self.music.tracks[track_id]))

    def playlist_track(self, track_id: str) -> str:
        """Write a track as playlist entries have it: with the flags `episode` and `track`."""
        return f'{{"episode":false,"track":true,{self.track(track_id)[1:]}'

    def simple_track(self, track_id: str) -> str:
        """Write a track as an album lists it."""
        return self._keep("simple", track_id, lambda: self._simple(self.music.tracks[track_id]))

    def context(self, uri: str) -> str:
        """Write where a track was played from: an album or a playlist, without its id."""
        return self._keep("context", uri, lambda: self._context(uri))

    def _keep(self, kind: str, item_id: str, make: Any) -> str:
        key = (kind, item_id)
        if key not in self._kept:
            self._kept[key] = compact(make())
        return self._kept[key]

    def _only_extended(self, **fields: Any) -> dict[str, Any]:
        return fields if self.extended else {}

    def _context(self, uri: str) -> dict[str, Any]:
        _, kind, item_id = uri.split(":")
        where = address(kind, item_id, self.api_url)
        return {key: value for key, value in where.items() if key != "id"}

    def _artist(self, artist: Artist) -> dict[str, Any]:
        return {
            **address("artist", artist.id, self.api_url),
            "name": artist.name,
            "images": images("artist", artist.id, self.base_url),
            **self._only_extended(
                genres=list(artist.genres),
                popularity=artist.popularity,
                followers={"href": None, "total": artist.followers},
            ),
        }

    def _artist_refs(self, artist_ids: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            {
                **address("artist", artist_id, self.api_url),
                "name": self.music.artists[artist_id].name,
            }
            for artist_id in artist_ids
        ]

    def _album(self, album: Album) -> dict[str, Any]:
        return {
            "album_type": album.kind,
            "total_tracks": len(album.track_ids),
            **address("album", album.id, self.api_url),
            "images": images("album", album.id, self.base_url) if album.pictured else [],
            "name": album.name,
            "release_date": album.release_date,
            "release_date_precision": album.precision,
            "artists": self._artist_refs(album.artist_ids),
            **self._only_extended(available_markets=list(MARKETS), is_playable=True),
        }

    def _full_album(self, album: Album) -> dict[str, Any]:
        shown, total = album.track_ids[:EMBEDDED], len(album.track_ids)
        path = f"{self.api_url}/albums/{album.id}/tracks"
        following = f"{path}?offset={EMBEDDED}&limit={EMBEDDED}" if total > EMBEDDED else None
        return {
            **self._album(album),
            "tracks": {
                "href": f"{path}?offset=0&limit={EMBEDDED}",
                "limit": EMBEDDED,
                "next": following,
                "offset": 0,
                "previous": None,
                "total": total,
                "items": [self._simple(self.music.tracks[item]) for item in shown],
            },
            "copyrights": [
                {"text": f"{album.release_date[:4]} {album.label}", "type": kind} for kind in "CP"
            ],
            "external_ids": {"upc": album.upc},
            "genres": [],
            **self._only_extended(label=album.label, popularity=album.popularity),
        }

    def _simple(self, track: Track) -> dict[str, Any]:
        return {
            "artists": self._artist_refs(track.artist_ids),
            "disc_number": track.disc_number,
            "duration_ms": track.duration_ms,
            "explicit": track.explicit,
            **address("track", track.id, self.api_url),
            "name": track.name,
            "preview_url": None,
            "track_number": track.track_number,
            "is_local": False,
            **self._only_extended(available_markets=list(MARKETS)),
        }

    def _track(self, track: Track) -> dict[str, Any]:
        whole = {
            "album": self._album(self.music.albums[track.album_id]),
            **self._simple(track),
            "external_ids": {"isrc": track.isrc},
            **self._only_extended(popularity=track.popularity, is_playable=True),
        }
        return _thinned(whole) if track.sparse else whole


def _thinned(track: dict[str, Any]) -> dict[str, Any]:
    """Leave out what has been seen missing in recorded answers."""
    gone = {"external_ids", "explicit", "preview_url", "is_local", "disc_number"}
    thin = {key: value for key, value in track.items() if key not in gone}
    thin["album"] = {k: v for k, v in track["album"].items() if k not in {"images", "total_tracks"}}
    return thin
