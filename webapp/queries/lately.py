"""What was heard lately, for the dashboard: favourites and how many artists, in one statement.

Weeks don't stand added up, so they are read from plays, those before along with them: each track
once, and then what it is.
"""

from dataclasses import dataclass
from datetime import timedelta

from webapp import db
from webapp.domain.days import end_of_day, start_of_day
from webapp.domain.periods import Period, comparable
from webapp.domain.stats import Item
from webapp.queries.top_pages import Movement, movement

# The window is for the index; which plays belong to a day only the time zone tells.
LATELY = """
WITH heard AS MATERIALIZED (
  SELECT track_id, ms_played, (ended_at AT TIME ZONE %(zone)s)::date AS day FROM plays
  WHERE user_id = %(user)s AND ended_at >= %(since)s AND ended_at <= %(until)s),
counted AS MATERIALIZED (
  SELECT track_id,
    count(*) FILTER (WHERE day >= %(first)s)::integer AS plays,
    count(*) FILTER (WHERE day < %(first)s)::integer AS was_plays,
    sum(ms_played) FILTER (WHERE day >= %(first)s) AS ms,
    sum(ms_played) FILTER (WHERE day < %(first)s) AS was_ms,
    count(*) FILTER (WHERE day >= %(first)s AND ms_played IS NULL) AS whole,
    count(*) FILTER (WHERE day < %(first)s AND ms_played IS NULL) AS was_whole
  FROM heard WHERE day BETWEEN %(before)s AND %(last)s GROUP BY 1),
named AS MATERIALIZED (
  SELECT n.track_id, t.album_id, c.artist_id, n.plays, n.was_plays,
    coalesce(n.ms, 0) + n.whole * coalesce(t.duration_ms, 0) AS ms,
    coalesce(n.was_ms, 0) + n.was_whole * coalesce(t.duration_ms, 0) AS was_ms
  FROM counted n
  LEFT JOIN LATERAL (
    SELECT album_id, duration_ms FROM tracks WHERE id = n.track_id OFFSET 0) t ON true
  LEFT JOIN LATERAL (
    SELECT artist_id FROM track_artists WHERE track_id = n.track_id AND position = 0 OFFSET 0) c
    ON true),
makers AS MATERIALIZED (
  SELECT artist_id AS id, sum(plays) AS plays, sum(was_plays) AS was_plays,
    row_number() OVER (ORDER BY sum(plays) DESC, sum(ms::float8) DESC, artist_id) AS place,
    row_number() OVER (ORDER BY sum(was_plays) DESC, sum(was_ms::float8) DESC, artist_id)
      AS was_place
  FROM named WHERE artist_id IS NOT NULL GROUP BY 1),
best (kind, id, place, was_place) AS (
  SELECT 'artist', id, place, CASE WHEN was_plays > 0 THEN was_place END
  FROM makers WHERE plays > 0 AND place <= %(artists)s
  UNION ALL (SELECT 'album', album_id,
    row_number() OVER (ORDER BY sum(plays) DESC, sum(ms::float8) DESC, album_id), NULL
  FROM named WHERE album_id IS NOT NULL AND plays > 0 GROUP BY album_id
  ORDER BY 3 LIMIT %(albums)s))
SELECT n.artists, n.was_artists,
  (SELECT min(day) FROM daily_listening WHERE user_id = %(user)s),
  EXISTS (SELECT 1 FROM listening_gaps g WHERE g.user_id = %(user)s AND g.closed_at IS NULL
    AND (g.after_at AT TIME ZONE %(zone)s)::date <= %(last)s
    AND (g.before_at AT TIME ZONE %(zone)s)::date >= %(first)s),
  b.kind, b.place, b.was_place,
  coalesce(artist.name, album.name, ''), coalesce(artist.image_url, album.image_url)
FROM (SELECT count(*) FILTER (WHERE plays > 0) AS artists,
    count(*) FILTER (WHERE was_plays > 0) AS was_artists FROM makers) n
LEFT JOIN best b ON true
LEFT JOIN artists artist ON b.kind = 'artist' AND artist.id = b.id
LEFT JOIN albums album ON b.kind = 'album' AND album.id = b.id
ORDER BY b.kind, b.place
"""
NAMED, COVERED = 3, 9
"""So many artists are told of, and so many albums."""
TWICE = timedelta(hours=2)
"""Where a clock is set back at midnight, a day begins twice: the index looks so much further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Favourite:
    """A place among the most played; `name` is empty where nobody knows it.

    How it moved is told of artists alone.
    """

    name: str
    image_url: str | None
    change: Movement


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """Some weeks, and how many artists there were in those before.

    `compared` are those, if plays are kept from all of them; `at_least` says that plays of the
    weeks may be missing.
    """

    artists: tuple[Favourite, ...]
    albums: tuple[Favourite, ...]
    artist_count: int
    artist_count_before: int
    compared: Period | None
    at_least: bool


def lately(user_id: int, weeks: Period, time_zone: str) -> Lately:
    """Read some weeks, and as many right before them."""
    before = weeks.before or weeks
    rows = db.query_by_name(
        LATELY,
        user=user_id,
        zone=time_zone,
        since=start_of_day(before.first, time_zone) - TWICE,
        until=end_of_day(weeks.last, time_zone) + TWICE,
        before=before.first,
        first=weeks.first,
        last=weeks.last,
        artists=NAMED,
        albums=COVERED,
    )
    artist_count, artist_count_before, first_day, at_least = rows[0][:4]
    compared = comparable(weeks, first_day)
    best = {
        kind: tuple(
            Favourite(
                name=name,
                image_url=image_url,
                change=movement(place, was, compared=kind is Item.ARTIST and compared is not None),
            )
            for of, place, was, name, image_url in (row[4:] for row in rows)
            if of == kind
        )
        for kind in (Item.ARTIST, Item.ALBUM)
    }
    return Lately(
        artists=best[Item.ARTIST],
        albums=best[Item.ALBUM],
        artist_count=artist_count,
        artist_count_before=artist_count_before,
        compared=compared,
        at_least=at_least,
    )
