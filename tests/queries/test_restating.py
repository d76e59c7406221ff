"""Plays are what their reports point to: forgotten and made from those, they are the same again."""

import random
from typing import Any

import pytest

from tests.telling import NOON, SECOND, Tune, tell
from webapp import db
from webapp.domain.reports import Source
from webapp.queries import decisions

TUNES = (Tune("One", "one000"), Tune("Two", "two000", ms=40_000), Tune("Named"))
LENGTHS = (None, 12_000, 31_000, 180_000, 200_000)


def every_play(user_id: int) -> list[tuple[Any, ...]]:
    return db.query(
        "SELECT ended_at, track_id, source, context_uri, ms_played, seen_at, witnesses, end_unknown"
        " FROM plays WHERE user_id = %s ORDER BY ended_at, track_id",
        user_id,
    )


@pytest.mark.parametrize("seed", range(12))
def test_plays_follow_from_where_reports_point(newcomer: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - it must repeat itself
    for _ in range(8):
        source = dice.choice(list(Source))
        told = [
            (dice.choice(TUNES), NOON + dice.randrange(600) * SECOND, dice.choice(LENGTHS))
            for _ in range(dice.randint(1, 6))
        ]
        tell(newcomer, source, told)
    before = every_play(newcomer)
    assert before
    db.query("DELETE FROM plays WHERE user_id = %s", newcomer)
    decisions.restate_all(newcomer)
    assert every_play(newcomer) == before


@pytest.mark.parametrize("first", [Source.EXTENDED, Source.ACCOUNT])
def test_the_better_source_says_how_long_it_was_heard(newcomer: int, first: Source) -> None:
    """Whichever comes first: both know what was heard, the extended history knows it best."""
    heard = {Source.EXTENDED: 180_123, Source.ACCOUNT: 180_000}
    second = next(source for source in heard if source is not first)
    for source in (first, second):
        tell(newcomer, source, [(TUNES[0], NOON, heard[source])])
    assert [row[4] for row in every_play(newcomer)] == [180_123]
