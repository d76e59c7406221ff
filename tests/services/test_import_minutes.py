"""Last.fm's tables without seconds tell the plays that its account tells to the second."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.importing import bring_in
from tests.telling import Tune, plays_of, tell
from webapp.domain.reports import Source
from webapp.rebuild import rebuild
from webapp.services.wiring import Wiring

BEGAN = [
    datetime(2026, 3, 1, 12, 0, 37, tzinfo=UTC) + n * timedelta(minutes=4, seconds=n)
    for n in range(4)
]
SONGS = [Tune("Song", ms=None)] * 2 + [Tune("Other", ms=None)] * 2


def table(form: str) -> io.BytesIO:
    """Write the plays as lastfm-to-csv does, with times in this form."""
    lines = (
        f"Band,,{song.title},{at.strftime(form)}\n" for song, at in zip(SONGS, BEGAN, strict=True)
    )
    return io.BytesIO("".join(lines).encode())


def account() -> io.BytesIO:
    """Write them as the service gives them."""
    told: list[dict[str, Any]] = [
        {
            "artist": {"#text": "Band"},
            "album": {"#text": ""},
            "name": song.title,
            "date": {"uts": str(int(at.timestamp()))},
        }
        for song, at in zip(SONGS, BEGAN, strict=True)
    ]
    return io.BytesIO(json.dumps({"recenttracks": {"track": told}}).encode())


MINUTES, SECONDS = "%d %b %Y %H:%M", "%d %b %Y %H:%M:%S"


@pytest.mark.parametrize("exact", [table(SECONDS), account()], ids=["table", "account"])
def test_who_knows_the_second_tells_of_the_same_plays(
    newcomer: int, wiring: Wiring, exact: io.BytesIO
) -> None:
    bring_in(wiring, newcomer, table(MINUTES))
    assert {row[2] for row in plays_of(newcomer)} == {"lastfm_minutes"}
    assert bring_in(wiring, newcomer, exact).receipt == {"merged": 4}
    assert [(row[0], row[2]) for row in plays_of(newcomer)] == [(at, "lastfm") for at in BEGAN]
    again = bring_in(wiring, newcomer, table(MINUTES))
    assert again.receipt == {"had": 4}
    rebuild(newcomer)
    assert [row[0] for row in plays_of(newcomer)] == BEGAN


def test_a_table_that_was_taken_for_exact_once_brings_nothing_new(
    newcomer: int, wiring: Wiring
) -> None:
    minutes = [at.replace(second=0) for at in BEGAN]
    tell(
        newcomer,
        Source.LASTFM,
        [(song, at, None) for song, at in zip(SONGS, minutes, strict=True)],
        import_id=99,
    )
    assert bring_in(wiring, newcomer, table(MINUTES)).receipt == {"merged": 4}
    assert [row[0] for row in plays_of(newcomer)] == minutes
