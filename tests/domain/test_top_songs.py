"""One year, years together, and which playlist stands for which year."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.top_songs import (
    Choice,
    Listed,
    Mark,
    Portrait,
    Run,
    Song,
    choose,
    flows,
    overlap,
    portrait,
    runs,
)

DAY = datetime(2026, 1, 1, tzinfo=UTC)
LATEST = 2027
YEARS = st.dictionaries(
    st.integers(2015, 2027), st.frozensets(st.sampled_from("abcdefgh")), max_size=7
)

OWN = Listed(
    id="own",
    name="Your Top Songs 2023",
    description="",
    owner_id="mira",
    owner_name="Mira",
    image_url=None,
    total=100,
    readable=True,
    gone=False,
    seen_at=DAY,
)


def song(key: str, **fields: object) -> Song:
    plain = Song(id=key, key=key, name=key.upper(), artist_names="")
    return replace(plain, **fields)  # type: ignore[arg-type]


def test_a_year_is_described() -> None:
    ana, ben = ("1", "Ana"), ("2", "Ben")
    songs = [
        song("a", artists=(ana,), duration_ms=180_000, explicit=True, release_year=1999),
        song("b", artists=(ana, ben), duration_ms=200_000, release_year=2003),
        song("c", artists=(ben, ben), duration_ms=None, release_year=2009),
        song("d", artists=(ben,), duration_ms=20_000),
    ]
    assert portrait(songs) == Portrait(
        length=4,
        duration_ms=400_000,
        artists=(("2", "Ben", 3), ("1", "Ana", 2)),
        eras=((1990, 1), (2000, 2)),
        explicit_share=0.25,
        median_year=2003,
    )


def test_a_song_that_is_there_twice_counts_once_for_its_artist() -> None:
    twice = song("a", artists=(("1", "Ana"),), duration_ms=1000, release_year=2001)
    seen = portrait([twice, replace(twice, id="other edition")])
    assert (seen.length, seen.duration_ms) == (2, 2000)
    assert seen.artists == (("1", "Ana", 1),)
    assert seen.eras == ((2000, 1),)


def test_an_empty_year_has_no_middle() -> None:
    assert portrait([]).median_year is None
    assert portrait([]).explicit_share == 0


def test_a_flow_tells_who_stays_arrives_returns_and_leaves() -> None:
    found = flows({2022: "abc", 2020: "abx", 2021: "bcd"})
    first, second, third = found
    assert (first.year, first.before, first.arrived) == (2020, None, frozenset("abx"))
    assert (second.stayed, second.arrived, second.left) == tuple(map(frozenset, ("b", "cd", "ax")))
    assert (third.stayed, third.returned, third.left) == tuple(map(frozenset, ("bc", "a", "d")))
    assert third.overlap == 0.5
    assert not third.arrived


def test_a_year_without_a_list_is_passed_over() -> None:
    assert [flow.before for flow in flows({2018: "a", 2021: "a"})] == [None, 2018]


@given(YEARS)
def test_every_song_has_come_in_one_way_and_gone_in_one_way(
    years: dict[int, frozenset[str]],
) -> None:
    before: frozenset[str] = frozenset()
    older: frozenset[str] = frozenset()
    for flow in flows(years):
        now = years[flow.year]
        assert flow.stayed | flow.returned | flow.arrived == now
        assert len(flow.stayed) + len(flow.returned) + len(flow.arrived) == len(now)
        assert flow.stayed | flow.left == before
        assert not flow.stayed & flow.left
        assert flow.returned <= older - before
        assert not flow.arrived & older
        before, older = now, older | now


@pytest.mark.parametrize(
    ("one", "other", "share"), [("ab", "ab", 1), ("abc", "bcd", 0.5), ("a", "b", 0), ("", "", 0)]
)
def test_overlap_is_what_is_common_of_all(one: str, other: str, share: float) -> None:
    assert overlap(one, other) == share


@given(st.frozensets(st.sampled_from("abcdef")), st.frozensets(st.sampled_from("abcdef")))
def test_overlap_is_the_same_both_ways(one: frozenset[str], other: frozenset[str]) -> None:
    there, back = overlap(one, other), overlap(other, one)
    assert there == back
    assert 0 <= there <= 1
    assert (there == 1) == (one == other and bool(one))


def test_runs_are_ranked_by_years_then_by_the_longest_row() -> None:
    found = runs({2020: "abc", 2021: "ab", 2023: "ac", 2024: "bcb"})
    assert found == [
        Run(key="a", years=(2020, 2021, 2023), longest=3),
        Run(key="b", years=(2020, 2021, 2024), longest=2),
        Run(key="c", years=(2020, 2023, 2024), longest=2),
    ]


@given(YEARS)
def test_runs_hold_every_song_of_every_year(years: dict[int, frozenset[str]]) -> None:
    found = runs(years)
    assert sum(len(run.years) for run in found) == sum(map(len, years.values()))
    assert all(1 <= run.longest <= len(run.years) for run in found)
    assert [len(run.years) for run in found] == sorted(
        (len(run.years) for run in found), reverse=True
    )


def marked(listed: Listed, year: int | None, days: int = 0) -> Listed:
    return replace(listed, mark=Mark(year=year, marked_at=DAY + timedelta(days=days)))


def chosen(*lists: Listed) -> list[tuple[int, str | None, list[str]]]:
    found: list[Choice] = choose(lists, "mira", LATEST)
    return [(c.year, c.chosen.id if c.chosen else None, [o.id for o in c.others]) for c in found]


def test_a_name_stands_for_its_year() -> None:
    assert chosen(replace(OWN, id="x", name="Kitchen"), OWN) == [(2023, "own", [])]


def test_a_mark_wins_over_a_name() -> None:
    hand = marked(replace(OWN, id="hand", name="Kitchen"), 2023)
    assert chosen(OWN, hand) == [(2023, "hand", ["own"])]
    assert chosen(marked(OWN, 2020)) == [(2020, "own", [])]


def test_the_newest_mark_wins() -> None:
    one, two = marked(replace(OWN, id="one"), 2023, 2), marked(replace(OWN, id="two"), 2023, 1)
    assert chosen(two, one) == [(2023, "one", ["two"])]


def test_a_list_that_is_not_one_is_left_out() -> None:
    assert chosen(marked(OWN, None)) == []


def test_of_two_own_ones_the_newest_that_is_still_there_counts() -> None:
    newer = replace(OWN, id="newer", seen_at=DAY + timedelta(days=3))
    assert chosen(OWN, newer) == [(2023, "newer", ["own"])]
    assert chosen(OWN, replace(newer, gone=True)) == [(2023, "own", ["newer"])]
    assert chosen(replace(OWN, gone=True)) == [(2023, "own", [])]


def test_somebody_elses_list_stands_for_nothing_until_it_is_marked() -> None:
    theirs = replace(OWN, id="theirs", owner_id="ben", seen_at=DAY + timedelta(days=9))
    assert chosen(theirs) == [(2023, None, ["theirs"])]
    assert chosen(theirs, OWN) == [(2023, "own", ["theirs"])]
    assert chosen(marked(theirs, 2023), OWN) == [(2023, "theirs", ["own"])]


def test_a_closed_list_is_named_but_not_read() -> None:
    closed = replace(OWN, id="closed", owner_id="spotify", readable=False)
    assert chosen(closed) == [(2023, None, ["closed"])]
    assert chosen(marked(closed, 2023), OWN) == [(2023, "own", ["closed"])]
