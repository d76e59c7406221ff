"""Files read by processes of their own: the same rows, the first broken file, nobody left over."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BufferedReader
from multiprocessing import active_children
from pathlib import Path
from zipfile import ZipFile

import psutil  # type: ignore[import-untyped]  # it has no types
import pytest

from tests.exporting import Row, history
from webapp.domain.errors import ExportError
from webapp.services.import_places import Place
from webapp.services.import_reading import (
    MOST,
    WORTH,
    Packed,
    Task,
    processes_for,
    read_apart,
)
from webapp.services.import_receiving import Found, Sent, look_at_all

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ROWS = list(history(4000))
FILES = [ROWS[:1500], ROWS[1500:1600], ROWS[1600:3900], ROWS[3900:]]
CUT = json.dumps(ROWS[:900])[:-1]


def task(files: list[Found], **staged: int) -> Task:
    behind = {int(name.removeprefix("file")): number for name, number in staged.items()}
    return Task(import_id=7, files=files, staged=behind, next_song=10, now=NOW)


def packed(*texts: str) -> io.BytesIO:
    package = io.BytesIO()
    with ZipFile(package, "w") as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"Streaming_History_Audio_{number}.json", text)
    return package


@pytest.fixture
def files(tmp_path: Path) -> Iterator[list[Found]]:
    """Lay a package down as a run does, so that all who read it share one open file."""
    path = tmp_path / "package.zip"
    path.write_bytes(packed(*map(json.dumps, FILES)).getvalue())
    with path.open("rb") as file:
        yield look_at_all([Sent(name="a.zip", stream=BufferedReader(Place(file.fileno())))])


def lines_of(batches: list[Packed]) -> list[list[str]]:
    return [line.split("\t") for told in batches for line in told.batch.rows.splitlines()]


def read_all(task: Task, processes: int) -> list[Packed]:
    return [told for told in read_apart(task, processes) if told is not None]


def telling(rows: list[Row], behind: int = 0) -> list[tuple[int, bool]]:
    """List rows by number, and whether they tell of a track."""
    told = ((number, bool(row["spotify_track_uri"])) for number, row in enumerate(rows, 1))
    return [one for one in told if one[0] > behind]


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_each_row_is_packed_once(files: list[Found], processes: int) -> None:
    batches = read_all(task(files, file0=1490), processes)
    lines = lines_of(batches)
    assert sorted((line[1], int(line[2]), line[4] == "play") for line in lines) == sorted(
        (str(file), number, is_play)
        for file, rows in enumerate(FILES)
        for number, is_play in telling(rows, 1490 if file == 0 else 0)
    )
    assert sum(told.batch.size for told in batches) == len(lines)
    assert sum(told.read for told in batches) == sum(found.row.bytes for found in files)


def test_a_number_is_one_song_whoever_packed_it(files: list[Found]) -> None:
    batches = read_all(task(files), 2)
    songs: dict[int, str] = {}
    for line in "".join(told.batch.songs for told in batches).splitlines():
        _, number, track_id, *_ = line.split("\t")
        assert songs.setdefault(int(number), track_id) == track_id
    assert min(songs) >= 10
    played = [row["spotify_track_uri"].split(":")[2] for row in ROWS if row["spotify_track_uri"]]
    named = [songs[int(line[8])] for line in lines_of(batches) if line[4] == "play"]
    assert sorted(named) == sorted(played)


def test_the_first_broken_file_is_told_of() -> None:
    sound = json.dumps(ROWS)
    sent = Sent(name="a.zip", stream=packed(sound, CUT, CUT, sound))
    with pytest.raises(ExportError) as raised:
        read_all(task(look_at_all([sent])), 3)
    error = raised.value
    assert (error.kind, error.file, error.row) == (
        "truncated",
        "Streaming_History_Audio_1.json",
        900,
    )


def test_none_is_left_when_one_is_killed(files: list[Found]) -> None:
    reading = read_apart(task(files), 2)
    next(reading)
    for reader in active_children():
        reader.kill()
    with pytest.raises(RuntimeError, match="broke off"):
        list(reading)
    assert active_children() == []


def test_none_is_left_when_nobody_wants_more(files: list[Found]) -> None:
    reading = read_apart(task(files), 2)
    next(reading)
    assert len(active_children()) == 2
    reading.close()  # type: ignore[attr-defined]  # it is a generator
    assert active_children() == []


def test_only_much_is_read_by_several(files: list[Found]) -> None:
    assert processes_for([]) == processes_for(files) == 1
    large = [replace(found, row=replace(found.row, bytes=WORTH)) for found in files]
    assert processes_for(large[:1]) == 1
    assert processes_for(large) == min(MOST, len(psutil.Process().cpu_affinity()))
