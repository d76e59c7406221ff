"""An archive of everything: made once at a time, begun anew after a break, gone when expired."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import jsonschema
import pytest

from jobs import exports as jobs
from jobs import schedule
from tests.services.listening import Listening
from tests.taking import befriend, lines, live, manifest, members, take
from tests.telling import NOON, Tune, tell
from webapp import db
from webapp.domain.export_format import PARTS, VERSION
from webapp.domain.exports import MAX_CRASHES, OVERDUE_AFTER, STALE_AFTER, Status
from webapp.domain.reports import Source
from webapp.queries import accounts, export_lines
from webapp.queries import exports as queries
from webapp.queries.exports import ExportRow
from webapp.services import exports
from webapp.services.wiring import Wiring

SECRETS = ("token", "session", "secret", "password", "claim")


def newest(wiring: Wiring, user_id: int) -> ExportRow | None:
    return next(iter(queries.of_listener(user_id, wiring.clock())), None)


def parts_kept() -> int:
    return int(db.query("SELECT count(*) FROM export_parts")[0][0])


def test_an_archive_says_what_it_is_made_of(listening: Listening) -> None:
    user_id = listening.join("medium")
    listening.sync(user_id)
    live(listening.wiring, user_id)
    archive = take(listening.wiring, user_id)
    told, schema = manifest(archive), json.loads(members(archive)["schema.json"])
    assert (told["format"], told["format_version"]) == ("backspin", VERSION)
    assert told["listener"]["time_zone"] == "UTC"
    found = {one["file"]: (one["bytes"], one["lines"]) for one in told["members"]}
    for name, body in members(archive).items():
        assert found[name] == (len(body), body.count(b"\n") if name != "schema.json" else None)
    for part in PARTS:
        one = {"$defs": schema["$defs"], "$ref": f"#/$defs/{part.name}"}
        check = jsonschema.Draft202012Validator(one)
        told_lines = lines(archive, part.name)
        assert told_lines, part.name
        for line in told_lines:
            check.validate(line)
            assert part.accepts(line)


def test_nothing_secret_is_in_it(listening: Listening) -> None:
    user_id = listening.join("tiny")
    listening.sync(user_id)
    body = b"".join(members(take(listening.wiring, user_id)).values()).decode()
    stored = db.query("SELECT access_token, refresh_token FROM spotify_tokens")
    plain = [listening.wiring.vault.decrypt(bytes(token)).decode() for token in stored[0]]
    assert not [secret for secret in plain if secret in body]
    names = {name for part in PARTS for name in part.fields}
    assert not [name for name in names if any(secret in name for secret in SECRETS)]


def test_nothing_of_others_is_in_it(listening: Listening) -> None:
    first, second = listening.join("tiny"), listening.join("medium")
    listening.sync(second)
    tell(first, Source.EXTENDED, [(Tune("Mine", "mine00"), NOON, 200_000)])
    archive = take(listening.wiring, first)
    assert [line["id"] for line in lines(archive, "tracks")] == ["mine00"]
    assert len(lines(archive, "play_reports")) == 1
    assert lines(archive, "library_events") == []


def test_blends_are_told_as_the_page_shows_them(listening: Listening, newcomer: int) -> None:
    now = listening.clock()
    befriend(newcomer, now)
    shown = [
        {key: line[key] for key in ("state", "mine", "name", "display_name")}
        for line in lines(take(listening.wiring, newcomer), "blends")
    ]
    told = [tuple(one.values()) for one in shown]
    assert told == [
        ("agreed", True, "friend", "FRIEND"),
        ("invited", True, "Shy", None),
        ("invited", False, "keen", "KEEN"),
        ("invited", True, None, None),
    ]
    shy = accounts.find_by_username("shy")
    assert shy is not None
    (declined,) = lines(take(listening.wiring, shy.id), "blends")
    assert (declined["state"], declined["name"]) == ("declined", "newcomer")


def test_odd_names_are_told_as_they_are(listening: Listening, newcomer: int) -> None:
    names = ["=1+1", 'a"b\\c', "日本語 \U0001f3b5", "tab\tand\nline", "</script>", "\u2028"]
    tunes = [(Tune(name, f"odd{n:03}"), NOON, 200_000) for n, name in enumerate(names)]
    tell(newcomer, Source.EXTENDED, tunes)
    archive = take(listening.wiring, newcomer)
    assert [line["name"] for line in lines(archive, "tracks")] == names


def test_one_at_a_time(listening: Listening, newcomer: int) -> None:
    first = exports.start(listening.wiring, newcomer)
    assert first is not None
    assert exports.start(listening.wiring, newcomer) is None
    exports.run(listening.wiring, first.export_id)
    assert exports.start(listening.wiring, newcomer) is not None


def test_a_new_one_takes_the_place_of_the_old(listening: Listening, newcomer: int) -> None:
    take(listening.wiring, newcomer)
    take(listening.wiring, newcomer)
    assert len(queries.of_listener(newcomer, listening.clock())) == 1
    assert parts_kept() == 1


def test_a_worker_makes_it(listening: Listening, newcomer: int) -> None:
    assert jobs.start(listening.wiring, newcomer)
    assert listening.queued() == ["export-1-0"]
    listening.work()
    made = newest(listening.wiring, newcomer)
    assert made is not None
    assert made.status is Status.COMPLETED
    assert made.expires_at == listening.clock() + timedelta(hours=24)


def test_without_a_queue_it_is_offered_later(listening: Listening, newcomer: int) -> None:
    assert jobs.start(listening.with_redis_gone(), newcomer)
    assert jobs.reap(listening.wiring) == 0
    listening.clock.forward(seconds=OVERDUE_AFTER.total_seconds() + 1)
    assert jobs.reap(listening.wiring) == 1
    listening.work()
    assert parts_kept() == 1


def test_who_is_silent_has_lost_it(listening: Listening, newcomer: int) -> None:
    rest = exports.start(listening.wiring, newcomer)
    assert rest is not None
    assert queries.claim(rest.export_id, uuid4(), listening.clock(), STALE_AFTER)
    exports.run(listening.wiring, rest.export_id)
    assert parts_kept() == 0, "somebody works on it"
    listening.clock.forward(seconds=STALE_AFTER.total_seconds() + 1)
    assert jobs.reap(listening.wiring) == 1
    exports.run(listening.wiring, rest.export_id)
    assert parts_kept() == 1


def test_a_run_that_broke_off_begins_anew(listening: Listening, newcomer: int) -> None:
    tell(newcomer, Source.EXTENDED, [(Tune("One", "one000"), NOON, 200_000)])
    rest = exports.start(listening.wiring, newcomer)
    assert rest is not None
    moments = iter([listening.clock(), listening.clock()])
    with pytest.raises(StopIteration):
        exports.run(replace(listening.wiring, clock=lambda: next(moments)), rest.export_id)
    exports.abandon(listening.wiring, rest.export_id)
    tell(newcomer, Source.EXTENDED, [(Tune("Two", "two000"), NOON, 200_000)])
    exports.run(listening.wiring, rest.export_id)
    made = newest(listening.wiring, newcomer)
    assert made is not None
    assert (made.status, made.attempt) == (Status.COMPLETED, 2)
    assert made.lines_done == made.lines_total
    assert parts_kept() == 1


def test_what_breaks_every_time_is_given_up(listening: Listening, newcomer: int) -> None:
    rest = exports.start(listening.wiring, newcomer)
    assert rest is not None
    db.query("UPDATE exports SET crashes = %s", MAX_CRASHES)
    exports.run(listening.wiring, rest.export_id)
    failed = newest(listening.wiring, newcomer)
    assert failed is not None
    assert (failed.status, failed.error) == (Status.FAILED, "crashed")
    assert exports.start(listening.wiring, newcomer) is not None, "it can be tried again"


def test_what_was_called_off_is_left_alone(listening: Listening, newcomer: int) -> None:
    rest = exports.start(listening.wiring, newcomer)
    assert rest is not None
    assert not queries.remove(rest.export_id, newcomer + 1), "it is not theirs"
    assert queries.remove(rest.export_id, newcomer)
    exports.run(listening.wiring, rest.export_id)
    assert newest(listening.wiring, newcomer) is None


def test_a_run_whose_export_goes_meanwhile_ends_quietly(
    listening: Listening, newcomer: int
) -> None:
    rest = exports.start(listening.wiring, newcomer)
    assert rest is not None
    looks = 0

    def clock() -> Any:
        nonlocal looks
        looks += 1
        if looks == 2:
            queries.remove(rest.export_id, newcomer)
        return listening.clock()

    exports.run(replace(listening.wiring, clock=clock), rest.export_id)
    assert looks > 2, "it had begun"
    assert parts_kept() == 0


def test_what_expired_is_gone_with_the_upkeep(listening: Listening, newcomer: int) -> None:
    listening.set(export_hours=2)
    take(listening.wiring, newcomer)
    listening.clock.forward(hours=1)
    assert "0 exports expired" in schedule.upkeep(listening.wiring)
    listening.clock.forward(hours=1)
    assert newest(listening.wiring, newcomer) is None, "nobody has to wait for the upkeep"
    assert parts_kept() == 1
    assert "1 exports expired" in schedule.upkeep(listening.wiring)
    assert parts_kept() == 0


def test_it_is_one_moment_whatever_is_written_meanwhile(
    listening: Listening, newcomer: int
) -> None:
    tell(newcomer, Source.EXTENDED, [(Tune("One", "one000"), NOON, 200_000)])
    with db.snapshot() as snapshot:
        export_lines.prepare(snapshot, newcomer)
        tell(newcomer, Source.EXTENDED, [(Tune("Two", "two000"), NOON, 200_000)])
        found = [
            row
            for rows in export_lines.iter_lines(snapshot, "play_reports", newcomer)
            for row in rows
        ]
    assert len(found) == 1
    assert db.query("SELECT count(*) FROM play_reports") == [(2,)]


def test_rows_that_are_much_go_into_lines_of_their_own(
    listening: Listening, newcomer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(listening.wiring, newcomer)
    whole = lines(take(listening.wiring, newcomer), "import_rows")
    monkeypatch.setattr(export_lines, "LONGEST_LINE", 1_000)
    split = lines(take(listening.wiring, newcomer), "import_rows")
    assert max(len(line["rows"]) for line in split) < max(len(line["rows"]) for line in whole)
    assert [row for line in split for row in line["rows"]] == [
        row for line in whole for row in line["rows"]
    ]


def test_any_program_can_open_it(listening: Listening, newcomer: int, tmp_path: Any) -> None:
    (tmp_path / "a.zip").write_bytes(take(listening.wiring, newcomer))
    with ZipFile(tmp_path / "a.zip") as package:
        package.extractall(tmp_path / "a")
    assert json.loads((tmp_path / "a" / "backspin.json").read_text())["format"] == "backspin"
