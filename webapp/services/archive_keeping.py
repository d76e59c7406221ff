"""Write what recently-played told: plays once each, their days, the catalogue, gaps."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from webapp.domain.archive import Gap, ask_again_after, gap_in, next_due
from webapp.domain.catalog import catalog_of
from webapp.domain.provider import Played
from webapp.domain.reports import Source
from webapp.queries import accounts, archive, catalog, plays
from webapp.queries.archive import Asked, Standing
from webapp.queries.plays import Heard
from webapp.queries.touched import Touched
from webapp.services import recounting, telling
from webapp.services.archive_calls import Answer
from webapp.services.telling import Telling

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What an answer brought: plays that were new, and a gap before them, if any."""

    new: int = 0
    gap: Gap | None = None


def keep(answers: Sequence[Answer], now: datetime, fresh: timedelta) -> dict[int, Kept]:
    """Write answers that have a page, inside the caller's transaction.

    The catalogue learns of new plays alone: most of what Spotify tells every hour is known.
    """
    told = {answer.standing.user_id: _present(answer) for answer in answers}
    heard = [
        Heard(
            user_id=user_id,
            track_id=play.track.id,
            ended_at=play.ended_at,
            context_uri=play.context_uri,
        )
        for user_id, page in told.items()
        for play in page
    ]
    plays.lock(told)
    contested = plays.contested(heard)
    new = plays.record([play for play in heard if play.user_id not in contested], now)
    measured = _learn(told, new, contested, now, fresh)
    plays.count_days(new)
    counts = Counter(play.user_id for play in new) + tell_contested(heard, contested, now)
    recounting.count_measured(measured, told)
    return settle(
        [(a.standing, [p.ended_at for p in told[a.standing.user_id]], _told(a)) for a in answers],
        counts,
        now,
    )


def tell_contested(heard: Sequence[Heard], contested: Iterable[int], now: datetime) -> Counter[int]:
    """Keep what others told of already: each report finds its play. Count new ones by listener.

    The tracks must be in the catalogue.
    """
    counts: Counter[int] = Counter()
    for user_id in sorted(contested):
        reports = [
            Telling(at=play.ended_at, track_id=play.track_id, context_uri=play.context_uri)
            for play in heard
            if play.user_id == user_id
        ]
        counts[user_id] = telling.tell(user_id, Source.SPOTIFY, reports, now).new
    return counts


def settle(
    answers: Sequence[tuple[Standing, Sequence[datetime], int]],
    new: Mapping[int, int],
    now: datetime,
) -> dict[int, Kept]:
    """Note that Spotify answered (ends of plays, how many it told of) and when to ask again."""
    rows = [_asked(*answer, new.get(answer[0].user_id, 0), now) for answer in answers]
    archive.record_asked(rows, now)
    accounts.bump_versions([row.user_id for row in rows if row.new or row.gap])
    return {row.user_id: Kept(new=row.new, gap=row.gap) for row in rows}


def _asked(
    standing: Standing, ends: Sequence[datetime], told: int, new: int, now: datetime
) -> Asked:
    gap = gap_in(standing.newest, ends, told)
    every = ask_again_after(
        plays_last_hour=sum(1 for end in ends if end > now - HOUR),
        last_gap=now if gap else standing.last_gap_at,
        now=now,
    )
    return Asked(
        user_id=standing.user_id,
        due_at=next_due(now, every),
        every_minutes=int(every / timedelta(minutes=1)),
        new=new,
        gap=gap,
    )


def _learn(
    told: Mapping[int, Sequence[Played]],
    new: Sequence[Touched],
    contested: Iterable[int],
    now: datetime,
    fresh: timedelta,
) -> set[str]:
    """Tell the catalogue; give tracks whose length was not known before."""
    wanted = {play.track_id for play in new}
    wanted |= {play.track.id for user_id in contested for play in told[user_id]}
    # What is known whole and not old is read again by the syncs; the archive asks every hour.
    known = catalog.known_tracks(wanted, now - fresh)
    wanted -= known.whole
    played = (play.track for play in chain.from_iterable(told.values()))
    tracks = [track for track in played if track.id in wanted]
    catalog.store(catalog_of(tracks=tracks), now, fresh)
    return {track.id for track in tracks if track.duration_ms} & known.lengthless


def _present(answer: Answer) -> list[Played]:
    return [play for play in answer.page.items if play is not None] if answer.page else []


def _told(answer: Answer) -> int:
    return len(answer.page.items) if answer.page else 0
