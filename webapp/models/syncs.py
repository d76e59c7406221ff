"""Syncs, their collections, and the pages of a sweep that is under way."""

import peewee
from playhouse.postgres_ext import BinaryJSONField

from webapp.models.base import Instant, Table


class Sync(Table):
    """One run: the truth about it, whatever the queue says."""

    id = peewee.BigAutoField()
    user_id = peewee.BigIntegerField()
    cause = peewee.TextField()
    status = peewee.TextField()
    mode = peewee.TextField()
    progress = peewee.IntegerField()
    error = peewee.TextField(null=True)
    error_detail = peewee.TextField(null=True)
    waiting = peewee.TextField(null=True)
    resume_at = Instant(null=True)
    claim = peewee.UUIDField(null=True)
    attempt = peewee.IntegerField()
    calls = peewee.IntegerField()
    crashes = peewee.IntegerField()
    created_at = Instant()
    started_at = Instant(null=True)
    updated_at = Instant()
    completed_at = Instant(null=True)

    class Meta:
        table_name = "syncs"


class SyncCollection(Table):
    """One of the seven parts of a sync."""

    sync_id = peewee.BigIntegerField()
    name = peewee.TextField()
    position = peewee.IntegerField()
    status = peewee.TextField()
    done = peewee.IntegerField()
    total = peewee.IntegerField(null=True)
    current = peewee.TextField(null=True)
    error = peewee.TextField(null=True)
    error_detail = peewee.TextField(null=True)
    added = peewee.IntegerField()
    removed = peewee.IntegerField()
    unchanged = peewee.BooleanField()
    skipped = peewee.IntegerField()

    class Meta:
        table_name = "sync_collections"
        primary_key = peewee.CompositeKey("sync_id", "name")


class SyncPage(Table):
    """A fetched page, kept until its collection settles."""

    sync_id = peewee.BigIntegerField()
    collection = peewee.TextField()
    page_key = peewee.TextField()
    body = BinaryJSONField(index=False)

    class Meta:
        table_name = "sync_pages"
        primary_key = peewee.CompositeKey("sync_id", "collection", "page_key")
