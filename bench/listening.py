"""A made-up listener of some twelve years, written straight into the database of an install.

20,000 tracks on 6,000 albums by 3,000 artists; favourites are played more than the rest, and the
older part came by import. They listen from nine in the morning to eleven at night. More plays lie
closer together, not further back.
"""

from contextlib import closing
from datetime import timedelta

import psycopg2

from bench.install import Install

SPAN = timedelta(seconds=400 * 1_000_000)

CATALOGUE = """
INSERT INTO artists (id, name, image_url, genres, is_full, raw, fetched_at)
SELECT 'artist' || n, 'The ' || n || ' Somebodies', 'https://i.scdn.co/image/' || n,
  ARRAY['genre ' || n % 300, 'genre ' || 300 + n % 37], true, '{}', now()
FROM generate_series(0, 2999) n;
INSERT INTO albums (id, name, artist_names, album_type, release_date, release_precision,
  release_year, total_tracks, image_url, is_full, raw, fetched_at)
SELECT 'album' || n, 'Album ' || n, 'The ' || n % 3000 || ' Somebodies', 'album',
  1960 + n % 65, 'year', 1960 + n % 65, 10, 'https://i.scdn.co/image/' || n, false, '{}', now()
FROM generate_series(0, 5999) n;
INSERT INTO tracks (id, name, artist_names, kind, album_id, duration_ms, explicit, isrc, raw,
  fetched_at)
SELECT 'track' || n, 'Song ' || n, 'The ' || n % 6000 % 3000 || ' Somebodies', 'track',
  'album' || n % 6000, 120000 + n * 7919 % 180000, false, 'XX' || n, '{}', now()
FROM generate_series(0, 19999) n;
INSERT INTO track_artists SELECT 'track' || n, 0, 'artist' || n % 6000 % 3000
FROM generate_series(0, 19999) n;
INSERT INTO track_artists SELECT 'track' || n, 1, 'artist' || (n * 31 + 7) % 3000
FROM generate_series(0, 19999, 9) n;
INSERT INTO album_artists SELECT 'album' || n, 0, 'artist' || n % 3000
FROM generate_series(0, 5999) n;
"""

PLAYS = """
SELECT setseed(0.5);
INSERT INTO plays (user_id, ended_at, track_id, source, seen_at)
SELECT u.id, day + interval '9 hours' + (at - day) * 14 / 24,
  'track' || floor(20000 * power(random(), 2))::int,
  CASE WHEN n < plays / 5 THEN 'spotify' ELSE 'spotify_extended' END, now()
FROM (SELECT min(id) AS id FROM users) u,
  (SELECT %(plays)s AS plays, %(span)s::interval / %(plays)s AS apart) x,
  generate_series(1, plays) n
CROSS JOIN LATERAL (SELECT now() - interval '1 day' - n * apart + random() * 0.9 * apart) a (at)
CROSS JOIN LATERAL (SELECT date_trunc('day', at)) d (day)
"""

# What the first sync counted is few; all of it is counted with the rest.
UNCOUNT = "DELETE FROM listening_items"


def seed(install: Install, plays: int) -> None:
    """Give the first listener of an install so many plays, counted."""
    with closing(psycopg2.connect(install.database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(CATALOGUE)
            cursor.execute(PLAYS, {"plays": plays, "span": SPAN})
            cursor.execute(UNCOUNT)
            install.migrate()
            cursor.execute("VACUUM ANALYZE")
