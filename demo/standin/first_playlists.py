"""The playlists a listener has on the first day, odd ones among them."""

from datetime import UTC, datetime, timedelta
from random import Random

from demo.standin import catalogue, words
from demo.standin.profiles import Profile
from demo.standin.records import Access, Entry, EntryKind, Playlist, Track
from demo.standin.words import base62

ANCHOR = datetime(2026, 11, 1, 20, 15, tzinfo=UTC)  # fixed, so that a restart changes nothing
SPAN = timedelta(days=2900)
TOP_SONGS_LENGTH = 100
SPOTIFY = "spotify"


def first_playlists(rng: Random, profile: Profile, taste: list[Track]) -> list[Playlist | None]:
    """Make the listed playlists: Top Songs copies, a null, a followed and a gone one, own ones."""
    names = words.load()
    lists: list[Playlist | None] = [
        _top_songs(profile, year, names.top_songs[year], taste) for year in profile.top_songs
    ]
    count = profile.playlists - len(lists)
    room = profile.entries - TOP_SONGS_LENGTH * len(lists)
    titles = rng.sample(names.playlists, count) if count else []
    if profile.odd:
        titles[2], titles[5] = names.hostile[0], names.hostile[3]
    sizes = _sizes(rng, count, room)
    lists += [
        _ordinary(rng, profile, taste, place=place, title=title, size=size)
        for place, (title, size) in enumerate(zip(titles, sizes, strict=True))
    ]
    if profile.foreign:
        lists[4:4] = [None, _followed(rng, profile, taste), _spotify_owned(profile)]
    return lists


def _sizes(rng: Random, count: int, total: int) -> list[int]:
    """Split a total into uneven parts that add up to it exactly."""
    if not count:
        return []
    weights = [rng.paretovariate(1.6) for _ in range(count)]
    sizes = [max(1, int(total * weight / sum(weights))) for weight in weights]
    sizes[sizes.index(max(sizes))] += total - sum(sizes)
    return sizes


def _ordinary(
    rng: Random, profile: Profile, taste: list[Track], *, place: int, title: str, size: int
) -> Playlist:
    """Fill a playlist from the listener's taste; the third and fourth carry odd items."""
    tracks = rng.sample(taste[: max(2 * profile.tracks, size)], size)
    day = ANCHOR - SPAN * rng.random()
    entries = [
        _entry(track.id, day + timedelta(hours=5 * i, seconds=rng.randrange(3000)), profile.key)
        for i, track in enumerate(tracks)
    ]
    if profile.odd and place in {2, 3}:
        _spoil(entries, profile.key)
    return Playlist(
        id=base62(catalogue.SEED, "playlist", profile.key, place),
        name=title,
        owner_id=profile.key,
        owner_name=profile.name,
        entries=tuple(entries),
        description="" if place % 3 else f"Made by hand & kept since {day.year}",
        public=(True, False, None)[place % 3],
        collaborative=place == 1,
        pictured=not (profile.odd and place == 1),
    )


def _spoil(entries: list[Entry], by: str) -> None:
    """Replace some positions by what breaks careless readers; the length stays."""
    odd = (
        Entry(kind=EntryKind.WITHDRAWN, ref="", added_at=None, added_by=None),
        Entry(kind=EntryKind.LOCAL, ref="0", added_at=ANCHOR, added_by=by),
        Entry(kind=EntryKind.EPISODE, ref="0", added_at=ANCHOR, added_by=by),
        Entry(kind=EntryKind.LOCAL, ref="1", added_at=None, added_by=None),
        Entry(kind=EntryKind.EPISODE, ref="1", added_at=ANCHOR, added_by=None),
        Entry(kind=EntryKind.WITHDRAWN, ref="", added_at=ANCHOR, added_by=None),
    )
    for place, entry in zip(range(1, len(entries), 2), odd, strict=False):
        entries[place] = entry
    if len(entries) > 2 * len(odd):
        entries[-1] = entries[0]  # the same track twice


def _top_songs(profile: Profile, year: int, name: str, taste: list[Track]) -> Playlist:
    """Copy a year's list: old love stays, each year shuffles, nothing from the future."""
    music = catalogue.generate()

    def score(track: Track) -> float:
        steady = Random(f"{profile.key}/{track.id}").random()
        mood = Random(f"{profile.key}/{track.artist_ids[0]}/{year // 2}").random()
        return 0.5 * steady + 0.3 * mood + 0.2 * Random(f"{year}/{track.id}").random()

    known = [t for t in taste[:900] if music.albums[t.album_id].release_date[:4] <= str(year)]
    best = sorted(known, key=score, reverse=True)[:TOP_SONGS_LENGTH]
    copied = datetime(year, 12, 4, 18, tzinfo=UTC)
    return Playlist(
        id=base62(catalogue.SEED, "top songs", profile.key, year),
        name=name,
        owner_id=profile.key,
        owner_name=profile.name,
        entries=tuple(_entry(track.id, copied, profile.key) for track in best),
    )


def _followed(rng: Random, profile: Profile, taste: list[Track]) -> Playlist:
    tracks = rng.sample(taste[:2000], 73)
    return Playlist(
        id=base62(catalogue.SEED, "followed", profile.key),
        name="Somebody else's porch",
        owner_id="porchlight",
        owner_name=None,
        entries=tuple(_entry(track.id, ANCHOR, "porchlight") for track in tracks),
        access=Access.FOREIGN,
    )


def _spotify_owned(profile: Profile) -> Playlist:
    return Playlist(
        id=f"37i9dQZF1F{base62('spotify-owned', profile.key)[:12]}",
        name="Your Top Songs 2019",
        owner_id=SPOTIFY,
        owner_name="Spotify",
        entries=(),
        access=Access.GONE,
    )


def _entry(track_id: str, at: datetime, by: str) -> Entry:
    return Entry(
        kind=EntryKind.TRACK, ref=track_id, added_at=at.replace(microsecond=0), added_by=by
    )
