"""One play, many witnesses: when two reports tell of the same play, and what counts as one.

Several sources may tell of one play: Spotify's recently-played, its exports, scrobblers. Reports
of the same song whose ends lie close enough are one play; the nearest pair is joined first, and
each report supports one play at most, so a short song on repeat stays as often as it was played.
How close is close enough depends on how precisely the two sources tell the time.

Who tells when a play began knows its end only with its length. Where nobody told that, the start
stands for the end, and is compared with the start of whoever knows more. Starts are also what is
compared where both sources tell them: each may think that the song has another length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5

from webapp.domain.reports import Source

COUNTS_FROM = timedelta(seconds=30)
"""Spotify itself counts a stream from 30 s on."""

EXACT = timedelta(0)
SECONDS = timedelta(seconds=60)
MINUTES = timedelta(seconds=90)
STARTS = timedelta(seconds=120)

RANK = tuple(Source)
"""Sources by how well they know a play, best first: its time and its track are the best one's."""

STARTERS = frozenset(
    {
        Source.LASTFM,
        Source.LISTENBRAINZ,
        Source.MALOJA,
        Source.KOITO,
        Source.SUBMITTED,
        Source.LASTFM_MINUTES,
    }
)
"""Sources that tell when a play began; its end is that plus what was heard of it."""


TELLS_LENGTH = frozenset({Source.EXTENDED, Source.ACCOUNT})
"""Sources that know how long a play was heard; what they say stands."""

BY_LENGTH = tuple(sorted(RANK, key=lambda source: source not in TELLS_LENGTH))
"""Sources by how well they know how long a play was heard, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """What makes two tracks the same song: the id, else the ISRC, else artist and title."""

    track_id: str
    isrc: str | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A report, or a play with all that tell of it: `sources` has one for a report.

    `length` is how long it was heard, or how long the song is. `end_unknown` says that `ended_at`
    is the start. `began` is when the best source says that it began (the earliest, if it says so
    more than once), where that one tells both start and end.
    """

    id: int
    sources: frozenset[Source]
    song: Song
    ended_at: datetime
    length: timedelta | None = None
    end_unknown: bool = False
    began: datetime | None = None

    @property
    def best(self) -> Source:
        """The source whose word on time and track stands."""
        return min(self.sources, key=RANK.index)

    @property
    def start_at(self) -> datetime | None:
        """When it began, if that is known."""
        if self.began is not None:
            return self.began
        if self.end_unknown:
            return self.ended_at
        return None if self.length is None else self.ended_at - self.length


def bit(source: Source) -> int:
    """Give a source's bit in `plays.witnesses`."""
    return 1 << RANK.index(source)


def tolerance(one: Source, other: Source) -> timedelta:
    """Tell how far apart the ends may be that two sources tell of one play.

    Spotify's recently-played is exact to the millisecond and its extended export to the second,
    but the two differ by up to a minute; account data knows the minute; who tells the start of a
    play knows nothing of pauses. A source never tells of one play at two times.
    """
    if one is other:
        return EXACT
    if one in STARTERS or other in STARTERS:
        return STARTS
    return MINUTES if Source.ACCOUNT in {one, other} else SECONDS


def same_song(one: Song, other: Song) -> bool:
    """Tell the same song; Spotify gives a recording several ids, which share ISRC or names."""
    return (
        one.track_id == other.track_id
        or (one.isrc is not None and one.isrc == other.isrc)
        or (one.key != "" and one.key == other.key)
    )


def apart(one: Witness, other: Witness) -> timedelta:
    """Tell how far apart two are: their ends, or their starts.

    Starts where both sources tell those, or where only one knows its end.
    """
    began, begun = one.start_at, other.start_at
    by_start = one.end_unknown is not other.end_unknown or {one.best, other.best} <= STARTERS
    if began is None or begun is None or not by_start:
        return abs(one.ended_at - other.ended_at)
    return abs(began - begun)


def may_be_one(report: Witness, play: Witness) -> bool:
    """Tell whether a report may support a play; a play has one report of a source at most."""
    return (
        not (report.sources & play.sources)
        and apart(report, play) <= tolerance(report.best, play.best)
        and same_song(report.song, play.song)
    )


def match(reports: Sequence[Witness], plays: Sequence[Witness]) -> dict[int, int]:
    """Join reports of one source to plays that others told of: nearest first, one to one.

    Gives report id to play id. Of equally near pairs the very same track wins, then lower ids.
    """
    pairs = sorted(
        (
            apart(report, play),
            report.song.track_id != play.song.track_id,
            report.id,
            play.id,
        )
        for report in reports
        for play in plays
        if may_be_one(report, play)
    )
    joined: dict[int, int] = {}
    taken: set[int] = set()
    for *_, report_id, play_id in pairs:
        if report_id not in joined and play_id not in taken:
            joined[report_id] = play_id
            taken.add(play_id)
    return joined


def counts(ms_played: int | None, *, done: bool) -> bool:
    """Tell a play from a skip: heard for 30 s, or to its end, or nobody said how long."""
    return ms_played is None or done or timedelta(milliseconds=ms_played) >= COUNTS_FROM


def report_key(source: Source, song: str, at: datetime, ms_played: int | None) -> str:
    """Make the key by which two reports are copies of each other, in whatever file they stand.

    `song` is the id, or the key of the names where there is none. 32 hexadecimal digits; the
    archive's SQL makes the same.
    """
    heard = "" if ms_played is None else ms_played
    text = f"{source}|{song}|{at.timestamp():.6f}|{heard}"
    return md5(text.encode(), usedforsecurity=False).hexdigest()
