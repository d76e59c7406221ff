"""Reports become plays in SQL as `domain.plays` says they must."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from tests.telling import NOON, SECOND, SONG, Tune, plays_of, tell
from webapp import db
from webapp.domain.plays import RANK, STARTERS, Song, Witness, counts, match
from webapp.domain.reports import Source
from webapp.rebuild import rebuild


def test_the_same_rows_again_change_nothing(newcomer: int) -> None:
    told = [(SONG, NOON, 180_000), (SONG, NOON + 300 * SECOND, 180_000)]
    assert tell(newcomer, Source.EXTENDED, told).new == 2
    before = plays_of(newcomer)
    again = tell(newcomer, Source.EXTENDED, told)
    assert (again.new, again.had) == (0, 2)
    assert plays_of(newcomer) == before


def test_exact_copies_in_one_file_are_one(newcomer: int) -> None:
    merged = tell(newcomer, Source.EXTENDED, [(SONG, NOON, 180_000)] * 3)
    assert (merged.new, merged.had) == (1, 2)


def test_an_export_and_the_api_tell_of_one_play(newcomer: int) -> None:
    tell(newcomer, Source.SPOTIFY, [(SONG, NOON, None)])
    merged = tell(newcomer, Source.EXTENDED, [(SONG, NOON - 59 * SECOND, 180_000)])
    assert (merged.new, merged.merged) == (0, 1)
    assert plays_of(newcomer) == [(NOON, "song00", "spotify", 180_000)]


def test_the_api_knows_better_when_it_comes_later(newcomer: int) -> None:
    tell(newcomer, Source.EXTENDED, [(SONG, NOON - 59 * SECOND, 180_000)])
    tell(newcomer, Source.SPOTIFY, [(SONG, NOON, None)])
    assert plays_of(newcomer) == [(NOON, "song00", "spotify", 180_000)]
    supports = db.query("SELECT DISTINCT play_ended_at FROM play_reports")
    assert supports == [(NOON,)], "the earlier report follows"


def test_a_minute_too_far_is_another_play(newcomer: int) -> None:
    tell(newcomer, Source.SPOTIFY, [(SONG, NOON, None)])
    assert tell(newcomer, Source.EXTENDED, [(SONG, NOON - 61 * SECOND, 180_000)]).new == 1


def test_a_short_song_on_repeat_stays_as_often_as_it_was_played(newcomer: int) -> None:
    short = Tune("Short", "short0", ms=40_000)
    ends = [NOON + 40 * n * SECOND for n in range(8)]
    tell(newcomer, Source.SPOTIFY, [(short, end, None) for end in ends])
    starts = [(short, end - 40 * SECOND, None) for end in ends]
    merged = tell(newcomer, Source.LASTFM, starts)
    assert (merged.new, merged.merged) == (0, 8)
    assert len(plays_of(newcomer)) == 8


def test_what_was_skipped_is_kept_and_not_counted(newcomer: int) -> None:
    merged = tell(newcomer, Source.EXTENDED, [(SONG, NOON, 29_999), (SONG, NOON + SECOND, 30_000)])
    assert (merged.new, merged.short) == (1, 1)
    assert db.query("SELECT count(*) FROM play_reports") == [(2,)]


def test_rows_without_ids_meet_the_catalogue_by_name(newcomer: int) -> None:
    tell(newcomer, Source.SPOTIFY, [(SONG, NOON, None)])
    named = Tune("SONG")
    assert tell(newcomer, Source.ACCOUNT, [(named, NOON + 80 * SECOND, 199_000)]).merged == 1
    tell(newcomer, Source.ACCOUNT, [(named, NOON + 4000 * SECOND, 199_000)])
    assert [row[1] for row in plays_of(newcomer)] == ["song00", "song00"]


NAMELESS = Tune("Some other song", ms=None)


def test_who_knows_no_length_is_compared_by_the_start(newcomer: int) -> None:
    """A scrobble of a song nobody knows the length of, and then its end, nine minutes later."""
    tell(newcomer, Source.LASTFM, [(NAMELESS, NOON, None)])
    merged = tell(newcomer, Source.EXTENDED, [(NAMELESS, NOON + 545 * SECOND, 540_000)])
    assert (merged.new, merged.merged) == (0, 1)
    assert [row[0] for row in plays_of(newcomer)] == [NOON + 545 * SECOND]


def test_so_it_is_when_the_end_came_first(newcomer: int) -> None:
    tell(newcomer, Source.EXTENDED, [(NAMELESS, NOON + 545 * SECOND, 540_000)])
    merged = tell(newcomer, Source.LASTFM, [(NAMELESS, NOON, None)])
    assert (merged.new, merged.merged) == (0, 1)


def test_two_starts_are_compared_as_they_are(newcomer: int) -> None:
    tell(newcomer, Source.LASTFM, [(NAMELESS, NOON, None)])
    known = Tune(NAMELESS.title, ms=540_000)
    merged = tell(newcomer, Source.LISTENBRAINZ, [(known, NOON + 2 * SECOND, None)])
    assert (merged.new, merged.merged) == (0, 1)
    assert tell(newcomer, Source.MALOJA, [(NAMELESS, NOON - SECOND, None)]).merged == 1
    ended = tell(newcomer, Source.EXTENDED, [(NAMELESS, NOON + 540 * SECOND, 540_000)])
    assert (ended.new, ended.merged) == (0, 1)


def test_a_song_on_repeat_is_told_apart_by_its_starts(newcomer: int) -> None:
    starts = [NOON + 540 * n * SECOND for n in range(5)]
    tell(newcomer, Source.LASTFM, [(NAMELESS, start, None) for start in starts])
    ends = [(NAMELESS, start + 540 * SECOND, 540_000) for start in starts]
    merged = tell(newcomer, Source.EXTENDED, ends)
    assert (merged.new, merged.merged) == (0, 5)
    assert len(plays_of(newcomer)) == 5


LISTEN = Tune(NAMELESS.title, ms=200_000)


def test_a_start_is_a_start_whoever_knows_the_length(newcomer: int) -> None:
    """A listen brings its own length, of which the catalogue learns nothing."""
    later = NOON + 3600 * SECOND
    tell(newcomer, Source.LISTENBRAINZ, [(NAMELESS, NOON, None), (LISTEN, later, None)])
    merged = tell(newcomer, Source.LASTFM, [(NAMELESS, NOON, None), (NAMELESS, later, None)])
    assert (merged.new, merged.merged) == (0, 2)
    assert [row[0] for row in plays_of(newcomer)] == [NOON, later]
    rebuild(newcomer)
    assert [row[0] for row in plays_of(newcomer)] == [NOON, later]


def test_a_listen_that_was_cut_short_is_the_scrobble_of_the_whole(newcomer: int) -> None:
    tell(newcomer, Source.LASTFM, [(SONG, NOON, None)])
    assert tell(newcomer, Source.LISTENBRAINZ, [(SONG, NOON + SECOND, 40_000)]).merged == 1


tunes = st.sampled_from(
    [
        Tune("One", "one000", "ISRC1"),
        Tune("Uno", "uno000", "ISRC1"),
        Tune("Two", "two000"),
        Tune("Two"),
        Tune("Three"),
        Tune("Four", ms=None),
        Tune("Five", "five00", ms=None),
        Tune("Four", ms=150_000),
        Tune("Five", "five00", ms=310_000),
    ]
)
histories = st.lists(
    st.tuples(tunes, st.integers(0, 500), st.sampled_from([None, 20_000, 180_000])),
    max_size=12,
    unique_by=lambda row: (row[0].title, row[0].track_id, row[1]),
)
steps = st.lists(st.tuples(st.sampled_from(list(Source)), histories), min_size=1, max_size=4)


@given(steps=steps)
@tuned(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_sql_joins_whom_the_rules_join(
    newcomer: int, steps: list[tuple[Source, list[tuple[Tune, int, int | None]]]]
) -> None:
    with db.transaction() as made:
        for source, rows in steps:
            before, known = witnesses(newcomer), newest_report(newcomer)
            told = [(tune, NOON + n * SECOND, ms) for tune, n, ms in rows]
            merged = tell(newcomer, source, told)
            assert merged.new + merged.merged + merged.short + merged.had == len(told)
            hold_against_the_rules(newcomer, source, known, before)
        made.rollback()


def hold_against_the_rules(
    user_id: int, source: Source, known: int, before: list[tuple[Witness, int]]
) -> None:
    """Compare what became of the newest reports with what the rules say of each."""
    reports = reports_since(user_id, source, known)
    joined = match([witness for witness, *_ in reports], [play for play, _ in before])
    names = supported(user_id)
    for report, id_, ms in reports:
        if report.id in joined:
            assert names[id_] == names[before[joined[report.id]][1]]
        elif counts(ms, done=False):
            assert names[id_] == (report.ended_at, report.song.track_id)
        else:
            assert names[id_] == (None, None)
    stand = {(ended, track) for ended, track, *_ in plays_of(user_id)}
    assert stand == {name for name in names.values() if name != (None, None)}


def supported(user_id: int) -> dict[int, tuple[Any, ...]]:
    """Read which play each report supports."""
    rows = db.query(
        "SELECT id, play_ended_at, play_track_id FROM play_reports WHERE user_id = %s", user_id
    )
    return {row[0]: row[1:] for row in rows}


def newest_report(user_id: int) -> int:
    rows = db.query("SELECT coalesce(max(id), 0) FROM play_reports WHERE user_id = %s", user_id)
    return int(rows[0][0])


def witnesses(user_id: int) -> list[tuple[Witness, int]]:
    """Read the plays that stand, as the rules see them, each with one report of it."""
    rows = db.query(
        "SELECT p.ended_at, p.track_id, t.isrc, t.match_key, p.end_unknown,"
        " coalesce(p.ms_played, t.duration_ms),"
        " min(r.at) FILTER (WHERE r.source = p.source AND r.at <> r.ended_at),"
        " array_agg(r.source), min(r.id)"
        " FROM plays p JOIN tracks t ON t.id = p.track_id JOIN play_reports r"
        " ON (r.user_id, r.play_ended_at, r.play_track_id) = (p.user_id, p.ended_at, p.track_id)"
        " WHERE p.user_id = %s GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2",
        user_id,
    )
    return [
        (witness(n, frozenset(map(Source, told)), ended, song, at=at, begun=begun, ms=ms), report)
        for n, (ended, *song, begun, ms, at, told, report) in enumerate(rows)
    ]


def reports_since(
    user_id: int, source: Source, known: int
) -> list[tuple[Witness, int, int | None]]:
    """Read the newest reports as the rules see them, with how long was heard."""
    rows = db.query(
        "SELECT r.number, r.ended_at, r.track_id, t.isrc, t.match_key, r.id, r.ms_played, r.at,"
        " r.ended_at = r.at, extract(epoch FROM r.ended_at - r.at) * 1000, t.duration_ms"
        " FROM play_reports r JOIN tracks t ON t.id = r.track_id"
        " WHERE r.user_id = %s AND r.id > %s ORDER BY r.number",
        user_id,
        known,
    )
    starts = source in STARTERS
    return [
        (
            witness(
                *(number, frozenset({source}), ended, song),
                at=at,
                begun=starts and at_once,
                ms=span if starts else duration if ms is None else ms,
            ),
            id_,
            ms,
        )
        for number, ended, *song, id_, ms, at, at_once, span, duration in rows
    ]


def witness(
    id_: int,
    sources: frozenset[Source],
    ended: datetime,
    song: list[Any],
    *,
    at: datetime | None,
    begun: bool,
    ms: float | None,
) -> Witness:
    track_id, isrc, key = song
    starts = min(sources, key=RANK.index) in STARTERS
    return Witness(
        id=id_,
        sources=sources,
        song=Song(track_id=track_id, isrc=isrc, key=key),
        ended_at=ended,
        length=None if ms is None else timedelta(milliseconds=float(ms)),
        end_unknown=begun,
        began=at if starts else None,
    )
