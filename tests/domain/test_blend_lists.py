"""A blend list is fair, the same for both, and the same all day."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.blend_lists import (
    MOST_BY_ARTIST,
    MOST_SHARED,
    SIZE,
    Candidate,
    Owner,
    blend_list,
    merged,
)


def song(number: int, left: int, right: int, artist: str | None = None) -> Candidate:
    return Candidate(
        song=f"song {number}",
        track_id=f"t{number}",
        artist=artist or f"band {number}",
        left_plays=left,
        right_plays=right,
    )


PLAYS = st.tuples(st.integers(0, 500), st.integers(0, 500)).filter(any)
POOLS = st.lists(st.tuples(PLAYS, st.sampled_from("abcdef")), max_size=160).map(
    lambda rows: [song(n, left, right, by) for n, ((left, right), by) in enumerate(rows)]
)
MANY = [
    *(song(n, 9, 9) for n in range(60)),
    *(song(n, 9, 0) for n in range(100, 200)),
    *(song(n, 0, 9) for n in range(200, 300)),
]


def owners(songs: list[Candidate]) -> list[Owner]:
    return [one.owner for one in songs]


@given(POOLS, st.text(max_size=5), st.booleans())
def test_it_is_fair(pool: list[Candidate], seed: str, left_begins: bool) -> None:
    songs = blend_list(pool, seed, left_begins=left_begins)
    counts = Counter(owners(songs))
    assert counts[Owner.LEFT] == counts[Owner.RIGHT]
    assert len(songs) <= SIZE
    assert len({one.song for one in songs}) == len(songs), "no song comes twice"
    own = [owner for owner in owners(songs) if owner is not Owner.BOTH]
    assert owners(songs) == [Owner.BOTH] * counts[Owner.BOTH] + own, "what is shared comes first"
    turns = [Owner.LEFT, Owner.RIGHT] if left_begins else [Owner.RIGHT, Owner.LEFT]
    assert own == turns * (len(own) // 2), "then they take turns"
    assert all(
        times <= MOST_BY_ARTIST for times in Counter((s.artist, s.owner) for s in songs).values()
    )


@given(POOLS, st.text(max_size=5), st.booleans())
def test_both_see_the_same(pool: list[Candidate], seed: str, left_begins: bool) -> None:
    mirrored = [
        replace(one, left_plays=one.right_plays, right_plays=one.left_plays) for one in pool
    ]
    here = blend_list(pool, seed, left_begins=left_begins)
    there = blend_list(mirrored[::-1], seed, left_begins=not left_begins)
    assert [one.song for one in here] == [one.song for one in there]


def test_a_full_list_has_some_of_both_and_room_for_each() -> None:
    counts = Counter(owners(blend_list(MANY, "monday", left_begins=True)))
    assert counts == {Owner.BOTH: MOST_SHARED, Owner.LEFT: 15, Owner.RIGHT: 15}


def test_two_who_play_the_same_get_a_list_of_it() -> None:
    songs = blend_list(MANY[:60], "monday", left_begins=True)
    assert owners(songs) == [Owner.BOTH] * SIZE


def test_one_listener_alone_makes_no_blend() -> None:
    assert blend_list(MANY[60:160], "monday", left_begins=True) == []


def test_it_stays_all_day_and_is_another_tomorrow() -> None:
    monday = blend_list(MANY, "monday", left_begins=True)
    assert monday == blend_list(MANY[::-1], "monday", left_begins=True)
    assert monday != blend_list(MANY, "tuesday", left_begins=True)


def test_a_new_play_does_not_shuffle_the_day() -> None:
    """One more song in the pot moves others by one place at most, none of them around."""
    before = blend_list(MANY, "monday", left_begins=True)
    after = blend_list([*MANY, song(999, 500, 500)], "monday", left_begins=True)
    stayed = [one for one in after if one in before]
    assert len(stayed) >= len(before) - 1
    assert stayed == [one for one in before if one in after]


def test_a_recording_on_two_albums_is_one_song() -> None:
    single = replace(song(1, 5, 0), track_id="single")
    album = replace(song(1, 2, 9), track_id="album")
    assert merged([single, album, song(2, 1, 0)]) == [
        replace(album, left_plays=7, right_plays=9),
        song(2, 1, 0),
    ]
