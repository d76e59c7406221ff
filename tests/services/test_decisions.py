"""Overruling what the rules say of a report, taking it back, and making plays anew from reports."""

from datetime import timedelta

import pytest

from tests.telling import NOON, NOW, SECOND, SONG, Tune, plays_of, tell
from webapp import db
from webapp.domain.reports import Source
from webapp.queries import accounts, decisions
from webapp.queries.decisions import ReportRow, Wish
from webapp.rebuild import rebuild
from webapp.services import decisions as decision_services


def reports(user_id: int) -> list[ReportRow]:
    rows = db.query("SELECT id FROM play_reports WHERE user_id = %s ORDER BY ended_at, id", user_id)
    found = [decisions.find_report(user_id, row[0]) for row in rows]
    return [report for report in found if report is not None]


def decide(user_id: int, report: ReportRow, wish: Wish) -> None:
    assert decision_services.decide(user_id, report.id, wish, NOW)


def day_plays(user_id: int) -> int:
    return int(db.query("SELECT coalesce(sum(plays), 0) FROM daily_listening")[0][0])


@pytest.fixture
def merged(newcomer: int) -> int:
    """Give a listener a play that the API and an export told of, twenty seconds apart."""
    tell(newcomer, Source.SPOTIFY, [(SONG, NOON, None)])
    tell(newcomer, Source.EXTENDED, [(SONG, NOON - 20 * SECOND, 180_000)])
    rebuild(newcomer)
    return newcomer


def test_these_are_two_plays_and_then_one_again(merged: int) -> None:
    exported = next(r for r in reports(merged) if r.source is Source.EXTENDED)
    assert exported.verdict == "merged"
    decide(merged, exported, Wish.OWN)
    assert [row[:3] for row in plays_of(merged)] == [
        (NOON - 20 * SECOND, "song00", "spotify_extended"),
        (NOON, "song00", "spotify"),
    ]
    assert plays_of(merged)[1][3] is None, "the length went with who told it"
    assert day_plays(merged) == 2
    decide(merged, exported, Wish.RULES)
    assert plays_of(merged) == [(NOON, "song00", "spotify", 180_000)]
    assert day_plays(merged) == 1


def test_a_skip_is_counted_when_the_listener_says_so(newcomer: int) -> None:
    tell(newcomer, Source.EXTENDED, [(SONG, NOON, 12_000)])
    assert plays_of(newcomer) == []
    decide(newcomer, reports(newcomer)[0], Wish.OWN)
    assert plays_of(newcomer) == [(NOON, "song00", "spotify_extended", 12_000)]
    decide(newcomer, reports(newcomer)[0], Wish.RULES)
    assert plays_of(newcomer) == []
    assert reports(newcomer)[0].verdict == "short"


def test_a_play_is_not_counted_when_the_listener_says_so(newcomer: int) -> None:
    tell(newcomer, Source.SPOTIFY, [(SONG, NOON, None)])
    rebuild(newcomer)
    decide(newcomer, reports(newcomer)[0], Wish.NONE)
    assert plays_of(newcomer) == []
    assert day_plays(newcomer) == 0
    again = tell(newcomer, Source.SPOTIFY, [(SONG, NOON, None)])
    assert (again.new, again.had) == (0, 1), "told again, it stays set aside"


def test_decisions_outlive_a_rebuild(merged: int) -> None:
    decide(merged, reports(merged)[0], Wish.OWN)
    before = plays_of(merged)
    rebuild(merged)
    assert plays_of(merged) == before
    assert len(before) == 2


def test_a_rebuild_gives_what_was_there(newcomer: int) -> None:
    other = Tune("Other")
    times = [NOON + 400 * n * SECOND for n in range(20)]
    tell(newcomer, Source.LASTFM, [(other, t - 200 * SECOND, None) for t in times[:12]])
    tell(newcomer, Source.SPOTIFY, [(SONG, t, None) for t in times])
    tell(newcomer, Source.EXTENDED, [(SONG, t - SECOND, 100_000) for t in times[5:]])
    tell(newcomer, Source.ACCOUNT, [(other, t + 50 * SECOND, 150_000) for t in times[:15]])
    rebuild(newcomer)
    before = plays_of(newcomer), db.query("SELECT * FROM daily_listening ORDER BY day")
    assert len(before[0]) == 20 + 15
    rebuild(newcomer)
    assert (plays_of(newcomer), db.query("SELECT * FROM daily_listening ORDER BY day")) == before


def test_a_rebuild_knows_whose_end_was_told(newcomer: int) -> None:
    nameless = Tune("Nameless", ms=None)
    starts = [NOON + 600 * n * SECOND for n in range(6)]
    tell(newcomer, Source.LASTFM, [(nameless, start, None) for start in starts])
    tell(newcomer, Source.EXTENDED, [(nameless, t + 500 * SECOND, 500_000) for t in starts[:4]])
    tell(newcomer, Source.LISTENBRAINZ, [(nameless, t + SECOND, None) for t in starts[2:]])
    before = plays_of(newcomer)
    assert len(before) == 6
    unknown = db.query("SELECT ended_at FROM plays WHERE end_unknown ORDER BY 1")
    assert unknown == [(start,) for start in starts[4:]]
    rebuild(newcomer)
    assert plays_of(newcomer) == before
    assert db.query("SELECT ended_at FROM plays WHERE end_unknown ORDER BY 1") == unknown


def test_a_decision_keeps_whose_end_was_told(newcomer: int) -> None:
    nameless = Tune("Nameless", ms=None)
    tell(newcomer, Source.LASTFM, [(nameless, NOON, None)])
    decide(newcomer, reports(newcomer)[0], Wish.NONE)
    decide(newcomer, reports(newcomer)[0], Wish.OWN)
    assert db.query("SELECT ended_at, end_unknown FROM plays") == [(NOON, True)]


def test_nobody_decides_about_what_is_not_theirs(merged: int) -> None:
    report = reports(merged)[0]
    other = accounts.add(
        spotify_id="other",
        account_id=None,
        username="other",
        display_name="",
        image_url=None,
        is_admin=False,
        time_zone="UTC",
        now=NOW,
    )
    assert not decision_services.decide(other, report.id, Wish.NONE, NOW)
    assert not decision_services.decide(merged, report.id + 1000, Wish.NONE, NOW)


def test_deciding_the_same_again_is_no_new_decision(merged: int) -> None:
    report = reports(merged)[0]
    decide(merged, report, Wish.OWN)
    decide(merged, report, Wish.OWN)
    assert db.query("SELECT count(*) FROM play_decisions") == [(1,)]
    assert reports(merged)[0].seen_at < NOW + timedelta(days=1)
