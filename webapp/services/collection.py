"""A listener's own collection, and, where they let us, their library on Spotify.

Our own comes first and needs nobody: whatever Spotify says, what was taken in stays in.
"""

from webapp.domain.budget import Priority
from webapp.domain.errors import TokenStaleError
from webapp.domain.provider import MusicService
from webapp.providers.spotify.oauth import CHANGE_LIBRARY
from webapp.queries import accounts
from webapp.queries.appearances import TrendItem
from webapp.services import tokens
from webapp.services.wiring import Wiring

KINDS = frozenset({"album", "track"})
"""What Spotify saves with the one permission asked for; artists take another."""


def may_change_library(user_id: int) -> bool:
    """Tell whether a listener lets us save on Spotify."""
    stored = accounts.find_token(user_id)
    return stored is not None and CHANGE_LIBRARY in stored.scopes.split()


def uri_of(item: TrendItem) -> str | None:
    """Give what Spotify would save; None for what it has no id for, or doesn't save."""
    saveable = item.spotify_id is not None and item.kind in KINDS
    return f"spotify:{item.kind}:{item.spotify_id}" if saveable else None


def save_on_spotify(wiring: Wiring, user_id: int, uri: str) -> None:
    """Put something into the library on Spotify, as the listener just asked; one call.

    Raises ProviderError, or QueueDownError where the gate can't be asked. Call it outside of a
    transaction.
    """
    _change(wiring, user_id, uri, keep=True)


def unsave_on_spotify(wiring: Wiring, user_id: int, uri: str) -> None:
    """Take it out again; as `save_on_spotify`."""
    _change(wiring, user_id, uri, keep=False)


def _change(wiring: Wiring, user_id: int, uri: str, *, keep: bool) -> None:
    token = tokens.access_token(wiring, user_id)
    try:
        _ask(wiring.music(token, Priority.LISTENER), uri, keep=keep)
    except TokenStaleError:
        fresh = tokens.refresh_after_401(wiring, user_id, token)
        _ask(wiring.music(fresh, Priority.LISTENER), uri, keep=keep)


def _ask(music: MusicService, uri: str, *, keep: bool) -> None:
    if keep:
        music.save(uri)
    else:
        music.unsave(uri)
