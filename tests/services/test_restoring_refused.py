"""Archives that are not as they should be: a clear word, and nothing stored, not even a half."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

import pytest

from tests.exporting import extended, history
from tests.importing import bring_in, try_in
from tests.services.listening import Listening
from tests.taking import changed, choose, forget_everything, manifest, members, pack, take
from webapp import db
from webapp.domain.errors import ExportFault
from webapp.domain.export_format import MANIFEST, VERSION
from webapp.domain.imports import Status
from webapp.queries import accounts
from webapp.queries import imports as queries
from webapp.queries.imports import ImportRow
from webapp.services import imports
from webapp.services.import_receiving import Sent, receive

TABLES = (
    *("play_reports", "plays", "imports", "import_raw", "library_events", "tracks", "artists"),
    *("import_lines", "import_rows", "import_songs", "daily_listening"),
    *("profiles", "collected_elsewhere", "listener_collection"),
)


Spoil = Callable[[bytes], io.BytesIO]


made: list[bytes] = []
"""An archive is the same bytes for every test, so it is made once."""


@pytest.fixture
def archive(listening: Listening) -> bytes:
    """Give an archive of a listener who is not there any more, in an install without music."""
    return make_archive(listening)


def make_archive(listening: Listening) -> bytes:
    if not made:
        user_id = listening.join("tiny")
        listening.sync(user_id)
        bring_in(listening.wiring, user_id, extended(history(60)))
        choose(user_id, listening.wiring.clock())
        made.append(take(listening.wiring, user_id))
        with db.transaction():
            accounts.erase(user_id)
        forget_everything()
    return made[0]


def refused(listening: Listening, user_id: int, packed: io.BytesIO) -> ImportRow:
    """Send an archive that must fail, and look whether anything of it stayed."""
    before = counts(user_id)
    done = try_in(listening.wiring, user_id, packed)
    assert done.status is Status.FAILED
    assert counts(user_id) == before
    assert db.query("SELECT count(*) FROM import_uploads") == [(0,)]
    return done


def counts(user_id: int) -> dict[str, int]:
    """Count what there is, but for the import that failed itself."""
    every = {table: db.query(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}  # noqa: S608 - our own names
    failed = "SELECT count(*) FROM imports WHERE status = 'FAILED' AND user_id = %s"
    return {**every, "imports": every["imports"] - db.query(failed, user_id)[0][0]}


def where(done: ImportRow) -> tuple[str | None, str, int | None]:
    """Tell what was wrong: the fault, the file, the last good line."""
    detail = json.loads(done.error_detail or "{}")
    return done.error, detail.get("file", ""), detail.get("row")


def refusals(done: ImportRow) -> set[str | None]:
    return {file.refusal for file in queries.files(done.id)}


def without(archive: bytes, name: str) -> io.BytesIO:
    parts = members(archive)
    del parts[name]
    return pack(parts, manifest(archive))


def with_manifest(archive: bytes, **fields: Any) -> io.BytesIO:
    return pack(members(archive), {**manifest(archive), **fields})


def with_digest_of_others(archive: bytes) -> io.BytesIO:
    """Change a member behind its checksum's back."""
    parts, told = members(archive), json.dumps(manifest(archive)).encode()
    parts["library_events.jsonl"] += parts["library_events.jsonl"].splitlines(keepends=True)[-1]
    packed = io.BytesIO()
    with ZipFile(packed, "w") as package:
        for name, body in {**parts, MANIFEST: told}.items():
            package.writestr(name, body)
    packed.seek(0)
    return packed


def doubled(archive: bytes, name: str) -> io.BytesIO:
    """Tell every line of a member twice."""
    parts = members(archive)
    parts[f"{name}.jsonl"] *= 2
    return pack(parts, manifest(archive))


def cut(archive: bytes, name: str) -> io.BytesIO:
    parts = members(archive)
    parts[f"{name}.jsonl"] = parts[f"{name}.jsonl"][:-5]
    return pack(parts, manifest(archive))


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda a: with_manifest(a, format_version=VERSION + 1), ExportFault.NEWER_VERSION),
        (lambda a: with_manifest(a, format_version=0), ExportFault.BAD_LINE),
        (lambda a: with_manifest(a, format="backspun"), ExportFault.BAD_LINE),
        (lambda a: without(a, "play_decisions.jsonl"), ExportFault.INCOMPLETE),
        (lambda a: io.BytesIO(a[: len(a) // 2]), ExportFault.BROKEN_ZIP),
    ],
    ids=["newer", "no version", "another format", "a part missing", "half"],
)
def test_what_is_no_archive_is_told_before_it_starts(
    listening: Listening, newcomer: int, *, spoil: Spoil, refusal: ExportFault
) -> None:
    done = refused(listening, newcomer, spoil(make_archive(listening)))
    assert done.error == "nothing_to_read"
    assert refusals(done) == {refusal}


REPORTS = "play_reports"
BAD, LOST = ExportFault.BAD_LINE, ExportFault.INCOMPLETE
FIELDS: list[tuple[ExportFault, str, dict[str, Any]]] = [
    (BAD, REPORTS, {"more": 1}),
    (BAD, REPORTS, {"source": "me"}),
    (BAD, REPORTS, {"at": "soon"}),
    (BAD, REPORTS, {"at": "2026-01-01"}),
    (BAD, REPORTS, {"at": "9999-01-01T00:00:00+00:00"}),
    (BAD, REPORTS, {"ms_played": -1}),
    (BAD, REPORTS, {"done": 1}),
    (BAD, REPORTS, {"hash": "x"}),
    (BAD, REPORTS, {"file": 99_999}),
    (BAD, "tracks", {"name": "a\0b"}),
    (BAD, "tracks", {"name": "\ud800"}),
    (BAD, "tracks", {"name": "x" * 1_001}),
    (BAD, "tracks", {"raw": {"x": float("nan")}}),
    (BAD, "tracks", {"id": "name:x"}),
    (BAD, "tracks", {"album_id": "x"}),
    (BAD, "albums", {"artists": ["x"]}),
    (BAD, "imports", {"status": "PENDING"}),
    (BAD, "imports", {"files": [{}]}),
    (BAD, "playlist_versions", {"entries": [["x"]]}),
    (BAD, "profile", {"history": "everybody"}),
    (BAD, "collection", {"image_url": "javascript:alert(1)"}),
    (BAD, "collection", {"name": "a\0b"}),
    (BAD, "blends", {"state": "revoked"}),
    (LOST, REPORTS, {"track_id": "x"}),
    (LOST, REPORTS, {"import": 9}),
    (LOST, REPORTS, {"verdict": "short"}),
]


@pytest.mark.parametrize(
    ("fault", "member", "fields"), FIELDS, ids=[f"{n}-{one[1]}" for n, one in enumerate(FIELDS)]
)
def test_a_line_that_cannot_be_is_named_and_nothing_stays(
    listening: Listening, newcomer: int, *, fault: ExportFault, member: str, fields: dict[str, Any]
) -> None:
    archive = make_archive(listening)
    done = refused(listening, newcomer, changed(archive, member, **fields))
    assert where(done)[:2] == (fault, f"{member}.jsonl")


@pytest.mark.parametrize(
    ("fault", "member", "spoil"),
    [
        (ExportFault.CHANGED, "library_events", with_digest_of_others),
        (ExportFault.TRUNCATED, REPORTS, lambda archive: cut(archive, REPORTS)),
        (BAD, "import_rows", lambda archive: doubled(archive, "import_rows")),
    ],
    ids=["checksum", "cut", "doubled"],
)
def test_a_member_that_is_not_as_it_was_is_named_and_nothing_stays(
    listening: Listening, newcomer: int, *, fault: ExportFault, member: str, spoil: Spoil
) -> None:
    done = refused(listening, newcomer, spoil(make_archive(listening)))
    assert where(done)[:2] == (fault, f"{member}.jsonl")


def test_a_bad_line_is_named_by_the_last_good_one(
    listening: Listening, newcomer: int, archive: bytes
) -> None:
    parts = members(archive)
    first, second, *rest = parts["library_events.jsonl"].splitlines(keepends=True)
    parts["library_events.jsonl"] = b"".join((first, second, b"{}\n", *rest))
    done = refused(listening, newcomer, pack(parts, manifest(archive)))
    assert where(done) == (ExportFault.BAD_LINE, "library_events.jsonl", 2)


def test_lines_that_are_told_twice_count_once(
    listening: Listening, newcomer: int, archive: bytes
) -> None:
    done = bring_in(listening.wiring, newcomer, doubled(archive, REPORTS))
    receipt = done.receipt or {}
    reports = members(archive)["play_reports.jsonl"].count(b"\n")
    assert receipt["had"] == reports
    assert db.query("SELECT count(*) FROM play_reports WHERE user_id = %s", newcomer) == [
        (reports,)
    ]


def test_what_spotify_told_here_is_not_replaced_by_an_archive(
    listening: Listening, newcomer: int, archive: bytes
) -> None:
    user_id = listening.join("tiny")
    listening.sync(user_id)
    name, artist = "SELECT id, name FROM tracks WHERE id = %s", "SELECT name FROM artists"
    track = json.loads(members(archive)["tracks.jsonl"].splitlines()[0])["id"]
    before, artists = db.query(name, track), db.query(artist)
    bring_in(listening.wiring, newcomer, changed(archive, "tracks", name="Defaced"))
    assert before[0][1] != "Defaced"
    assert db.query(name, track) == before
    assert set(db.query(artist)) >= set(artists)


def test_spotifys_next_word_replaces_what_an_archive_told(
    listening: Listening, newcomer: int, archive: bytes
) -> None:
    lines = [json.loads(line) for line in members(archive)["artists.jsonl"].splitlines()]
    full = next(line for line in lines if line["is_full"] and not line["id"].startswith("name:"))
    parts = members(archive)
    spoilt = [{**line, "name": "Defaced"} if line == full else line for line in lines]
    parts["artists.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in spoilt)
    bring_in(listening.wiring, newcomer, pack(parts, manifest(archive)))
    found = "SELECT name FROM artists WHERE id = %s"
    assert db.query(found, full["id"]) == [("Defaced",)]
    listening.sync(listening.join("tiny"))
    assert db.query(found, full["id"]) == [(full["name"],)]


def test_a_run_that_broke_off_is_begun_anew(
    listening: Listening, newcomer: int, archive: bytes
) -> None:
    wiring = listening.wiring
    import_id = receive(wiring, newcomer, [Sent(name="a.zip", stream=io.BytesIO(archive))])
    assert imports.start(wiring, newcomer, import_id)
    with pytest.raises(TimeoutError):
        imports.run(replace(wiring, clock=breaks_at(5, wiring.clock)), import_id)
    found = queries.find(import_id)
    assert found is not None
    assert (found.status, found.crashes) == (Status.PENDING, 1)
    assert db.query("SELECT count(*) > 0 FROM import_lines") == [(True,)]
    imports.run(wiring, import_id)
    done = queries.find(import_id)
    assert done is not None
    assert done.status is Status.COMPLETED
    lines = sum(
        body.count(b"\n") for name, body in members(archive).items() if "schema" not in name
    )
    assert done.rows_done == lines
    assert db.query("SELECT count(*) FROM import_lines") == [(0,)]


def test_one_that_broke_off_can_be_called_off(
    listening: Listening, newcomer: int, archive: bytes
) -> None:
    wiring = listening.wiring
    import_id = receive(wiring, newcomer, [Sent(name="a.zip", stream=io.BytesIO(archive))])
    assert imports.start(wiring, newcomer, import_id)
    before = counts(newcomer)
    with pytest.raises(TimeoutError):
        imports.run(replace(wiring, clock=breaks_at(5, wiring.clock)), import_id)
    assert counts(newcomer) != before
    assert imports.cancel(wiring, newcomer, import_id)
    assert counts(newcomer) == before


def breaks_at(times: int, clock: Callable[[], Any]) -> Callable[[], Any]:
    """Make a clock that stops working once, as a worker that is shut down does."""
    left = iter(range(times))

    def tick() -> Any:
        if next(left, None) == times - 1:
            raise TimeoutError
        return clock()

    return tick
