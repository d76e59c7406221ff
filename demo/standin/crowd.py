"""A crowd to measure with: any number of listeners who only play, made when they are asked for.

Nothing is kept of a member: who they are follows from the number, what they play from the hour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from demo.standin.listeners import Listener, Start
from demo.standin.plays import Timeline
from demo.standin.profiles import Profile
from demo.standin.records import Catalogue, Library, Play, TopLists, Track
from demo.standin.words import base62

PREFIX = "crowd-"
HOUR_MS = 3_600_000
MOST_AN_HOUR = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Members `crowd-00001` to `count`, each ending `plays_per_hour` plays in every hour."""

    music: Catalogue
    count: int = 0
    plays_per_hour: int = 20
    _playable: tuple[Track, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what can't be; choose what there is to play: everything but the odd tracks."""
        if self.count < 0 or not 0 <= self.plays_per_hour <= MOST_AN_HOUR:
            raise ValueError(f"count is 0 or more, plays_per_hour from 0 to {MOST_AN_HOUR}")
        odd, tracks = {*self.music.odd}, self.music.tracks.values()
        playable = (track for track in tracks if self.plays_per_hour and track.id not in odd)
        object.__setattr__(self, "_playable", tuple(playable))

    def members(self) -> list[str]:
        """List the members' Spotify user ids, in order."""
        return [_key(number) for number in range(1, self.count + 1)]

    def find(self, key: str) -> Listener | None:
        """Make the member of that id; changes to it are lost."""
        digits = key.removeprefix(PREFIX)
        number = int(digits) if digits.isdecimal() else 0
        if not 0 < number <= self.count or key != _key(number):
            return None
        timeline = SteadyTimeline(
            key=key, tracks=self._playable, number=number, rate=self.plays_per_hour
        )
        return Listener(
            profile=Profile(key=key, name=f"Crowd {number}", blurb="one of many"),
            start=Start(library=Library(), timeline=timeline, top=TopLists()),
            account_id=base62("account", key)[:10],
        )


@dataclass(slots=True, kw_only=True)
class SteadyTimeline(Timeline):
    """So many plays in any hour, wherever it begins: their ends lie evenly, `rate` an hour.

    Each member's begin a little later than those of the one before; long tracks are skipped.
    """

    number: int
    rate: int

    def _play_hour(self, start: datetime) -> Iterator[Play]:
        step = HOUR_MS // self.rate
        late, longest = self.number * 7_919 % step, timedelta(milliseconds=step)
        for place, track in enumerate(self._choose(start)):
            end = start + timedelta(milliseconds=late + place * HOUR_MS // self.rate)
            yield Play(
                track_id=track.id,
                started_at=end - min(longest, timedelta(milliseconds=track.duration_ms)),
                ended_at=end,
                context=f"spotify:album:{track.album_id}",
            )

    def _choose(self, start: datetime) -> Sequence[Track]:
        return Random(f"{self.key}/{start.isoformat()}").choices(self.tracks, k=self.rate)


def _key(number: int) -> str:
    return f"{PREFIX}{number:05}"
