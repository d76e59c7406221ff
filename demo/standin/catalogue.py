"""Generate the music: some 250 artists, 900 albums, 9,000 tracks, always the same for a seed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

from demo.standin import words
from demo.standin.records import Album, Artist, Catalogue, Track
from demo.standin.words import Scene, base62

SEED = 20261101
ARTISTS = 250
LAST_YEAR = 2026
MINUTE_MS = 60_000
FORMATS = {"album": (9, 16), "single": (1, 3), "ep": (4, 6), "compilation": (16, 24)}
FORMAT_WEIGHTS = (66, 22, 6, 6)
ALBUMS_PER_ARTIST = ((1, 2, 3, 4, 5, 6, 8), (10, 20, 22, 20, 14, 8, 6))
BOX_SET_TRACKS = 64  # more than one embedded page of 50
FEATURE_CHANCE = 0.12
PICTURELESS = 300  # the album without images


@lru_cache(maxsize=2)
def generate(seed: int = SEED) -> Catalogue:
    """Make the whole catalogue; about a third of a second, once per process."""
    artists = tuple(_artists(seed))
    albums: list[Album] = []
    tracks: list[Track] = []
    for index, artist in enumerate(artists):
        maker = _Maker(seed=seed, artist=artist, index=index, everybody=artists)
        for album, songs in maker.discography(first_track=len(tracks)):
            albums.append(album)
            tracks.extend(songs)
    albums, tracks, odd = _with_oddities(albums, tracks)
    return Catalogue(
        artists={artist.id: artist for artist in artists},
        albums={album.id: album for album in albums},
        tracks={track.id: track for track in tracks},
        discography={
            artist.id: tuple(album.id for album in albums if album.artist_ids[0] == artist.id)
            for artist in artists
        },
        odd=odd,
    )


def _artists(seed: int) -> Iterator[Artist]:
    """Spread the artists over the scenes; no two share a name, a few names are hostile."""
    rng = Random(f"{seed}/artists")
    vocabulary = words.load()
    scenes = vocabulary.scenes
    hostile = {30: 0, 90: 3, 150: 4, 210: 1}
    taken: set[str] = set()
    for index in range(ARTISTS):
        scene = rng.choices(scenes, [scene.weight for scene in scenes])[0]
        name = words.stage_name(rng, scene)
        while name in taken:
            scene = rng.choices(scenes, [scene.weight for scene in scenes])[0]
            name = words.stage_name(rng, scene)
        taken.add(name)
        fame = int(rng.triangular(0, 95, 35))
        yield Artist(
            id=base62(seed, "artist", index),
            name=vocabulary.hostile[hostile[index]] if index in hostile else name,
            scene=scene.key,
            country=scene.country,
            genres=tuple(rng.sample(scene.genres, rng.randint(1, 2))),
            popularity=fame,
            followers=int(1.17**fame * rng.uniform(20, 60)),
        )


@dataclass(slots=True, kw_only=True)
class _Maker:
    """Writes one artist's records in the order of their release."""

    seed: int
    artist: Artist
    index: int
    everybody: tuple[Artist, ...]

    def discography(self, *, first_track: int) -> Iterator[tuple[Album, list[Track]]]:
        """Yield each album with its tracks; singles repeat the ISRC of an album track."""
        rng = Random(f"{self.seed}/artist/{self.index}")
        scene = next(s for s in words.load().scenes if s.key == self.artist.scene)
        year = int(rng.triangular(1966, 2024, 2016))
        number = first_track
        earlier: list[Track] = []
        for position in range(rng.choices(*ALBUMS_PER_ARTIST)[0]):
            form = rng.choices(tuple(FORMATS), FORMAT_WEIGHTS)[0]
            size = rng.randint(*FORMATS[form])
            if (self.index, position) == (7, 0):
                form, size = "compilation", BOX_SET_TRACKS
            album = self._album(rng, scene, position, form, year)
            songs = [
                self._track(rng, scene, album, place + 1, number + place) for place in range(size)
            ]
            if form == "single" and earlier:
                songs[0] = _same_recording(songs[0], rng.choice(earlier))
            yield replace(album, track_ids=tuple(song.id for song in songs)), songs
            earlier, number = songs, number + size
            year = min(LAST_YEAR, year + rng.choice((0, 1, 1, 2, 3)))

    def _album(self, rng: Random, scene: Scene, position: int, form: str, year: int) -> Album:
        date, precision = _release_date(rng, year)
        serial = self.index * 10 + position
        return Album(
            id=base62(self.seed, "album", self.index, position),
            name=words.phrase(rng, scene, scene.titles if form == "single" else scene.albums),
            kind={"ep": "single"}.get(form, form),
            artist_ids=(self.artist.id,),
            track_ids=(),
            release_date=date,
            precision=precision,
            upc=_upc(serial),
            label=f"{rng.choice(scene.b)} Records",
            popularity=max(0, self.artist.popularity - rng.randint(0, 20)),
        )

    def _track(self, rng: Random, scene: Scene, album: Album, place: int, number: int) -> Track:
        name, artists = words.phrase(rng, scene, scene.titles), album.artist_ids
        if rng.random() < FEATURE_CHANCE:
            guest = rng.choice(self.everybody)
            if guest.id != self.artist.id:
                name, artists = f"{name} (feat. {guest.name})", (*artists, guest.id)
        disc, on_disc = divmod(place - 1, 32)
        return Track(
            id=base62(self.seed, "track", number),
            name=name,
            album_id=album.id,
            artist_ids=artists,
            duration_ms=_duration(rng),
            disc_number=disc + 1,
            track_number=on_disc + 1,
            explicit=rng.random() < (0.4 if scene.key == "hiphop" else 0.04),
            isrc=f"{scene.country}BK{self.index % 10}{album.release_date[2:4]}{number:05d}",
            popularity=max(0, album.popularity - rng.randint(0, 30)),
        )


def _same_recording(track: Track, earlier: Track) -> Track:
    return replace(
        track,
        name=earlier.name,
        artist_ids=earlier.artist_ids,
        duration_ms=earlier.duration_ms,
        isrc=earlier.isrc,
    )


def _release_date(rng: Random, year: int) -> tuple[str, str]:
    """Old records know only their year, some their month, most the day."""
    last_month = 10 if year == LAST_YEAR else 12
    month, day = rng.randint(1, last_month), rng.randint(1, 28)
    exactness = rng.random() + (0.35 if year < 1995 else 0)  # noqa: PLR2004 - the CD age
    if exactness > 0.97:  # noqa: PLR2004
        return f"{year}", "year"
    if exactness > 0.93:  # noqa: PLR2004
        return f"{year}-{month:02d}", "month"
    return f"{year}-{month:02d}-{day:02d}", "day"


def _duration(rng: Random) -> int:
    """Draw a length around three and a half minutes, from 40 seconds to 14 minutes."""
    minutes = min(14.0, max(0.66, rng.lognormvariate(1.25, 0.33)))
    return int(minutes * MINUTE_MS)


def _upc(serial: int) -> str:
    """Make a 12-digit UPC with its check digit."""
    digits = f"84{serial:09d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _with_oddities(
    albums: list[Album], tracks: list[Track]
) -> tuple[list[Album], list[Track], tuple[str, ...]]:
    """Spoil a few records on purpose: hostile or empty names, no pictures, missing fields."""
    hostile = words.load().hostile
    renamed = {40: "", 160: "", 250: hostile[0], 350: hostile[3], 420: hostile[4]}
    for place, name in renamed.items():
        albums[place] = replace(albums[place], name=name)
    albums[PICTURELESS] = replace(albums[PICTURELESS], pictured=False)
    step = len(tracks) // (len(hostile) + 1)
    places = [step * (i + 1) for i in range(len(hostile))]
    for place, name in zip(places, hostile, strict=True):
        tracks[place] = replace(tracks[place], name=name)
    sparse = [place + 7 for place in places[:3]]
    for place in sparse:
        tracks[place] = replace(tracks[place], sparse=True)
    from_odd = [albums[i].track_ids[0] for i in (*renamed, PICTURELESS)]
    dated = {album.precision: album.track_ids[0] for album in albums}
    odd = [tracks[place].id for place in (*places, *sparse)]
    return albums, tracks, tuple(dict.fromkeys([*odd, *from_odd, dated["year"], dated["month"]]))
