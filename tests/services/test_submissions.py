"""One play, told by a scrobbler and by Spotify, whoever comes first."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from demo.standin.records import Play
from tests.services.listening import Listening
from tests.submitting import make_body
from webapp import db
from webapp.domain.syncs import Status
from webapp.services import archive, submissions

LISTENER = "tiny"


@pytest.fixture
def user_id(listening: Listening) -> int:
    """Give a listener whose archive knows all there was an hour ago."""
    user_id = listening.join(LISTENER)
    archive.ask(listening.wiring, user_id)
    listening.clock.forward(minutes=61)
    return user_id


def fresh_plays(listening: Listening) -> list[Play]:
    """List the stand-in's plays of this last hour, oldest first; there is at least one."""
    since = listening.clock() - timedelta(minutes=61)
    plays = listening.standin.world.recent_plays(LISTENER)
    return [play for play in reversed(plays) if play.ended_at > since]


def listens(listening: Listening, knows: str = "length") -> list[dict[str, Any]]:
    """Write the last hour as a scrobbler on the listener's phone would have."""
    music = listening.standin.world.music
    found = []
    for play in fresh_plays(listening):
        track = music.tracks[play.track_id]
        artist = music.artists[track.artist_ids[0]].name
        link = {"spotify_id": f"https://open.spotify.com/track/{track.id}"}
        more = {"id": link, "length": {"duration_ms": track.duration_ms}, "names": {}}
        found.append(
            {
                "listened_at": int(play.started_at.timestamp()),
                "track_metadata": {
                    "artist_name": artist,
                    "track_name": track.name.upper(),
                    "additional_info": more[knows],
                },
            }
        )
    return found


def submit(listening: Listening, user_id: int, told: list[dict[str, Any]]) -> None:
    body = json.dumps(make_body(*told, kind="import")).encode()
    submissions.submit(listening.wiring, user_id, body)


def kept(user_id: int, since: datetime) -> list[tuple[Any, ...]]:
    return db.query(
        "SELECT ended_at, track_id, source FROM plays WHERE user_id = %s AND ended_at > %s"
        " ORDER BY ended_at",
        user_id,
        since,
    )


def as_spotify_tells(listening: Listening) -> list[tuple[Any, ...]]:
    """Say what must be kept in the end: Spotify's own times, exact to the millisecond, and ids."""
    return [
        (
            play.ended_at.replace(microsecond=play.ended_at.microsecond // 1000 * 1000),
            play.track_id,
            "spotify",
        )
        for play in fresh_plays(listening)
    ]


@pytest.mark.parametrize("knows", ["id", "length", "names"])
@pytest.mark.parametrize("scrobbler_first", [True, False])
def test_scrobbler_and_archive_tell_of_one_play(
    listening: Listening, user_id: int, knows: str, *, scrobbler_first: bool
) -> None:
    since = listening.clock() - timedelta(minutes=61)
    told = listens(listening, knows)
    assert told
    if scrobbler_first:
        submit(listening, user_id, told)
        # Where the length is not known, a play stands at its start: perhaps before the hour.
        sources = [row[2] for row in kept(user_id, since - timedelta(hours=1))]
        assert sources.count("submitted") == len(told)
        assert archive.ask(listening.wiring, user_id).new == 0
    else:
        assert archive.ask(listening.wiring, user_id).new == len(told)
        submit(listening, user_id, told)
    assert kept(user_id, since) == as_spotify_tells(listening)
    assert witnesses(user_id, since) == {("spotify", len(told)), ("submitted", len(told))}
    assert days_add_up(user_id)


def test_the_next_hours_answer_repeats_nothing(listening: Listening, user_id: int) -> None:
    since = listening.clock() - timedelta(minutes=61)
    told = listens(listening)
    submit(listening, user_id, told)
    archive.ask(listening.wiring, user_id)
    submit(listening, user_id, told)
    before = kept(user_id, since)
    archive.ask(listening.wiring, user_id)
    assert kept(user_id, since) == before


def test_a_sync_finds_what_was_submitted(listening: Listening, user_id: int) -> None:
    since = listening.clock() - timedelta(minutes=61)
    told = listens(listening)
    submit(listening, user_id, told)
    assert listening.sync(user_id).status is Status.COMPLETED
    assert kept(user_id, since) == as_spotify_tells(listening)
    assert days_add_up(user_id)


def witnesses(user_id: int, since: datetime) -> set[tuple[str, int]]:
    """Count by source who told of the plays since then, and what they support."""
    rows = db.query(
        "SELECT r.source, count(DISTINCT (p.ended_at, p.track_id)) FROM play_reports r"
        " JOIN plays p ON (p.user_id, p.ended_at, p.track_id)"
        "  = (r.user_id, r.play_ended_at, r.play_track_id)"
        " WHERE r.user_id = %s AND p.ended_at > %s GROUP BY r.source",
        user_id,
        since,
    )
    return {(source, count) for source, count in rows}


def days_add_up(user_id: int) -> bool:
    rows = db.query(
        "SELECT (SELECT sum(plays) FROM daily_listening WHERE user_id = %s),"
        " (SELECT count(*) FROM plays WHERE user_id = %s)",
        user_id,
        user_id,
    )
    return bool(rows[0][0] == rows[0][1])
