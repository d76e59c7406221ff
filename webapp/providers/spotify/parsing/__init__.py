"""Spotify's JSON, in both of its shapes, as domain values. Pure.

A single odd item never raises: it becomes a hole (`None`) or a thing with less. A wrong envelope
raises `MalformedError` whose text is a path and what was expected there.
"""

from webapp.providers.spotify.parsing.pages import (
    followed_artists,
    new_releases,
    page_limit,
    playlist_items,
    playlists,
    profile,
    recently_played,
    saved_albums,
    saved_tracks,
    top_artists,
    top_tracks,
)

__all__ = [
    "followed_artists",
    "new_releases",
    "page_limit",
    "playlist_items",
    "playlists",
    "profile",
    "recently_played",
    "saved_albums",
    "saved_tracks",
    "top_artists",
    "top_tracks",
]
