"""Skips, where a source told of them: how many, of which tracks, and who told."""

from dataclasses import dataclass
from datetime import timedelta

from webapp import db
from webapp.domain.days import end_of_day, start_of_day
from webapp.domain.periods import Period

LOOKED_AT = 5_000
"""The most skipped tracks are found among so many reports, the newest: a bounded look."""
TWICE = timedelta(hours=2)
"""Where a clock is set back at midnight, a day begins twice: the index looks so much further."""
AT_LEAST = 3
"""A track skipped less often than this tells nothing."""

SUMS = """
SELECT coalesce(sum(told), 0), coalesce(sum(skipped), 0) FROM daily_skips
WHERE user_id = %s AND day BETWEEN %s AND %s
"""

MOST = """
WITH told AS (
  SELECT track_id, skipped FROM play_reports
  WHERE user_id = %s AND skipped IS NOT NULL AND ended_at >= %s AND ended_at <= %s
    AND (ended_at BETWEEN %s AND %s OR (ended_at AT TIME ZONE %s)::date BETWEEN %s AND %s)
  ORDER BY ended_at DESC LIMIT %s),
most AS (
  SELECT track_id, count(*) AS told, count(*) FILTER (WHERE skipped) AS skipped
  FROM told GROUP BY 1 HAVING count(*) FILTER (WHERE skipped) >= %s
  ORDER BY skipped DESC, told, track_id LIMIT %s)
SELECT m.track_id, coalesce(t.name, ''), coalesce(t.artist_names, ''), a.image_url, m.told,
  m.skipped
FROM most m LEFT JOIN tracks t ON t.id = m.track_id LEFT JOIN albums a ON a.id = t.album_id
ORDER BY m.skipped DESC, m.told, m.track_id
"""

TELLERS = """
SELECT DISTINCT source FROM (
  (SELECT source FROM play_reports WHERE user_id = %s AND skipped IS NOT NULL
   AND ended_at >= %s AND ended_at <= %s ORDER BY ended_at DESC LIMIT 200)
  UNION ALL
  (SELECT source FROM play_reports WHERE user_id = %s AND skipped IS NOT NULL
   AND ended_at >= %s AND ended_at <= %s ORDER BY ended_at LIMIT 200)) newest_and_oldest
ORDER BY source
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedTrack:
    """A track: how many reports told whether it was skipped, and how many said so."""

    id: str
    name: str
    artists: str
    image_url: str | None
    told: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Skips:
    """Skips of a period; `told` counts the reports that said either yes or no."""

    told: int = 0
    skipped: int = 0
    tracks: tuple[SkippedTrack, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether the tracks come from the newest reports alone."""
        return self.told > LOOKED_AT


def skips(user_id: int, period: Period, time_zone: str, limit: int) -> Skips:
    """Read what is known of skips in a period; a source of few reports may go unnamed."""
    told, skipped = db.query(SUMS, user_id, period.first, period.last)[0]
    if not told:
        return Skips()
    since, until = start_of_day(period.first, time_zone), end_of_day(period.last, time_zone)
    span = user_id, since - TWICE, until + TWICE
    days = since + TWICE, until - TWICE, time_zone, period.first, period.last
    return Skips(
        told=told,
        skipped=skipped,
        tracks=tuple(
            SkippedTrack(
                id=track_id, name=name, artists=artists, image_url=url, told=told_of, skipped=times
            )
            for track_id, name, artists, url, told_of, times in db.query(
                MOST, *span, *days, LOOKED_AT, AT_LEAST, limit
            )
        ),
        sources=tuple(row[0] for row in db.query(TELLERS, *span, *span)),
    )
