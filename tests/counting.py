"""Statistics the slow, obvious way: plain loops over all plays, one at a time.

What the program adds up beforehand must come to the same numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from webapp import db
from webapp.domain.stats import By, Item
from webapp.domain.stats_lengths import EDGES

Key = TypeVar("Key")
SILENCE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What plays come to: how many, how long, and the first and last of them."""

    plays: int
    ms: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A play: `ms` is what was heard of it, else the track's length, else nothing."""

    ended_at: datetime
    track_id: str
    album_id: str | None
    artist_id: str | None
    ms: int

    def id_of(self, kind: Item) -> str | None:
        """Name the thing of a kind that the play counts for."""
        ids = {
            Item.TRACK: self.track_id,
            Item.ALBUM: self.album_id,
            Item.ARTIST: self.artist_id,
        }
        return ids[kind]


def read(user_id: int) -> list[Heard]:
    """Read a listener's plays as they are kept, oldest first."""
    rows = db.query(
        "SELECT p.ended_at, p.track_id, t.album_id, c.artist_id,"
        " coalesce(p.ms_played, t.duration_ms, 0)"
        " FROM plays p LEFT JOIN tracks t ON t.id = p.track_id"
        " LEFT JOIN track_artists c ON c.track_id = p.track_id AND c.position = 0"
        " WHERE p.user_id = %s ORDER BY p.ended_at, p.track_id",
        user_id,
    )
    return [
        Heard(ended_at=at, track_id=track, album_id=album, artist_id=artist, ms=ms)
        for at, track, album, artist, ms in rows
    ]


def day_of(play: Heard, zone: str) -> date:
    """Tell the day on which a play ended, where the listener lives."""
    return play.ended_at.astimezone(ZoneInfo(zone)).date()


def within(plays: Iterable[Heard], zone: str, first: date, last: date) -> list[Heard]:
    """Keep the plays of some days, both included."""
    return [play for play in plays if first <= day_of(play, zone) <= last]


def days(plays: Iterable[Heard], zone: str) -> dict[date, Tally]:
    """Count each day."""
    return _tallies(plays, lambda play: day_of(play, zone))


def hours(plays: Iterable[Heard], zone: str) -> dict[tuple[date, int], Tally]:
    """Count each hour of each day, as the clock on the wall told it."""
    return _tallies(
        plays, lambda play: (day_of(play, zone), play.ended_at.astimezone(ZoneInfo(zone)).hour)
    )


def clock(plays: Iterable[Heard], zone: str) -> dict[tuple[int, int], Tally]:
    """Count each hour of the week; Monday is 0."""
    return _tallies(
        plays,
        lambda play: (
            day_of(play, zone).weekday(),
            play.ended_at.astimezone(ZoneInfo(zone)).hour,
        ),
    )


def items(plays: Iterable[Heard], kind: Item) -> dict[str, Tally]:
    """Count each track, artist or album; a play without one counts for none."""
    return _tallies(
        (play for play in plays if play.id_of(kind)), lambda play: play.id_of(kind) or ""
    )


def best(plays: Iterable[Heard], kind: Item, by: By) -> list[tuple[str, int, int]]:
    """Rank things: (id, plays, ms), the most first."""
    sums = [(item, tally.plays, tally.ms) for item, tally in items(plays, kind).items()]
    if by is By.MS:
        return sorted(sums, key=lambda row: (-row[2], -row[1], row[0]))
    return sorted(sums, key=lambda row: (-row[1], -row[2], row[0]))


def sessions(plays: Iterable[Heard]) -> list[tuple[datetime, datetime, int, int]]:
    """Join plays without 30 minutes of silence between them: begin, end, plays, ms."""
    joined: list[list[Heard]] = []
    for play in sorted(plays, key=lambda play: (play.ended_at, play.track_id)):
        if joined and play.ended_at - joined[-1][-1].ended_at - _length(play) < SILENCE:
            joined[-1].append(play)
        else:
            joined.append([play])
    return [
        (run[0].ended_at - _length(run[0]), run[-1].ended_at, len(run), sum(p.ms for p in run))
        for run in joined
    ]


def rhythms(
    plays: Sequence[Heard], zone: str, start_of: Callable[[date], date]
) -> set[tuple[str, date, int, int, int]]:
    """Count hours of the week, and sessions by length, of each period: (kind, start, bin, n, ms).

    A session is in the last group whose minute it has reached.
    """
    found: Counter[tuple[str, date, int]] = Counter()
    ms_of: Counter[tuple[str, date, int]] = Counter()
    for play in plays:
        moment = play.ended_at.astimezone(ZoneInfo(zone))
        key = "hour", start_of(moment.date()), moment.weekday() * 24 + moment.hour
        found[key] += 1
        ms_of[key] += play.ms
    for began_at, ended_at, _, _ in sessions(plays):
        length = ended_at - began_at
        group = max(at for at, edge in enumerate(EDGES) if timedelta(minutes=edge) <= length)
        key = "length", start_of(began_at.astimezone(ZoneInfo(zone)).date()), group
        found[key] += 1
        ms_of[key] += round(length / timedelta(milliseconds=1))
    return {(*key, found[key], ms_of[key]) for key in found}


def longest_run(heard: Iterable[date]) -> int:
    """Count the most days in a row."""
    known, best = set(heard), 0
    for day in known:
        length = 0
        while day + timedelta(days=length) in known:
            length += 1
        best = max(best, length)
    return best


def groups(
    plays: Iterable[Heard], of: Callable[[Heard], Iterable[Key]]
) -> dict[Key, tuple[int, int]]:
    """Count plays and ms by names that a play may have several of."""
    plays_of: Counter[Key] = Counter()
    ms_of: Counter[Key] = Counter()
    for play in plays:
        for name in set(of(play)):
            plays_of[name] += 1
            ms_of[name] += play.ms
    return {name: (plays_of[name], ms_of[name]) for name in plays_of}


def first_heard(plays: Sequence[Heard], kind: Item) -> dict[str, datetime]:
    """Tell when each thing was heard for the first time."""
    return {item: tally.first_at for item, tally in items(plays, kind).items()}


def _tallies(plays: Iterable[Heard], key: Callable[[Heard], Key]) -> dict[Key, Tally]:
    found: defaultdict[Key, list[Heard]] = defaultdict(list)
    for play in plays:
        found[key(play)].append(play)
    return {
        name: Tally(
            plays=len(those),
            ms=sum(play.ms for play in those),
            first_at=min(play.ended_at for play in those),
            last_at=max(play.ended_at for play in those),
        )
        for name, those in found.items()
    }


def _length(play: Heard) -> timedelta:
    return timedelta(milliseconds=play.ms)
