"""Listeners and their encrypted tokens."""

import peewee

from webapp.models.base import Instant, Table


class User(Table):
    """A listener: one Spotify account."""

    id = peewee.BigAutoField()
    spotify_id = peewee.TextField()
    account_id = peewee.TextField(null=True)
    username = peewee.TextField()
    display_name = peewee.TextField()
    image_url = peewee.TextField(null=True)
    is_admin = peewee.BooleanField()
    state = peewee.TextField()
    state_reason = peewee.TextField(null=True)
    time_zone = peewee.TextField()
    language = peewee.TextField(null=True)
    theme = peewee.TextField()
    session_version = peewee.IntegerField()
    data_version = peewee.BigIntegerField()
    consented_at = Instant(null=True)
    created_at = Instant()
    last_seen_at = Instant()
    wanted_time_zone = peewee.TextField(null=True)

    class Meta:
        table_name = "users"


class SpotifyToken(Table):
    """One listener's grant; both tokens are Fernet ciphertext."""

    user_id = peewee.BigIntegerField(primary_key=True)
    access_token = peewee.BlobField()
    refresh_token = peewee.BlobField()
    scopes = peewee.TextField()
    expires_at = Instant()
    updated_at = Instant()

    class Meta:
        table_name = "spotify_tokens"
