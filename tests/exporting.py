"""Exports as Spotify packs them, made up: a listening of any length, and a library.

The same arguments give the same bytes.
"""

import io
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

FOLDER = "Spotify Extended Streaming History"
ACCOUNT_FOLDER = "Spotify Account Data"
ROWS_PER_FILE = 16_000
"""Spotify begins a new file after some 12 MB."""

BEGAN = datetime(2016, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=3600)
"""No history is longer, however many rows it has."""
SITTING = 40
LONGEST_BREAK = timedelta(hours=20)
APART = (40, 500)
"""Seconds between the ends of two plays of a sitting."""
DATED = datetime(2026, 1, 1, tzinfo=UTC)
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
TRACK_MS = 60_000
FULL = 15 * TRACK_MS

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """What kinds of rows a made-up history has, one in so many; 0: none."""

    skips: int = 5
    podcasts: int = 50
    holes: int = 300
    copies: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many rows a history has that end each way, brought into an empty archive."""

    new: int
    had: int
    short: int
    podcast: int
    unreadable: int

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(self.receipt.values())

    @property
    def receipt(self) -> dict[str, int]:
        """The same as an import keeps it: what there is none of is left out."""
        return {outcome: rows for outcome, rows in asdict(self).items() if rows}


PLAIN = Mixture(skips=0, podcasts=0, holes=0, copies=0)


def history(
    rows: int, *, seed: int = 0, began: datetime = BEGAN, mixture: Mixture = Mixture()
) -> Iterator[Row]:
    """Make up a listening: some tracks often, most of them rarely, with all that Spotify adds."""
    dice = random.Random(seed)  # noqa: S311 - it must repeat itself
    tracks = max(10, rows // 12)
    pause = min(LONGEST_BREAK, SITTING * (SPAN / rows - timedelta(seconds=sum(APART) / 2)))
    at, last = began, None
    for number in range(rows):
        at += timedelta(seconds=dice.randint(*APART))
        at += timedelta(0) if number % SITTING else pause
        if last is not None and _is_turn(number, mixture.copies):
            yield last
        elif _is_turn(number, mixture.holes):
            yield {**_row(at, 4_000), "spotify_track_uri": None}
        elif _is_turn(number, mixture.podcasts):
            yield {**_row(at, 900_000), **_episode(dice.randrange(200))}
        else:
            skipped = _is_turn(number, mixture.skips)
            track = int(tracks * dice.random() ** 2)
            last = {
                **_row(at, dice.randrange(29_000) if skipped else 180_000 + track % FULL // 9),
                **_track(track),
                "reason_end": "fwdbtn" if skipped else "trackdone",
                "skipped": skipped,
            }
            yield last


def tally(rows: Iterable[Row]) -> Tally:
    """Count how rows must end: by looking at each, with no thought of how an import does it."""
    counts = dict.fromkeys(("new", "had", "short", "podcast", "unreadable"), 0)
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        uri, episode = row["spotify_track_uri"], row["spotify_episode_uri"]
        name = (row["ts"], uri, row["ms_played"])
        if episode is not None:
            counts["podcast"] += 1
        elif uri is None:
            counts["unreadable"] += 1
        elif name in seen:
            counts["had"] += 1
        else:
            seen.add(name)
            done = row["reason_end"] == "trackdone" or row["ms_played"] >= 30_000
            counts["new" if done else "short"] += 1
    return Tally(**counts)


def write_extended(target: Path | IO[bytes], rows: Iterable[Row], dated: datetime = DATED) -> None:
    """Pack rows as an extended streaming history, in files of some thousands."""
    rows = iter(rows)
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as package:
        number = 0
        while batch := list(islice(rows, ROWS_PER_FILE)):
            name = f"{FOLDER}/Streaming_History_Audio_{batch[0]['ts'][:4]}_{number}.json"
            package.writestr(_member(name, dated), json.dumps(batch))
            number += 1


def extended(rows: Iterable[Row], dated: datetime = DATED) -> io.BytesIO:
    """Pack rows as an extended streaming history, in memory."""
    packed = io.BytesIO()
    write_extended(packed, rows, dated)
    packed.seek(0)
    return packed


def account_data(dated: datetime, **files: Any) -> io.BytesIO:
    """Pack account data: `account_data(dated, YourLibrary={...}, Playlist1={...})`."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as package:
        for name, content in files.items():
            member = _member(f"{ACCOUNT_FOLDER}/{name}.json", dated)
            package.writestr(member, json.dumps(content))
    packed.seek(0)
    return packed


def track_id(number: int) -> str:
    """Give the id of a made-up track, as Spotify's look."""
    return _id("t", number)


def _member(name: str, dated: datetime) -> ZipInfo:
    member = ZipInfo(name, dated.timetuple()[:6])
    member.compress_type = ZIP_DEFLATED
    return member


def _is_turn(number: int, one_in: int) -> bool:
    return bool(one_in) and number % one_in == one_in - 1


def _row(at: datetime, ms_played: int) -> Row:
    return {
        "ts": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "platform": "android",
        "ms_played": ms_played,
        "conn_country": "EE",
        "ip_addr": "127.0.0.1",
        "master_metadata_track_name": None,
        "master_metadata_album_artist_name": None,
        "master_metadata_album_album_name": None,
        "spotify_track_uri": None,
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": False,
        "offline_timestamp": None,
        "incognito_mode": False,
    }


def _track(number: int) -> Row:
    return {
        "master_metadata_track_name": f"Song {number}",
        "master_metadata_album_artist_name": f"Band {number // 20}",
        "master_metadata_album_album_name": f"Album {number // 8}",
        "spotify_track_uri": f"spotify:track:{track_id(number)}",
    }


def _episode(number: int) -> Row:
    return {
        "episode_name": f"Episode {number}",
        "episode_show_name": f"Show {number // 20}",
        "spotify_episode_uri": f"spotify:episode:{_id('e', number)}",
    }


def _id(prefix: str, number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(LETTERS))
        digits = LETTERS[digit] + digits
    return prefix + digits.rjust(21, "0")
