"""Addresses on open.spotify.com, for what really is there: Spotify asks for links back."""

import re

ID = re.compile(r"[0-9A-Za-z]{22}")
KINDS = frozenset({"track", "episode", "album", "artist", "playlist"})


def spotify_url(kind: str, item_id: str | None) -> str | None:
    """Give the address of a thing; None for local files and whatever else has no page."""
    if kind not in KINDS or not ID.fullmatch(item_id or ""):
        return None
    return f"https://open.spotify.com/{kind}/{item_id}"


def spotify_uri(kind: str, item_id: str | None) -> str | None:
    """Give what Spotify's own programs call a thing; None for what they don't know."""
    return f"spotify:{kind}:{item_id}" if spotify_url(kind, item_id) else None
