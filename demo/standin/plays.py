"""What a listener plays, as a function of time: the same hour always brings the same plays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from demo.standin.records import Play, Track

WINDOW = 50  # Spotify knows no more than the last fifty plays
PLAYS_BY_LOCAL_HOUR = (3, 1, 1, 1, 1, 1, 2, 4, 5, 3, 3, 3, 4, 3, 3, 3, 4, 6, 8, 9, 11, 12, 10, 6)
ALBUM_CONTEXT, PLAYLIST_CONTEXT = 0.55, 0.8


@dataclass(slots=True, kw_only=True)
class Timeline:
    """One listener's plays: at least one an hour, most in the evening of their UTC offset.

    `tracks` are what they like, best first; `playlist_ids` are places to play from.
    """

    key: str
    tracks: Sequence[Track]
    playlist_ids: Sequence[str] = ()
    utc_offset: int = 0
    _hours: dict[datetime, tuple[Play, ...]] = field(default_factory=dict)

    def last(self, now: datetime, *, count: int = WINDOW) -> list[Play]:
        """Return the latest `count` plays that have ended by `now`, newest first."""
        if not self.tracks:
            return []
        found: list[Play] = []
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        while len(found) < count:
            found += [play for play in reversed(self.hour(hour)) if play.ended_at <= now]
            hour -= timedelta(hours=1)
        return found[:count]

    def current(self, now: datetime) -> Play | None:
        """Return the play that is under way at `now`, if any."""
        if not self.tracks:
            return None
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return next((p for p in self.hour(hour) if p.started_at <= now < p.ended_at), None)

    def hour(self, start: datetime) -> tuple[Play, ...]:
        """Return the plays of the hour that begins at `start`, oldest first."""
        if start not in self._hours:
            if len(self._hours) > 2 * WINDOW:
                self._hours.clear()
            self._hours[start] = tuple(self._play_hour(start))
        return self._hours[start]

    def _play_hour(self, start: datetime) -> Iterator[Play]:
        rng = Random(f"{self.key}/{start.isoformat()}")
        cumulative = list(accumulate(1 / (rank + 4) for rank in range(len(self.tracks))))
        local_hour = (start.hour + self.utc_offset) % 24
        moment = start + timedelta(milliseconds=rng.randrange(600_000))
        for track in rng.choices(
            self.tracks, cum_weights=cumulative, k=PLAYS_BY_LOCAL_HOUR[local_hour]
        ):
            end = moment + timedelta(milliseconds=track.duration_ms)
            if end >= start + timedelta(hours=1):
                return
            yield Play(
                track_id=track.id,
                started_at=moment,
                ended_at=end,
                context=self._context(rng, track),
            )
            moment = end + timedelta(milliseconds=rng.randrange(500, 9_000))

    def _context(self, rng: Random, track: Track) -> str | None:
        chance = rng.random()
        if chance < ALBUM_CONTEXT:
            return f"spotify:album:{track.album_id}"
        if chance < PLAYLIST_CONTEXT and self.playlist_ids:
            return f"spotify:playlist:{rng.choice(self.playlist_ids)}"
        return None
