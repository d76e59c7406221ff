"""What an archive's lines hold: sound values pass, anything else does not."""

from datetime import timedelta
from typing import Any

import jsonschema
import pytest

from tests.telling import NOON, SECOND
from webapp.domain.export_fields import (
    Field,
    address,
    alphanumeric,
    boolean,
    counts,
    day,
    digest,
    document,
    entries,
    identities,
    integer,
    moment,
    one_of,
    text,
)
from webapp.domain.export_format import BY_FILE, PARTS, json_schema
from webapp.domain.exports import file_name, percent
from webapp.domain.restoring import Plan, plan_library, takes_settings

FIELDS: dict[str, tuple[Field, list[Any], list[Any]]] = {
    "text": (text("", 3), ["", "abc", "日本語"], ["abcd", 1, True, [], {}]),
    "integer": (integer("", 9), [0, 9], [-1, 10, 1.0, True, "1"]),
    "boolean": (boolean(""), [True, False], [0, 1, "true"]),
    "choice": (one_of("", "a", "b"), ["a", "b"], ["c", "", 1, ["a"]]),
    "moment": (
        moment(""),
        ["2026-03-01T12:00:00+00:00", "1970-01-01T00:00:00.123456+00:00"],
        ["2026-03-01T12:00:00", "2026-03-01", "infinity", "-infinity", "0001-01-01T00:00:00Z", 5],
    ),
    "digest": (
        digest(""),
        ["0b5ad44c-5f3c-1a2b-9c8d-0123456789ab"],
        ["0B5AD44C-5F3C-1A2B-9C8D-0123456789AB", "0b5ad44c", "", 1],
    ),
    "day": (day(""), ["2026-02-28", "0001-01-01"], ["2026-02-30", "20260228", "2026", 1]),
    "id": (alphanumeric(""), ["4aAzZ9"], ["", "a,b", "a:b", "é", "a\n", "x" * 65, 1]),
    "address": (
        address(""),
        ["https://a.example/b?c=d", "http://a"],
        ["", "https://", "javascript:alert(1)", "//a.example", "/a", 1],
    ),
    "document": (document(""), [{}, {"a": [1]}], [[], "", 1]),
    "counts": (counts(""), [{}, {"new": 1}], [{"new": "1"}, {"new": -1}, []]),
    "ids": (identities(""), [[], ["a"]], [[""], [1], "a", {}]),
    "entries": (
        entries(""),
        [[], [["id", None, None]], [[None, "2026", "me"]]],
        [[["id"]], [[1, None, None]], ["id"], {}],
    ),
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_takes_what_is_sound(name: str) -> None:
    field, sound, unsound = FIELDS[name]
    assert all(map(field.accepts, sound))
    assert not any(map(field.accepts, unsound))
    assert not field.accepts(None)


@pytest.mark.parametrize("name", FIELDS)
def test_the_schema_takes_what_the_field_takes(name: str) -> None:
    field, sound, _ = FIELDS[name]
    check = jsonschema.Draft202012Validator(field.described())
    for value in sound:
        check.validate(value)
    assert not check.is_valid(None)


def test_null_is_for_fields_that_may_be_empty() -> None:
    field = text("", null=True)
    assert field.accepts(None)
    assert jsonschema.Draft202012Validator(field.described()).is_valid(None)


def test_a_line_has_all_its_fields_and_no_others() -> None:
    part = BY_FILE["top_songs_marks.jsonl"]
    line: dict[str, Any] = {"playlist_id": "p", "year": 2021, "marked_at": NOON.isoformat()}
    assert part.accepts(line)
    assert part.accepts({**line, "year": None})
    assert not part.accepts({**line, "more": 1})
    assert not part.accepts({key: line[key] for key in ("playlist_id", "year")})
    assert not part.accepts([line])


def test_the_schema_is_one_and_describes_every_member() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(schema["$defs"]) == [part.name for part in PARTS]
    described = [
        field for part in schema["$defs"].values() for field in part["properties"].values()
    ]
    assert all(field["description"] for field in described)


@pytest.mark.parametrize(
    ("missing", "last_told", "first_here", "plan"),
    [
        (0, NOON, NOON, Plan.HAVE),
        (0, None, None, Plan.HAVE),
        (9, NOON, None, Plan.RESTORE),
        (9, NOON, NOON + SECOND, Plan.GO_BEFORE),
        (9, NOON, NOON, Plan.LEAVE),
        (9, NOON + SECOND, NOON, Plan.LEAVE),
    ],
)
def test_a_past_is_brought_where_none_is_mixed(
    *, missing: int, last_told: Any, first_here: Any, plan: Plan
) -> None:
    assert plan_library(missing=missing, last_told=last_told, first_here=first_here) is plan


@pytest.mark.parametrize(
    ("empty", "days", "taken"),
    [(True, 900, True), (False, 6, True), (False, 7, False), (True, 0, True)],
)
def test_settings_come_into_an_empty_account_or_a_new_one(
    *, empty: bool, days: int, taken: bool
) -> None:
    joined_at = NOON - timedelta(days=days)
    assert takes_settings(empty=empty, joined_at=joined_at, now=NOON) is taken


def test_an_export_is_never_done_before_it_is() -> None:
    assert percent(0, 0) == 0
    assert percent(50, 200) == 25
    assert percent(200, 200) == 99


def test_a_file_is_named_after_whose_it_is_and_the_day() -> None:
    assert file_name("nova", NOON, "zip") == "backspin-nova-2026-03-01.zip"
