"""The library's log, and what is derived from it."""

import peewee
from playhouse.postgres_ext import ArrayField, BinaryJSONField

from webapp.models.base import Instant, Table


class LibraryEvent(Table):
    """Log: something was saved, followed, or taken out."""

    id = peewee.BigIntegerField(primary_key=True)
    user_id = peewee.BigIntegerField()
    kind = peewee.TextField()
    item_id = peewee.TextField()
    event = peewee.TextField()
    item_added_at = Instant(null=True)
    seen_at = Instant()
    sync_id = peewee.BigIntegerField(null=True)

    class Meta:
        table_name = "library_events"


class LibraryItem(Table):
    """Derived: what is in the library now."""

    user_id = peewee.BigIntegerField()
    kind = peewee.TextField()
    item_id = peewee.TextField()
    added_at = Instant(null=True)
    seen_at = Instant()

    class Meta:
        table_name = "library_items"
        primary_key = peewee.CompositeKey("user_id", "kind", "item_id")


class PlaylistVersion(Table):
    """Log: a playlist as it was seen, whole."""

    id = peewee.BigIntegerField(primary_key=True)
    user_id = peewee.BigIntegerField()
    playlist_id = peewee.TextField()
    event = peewee.TextField()
    snapshot_id = peewee.TextField()
    name = peewee.TextField()
    description = peewee.TextField()
    owner_id = peewee.TextField()
    owner_name = peewee.TextField()
    public = peewee.BooleanField(null=True)
    collaborative = peewee.BooleanField()
    image_url = peewee.TextField(null=True)
    total = peewee.IntegerField(null=True)
    entries = BinaryJSONField(index=False, null=True)
    content_hash = peewee.TextField()
    seen_at = Instant()
    sync_id = peewee.BigIntegerField(null=True)

    class Meta:
        table_name = "playlist_versions"


class Playlist(Table):
    """Derived: a playlist's last version, in brief."""

    user_id = peewee.BigIntegerField()
    playlist_id = peewee.TextField()
    version_id = peewee.BigIntegerField()
    snapshot_id = peewee.TextField()
    name = peewee.TextField()
    owner_id = peewee.TextField()
    owner_name = peewee.TextField()
    image_url = peewee.TextField(null=True)
    total = peewee.IntegerField(null=True)
    readable = peewee.BooleanField()
    gone = peewee.BooleanField()
    seen_at = Instant()

    class Meta:
        table_name = "playlists"
        primary_key = peewee.CompositeKey("user_id", "playlist_id")


class TopList(Table):
    """Log: a top list that differed from the one before."""

    id = peewee.BigIntegerField(primary_key=True)
    user_id = peewee.BigIntegerField()
    kind = peewee.TextField()
    time_range = peewee.TextField()
    item_ids = ArrayField(peewee.TextField, index=False)
    seen_at = Instant()
    sync_id = peewee.BigIntegerField(null=True)

    class Meta:
        table_name = "top_lists"


class Play(Table):
    """Log: one play, known by its end."""

    user_id = peewee.BigIntegerField()
    ended_at = Instant()
    track_id = peewee.TextField()
    source = peewee.TextField()
    context_uri = peewee.TextField(null=True)
    seen_at = Instant()
    sync_id = peewee.BigIntegerField(null=True)

    class Meta:
        table_name = "plays"
        primary_key = peewee.CompositeKey("user_id", "ended_at", "track_id")
