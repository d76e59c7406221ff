"""Identifiers of MusicBrainz for the music of this world, the same at every start."""

from uuid import UUID, uuid5

HERE = UUID("6f1f3c52-7f0e-4c39-9a52-5b7b0c4d7a11")


def mbid(kind: str, item_id: str) -> str:
    """Give the identifier of a `release`, `release-group`, `artist` or `recording`."""
    return str(uuid5(HERE, f"{kind}/{item_id}"))
