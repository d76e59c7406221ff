"""A listener's word on a report: it is a play of its own, or none, or what the rules say.

Decisions are a log; the last one on a report stands, and is applied after the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from webapp import db
from webapp.domain.plays import RANK, STARTERS, TELLS_LENGTH, bit
from webapp.domain.reports import Source


class Wish(StrEnum):
    """What a report is to be."""

    OWN = "own"
    NONE = "none"
    RULES = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One report: what a source told, and what became of it."""

    id: int
    import_id: int | None
    file: int | None
    number: int | None
    source: Source
    at: datetime
    ended_at: datetime
    track_id: str
    ms_played: int | None
    done: bool
    skipped: bool | None
    seen_at: datetime
    verdict: str
    play_ended_at: datetime | None
    play_track_id: str | None
    wish: Wish


# A song without an id counts as the track of Spotify's that it turned out to be.
REPORT = """
SELECT r.id, r.import_id, r.file, r.number, r.source, r.at, r.ended_at,
  coalesce((SELECT a.track_id FROM adoptions a WHERE a.user_id = r.user_id
    AND a.name_id = r.track_id), r.track_id), r.ms_played,
  r.done, r.skipped, r.seen_at, r.verdict, r.play_ended_at, r.play_track_id,
  coalesce((SELECT d.wish FROM play_decisions d WHERE d.user_id = r.user_id
    AND d.report_id = r.id ORDER BY d.id DESC LIMIT 1), 'rules')
FROM play_reports r WHERE r.user_id = %s AND {which}
ORDER BY r.ended_at, r.id
"""

OF_PLAY = REPORT.format(which="r.play_ended_at = %s AND r.play_track_id = %s")
BY_ID = REPORT.format(which="r.id = %s")
NEAR = REPORT.format(which="r.ended_at BETWEEN %s AND %s AND r.verdict IN ('short', 'set_aside')")
STANDING = """
SELECT DISTINCT ON (report_id) report_id, wish FROM play_decisions
WHERE user_id = %s ORDER BY report_id, id DESC
"""

# A play is what its best report says; how long it was heard, who knows that says.
RESTATE = """
WITH told AS (
  SELECT r.id, r.verdict, r.play_ended_at, r.play_track_id, r.source, r.context_uri, r.ms_played,
    r.seen_at, r.sync_id, s.rank, s.bit, s.tells, r.play_ended_at = r.ended_at AND r.ended_at = r.at
      AND s.starts AS end_unknown
  FROM play_reports r JOIN unnest(%s::text[], %s::integer[], %s::integer[], %s::boolean[],
    %s::boolean[]) AS s (source, rank, bit, tells, starts) ON s.source = r.source
  WHERE r.user_id = %s AND {which})
INSERT INTO plays
  (user_id, ended_at, track_id, source, context_uri, ms_played, seen_at, sync_id, witnesses,
   end_unknown)
SELECT %s, play_ended_at, play_track_id, (array_agg(source ORDER BY rank))[1],
  (array_agg(context_uri ORDER BY rank) FILTER (WHERE context_uri IS NOT NULL))[1],
  (array_agg(ms_played ORDER BY NOT tells, rank, verdict <> 'new', id)
    FILTER (WHERE ms_played IS NOT NULL))[1],
  min(seen_at), min(sync_id), bit_or(bit), bool_or(end_unknown)
FROM told GROUP BY play_ended_at, play_track_id
ON CONFLICT (user_id, ended_at, track_id) DO UPDATE SET source = excluded.source,
  context_uri = excluded.context_uri, ms_played = excluded.ms_played,
  witnesses = excluded.witnesses, end_unknown = excluded.end_unknown
"""
RESTATE_THESE = RESTATE.format(
    which="(r.play_ended_at, r.play_track_id)"
    " IN (SELECT * FROM unnest(%s::timestamptz[], %s::text[]))"
)
RESTATE_ALL = RESTATE.format(which="r.play_ended_at IS NOT NULL")

UNTOLD = """
DELETE FROM plays p USING unnest(%s::timestamptz[], %s::text[]) AS play (ended_at, track_id)
WHERE p.user_id = %s AND p.ended_at = play.ended_at AND p.track_id = play.track_id
  AND NOT EXISTS (SELECT 1 FROM play_reports r WHERE r.user_id = p.user_id
    AND r.play_ended_at = p.ended_at AND r.play_track_id = p.track_id)
"""


def find_report(user_id: int, report_id: int) -> ReportRow | None:
    """Find a report of a listener."""
    rows = _rows(db.query(BY_ID, user_id, report_id))
    return rows[0] if rows else None


def reports_of(user_id: int, ended_at: datetime, track_id: str) -> list[ReportRow]:
    """List who told of a play."""
    return _rows(db.query(OF_PLAY, user_id, ended_at, track_id))


def not_counted(user_id: int, since: datetime, until: datetime) -> list[ReportRow]:
    """List reports that support no play: too short, or set aside by the listener."""
    return _rows(db.query(NEAR, user_id, since, until))


def decide(user_id: int, report_id: int, wish: Wish, now: datetime) -> None:
    """Write a decision down."""
    db.query(
        "INSERT INTO play_decisions (user_id, report_id, wish, decided_at) VALUES (%s, %s, %s, %s)",
        user_id,
        report_id,
        wish,
        now,
    )


def standing(user_id: int) -> dict[int, Wish]:
    """List the decisions that stand, by report."""
    return {report: Wish(wish) for report, wish in db.query(STANDING, user_id)}


def point(user_id: int, report_id: int, verdict: str, play: tuple[datetime, str] | None) -> None:
    """Let a report support a play, or none."""
    ended_at, track_id = play or (None, None)
    db.query(
        "UPDATE play_reports SET verdict = %s, play_ended_at = %s, play_track_id = %s"
        " WHERE user_id = %s AND id = %s",
        verdict,
        ended_at,
        track_id,
        user_id,
        report_id,
    )


def forget_plays(user_id: int) -> None:
    """Drop all plays of a listener, for a rebuild: the reports stay."""
    db.query("DELETE FROM plays WHERE user_id = %s", user_id)
    db.query(
        "UPDATE play_reports SET verdict = 'set_aside', play_ended_at = NULL,"
        " play_track_id = NULL WHERE user_id = %s",
        user_id,
    )


def restate(user_id: int, plays: Sequence[tuple[datetime, str]]) -> None:
    """Make plays what their reports say, or no plays where there are none."""
    names = [ended_at for ended_at, _ in plays], [track_id for _, track_id in plays]
    if plays:
        db.query(RESTATE_THESE, *_sources(), user_id, *names, user_id)
        db.query(UNTOLD, *names, user_id)


def restate_all(user_id: int) -> None:
    """Make the plays of a listener who has none what their reports point to."""
    db.query(RESTATE_ALL, *_sources(), user_id, user_id)


def is_free(user_id: int, play: tuple[datetime, str]) -> bool:
    """Tell whether no play has this name yet."""
    return not db.query(
        "SELECT 1 FROM plays WHERE user_id = %s AND ended_at = %s AND track_id = %s",
        user_id,
        *play,
    )


def day_of(user_id: int, moment: datetime) -> date:
    """Tell the listener's day of a moment, as the database counts days."""
    rows = db.query(
        "SELECT (%s::timestamptz AT TIME ZONE time_zone)::date FROM users WHERE id = %s",
        moment,
        user_id,
    )
    day: date = rows[0][0]
    return day


def _sources() -> tuple[list[Source], list[int], list[int], list[bool], list[bool]]:
    """List each source: rank, bit, whether it knows how long was heard, whether it tells starts."""
    ranks = [RANK.index(source) for source in RANK]
    bits = [bit(source) for source in RANK]
    tells = [source in TELLS_LENGTH for source in RANK]
    return list(RANK), ranks, bits, tells, [source in STARTERS for source in RANK]


def _rows(found: Sequence[tuple[object, ...]]) -> list[ReportRow]:
    names = ReportRow.__dataclass_fields__
    rows = []
    for row in found:
        values = dict(zip(names, row, strict=True))
        values["source"], values["wish"] = Source(str(values["source"])), Wish(str(values["wish"]))
        rows.append(ReportRow(**values))  # type: ignore[arg-type]  # as the columns are
    return rows
