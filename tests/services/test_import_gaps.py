"""Gaps are closed by what covers them, and by nothing less."""

import io
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.exporting import PLAIN, history
from tests.importing import bring_in
from tests.queries.playing import missed
from tests.submitting import make_body, make_listen
from tests.telling import NOON, SECOND, Tune, tell
from webapp import db
from webapp.domain.reports import Source
from webapp.services import submissions
from webapp.services.wiring import Wiring

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BLANK = next(history(1, mixture=PLAIN))


def loose(*hours: int) -> io.BytesIO:
    """Write one file of Spotify's, with plays that ended so many hours after noon."""
    rows = [{**BLANK, "ts": f"{NOON + n * HOUR:%Y-%m-%dT%H:%M:%SZ}"} for n in hours]
    return io.BytesIO(json.dumps(rows).encode())


def scrobbles(*hours: int) -> io.BytesIO:
    return scrobbles_at(*(NOON + n * HOUR for n in hours))


def scrobbles_at(*began: datetime) -> io.BytesIO:
    lines = (f"Song,Band,,{int(at.timestamp())}\n" for at in began)
    return io.BytesIO(("track,artist,album,uts\n" + "".join(lines)).encode())


def closed_by() -> Sequence[str | None]:
    return [row[0] for row in db.query("SELECT closed_by FROM listening_gaps ORDER BY after_at")]


def test_two_files_of_other_years_say_nothing_of_what_lies_between(
    newcomer: int, wiring: Wiring
) -> None:
    missed(newcomer, NOON, NOON + 3 * HOUR)
    bring_in(wiring, newcomer, loose(-9000, -8000), loose(8000, 9000))
    assert closed_by() == [None]


def test_a_whole_export_covers_what_an_earlier_one_had_half_of(
    newcomer: int, wiring: Wiring
) -> None:
    missed(newcomer, NOON, NOON + 10 * HOUR)
    bring_in(wiring, newcomer, loose(-24, 1, 2))
    assert closed_by() == [None]
    bring_in(wiring, newcomer, loose(-24, 1, 2, 3, 20))
    assert closed_by() == ["spotify_extended"]


def submit(wiring: Wiring, user_id: int, hour: int) -> None:
    body = make_body(make_listen(NOON + hour * HOUR))
    submissions.submit(wiring, user_id, json.dumps(body).encode())


def test_a_scrobbler_covers_a_gap_if_it_told_of_plays_on_both_sides_and_within(
    newcomer: int, wiring: Wiring
) -> None:
    missed(newcomer, NOON, NOON + 21 * DAY)
    bring_in(wiring, newcomer, scrobbles(30))
    assert closed_by() == [None], "one scrobble of three weeks"
    bring_in(wiring, newcomer, scrobbles(-30))
    assert closed_by() == [None], "nothing beyond"
    for hour in (-1, 40, 22 * 24):
        submit(wiring, newcomer, hour)
    bring_in(wiring, newcomer, loose(-9000, -8000))
    assert closed_by() == ["submitted"]


def test_the_plays_at_the_edges_of_a_gap_are_not_within(newcomer: int, wiring: Wiring) -> None:
    """A scrobbler has other ends for them, some seconds off."""
    tune = Tune("Song", ms=200_000)
    tell(newcomer, Source.SPOTIFY, [(tune, NOON + n * HOUR, None) for n in (0, 9)])
    missed(newcomer, NOON, NOON + 9 * HOUR)
    began = [NOON - 190 * SECOND, NOON + 9 * HOUR - 210 * SECOND]
    bring_in(wiring, newcomer, scrobbles_at(*began))
    assert closed_by() == [None]
    bring_in(wiring, newcomer, scrobbles(4))
    assert closed_by() == ["lastfm"]
