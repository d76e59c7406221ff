"""A listener's everything, taken away and brought back."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from tests.exporting import account_data, extended, history, track_id
from tests.importing import bring_in
from webapp import db
from webapp.domain.export_format import MANIFEST
from webapp.domain.profiles import CLOSED, Level, Privacy, Section
from webapp.domain.reports import Source
from webapp.queries import accounts, blends, collection, profiles, top_songs
from webapp.queries import decisions as decision_queries
from webapp.queries import exports as queries
from webapp.queries.decisions import Wish
from webapp.queries.imports import ImportRow
from webapp.services import adoption, decisions, exports
from webapp.services.wiring import Wiring

CATALOGUE = "track_artists, album_artists, tracks, albums, artists"
HOUR = timedelta(hours=1)
HOSTILE = "<script>alert('=1+1')</script>\u202e"
NAMES = ("track_name", "album_artist_name", "album_album_name")
"""What Spotify calls the names of a row, behind `master_metadata_`."""


def take(wiring: Wiring, user_id: int) -> bytes:
    """Make an archive of everything, in this process."""
    rest = exports.start(wiring, user_id)
    assert rest is not None
    exports.run(wiring, rest.export_id)
    newest = queries.of_listener(user_id, wiring.clock())[0]
    body = b"".join(queries.iter_parts(newest.id))
    assert len(body) == newest.bytes
    return body


def members(archive: bytes) -> dict[str, bytes]:
    """Unpack an archive: what is in it, but for the manifest, which tells when it was made."""
    with ZipFile(io.BytesIO(archive)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist() if name != MANIFEST}


def manifest(archive: bytes) -> dict[str, Any]:
    with ZipFile(io.BytesIO(archive)) as package:
        found: dict[str, Any] = json.loads(package.read(MANIFEST))
    return found


def lines(archive: bytes, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in members(archive)[f"{name}.jsonl"].splitlines()]


def pack(parts: Mapping[str, bytes], told: Mapping[str, Any], folder: str = "") -> io.BytesIO:
    """Pack an archive with sound checksums, whatever is in it."""
    told = {**told, "members": [_entry(name, body) for name, body in parts.items()]}
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as package:
        for name, body in {**parts, MANIFEST: json.dumps(told).encode()}.items():
            package.writestr(folder + name, body)
    packed.seek(0)
    return packed


def changed(archive: bytes, member: str, /, **fields: Any) -> io.BytesIO:
    """Pack an archive anew with the first line of a member changed."""
    parts = members(archive)
    first, *rest = parts[f"{member}.jsonl"].splitlines()
    line = json.dumps({**json.loads(first), **fields}).encode()
    parts[f"{member}.jsonl"] = b"".join(one + b"\n" for one in (line, *rest))
    return pack(parts, manifest(archive))


def bring_back(wiring: Wiring, user_id: int, archive: bytes) -> ImportRow:
    return bring_in(wiring, user_id, io.BytesIO(archive))


def forget_catalogue() -> None:
    """Make the install one that knows no music."""
    db.query(f"TRUNCATE {CATALOGUE}")


def forget_charts() -> None:
    """Make the install one that has read no charts."""
    db.query("DELETE FROM trend_merges")
    db.query("DELETE FROM trend_items")


def forget_everything() -> None:
    """Make the install one that knows no music at all."""
    forget_catalogue()
    forget_charts()


def live(wiring: Wiring, user_id: int) -> None:
    """Let a listener have something of every kind, beside what a sync brings."""
    now = wiring.clock()
    bring_in(wiring, user_id, extended(history(400)))
    bring_in(wiring, user_id, extended(history(400)))
    bring_in(wiring, user_id, _scrobbles())
    bring_in(wiring, user_id, _found_out())
    adoption.adopt(user_id)
    library = {
        "tracks": [{"artist": "Band 0", "album": "Album 0", "track": "Song 1", "uri": _uri(1)}],
        "albums": [],
        "artists": [],
    }
    bring_in(wiring, user_id, account_data(datetime(2024, 5, 1, tzinfo=UTC), YourLibrary=library))
    for report_id, wish in zip(_reports(user_id), (Wish.OWN, Wish.NONE, Wish.OWN), strict=True):
        assert decisions.decide(user_id, report_id, wish, now)
    assert decisions.decide(user_id, _reports(user_id)[0], Wish.RULES, now)
    db.query("INSERT INTO listening_gaps VALUES (%s, %s, %s, %s)", user_id, now - HOUR, now, now)
    playlist = db.query("SELECT min(playlist_id) FROM playlists WHERE user_id = %s", user_id)
    if playlist[0][0]:
        top_songs.mark(user_id, playlist[0][0], 2021, now)
    choose(user_id, now)


def choose(user_id: int, now: datetime) -> None:
    """Have a profile, a collection and blends."""
    open_up(user_id, now)
    collect(user_id, now)
    befriend(user_id, now)


def open_up(user_id: int, now: datetime) -> None:
    """Have a profile, some of it for others."""
    chosen = {**CLOSED, Section.TOP: Level.PUBLIC, Section.COMPARE: Level.SIGNED_IN}
    profiles.save_privacy(user_id, Privacy(shown=True, chosen=chosen), now)


def collect(user_id: int, now: datetime) -> None:
    """Take things out of the charts: some at one moment, one that was met under two ids."""
    mbid = "0b5ad44c-5f3c-1a2b-9c8d-0123456789ab"
    album, artist, song, other, bare = (
        charted(
            "album", "Álbum", "Nia", deezer_id="7", released="2026-03-01", genres=["soul", "日本"]
        ),
        charted("artist", HOSTILE, "", mbid=mbid, image_url="https://covers.example/1?a=b&c"),
        charted("track", "Song", HOSTILE, isrc="QZ1232600001", deezer_id="12"),
        charted("track", "Song", HOSTILE, spotify_id="spot12", upc="0123"),
        charted("album", "", "", spotify_id="bare12"),
    )
    db.query("INSERT INTO trend_merges VALUES (%s, %s)", other, song)
    for item in (bare, other, album):
        collection.add(user_id, item, now)
    collection.add(user_id, song, now - HOUR)
    collection.add(user_id, artist, now - HOUR)


def befriend(user_id: int, now: datetime) -> None:
    """Blend with somebody; somebody else declined, one invited, and a link waits."""
    friend, shy, keen = (make_listener(name) for name in ("friend", "shy", "keen"))
    db.insert_values(
        "INSERT INTO blends (inviter_id, invited_id, invited_name, state, created_at, changed_at)"
        " VALUES %s",
        [
            (user_id, friend, "Friend", "agreed", now - HOUR, now),
            (user_id, shy, "Shy", "declined", now - HOUR, now),
            (keen, user_id, "me", "invited", now - HOUR, now - HOUR),
            (keen, user_id, "me", "revoked", now - 2 * HOUR, now - HOUR),
        ],
    )
    blends.open_link(user_id, now + HOUR, now)


def make_listener(name: str) -> int:
    """Add a listener who has nothing."""
    return accounts.add(
        spotify_id=name,
        account_id=None,
        username=name,
        display_name=name.upper(),
        image_url=None,
        is_admin=False,
        time_zone="UTC",
        now=datetime(2026, 11, 1, tzinfo=UTC),
    )


def charted(kind: str, name: str, artists: str, **learned: Any) -> int:
    """Add a thing that a chart told of."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    told = {"kind": kind, "name": name, "artist_names": artists, "genres": [], **learned}
    columns = {**told, "match_key": "", "first_seen_at": at, "last_seen_at": at}
    rows = db.query(
        f"INSERT INTO trend_items ({', '.join(columns)})"  # noqa: S608 - our own names
        f" VALUES ({', '.join(['%s'] * len(columns))}) RETURNING id",
        *columns.values(),
    )
    return int(rows[0][0])


def tables_of(user_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """Read what is derived, without ids of this install."""
    return {
        "plays": db.query(
            "SELECT ended_at, track_id, source, context_uri, ms_played, seen_at, witnesses"
            " FROM plays WHERE user_id = %s ORDER BY ended_at, track_id",
            user_id,
        ),
        "days": db.query(
            "SELECT day, plays, ms, tracks, artists, top_track_id, top_artist_id"
            " FROM daily_listening WHERE user_id = %s ORDER BY day",
            user_id,
        ),
        "library": db.query(
            "SELECT kind, item_id, added_at, seen_at FROM library_items WHERE user_id = %s"
            " ORDER BY kind, item_id",
            user_id,
        ),
        "playlists": db.query(
            "SELECT playlist_id, snapshot_id, name, owner_id, owner_name, image_url, total,"
            " readable, gone, seen_at FROM playlists WHERE user_id = %s ORDER BY playlist_id",
            user_id,
        ),
        "decisions": sorted(
            (decision.source, str(decision.at), decision.verdict, decision.wish)
            for report in decision_queries.standing(user_id)
            if (decision := decision_queries.find_report(user_id, report)) is not None
        ),
    }


def _reports(user_id: int) -> list[int]:
    """Choose a skip, a play that only an export told of, and one that two sources told of."""
    found = "SELECT min(id) FROM play_reports WHERE user_id = %s AND verdict = %s AND source = %s"
    wanted = (("short", Source.EXTENDED), ("new", Source.EXTENDED), ("merged", Source.LASTFM))
    return [db.query(found, user_id, *which)[0][0] for which in wanted]


def _scrobbles() -> io.BytesIO:
    """Tell some plays of the made-up history once more, and one of a song without an id."""
    rows = [row for row in history(400) if row["spotify_track_uri"] and row["ms_played"] > 30_000]
    told = ["track,artist,album,uts"]
    for row in rows[:20]:
        ended = datetime.fromisoformat(row["ts"])
        began = ended - timedelta(milliseconds=row["ms_played"])
        names = (row[f"master_metadata_{key}"] for key in NAMES)
        told.append(",".join((*names, str(int(began.timestamp())))))
    told.append("Only scrobbled,Ünknown Bänd,=Sheet,1500000000")
    told.append("Song 1540,Band 77,Album 192,1500001000")
    return io.BytesIO("\n".join(told).encode())


def _found_out() -> io.BytesIO:
    """Tell the id of a song that was scrobbled by its name, in a play of another day."""
    row = next(history(1))
    names = ("Song 1540", "Band 77", "Album 192")
    track = {f"master_metadata_{key}": name for key, name in zip(NAMES, names, strict=True)}
    ended = "2017-08-01T12:00:00Z"
    return extended([{**row, **track, "ts": ended, "spotify_track_uri": _uri(1540)}])


def _uri(number: int) -> str:
    return f"spotify:track:{track_id(number)}"


def _entry(name: str, body: bytes) -> dict[str, Any]:
    digest = sha256(body).hexdigest()
    return {"file": name, "lines": body.count(b"\n"), "bytes": len(body), "sha256": digest}
