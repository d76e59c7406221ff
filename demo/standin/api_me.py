"""Endpoints about the signed-in listener."""

from collections.abc import Sequence
from random import Random
from urllib.parse import urlencode

from demo.standin import list_shapes
from demo.standin.endpoints import Ask, Endpoint, RefusedError
from demo.standin.list_shapes import saved, unix_ms
from demo.standin.records import Play
from demo.standin.shapes import compact
from demo.standin.world import World

TOP = 50
CONTAINS_MOST = 40
NOISE = {"short_term": 60, "medium_term": 30, "long_term": 10}


def me(ask: Ask) -> str:
    """Say who is signed in."""
    person = ask.listener
    return compact(
        list_shapes.person(person.key, person.profile.name, person.account_id, ask.shapes)
    )


def top_artists(ask: Ask) -> str:
    """List the artists listened to most in a range."""
    return ask.page(_top(ask, ask.listener.start.top.artists), ask.shapes.artist)


def top_tracks(ask: Ask) -> str:
    """List the tracks listened to most in a range."""
    return ask.page(_top(ask, ask.listener.start.top.tracks), ask.shapes.track)


def recently_played(ask: Ask) -> str:
    """List the last plays as a cursor page; nothing new has `cursors: null`."""
    after, before = _cursor(ask, "after"), _cursor(ask, "before")
    if after is not None and before is not None:
        raise RefusedError(400, "Invalid request: after and before are exclusive")
    found = [
        play
        for play in ask.world.recent_plays(ask.listener.key)
        if (after is None or unix_ms(play.ended_at) > after)
        and (before is None or unix_ms(play.ended_at) < before)
    ]
    shown = found[: ask.span.limit]
    given = {key: ask.query[key] for key in ("after", "before") if key in ask.query}
    href = f"{ask.url}?{urlencode({**given, 'limit': ask.span.limit})}"
    return _cursor_page(ask, href, shown, more=len(found) > len(shown))


def saved_tracks(ask: Ask) -> str:
    """List the library's tracks, newest first."""
    write = ask.shapes.track
    return ask.page(
        ask.listener.library.tracks, lambda item: saved("track", item.at, write(item.id))
    )


def saved_albums(ask: Ask) -> str:
    """List the library's albums, whole, newest first."""
    write = ask.shapes.full_album
    return ask.page(
        ask.listener.library.albums, lambda item: saved("album", item.at, write(item.id))
    )


def following(ask: Ask) -> str:
    """List followed artists by id, wrapped, paged by the last id."""
    if ask.query.get("type") != "artist":
        raise RefusedError(400, "Invalid type")
    everybody, after = ask.listener.library.artists, ask.query.get("after", "")
    rest = [artist_id for artist_id in everybody if artist_id > after]
    shown = rest[: ask.span.limit]
    last = shown[-1] if len(rest) > len(shown) else None
    query = {"type": "artist", "limit": ask.span.limit}
    here = {**query, "after": after} if after else query
    onward = f"{ask.url}?{urlencode({**query, 'after': last})}" if last else None
    return (
        f'{{"artists":{{"href":{compact(f"{ask.url}?{urlencode(here)}")},'
        f'"limit":{ask.span.limit},"next":{compact(onward)},"cursors":{compact({"after": last})},'
        f'"total":{len(everybody)},"items":[{",".join(map(ask.shapes.artist, shown))}]}}}}'
    )


def currently_playing(ask: Ask) -> str | None:
    """Tell what plays at this moment; mostly nothing."""
    now = ask.world.now()
    play = ask.listener.start.timeline.current(now)
    if play is None:
        return None
    progress = unix_ms(now) - unix_ms(play.started_at)
    return (
        f'{{"timestamp":{unix_ms(play.started_at)},"context":null,"progress_ms":{progress},'
        f'"item":{ask.shapes.track(play.track_id)},"currently_playing_type":"track",'
        f'"actions":{{"disallows":{{"resuming":true}}}},"is_playing":true}}'
    )


def library_contains(ask: Ask) -> str:
    """Say for up to forty URIs whether each is in the library."""
    uris = _uris(ask)
    library = ask.listener.library
    kept = {
        *(f"spotify:track:{item.id}" for item in library.tracks),
        *(f"spotify:album:{item.id}" for item in library.albums),
        *(f"spotify:artist:{item}" for item in library.artists),
        *(f"spotify:playlist:{item.id}" for item in library.playlists if item is not None),
    }
    return compact([uri in kept for uri in uris])


def library_save(ask: Ask) -> str:
    """Save tracks and albums; one that is there already moves to the top."""
    for kind, item_id in _saveable(ask):
        save = ask.world.save_track if kind == "track" else ask.world.save_album
        save(ask.listener.key, item_id)
    return ""


def library_remove(ask: Ask) -> str:
    """Take tracks and albums out of the library."""
    for kind, item_id in _saveable(ask):
        unsave = ask.world.unsave_track if kind == "track" else ask.world.unsave_album
        unsave(ask.listener.key, item_id)
    return ""


def ranked(world: World, key: str, time_range: str, favourites: Sequence[str]) -> list[str]:
    """Rank a listener's fifty favourites for a range.

    The order is steady within an ISO week (short term), month (medium) or year (long).
    """
    now = world.now()
    period = {"short_term": now.strftime("%G-%V"), "medium_term": now.strftime("%Y-%m")}
    rng = Random(f"{key}/{time_range}/{period.get(time_range, now.strftime('%Y'))}")
    noise = NOISE[time_range]
    places = {item: place + rng.random() * noise for place, item in enumerate(favourites)}
    return sorted(favourites, key=places.__getitem__)[:TOP]


def _uris(ask: Ask) -> list[str]:
    uris = [uri for uri in ask.query.get("uris", "").split(",") if uri]
    if not uris:
        raise RefusedError(400, "Missing required field: uris")
    if len(uris) > CONTAINS_MOST:
        raise RefusedError(400, "Too many uris")
    return uris


def _saveable(ask: Ask) -> list[tuple[str, str]]:
    """Read the URIs of things that the world has; others are refused, and nothing is done."""
    music, found = ask.world.music, []
    for uri in _uris(ask):
        _, kind, item_id = ([*uri.split(":"), "", ""])[:3]
        known = {"track": set(music.tracks), "album": set(music.albums)}
        if item_id not in known.get(kind, ()):
            raise RefusedError(400, "Invalid uri")
        found.append((kind, item_id))
    return found


def _top(ask: Ask, favourites: Sequence[str]) -> list[str]:
    time_range = ask.query.get("time_range", "medium_term")
    if time_range not in NOISE:
        raise RefusedError(400, "Invalid time range")
    return ranked(ask.world, ask.listener.key, time_range, favourites)


def _cursor(ask: Ask, name: str) -> int | None:
    try:
        return int(ask.query[name]) if name in ask.query else None
    except ValueError:
        raise RefusedError(400, f"Invalid {name}") from None


def _cursor_page(ask: Ask, href: str, shown: list[Play], *, more: bool) -> str:
    cursors, onward = None, None
    if shown:
        newest, oldest = unix_ms(shown[0].ended_at), unix_ms(shown[-1].ended_at)
        cursors = {"after": str(newest), "before": str(oldest)}
        if more:
            onward = f"{ask.url}?{urlencode({'before': oldest, 'limit': ask.span.limit})}"
    items = ",".join(list_shapes.play(item, ask.shapes) for item in shown)
    return (
        f'{{"items":[{items}],"next":{compact(onward)},"cursors":{compact(cursors)},'
        f'"limit":{ask.span.limit},"href":{compact(href)}}}'
    )


ENDPOINTS = (
    Endpoint(path="/me", answer=me),
    Endpoint(path="/me/top/artists", answer=top_artists, scopes=("user-top-read",)),
    Endpoint(path="/me/top/tracks", answer=top_tracks, scopes=("user-top-read",)),
    Endpoint(
        path="/me/player/recently-played",
        answer=recently_played,
        scopes=("user-read-recently-played",),
    ),
    Endpoint(
        path="/me/player/currently-playing",
        answer=currently_playing,
        scopes=("user-read-currently-playing", "user-read-playback-state"),
    ),
    Endpoint(path="/me/tracks", answer=saved_tracks, scopes=("user-library-read",)),
    Endpoint(path="/me/albums", answer=saved_albums, scopes=("user-library-read",)),
    Endpoint(path="/me/following", answer=following, scopes=("user-follow-read",)),
    Endpoint(
        path="/me/library/contains",
        answer=library_contains,
        scopes=("user-library-read", "user-follow-read", "playlist-read-private"),
    ),
    Endpoint(
        path="/me/library",
        answer=library_save,
        scopes=("user-library-modify",),
        method="PUT",
    ),
    Endpoint(
        path="/me/library",
        answer=library_remove,
        scopes=("user-library-modify",),
        method="DELETE",
    ),
)
