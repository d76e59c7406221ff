"""An import from the files to the plays, with a real database: totals, days, gaps, and the API."""

import io
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs import archive as archive_jobs
from jobs import runtime
from tests.exporting import BEGAN, PLAIN, Row, extended, history, tally
from tests.importing import bring_in
from tests.queries.playing import missed
from tests.recorded import DATA, needs_recordings
from tests.services.listening import Listening
from webapp import db
from webapp.domain.reports import Source
from webapp.queries import imports
from webapp.rebuild import rebuild
from webapp.services.wiring import Wiring

REAL = DATA / "exports" / "extended_2013_2024.zip"
REAL_ROWS = 41_418
NEW_YORK = "America/New_York"
DAY = timedelta(days=1)
ACCOUNTED = """
SELECT (SELECT count(*) FROM play_reports WHERE import_id = %s)
  + (SELECT coalesce(sum(last_number - first_number + 1), 0)
     FROM import_left_out WHERE import_id = %s)
"""


def plays() -> list[tuple[Any, ...]]:
    return db.query(
        "SELECT ended_at, track_id, source, ms_played, witnesses FROM plays ORDER BY 1, 2"
    )


def day_rows() -> list[tuple[Any, ...]]:
    return db.query("SELECT day, plays, ms, tracks FROM daily_listening ORDER BY day")


def accounted(import_id: int) -> int:
    """Count the rows of an import that something is known of: reports, and spans of others."""
    rows = db.query(ACCOUNTED, import_id, import_id)
    return int(rows[0][0])


def counted_slowly(rows: Iterable[Row], zone: str) -> list[tuple[date, int, int, int]]:
    """Count days row by row: plays, what was heard of them, different tracks."""
    days: dict[date, list[Row]] = defaultdict(list)
    for row in {(r["ts"], r["spotify_track_uri"], r["ms_played"]): r for r in rows}.values():
        heard = row["ms_played"] >= 30_000 or row["reason_end"] == "trackdone"
        if row["spotify_track_uri"] and heard:
            days[datetime.fromisoformat(row["ts"]).astimezone(ZoneInfo(zone)).date()].append(row)
    return [
        (
            day,
            len(told),
            sum(row["ms_played"] for row in told),
            len({row["spotify_track_uri"] for row in told}),
        )
        for day, told in sorted(days.items())
    ]


@needs_recordings
@pytest.mark.slow
def test_a_real_export_goes_in_whole(newcomer: int, wiring: Wiring) -> None:
    done = bring_in(wiring, newcomer, io.BytesIO(REAL.read_bytes()))
    receipt = done.receipt or {}
    assert sum(receipt.values()) == accounted(done.id) == REAL_ROWS
    assert sum(file.rows or 0 for file in imports.files(done.id)) == REAL_ROWS
    assert receipt["had"] >= 83, "its exact copies"
    assert receipt["new"] > 25_000
    assert len(plays()) == receipt["new"]
    assert sum(row[1] for row in day_rows()) == receipt["new"]
    before = plays(), day_rows()
    again = bring_in(wiring, newcomer, io.BytesIO(REAL.read_bytes())).receipt or {}
    assert "new" not in again
    assert again["had"] == sum(receipt.get(key, 0) for key in ("new", "merged", "short", "had"))
    assert sum(again.values()) == REAL_ROWS
    assert (plays(), day_rows()) == before


def test_every_row_ends_one_way(newcomer: int, wiring: Wiring) -> None:
    rows = list(history(3000))
    done = bring_in(wiring, newcomer, extended(rows))
    expected = tally(rows)
    assert done.receipt == expected.receipt
    assert expected.rows == accounted(done.id) == done.rows_done == 3000
    assert len(plays()) == expected.new
    [told] = db.query("SELECT array_agg(number ORDER BY number) FROM play_reports")
    assert len(set(told[0])) == len(told[0])


def test_its_days_are_those_of_the_listener(newcomer: int, wiring: Wiring) -> None:
    db.query("UPDATE users SET time_zone = %s", NEW_YORK)
    rows = list(history(3000))
    bring_in(wiring, newcomer, extended(rows))
    assert day_rows() == counted_slowly(rows, NEW_YORK)
    few = list(history(30, seed=1, began=BEGAN + 20 * DAY))
    bring_in(wiring, newcomer, extended(few))
    assert day_rows() == counted_slowly([*rows, *few], NEW_YORK), "some days are counted anew"


def test_in_parts_it_is_what_it_is_at_once(newcomer: int, wiring: Wiring) -> None:
    rows = list(history(2000))
    for part in (rows[1200:], rows[:1500]):
        bring_in(wiring, newcomer, extended(part))
    in_parts = plays(), day_rows()
    rebuild(newcomer)
    assert (plays(), day_rows()) == in_parts
    assert len(in_parts[0]) == tally(rows).new


def open_gaps(user_id: int) -> list[tuple[Any, ...]]:
    return db.query(
        "SELECT after_at, closed_by FROM listening_gaps WHERE user_id = %s ORDER BY 1", user_id
    )


def test_gaps_that_an_export_covers_are_closed_and_others_are_not(
    newcomer: int, wiring: Wiring
) -> None:
    rows = list(history(400, mixture=PLAIN))
    first, last = (datetime.fromisoformat(rows[n]["ts"]) for n in (0, -1))
    within, beyond = first + (last - first) / 2, last - timedelta(minutes=10)
    missed(newcomer, within, within + timedelta(hours=2))
    missed(newcomer, beyond, last + timedelta(hours=2))
    missed(newcomer, last + DAY, last + 2 * DAY)
    bring_in(wiring, newcomer, extended(rows))
    assert open_gaps(newcomer) == [
        (within, "spotify_extended"),
        (beyond, None),
        (last + DAY, None),
    ], "whoever ends before does not cover it"
    closed = db.query("SELECT closed_at FROM listening_gaps WHERE closed_at IS NOT NULL")
    assert len(closed) == 1


def ask(listening: Listening) -> None:
    """Let the archive ask Spotify, as it does every hour."""
    db.query("UPDATE archive_states SET due_at = %s", listening.clock.now - timedelta(minutes=1))
    runtime.use(listening.wiring)
    archive_jobs.tick(listening.wiring)
    listening.work()


def exported(listening: Listening, listener: str) -> io.BytesIO:
    """Export what a listener played last, as Spotify does: whole seconds, some of them apart."""
    told = listening.standin.world.recent_plays(listener)
    blank = next(history(1, mixture=PLAIN))
    return extended(
        {
            **blank,
            "ts": f"{play.ended_at - timedelta(seconds=n % 3 * 7):%Y-%m-%dT%H:%M:%SZ}",
            "spotify_track_uri": f"spotify:track:{play.track_id}",
            "ms_played": 100_000 + n,
        }
        for n, play in enumerate(told)
    )


@pytest.mark.parametrize("api_first", [True, False])
def test_whoever_comes_first_the_plays_are_the_same(
    listening: Listening, *, api_first: bool
) -> None:
    user = listening.join("tiny")
    world = listening.standin.world
    if api_first:
        ask(listening)
        receipt = bring_in(listening.wiring, user, exported(listening, "tiny")).receipt
        assert receipt == {"merged": 50}
    else:
        receipt = bring_in(listening.wiring, user, exported(listening, "tiny")).receipt
        assert receipt == {"new": 50}
        ask(listening)
    expected = [
        (play.ended_at, play.track_id, Source.SPOTIFY, 100_000 + n, 3)
        for n, play in enumerate(world.recent_plays("tiny"))
    ]
    assert plays() == sorted(expected)
    assert sum(row[1] for row in day_rows()) == 50
    assert sum(row[2] for row in day_rows()) == sum(row[3] for row in expected)
    stands = plays(), day_rows()
    rebuild(user)
    assert (plays(), day_rows()) == stands


def test_plays_that_the_api_tells_late_find_the_imported_ones(listening: Listening) -> None:
    user = listening.join("tiny")
    bring_in(listening.wiring, user, exported(listening, "tiny"))
    listening.clock.forward(hours=3)
    ask(listening)
    told = {(play.ended_at, play.track_id) for play in listening.standin.world.recent_plays("tiny")}
    kept = {row[:2] for row in plays()}
    assert told < kept, "Spotify's word on the time stands"
    [(heard_since,)] = db.query("SELECT count(*) FROM plays WHERE witnesses = 1")
    assert len(kept) == 50 + heard_since
    assert heard_since > 0
