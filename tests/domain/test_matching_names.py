"""When an answer is the album that was asked for, and how names go into a query."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.standin.lucene import QueryError, parse
from webapp.domain.matching import Album
from webapp.domain.matching_names import (
    LONGEST_PHRASE,
    Credit,
    Group,
    Release,
    any_of,
    bare_title,
    choose_by_barcode,
    choose_by_name,
    choose_linked,
    phrase,
    same_artists,
    same_title,
    text_query,
    year_fits,
)

ALBUM = Album(key="spotify:x", trending=False, name="Reel", artists="Nia Osei", year=2021, tracks=9)
NIA = Credit(names=("Nia Osei",), line="Nia Osei")
GROUP = Group(id=UUID(int=1), title="Reel", credit=NIA, year=2021, kind="Album")
RELEASE = Release(
    id=UUID(int=1), title="Reel", credit=NIA, barcode="0123456789", group=UUID(int=9), tracks=9
)
OTHER = UUID(int=2)
SPECIALS = '+ - && || ! ( ) { } [ ] ^ " ~ * ? : \\ / AND OR NOT'
HOSTILE = (
    '<script>alert(1)</script> & "quotes"',
    "Robert'); DROP TABLE albums;--",
    "../../%2e%2e/\\backslash\\",
    'a" OR releasegroup:[* TO *] OR "',
    SPECIALS,
)


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Reel", "Reel"),
        ("Reel (Deluxe)", "Reel"),
        ("Reel (Deluxe Edition) [2011 Remaster]", "Reel"),
        ("Reel [Expanded & Remastered]", "Reel"),
        ("Reel - 20th Anniversary Edition", "Reel"),
        ("Reel - Remastered 2011", "Reel"),
        ("Reel - Super Deluxe Edition", "Reel"),
        ("Reel Deluxe", "Reel"),
        ("Reel - EP", "Reel"),
        ("Reel - Single", "Reel"),
        ("Reel (Taylor's Version)", "Reel (Taylor's Version)"),
        ("Reel (Live Edition)", "Reel (Live Edition)"),
        ("Reel (Remixes) [Deluxe]", "Reel (Remixes)"),
        ("Reel - Live Deluxe Edition", "Reel - Live"),
        ("(Deluxe)", "(Deluxe)"),
        ("Deluxe", "Deluxe"),
        ("", ""),
    ],
)
def test_a_title_without_its_edition(title: str, bare: str) -> None:
    assert bare_title(title) == bare


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Reel", "REEL!", True),
        ("Café del Mar", "Cafe del mar", True),
        ("Reel (Deluxe)", "Reel", True),
        ("Reel", "Reel (Deluxe)", True),
        ("Reel", "Reel II", False),
        ("÷", "÷", True),
        ("÷", "=", False),
        ("青い夜", "青い夜", True),
        ("Reel (Live)", "Reel", False),
    ],
)
def test_titles(ours: str, theirs: str, same: bool) -> None:
    assert same_title(ours, theirs) is same


@pytest.mark.parametrize(
    ("ours", "names", "line", "same"),
    [
        ("Nia Osei", ("Nia Osei",), "Nia Osei", True),
        ("Nia Osei, Ben", ("Nia Osei", "Ben"), "Nia Osei & Ben", True),
        ("Ben, Nia Osei", ("Nia Osei", "Ben"), "Nia Osei & Ben", True),
        ("Nia Osei", ("Nia Osei", "Ben"), "Nia Osei feat. Ben", True),
        ("Nia Osei, Ben, Ada", ("Nia Osei", "Ben"), "Nia Osei & Ben", True),
        ("Nia Osei, Ben", ("Nia Osei",), "Nia Osei", False),
        ("Tyler, The Creator", ("Tyler, The Creator",), "Tyler, The Creator", True),
        ("Tyler, The Creator", ("Tyler",), "Tyler", False),
        ("Ben", ("Nia Osei", "Ben"), "Nia Osei & Ben", False),
        ("Earth, Wind & Fire", ("Earth, Wind and Fire",), "Earth, Wind and Fire", True),
        ("", ("",), "", False),
        ("Nia Osei", (), "", False),
    ],
)
def test_artists(ours: str, names: tuple[str, ...], line: str, same: bool) -> None:
    assert same_artists(ours, Credit(names=names, line=line)) is same


@pytest.mark.parametrize(
    ("ours", "theirs", "edition", "fits"),
    [
        (2021, 2021, False, True),
        (2021, 2022, False, True),
        (2021, 2019, False, False),
        (2021, 1973, True, True),
        (2021, 2023, True, False),
        (None, 1973, False, True),
        (2021, None, False, True),
    ],
)
def test_years(ours: int | None, theirs: int | None, edition: bool, fits: bool) -> None:
    assert year_fits(ours, theirs, edition=edition) is fits


def test_a_name_finds_the_nearest_or_nothing() -> None:
    assert choose_by_name(ALBUM, [GROUP]) is GROUP
    assert choose_by_name(ALBUM, []) is None
    assert choose_by_name(ALBUM, [replace(GROUP, score=89)]) is None
    assert choose_by_name(ALBUM, [replace(GROUP, title="Reels")]) is None
    assert choose_by_name(ALBUM, [replace(GROUP, year=2011)]) is None
    by_many = Credit(names=("Various Artists",), line="Various Artists")
    assert choose_by_name(ALBUM, [replace(GROUP, credit=by_many)]) is None
    neighbour = replace(GROUP, id=OTHER, year=2020)
    assert choose_by_name(ALBUM, [neighbour, GROUP]) is GROUP
    single = replace(GROUP, id=OTHER, kind="Single")
    assert choose_by_name(ALBUM, [single, GROUP]) is GROUP
    assert choose_by_name(replace(ALBUM, kind="single"), [single, GROUP]) is single
    assert choose_by_name(ALBUM, [GROUP, replace(GROUP, id=OTHER)]) is None, "a person decides"
    old = replace(GROUP, year=1973)
    assert choose_by_name(replace(ALBUM, name="Reel (50th Anniversary Edition)"), [old]) is old


def test_of_linked_releases_the_likeliest_is_chosen_whatever_their_order() -> None:
    releases = [
        replace(RELEASE, id=UUID(int=2), ended=True),
        replace(RELEASE, id=UUID(int=3), title="Another"),
        replace(RELEASE, id=UUID(int=4), tracks=12),
        replace(RELEASE, id=UUID(int=5), formats=("CD",)),
        replace(RELEASE, id=UUID(int=7), formats=("Digital Media",), country="XW"),
        replace(RELEASE, id=UUID(int=6), formats=("Digital Media",), country="DE"),
    ]
    for order in (releases, releases[::-1]):
        chosen = choose_linked(ALBUM, order)
        assert chosen
        assert chosen.id == UUID(int=7)
    assert choose_linked(ALBUM, ()) is None


def test_a_barcode_used_twice_needs_a_name_as_well() -> None:
    album = replace(ALBUM, barcode="00123456789")
    assert choose_by_barcode(album, [RELEASE]) is RELEASE
    stranger = Credit(names=("Ben",), line="Ben")
    assert choose_by_barcode(album, [replace(RELEASE, title="Film")]), "the artist is ours"
    assert choose_by_barcode(album, [replace(RELEASE, title="Film", credit=stranger)]) is None
    assert choose_by_barcode(album, [replace(RELEASE, barcode="999999")]) is None
    assert choose_by_barcode(album, [replace(RELEASE, group=None)]) is None


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_words(name: str) -> None:
    album = replace(ALBUM, name=name, artists=name)
    fits = parse(text_query(album))
    line = " ".join(name.split())
    assert fits({"releasegroup": [line], "artist": [line]})
    assert not fits({"releasegroup": ["Another"], "artist": ["Nobody"]})


@given(st.text(max_size=300))
def test_a_phrase_is_one_phrase_and_says_the_same(text: str) -> None:
    quoted = phrase(text)
    assert re.fullmatch(r'"(?:\\["\\]|[^"\\])*"', quoted)
    assert quoted.isprintable()
    told = re.sub(r"\\(.)", r"\1", quoted[1:-1])
    assert len(told) <= LONGEST_PHRASE
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    assert words.startswith(told)


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_every_query_can_be_read(name: str, artists: str) -> None:
    parse(text_query(replace(ALBUM, name=name, artists=artists)))


def test_what_is_no_query_is_refused() -> None:
    assert parse(any_of("reid", [UUID(int=1), UUID(int=2)]))({"reid": [str(UUID(int=2))]})
    for wrong in ("", "reid:(a", 'artist:"open', "a b", "artist:(a OR)", "reid:a)"):
        with pytest.raises(QueryError):
            parse(wrong)
