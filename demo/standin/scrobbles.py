"""What the listeners' scrobblers told Last.fm and ListenBrainz: their plays again, by their start.

Each listener has an account under their Spotify user id at both services, some months long. One
account hides its listening, and tests may add accounts with what they like.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from demo.standin.records import Play
from demo.standin.world import World

PRIVATE = "private"
DAYS = 120
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrobble:
    """One play as a scrobbler tells of it: when it began, and what the player knew."""

    started_at: datetime
    title: str
    artist: str
    album: str = ""
    track_id: str | None = None
    isrc: str | None = None
    duration_ms: int | None = None

    @property
    def seconds(self) -> int:
        """When it began, in Unix seconds."""
        return int(self.started_at.timestamp())


class Scrobbles:
    """The accounts, the same at both services; names of accounts ignore case."""

    def __init__(self, world: World) -> None:
        """Know the listeners of this world."""
        self._world = world
        self._added: dict[str, list[Scrobble]] = {}
        self._written: dict[str, tuple[datetime, list[Scrobble]]] = {}

    def reset(self) -> None:
        """Forget what was added."""
        self._added.clear()

    def add(self, account: str, scrobbles: Iterable[Scrobble] = ()) -> None:
        """Make an account, or let scrobbles come to one that was made, however late."""
        self._added.setdefault(account.lower(), []).extend(scrobbles)

    def remove(self, account: str, count: int) -> None:
        """Delete the newest scrobbles of an account that was made."""
        kept = sorted(self._added[account.lower()], key=lambda one: one.started_at)
        self._added[account.lower()] = kept[: len(kept) - count]

    def find(self, account: str) -> list[Scrobble] | None:
        """Give the scrobbles of an account, newest first; None if there is no such account."""
        key = account.lower()
        if key in self._added:
            return sorted(self._added[key], key=lambda one: one.started_at, reverse=True)
        return self._generated(key) if key in {*self._world.listeners, PRIVATE} else None

    def _generated(self, key: str) -> list[Scrobble]:
        """Write down the hours that are over, once an hour."""
        now = self._world.now().astimezone(UTC)
        hour = now.replace(minute=0, second=0, microsecond=0)
        written = self._written.get(key)
        if written is None or written[0] != hour:
            written = self._written[key] = (hour, self._write(key, hour))
        return written[1]

    def _write(self, key: str, until: datetime) -> list[Scrobble]:
        person = self._world.listeners.get(key)
        if person is None or not person.start.timeline.tracks:
            return []
        first = (until - timedelta(days=DAYS)).replace(hour=0)
        hours = takewhile(lambda hour: hour < until, (first + n * HOUR for n in range(25 * DAYS)))
        plays = [play for hour in hours for play in person.start.timeline.hour(hour)]
        return [self._scrobble(play) for play in reversed(plays)]

    def _scrobble(self, play: Play) -> Scrobble:
        music = self._world.music
        track = music.tracks[play.track_id]
        return Scrobble(
            started_at=play.started_at,
            title=track.name,
            artist=music.artists[track.artist_ids[0]].name,
            album=music.albums[track.album_id].name,
            track_id=track.id,
            isrc=track.isrc,
            duration_ms=track.duration_ms,
        )
