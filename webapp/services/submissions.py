"""Keep what scrobblers submit: reports like any others, at once and in one transaction."""

from functools import partial

from webapp import db
from webapp.domain import submissions
from webapp.domain.reports import Row, Source, Told
from webapp.domain.submissions import AHEAD, Fault, ListenType, SubmissionError
from webapp.providers.exports import listenbrainz
from webapp.providers.exports.rows import each
from webapp.queries import naming
from webapp.queries.merging import Merged
from webapp.services import telling
from webapp.services.telling import Telling
from webapp.services.wiring import Wiring


def submit(wiring: Wiring, user_id: int, body: bytes) -> Merged:
    """Keep the listens of a request's body; what plays now is no play yet.

    What was submitted before changes nothing. Raises SubmissionError.
    """
    now = wiring.clock()
    sent = submissions.read(body, now)
    if sent.kind is ListenType.PLAYING_NOW:
        return Merged()
    tell = partial(listenbrainz.tell, latest=now + AHEAD)
    told = [_telling(row) for row in each(sent.listens, listenbrainz.keep, tell)]
    # What the catalogue learned since is named first, so that its rows are not held for long.
    naming.name_catalogue()
    return db.settle(lambda: telling.tell(user_id, Source.SUBMITTED, told, now))


def _telling(row: Row) -> Telling:
    if row.told is not Told.PLAY or row.at is None:
        fault = Fault.NO_TRACK if row.reason == "no_track" else Fault.BAD_TIME
        raise SubmissionError(fault, row.number)
    return Telling(
        at=row.at,
        title=row.title,
        artist=row.artist,
        album=row.album,
        track_id=row.track_id,
        isrc=row.isrc,
        duration_ms=row.duration_ms,
        ms_played=row.ms_played,
        raw=row.kept,
    )
