"""Artists, albums, tracks and who made them."""

import peewee
from playhouse.postgres_ext import ArrayField, BinaryJSONField

from webapp.models.base import Instant, Table


class Artist(Table):
    """An artist."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    image_url = peewee.TextField(null=True)
    genres = ArrayField(peewee.TextField, index=False)
    popularity = peewee.IntegerField(null=True)
    followers = peewee.IntegerField(null=True)
    is_full = peewee.BooleanField()
    raw = BinaryJSONField(index=False)
    fetched_at = Instant()

    class Meta:
        table_name = "artists"


class Album(Table):
    """An album."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    artist_names = peewee.TextField()
    album_type = peewee.TextField()
    release_date = peewee.TextField(null=True)
    release_precision = peewee.TextField(null=True)
    release_year = peewee.IntegerField(null=True)
    total_tracks = peewee.IntegerField(null=True)
    image_url = peewee.TextField(null=True)
    upc = peewee.TextField(null=True)
    label = peewee.TextField(null=True)
    popularity = peewee.IntegerField(null=True)
    is_full = peewee.BooleanField()
    raw = BinaryJSONField(index=False)
    fetched_at = Instant()

    class Meta:
        table_name = "albums"


class Track(Table):
    """A track, an episode or a local file."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    artist_names = peewee.TextField()
    kind = peewee.TextField()
    album_id = peewee.TextField(null=True)
    duration_ms = peewee.IntegerField(null=True)
    explicit = peewee.BooleanField()
    disc_number = peewee.IntegerField(null=True)
    track_number = peewee.IntegerField(null=True)
    isrc = peewee.TextField(null=True)
    popularity = peewee.IntegerField(null=True)
    raw = BinaryJSONField(index=False)
    fetched_at = Instant()

    class Meta:
        table_name = "tracks"


class TrackArtist(Table):
    """Who made a track, in order of credit."""

    track_id = peewee.TextField()
    position = peewee.IntegerField()
    artist_id = peewee.TextField()

    class Meta:
        table_name = "track_artists"
        primary_key = peewee.CompositeKey("track_id", "position")
