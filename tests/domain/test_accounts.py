"""The consent clock, usernames, and who may join."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.accounts import (
    consent_of,
    is_time_zone,
    is_username,
    may_join,
    slug,
    usernames,
)

RESERVED = frozenset({"library", "syncs"})


@pytest.mark.parametrize(
    ("begun", "ends"),
    [
        ((2026, 1, 15), (2026, 7, 15)),
        ((2026, 7, 1), (2027, 1, 1)),
        ((2026, 8, 31), (2027, 2, 28)),
        ((2027, 8, 31), (2028, 2, 29)),
        ((2026, 3, 31), (2026, 9, 30)),
        ((2026, 12, 31), (2027, 6, 30)),
    ],
)
def test_consent_lasts_six_calendar_months(
    begun: tuple[int, int, int], ends: tuple[int, int, int]
) -> None:
    begun_at = datetime(*begun, 13, 5, tzinfo=UTC)
    assert consent_of(begun_at, begun_at).ends_at == datetime(*ends, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "days", "notice"),
    [
        (timedelta(days=31), 31, None),
        (timedelta(days=30, seconds=1), 31, None),
        (timedelta(days=30), 30, 30),
        (timedelta(days=7, seconds=1), 8, 30),
        (timedelta(days=7), 7, 7),
        (timedelta(days=1, hours=1), 2, 7),
        (timedelta(days=1), 1, 1),
        (timedelta(minutes=1), 1, 1),
        (timedelta(0), 0, 1),
        (timedelta(days=-9), 0, 1),
    ],
)
def test_notices_come_30_7_and_1_days_before_the_end(
    left: timedelta, days: int, notice: int | None
) -> None:
    begun_at = datetime(2026, 1, 15, tzinfo=UTC)
    consent = consent_of(begun_at, datetime(2026, 7, 15, tzinfo=UTC) - left)
    assert (consent.days_left, consent.notice) == (days, notice)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Ida Moe", "ida-moe"),
        ("Zoë <b>“Zed”</b> O'Hara", "zoe-b-zed-b-o-hara"),
        ("  --Ñandú!!  ", "nandu"),
        ("\uff26\uff35\uff2c\uff2c wid\uff34h", "full-width"),
        ("Владимир", "listener"),
        ("ユーザー", "listener"),
        ("مستخدم", "listener"),
        ("🎧🎧", "listener"),
        ("", "listener"),
        ("a" * 60, "a" * 24),
        ("abcdefghij klmnopqrstuvw xyz", "abcdefghij-klmnopqrstuvw"),
        ("DJ\N{KELVIN SIGN} 2000", "djk-2000"),
    ],
)
def test_slugs_of_names_in_many_scripts(name: str, made: str) -> None:
    assert slug(name) == made


@settings(deadline=None)
@given(st.text())
def test_whatever_the_name_the_usernames_offered_are_good_and_differ(name: str) -> None:
    offers = list(islice(usernames(name, RESERVED), 20))
    assert len(set(offers)) == 20
    assert all(is_username(offer, RESERVED) for offer in offers)


def test_a_reserved_name_is_offered_with_a_number_only() -> None:
    assert list(islice(usernames("Library", RESERVED), 2)) == ["library-2", "library-3"]


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", "A", "a b", "ä", "a" * 31, "library", "a/b", "a\n", "..", "٣"]
)
def test_what_is_no_username(name: str) -> None:
    assert not is_username(name, RESERVED)


@pytest.mark.parametrize("name", ["a", "7", "ida-moe", "a" * 30, "a-1-b"])
def test_what_is_one(name: str) -> None:
    assert is_username(name, RESERVED)


@pytest.mark.parametrize("mode", ["open", "closed", "list"])
def test_the_first_one_may_always_join(mode: str) -> None:
    assert may_join(mode, (), "anybody", first=True)


def test_later_ones_join_as_the_operator_says() -> None:
    assert may_join("open", (), "anybody", first=False)
    assert not may_join("closed", ("ida",), "ida", first=False)
    assert may_join("list", ("ida", "bo"), "bo", first=False)
    assert not may_join("list", ("ida", "bo"), "b", first=False)


def test_time_zones() -> None:
    assert is_time_zone("Europe/Amsterdam")
    assert not is_time_zone("../../etc/passwd")
    assert not is_time_zone("")
