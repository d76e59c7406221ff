"""What each listener's library holds on the first day, and what they like best."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from random import Random

from demo.standin import catalogue
from demo.standin.first_playlists import ANCHOR, SPAN, first_playlists
from demo.standin.plays import Timeline
from demo.standin.profiles import Profile
from demo.standin.records import Access, Catalogue, Library, Saved, TopLists, Track
from demo.standin.words import base62

TOP = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a listener begins: library, timeline of plays, ranked favourites."""

    library: Library
    timeline: Timeline
    top: TopLists


@dataclass(slots=True, kw_only=True)
class Listener:
    """A person as they are now; `account_id` None leaves it out of GET /me."""

    profile: Profile
    start: Start
    account_id: str | None

    @property
    def key(self) -> str:
        """The Spotify user id."""
        return self.profile.key

    @property
    def library(self) -> Library:
        """What they keep."""
        return self.start.library


def newcomer(profile: Profile) -> Listener:
    """Make a listener as they are on the first day."""
    return Listener(
        profile=profile, start=begin(profile), account_id=base62("account", profile.key)[:10]
    )


def begin(profile: Profile) -> Start:
    """Give a fresh, changeable copy of a listener's first day."""
    start = _first_day(profile)
    library = Library(
        tracks=list(start.library.tracks),
        albums=list(start.library.albums),
        artists=list(start.library.artists),
        playlists=list(start.library.playlists),
    )
    return replace(start, library=library, timeline=replace(start.timeline, _hours={}))


@cache
def _first_day(profile: Profile) -> Start:
    music = catalogue.generate()
    rng = Random(f"{catalogue.SEED}/{profile.key}")
    taste = _taste(rng, profile, music)
    saved = _dated(rng, [track.id for track in taste[: profile.tracks]])
    albums = list(dict.fromkeys(track.album_id for track in taste))
    artists = _ranked_artists(taste)
    playlists = first_playlists(rng, profile, taste)
    liked = [track for track in taste[: max(profile.tracks, TOP)] if not track.sparse]
    return Start(
        library=Library(
            tracks=saved,
            albums=_dated(rng, albums[: profile.albums]),
            artists=sorted(artists[: profile.artists]),
            playlists=playlists,
        ),
        timeline=Timeline(
            key=profile.key,
            tracks=liked[:400],
            playlist_ids=[p.id for p in playlists if p is not None and p.access is Access.OWN][:6],
            utc_offset=profile.utc_offset,
        ),
        top=TopLists(artists=tuple(artists[:90]), tracks=tuple(track.id for track in liked[:200])),
    )


def _taste(rng: Random, profile: Profile, music: Catalogue) -> list[Track]:
    """Rank tracks for a listener: favourite artists first, but well mixed; odd ones included."""
    if not profile.tracks:
        return []
    artists = sorted(music.artists.values(), key=lambda a: rng.random() ** (2 + a.popularity / 30))
    love = {artist.id: place for place, artist in enumerate(reversed(artists))}
    reach = 9 * max(profile.artists, TOP + 5)
    odd = set(music.odd)
    pool = [track for track in music.tracks.values() if track.id not in odd]
    pool.sort(key=lambda t: love[t.artist_ids[0]] + rng.random() * reach)
    if profile.odd:
        for place, track_id in enumerate(music.odd):
            pool.insert(20 + 17 * place, music.tracks[track_id])
    return pool


def _ranked_artists(taste: list[Track]) -> list[str]:
    return list(dict.fromkeys(track.artist_ids[0] for track in taste))


def _dated(rng: Random, ids: list[str]) -> list[Saved]:
    """Date the ids over the years, denser lately; newest first, no two in the same second."""
    ages = sorted(rng.random() ** 1.7 for _ in ids)
    shuffled = rng.sample(ids, len(ids))
    return [
        Saved(id=item, at=(ANCHOR - SPAN * age - timedelta(seconds=2 * i)).replace(microsecond=0))
        for i, (item, age) in enumerate(zip(shuffled, ages, strict=True))
    ]
