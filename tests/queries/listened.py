"""A small catalogue, and listeners whose plays are made up from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from tests.counting import Heard
from tests.queries.shelving import know, make_listener
from webapp import db
from webapp.domain.catalog import Album, Artist, Track
from webapp.queries import plays

GENRES = {
    "ada": ("dream pop", "shoegaze"),
    "ben": ("dream pop", "dream pop"),
    "cai": (),
    "dov": ("fado",),
    "eve": ("shoegaze", "fado", "ambient"),
}
YEARS = {"dawn": "1969-05-01", "echo": "1991", "fjord": "1998-02", "glow": None, "haze": "2024"}
NOWHERE = "track of nowhere"
"""Played, but the catalogue knows nothing of it."""
numbers = count(1)

artists = {name: Artist(id=name, name=name, genres=GENRES[name], full=True) for name in GENRES}
albums = [
    Album(id=name, name=name, release_date=YEARS[name], image_url=f"/{name}.jpg") for name in YEARS
]
tracks = [
    Track(
        id=f"t{number}",
        name=f"Song {number}",
        duration_ms=number * 37_000 if number % 4 else None,
        album=albums[number % 5] if number % 7 else None,
        artists=(list(artists.values())[number % 5], artists["cai"]) if number != 3 else (),
    )
    for number in range(12)
]
TRACKS = [*(track.id for track in tracks), NOWHERE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A play to make: `ms` is what a source told of its length, `skipped` whether it told that."""

    ended_at: datetime
    track: int
    ms: int | None = None
    skipped: bool | None = None

    @property
    def heard(self) -> Heard:
        """The same, as it must count."""
        known = {track.id: track for track in tracks}.get(TRACKS[self.track])
        return Heard(
            ended_at=self.ended_at,
            track_id=TRACKS[self.track],
            album_id=known.album.id if known and known.album else None,
            artist_id=known.artists[0].id if known and known.artists else None,
            ms=self.ms if self.ms is not None else (known.duration_ms or 0) if known else 0,
        )


def fill_catalogue() -> None:
    """Let the database know all tracks."""
    know(tracks, albums, list(artists.values()))


def listen(told: Sequence[Played], zone: str) -> int:
    """Give a new listener these plays, all counted; return their id."""
    user_id = make_listener(f"listener{next(numbers)}")
    db.query("UPDATE users SET time_zone = %s WHERE id = %s", zone, user_id)
    rows = {(play.ended_at, play.track): play for play in told}
    db.insert_values(
        "INSERT INTO plays (user_id, ended_at, track_id, source, ms_played, seen_at) VALUES %s",
        [
            (user_id, at, TRACKS[track], "spotify", play.ms, at)
            for (at, track), play in rows.items()
        ],
    )
    db.insert_values(
        "INSERT INTO play_reports (user_id, source, at, ended_at, track_id, skipped, hash, seen_at,"
        " verdict) VALUES %s",
        [
            (
                user_id,
                "spotify_extended",
                *(at, at, TRACKS[track], play.skipped),
                f"{number:032x}",
                *(at, "new"),
            )
            for number, ((at, track), play) in enumerate(rows.items())
        ],
    )
    with db.transaction():
        plays.count_all_days(user_id)
    return user_id


def most_skipped(told: Sequence[Played], at_least: int) -> dict[str, tuple[int, int]]:
    """Count by track how many told, and how many of them were skipped, where enough were."""
    tracks = {play.heard.track_id for play in told}
    sums = {
        track: (
            sum(play.heard.track_id == track for play in told),
            sum(play.heard.track_id == track and play.skipped is True for play in told),
        )
        for track in tracks
    }
    return {track: sums[track] for track in sums if sums[track][1] >= at_least}


def at(text: str) -> datetime:
    """Read a moment: `at("2026-03-01 12:00")`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def every(step: timedelta, number: int, *, since: datetime, track: int = 0) -> list[Played]:
    """Make plays of a track at even distances."""
    return [Played(ended_at=since + n * step, track=track) for n in range(number)]
