"""Which plays are judged anew when a song turns out to be one that has plays already."""

import pytest

from tests.telling import NOON, SECOND, Tune, tell
from webapp import db
from webapp.domain.reports import Source, song_key
from webapp.queries import adoption

NAMED, MISNAMED = Tune("Song", ms=None), Tune("Sung", "song00", ms=None)
FIRST = [(NAMED, NOON - 9_000 * SECOND, None), (MISNAMED, NOON - 5_000 * SECOND, None)]
"""After these the catalogue has both, and knows of no length."""


@pytest.mark.parametrize("knowing", [NAMED, MISNAMED], ids=["the song", "the track"])
def test_starts_are_compared_where_one_listen_brought_its_own_length(
    newcomer: int, knowing: Tune
) -> None:
    tell(newcomer, Source.SUBMITTED, FIRST)
    vague = MISNAMED if knowing is NAMED else NAMED
    tell(newcomer, Source.SUBMITTED, [(Tune(knowing.title, knowing.track_id), NOON, None)])
    tell(newcomer, Source.LASTFM, [(vague, NOON + 2 * SECOND, None)])
    key = song_key("Band", "Song")
    db.query("UPDATE tracks SET match_key = %s WHERE id = 'song00'", key)
    with db.transaction():
        found = adoption.let_go(newcomer, [NAMED.id])
    assert {source: len(reports) for source, reports in found.items()} == {
        (Source.LASTFM if knowing is MISNAMED else Source.SUBMITTED): 1
    }
