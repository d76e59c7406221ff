"""The library and its playlists at two moments, one playlist's two versions, and what to keep."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from webapp.domain.time_machine import Step, Tally, compare, tally
from webapp.domain.time_machine_days import Known, Shelf, Span
from webapp.domain.time_machine_formats import TakenEntry
from webapp.queries import library_pages, time_machine, time_machine_playlists
from webapp.queries.lines import TrackLine, Wanted
from webapp.queries.time_machine import Difference
from webapp.queries.time_machine_playlists import Counts, Fate, Pair, Stood, Version

AT_A_TIME = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """All shelves at two moments, at a glance."""

    things: Mapping[Shelf, Difference]
    playlists: Counts
    stood: tuple[Stood, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A playlist at a moment: as it was seen last, or how it was last where it is gone.

    `at_least`: the first version known, cut down to the `entries` that Spotify dates by then.
    """

    version: Version
    entries: Sequence[Any]
    at_least: bool

    @property
    def readable(self) -> bool:
        """Whether Spotify showed what is in it."""
        return self.version.entries is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A playlist at two moments; None where it was not known, or not there any more.

    `left` is its last version, where it left the library by the second moment. `steps` is None
    where there are no two versions to compare.
    """

    old: State | None
    new: State | None
    left: State | None
    steps: Sequence[Step] | None

    @property
    def newest(self) -> Version | None:
        """The newest version of both moments; None if this listener never had the playlist."""
        state = self.new or self.left or self.old
        return state.version if state else None


def span_of(known: Known, then: datetime, now: datetime) -> Span:
    """Name two moments as a shelf knows them."""
    return Span(then=then, now=now, then_early=known.is_early(then), now_early=known.is_early(now))


def look(user_id: int, spans: Mapping[Shelf, Span], size: int) -> Sight:
    """Compare all shelves, with the first `size` things of each part."""
    counts, stood = time_machine_playlists.glance(user_id, spans[Shelf.PLAYLISTS], size)
    things = {
        shelf: time_machine.glance(user_id, shelf, spans[shelf], size)
        for shelf in time_machine.NOUNS
    }
    return Sight(things=things, playlists=counts, stood=stood)


def tallies(user_id: int, pairs: Sequence[Pair], span: Span) -> dict[str, Tally]:
    """Count, for playlists that changed, what came, went and moved; not for unreadable ones."""
    changed = [pair for pair in pairs if pair.fate is Fate.CHANGED]
    by = span.then if span.then_early else None
    olds = time_machine_playlists.items(user_id, [p.old_id for p in changed if p.old_id], by)
    until = span.now if span.now_early else None
    news = time_machine_playlists.items(user_id, [p.new_id for p in changed if p.new_id], until)
    return {
        pair.id: tally(compare(olds[pair.old_id], news[pair.new_id]))
        for pair in changed
        if pair.old_id in olds and pair.new_id in news
    }


def compare_playlist(user_id: int, playlist_id: str, span: Span) -> Comparison:
    """Compare two versions of a playlist; without any, this listener never had it."""
    old = state_of(user_id, playlist_id, span.then, early=span.then_early)
    new = state_of(user_id, playlist_id, span.now, early=span.now_early)
    left = new if new and new.version.gone else None
    there, here = (None if one and one.version.gone else one for one in (old, new))
    comparable = there and here and there.readable and here.readable
    steps = compare(_ids(there), _ids(here)) if there and here and comparable else None
    return Comparison(old=there, new=here, left=left, steps=steps)


def state_of(user_id: int, playlist_id: str, moment: datetime, *, early: bool) -> State | None:
    """Read a playlist as it was at a moment; None if nothing is known of it then."""
    seen_at = time_machine_playlists.first_seen(user_id, playlist_id) if early else moment
    if seen_at is None:
        return None
    version = time_machine_playlists.find_version(user_id, playlist_id, seen_at)
    if version is None:
        return None
    entries = version.entries or []
    if early:
        entries = [entry for entry in entries if _is_by(entry, moment)]
    return State(version=version, entries=entries, at_least=early) if entries or not early else None


def iter_tracks(user_id: int, moment: datetime, *, early: bool) -> Iterator[list[TakenEntry]]:
    """Give the saved tracks of a moment, newest first, some at a time."""
    read = time_machine.at_least_tracks if early else library_pages.saved_tracks
    page = 1
    while rows := read(user_id, Wanted(moment=moment, page=page, size=AT_A_TIME)).rows:
        first = (page - 1) * AT_A_TIME + 1
        yield [
            _taken(place, row.track, row.added_at, None) for place, row in enumerate(rows, first)
        ]
        page += 1


def iter_entries(state: State) -> Iterator[list[TakenEntry]]:
    """Give the entries of a playlist in order, repeats and holes included, some at a time."""
    for start in range(0, len(state.entries), AT_A_TIME):
        part = state.entries[start : start + AT_A_TIME]
        lines = time_machine_playlists.track_lines([entry[0] for entry in part if entry[0]])
        yield [
            _taken(place, lines.get(entry[0]), added_at(entry), entry[2])
            for place, entry in enumerate(part, start + 1)
        ]


def added_at(entry: Sequence[str | None]) -> datetime | None:
    """Read when an entry was added, if that was told; files tell days alone, in UTC."""
    told = datetime.fromisoformat(entry[1]) if entry[1] else None
    return told.replace(tzinfo=told.tzinfo or UTC) if told else None


def _ids(state: State) -> list[str | None]:
    return [entry[0] for entry in state.entries]


def _is_by(entry: Sequence[str | None], moment: datetime) -> bool:
    added = added_at(entry)
    return added is not None and added <= moment


def _taken(
    place: int, track: TrackLine | None, added: datetime | None, by: str | None
) -> TakenEntry:
    return TakenEntry(
        position=place,
        track_id=track.id if track else None,
        kind=track.kind if track else "",
        title=track.name if track else "",
        artists=track.artists if track else "",
        album=track.album if track else "",
        added_at=added,
        added_by=by,
        duration_ms=track.duration_ms if track else None,
    )
