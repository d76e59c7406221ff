"""The history, read from any point both ways, under any filter: held against a plain list."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from tests.queries.playing import EXTENDED, SPOTIFY, missed, played
from tests.queries.shelving import MONDAY, counted, know, make_listener, make_track
from webapp import db
from webapp.queries import history
from webapp.queries.history import DatedPlay, Filters, Part, Point

pytestmark = pytest.mark.usefixtures("database")

TRACKS = [
    make_track("t1", "Night Train", "Nia Osei", "Reel"),
    make_track("t2", "Night 100%", "Nia Osei", "Øst"),
    make_track("t3", "Zebra_crossing", "AC\\DC", "Reel"),
    make_track("t4", "Ночное Небо", "Мавка", "Море"),  # noqa: RUF001 - it is Cyrillic
    make_track("t5", "<b>Émile</b>", "Sigur Rós", "Øst"),
]
UNKNOWN = "never heard of"
ALL = [
    Filters(),
    Filters(words="night"),
    Filters(words="nia reel"),
    Filters(words="%"),
    Filters(words="_"),
    Filters(words="\\"),
    Filters(words="emile ost"),
    Filters(words="nothing at all"),
    Filters(artist_id="artist-Nia Osei"),
    Filters(album_id="album-Øst"),
    Filters(source=EXTENDED),
    Filters(source="nowhere"),
    Filters(artist_id="artist-Nia Osei", album_id="album-Øst"),
    Filters(words="train", source=SPOTIFY),
    Filters(words="n", artist_id="artist-Nia Osei", album_id="album-Reel", source=EXTENDED),
]
FOUND = {
    "night": {"t1", "t2"},
    "nia reel": {"t1"},
    "%": {"t2"},
    "_": {"t3"},
    "\\": {"t3"},
    "emile ost": {"t5"},
    "nothing at all": set(),
    "train": {"t1"},
    "n": {"t1", "t2", "t5"},
}
Key = tuple[object, str]


@pytest.fixture
def listener() -> int:
    know(TRACKS)
    return make_listener()


def listen(user_id: int, seed: int, count: int = 60) -> list[tuple[Key, str]]:
    """Add plays, many of them at the same instant; return them newest first, with sources."""
    random = Random(seed)  # noqa: S311 - repeatable
    tracks = [track.id for track in TRACKS] + [UNKNOWN]
    keys = {
        (MONDAY - timedelta(minutes=random.randrange(25)), random.choice(tracks)): random.choice(
            [SPOTIFY, SPOTIFY, EXTENDED]
        )
        for _ in range(count)
    }
    played(user_id, [(track, end, source) for (end, track), source in keys.items()])
    return sorted(keys.items(), reverse=True)


def wanted(rows: list[tuple[Key, str]], filters: Filters) -> list[Key]:
    """Filter as the database should."""
    kept = {track.id for track in TRACKS} | {UNKNOWN}
    kept &= FOUND.get(filters.words, kept)
    by_id = {track.id: track for track in TRACKS}
    if filters.artist_id:
        kept = {t for t in kept & by_id.keys() if by_id[t].artists[0].id == filters.artist_id}
    if filters.album_id:
        albums = {track.id: track.album.id for track in TRACKS if track.album}
        kept = {t for t in kept & by_id.keys() if albums[t] == filters.album_id}
    return [key for key, source in rows if key[1] in kept and filters.source in {"", source}]


def key(play: DatedPlay) -> Key:
    return play.ended_at, play.track.id


def walk(user_id: int, filters: Filters, start: Point, *, size: int, near: int) -> Iterator[Part]:
    point: Point | None = start
    while point:
        part = history.part(user_id, "UTC", filters, point, size=size, near=near)
        yield part
        last = part.plays and part.plays[0 if point.newer else -1]
        point = (
            replace(point, ended_at=last.ended_at, track_id=last.track.id)
            if part.next and last
            else None
        )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("size", "near"), [(1, 2), (4, 3), (7, 12), (50, 1000)])
def test_all_pages_have_every_play_once_in_order(
    listener: int, seed: int, size: int, near: int
) -> None:
    rows = listen(listener, seed)
    oldest = Point(ended_at=MONDAY - timedelta(days=1), newer=True)
    for filters in ALL:
        expected = wanted(rows, filters)
        down = list(walk(listener, filters, Point(), size=size, near=near))
        assert [key(play) for part in down for play in part.plays] == expected, filters
        up = list(walk(listener, filters, oldest, size=size, near=near))
        assert [key(play) for part in reversed(up) for play in part.plays] == expected, filters
        assert all(len(part.plays) == size for part in [*down[:-1], *up[:-1]])


def test_from_any_play_both_sides_are_found(listener: int) -> None:
    rows = listen(listener, seed=7)
    filters = Filters(words="night")
    expected = wanted(rows, filters)
    for (end, track), _ in rows:
        point = Point(ended_at=end, track_id=track)  # type: ignore[arg-type]  # a key's first
        older = history.part(listener, "UTC", filters, point, near=2)
        newer = history.part(listener, "UTC", filters, replace(point, newer=True), near=2)
        assert [key(p) for p in older.plays] == [k for k in expected if k < (end, track)]
        assert [key(p) for p in newer.plays] == [k for k in expected if k > (end, track)]


def test_another_listener_finds_nothing_of_it(listener: int) -> None:
    listen(listener, seed=1)
    other = make_listener("nova")
    for filters in ALL:
        assert history.part(other, "UTC", filters, Point(), near=2) == Part(plays=(), next=None)
    assert history.sources(other) == []
    assert history.summary(other).plays == 0


def test_a_play_tells_its_artists_and_its_day(listener: int) -> None:
    played(listener, [("t1", MONDAY), ("t2", MONDAY + timedelta(minutes=5)), (UNKNOWN, MONDAY)])
    newest, first, unknown = history.part(listener, "Asia/Tokyo", Filters(), Point()).plays
    assert newest.artists == first.artists == (("artist-Nia Osei", "Nia Osei"),)
    assert (newest.day, newest.day_plays, newest.day_ms) == (date(2026, 3, 2), 3, 120_000)
    assert (first.track.name, first.track.album, first.source) == ("Night Train", "Reel", SPOTIFY)
    assert (unknown.track.id, unknown.track.name, unknown.artists) == (UNKNOWN, "", ())


def test_days_are_those_of_the_zone(listener: int) -> None:
    late = MONDAY.replace(hour=23)
    played(listener, [("t1", late)])
    for zone, day in (("UTC", 2), ("Europe/Tallinn", 3), ("America/St_Johns", 2)):
        play = history.part(listener, zone, Filters(), Point()).plays[0]
        assert play.day == date(2026, 3, day)
    in_tallinn = history.part(listener, "Europe/Tallinn", Filters(), Point()).plays[0]
    assert in_tallinn.day_plays is None, "nothing was counted for that zone"


def test_sources_and_sums(listener: int) -> None:
    played(listener, [("t1", MONDAY), ("t2", MONDAY - timedelta(days=9), EXTENDED)])
    missed(listener, MONDAY - timedelta(hours=2), MONDAY)
    missed(listener, MONDAY - timedelta(hours=9), MONDAY - timedelta(hours=8), closed_by="x")
    assert history.sources(listener) == [SPOTIFY, EXTENDED]
    found = history.summary(listener)
    assert (found.plays, found.ms, found.first_day) == (2, 120_000, date(2026, 2, 21))
    assert (found.open_gaps, found.closed_gaps) == (1, 1)


def test_names_of_what_is_there_and_what_is_not(listener: int) -> None:
    asked = Filters(artist_id="artist-Nia Osei", album_id="no such album")
    assert history.names(asked) == ("Nia Osei", None)


def test_a_part_is_one_statement_and_skips_nothing_by_counting(listener: int) -> None:
    listen(listener, seed=2)
    for filters in ALL:
        with counted() as counter:
            history.part(listener, "UTC", filters, Point(ended_at=MONDAY))
        (sql,) = counter.statements
        assert "OFFSET" not in sql


@pytest.mark.parametrize("newer", [False, True])
def test_plays_are_read_by_their_indexes_alone(listener: int, newer: bool) -> None:
    """Plans on a table that is large enough for the planner to mind."""
    db.query(
        "INSERT INTO plays (user_id, track_id, ended_at, source, seen_at)"
        " SELECT %s, 't' || n %% 5 + 1, %s::timestamptz - n * interval '1 minute',"
        " CASE WHEN n %% 1000 = 0 THEN 'rare' ELSE 'spotify' END, now()"
        " FROM generate_series(1, 60000) n",
        listener,
        MONDAY,
    )
    db.query("ANALYZE plays")
    middle = Point(ended_at=MONDAY - timedelta(days=20), newer=newer)
    for filters in (*ALL, Filters(source="rare"), Filters(words="night", source="rare")):
        plan = explained(listener, filters, middle)
        assert plan
        assert not [line for line in plan if "Seq Scan on plays" in line], (filters, plan)


def explained(user_id: int, filters: Filters, point: Point) -> list[str]:
    """Let the database tell how it would read a part, instead of reading it."""
    lines: list[str] = []
    ask = db.query

    def explain(sql: str, *values: object) -> list[tuple[object, ...]]:
        lines.extend(row[0] for row in ask(f"EXPLAIN {sql}", *values))
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "query", explain)
        history.part(user_id, "UTC", filters, point)
    return lines
