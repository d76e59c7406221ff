"""Playlists of a file: which ones they are, which versions the log lacks, what stays."""

from datetime import UTC, datetime, timedelta

from webapp.domain.library import Origin, Reading
from webapp.domain.playlist_files import (
    KnownVersion,
    LateVersion,
    Past,
    ToldPlaylist,
    file_id,
    recall_playlists,
    recall_undated_playlists,
)

DAY_0 = datetime(2024, 5, 1, tzinfo=UTC)
MIX = file_id("Mix", 1)


def day(number: int) -> datetime:
    return DAY_0 + timedelta(days=number)


def playlist(name: str, tracks: str = "ab") -> ToldPlaylist:
    return ToldPlaylist(
        name=name, description="", entries=[[track, None, None] for track in tracks]
    )


def version(
    playlist_id: str, name: str, at: int, tracks: str | None = "ab", *, gone: bool = False
) -> KnownVersion:
    return KnownVersion(
        id=at,
        playlist_id=playlist_id,
        name=name,
        seen_at=day(at),
        gone=gone,
        track_ids=None if tracks is None else tuple(tracks),
    )


def past(*versions: KnownVersion, readings: tuple[Reading, ...] = ()) -> Past:
    """Give what is known around day 10."""
    ordered = sorted(versions, key=lambda version: version.seen_at)
    return Past(
        then={v.playlist_id: v for v in ordered if v.seen_at <= day(10)},
        later={v.playlist_id: v for v in reversed(ordered) if v.seen_at > day(10)},
        readings=readings,
    )


def look(at: int, *, whole: bool = True) -> Reading:
    return Reading(at=day(at), whole=whole, sync_id=at)


Line = tuple[str, int, str | None, int | None, bool, int | None]


def told(playlists: list[ToldPlaylist], known: Past) -> list[Line]:
    """Tell of a file of day 10: id, day, tracks told, version repeated, gone, sync."""
    return [line(late) for late in recall_playlists(playlists, known, at=day(10))]


def line(late: LateVersion) -> Line:
    tracks = "".join(map(str, late.told.track_ids)) if late.told else None
    at = (late.seen_at - DAY_0).days
    return (late.playlist_id, at, tracks, late.like, late.gone, late.sync_id)


def test_one_that_nobody_knew_is_named_after_itself() -> None:
    assert told([playlist("Mix")], past()) == [(MIX, 10, "ab", None, False, None)]


def test_the_only_one_of_its_name_is_meant() -> None:
    known = past(version("p1", " Mix ", 1, "xy"), version("p2", "Other", 1))
    assert told([playlist("Mix")], known) == [("p1", 10, "ab", 1, False, None)]


def test_one_that_was_as_told_needs_no_version() -> None:
    assert told([playlist("Mix")], past(version("p1", "Mix", 1))) == []


def test_one_whose_entries_we_could_not_read_gets_a_version() -> None:
    known = past(version("p1", "Mix", 1, None))
    assert told([playlist("Mix")], known) == [("p1", 10, "ab", 1, False, None)]


def test_among_several_of_a_name_none_is_meant() -> None:
    twice = past(version("p1", "Mix", 1), version("p2", "Mix", 2))
    assert [row[0] for row in told([playlist("Mix")], twice)] == [MIX]
    known = past(version("p1", "Mix", 1))
    both = told([playlist("Mix"), playlist("Mix", "cd")], known)
    assert [(row[0], row[2]) for row in both] == [(MIX, "ab"), (file_id("Mix", 2), "cd")]
    assert [row[0] for row in told([playlist("")], past(version("p1", "", 1, "x")))] == [
        file_id("", 1)
    ]


def test_what_stood_then_is_meant_before_what_came_later() -> None:
    known = past(version("p1", "Mix", 1, "x"), version("p2", "Mix", 20, "y"))
    assert told([playlist("Mix")], known)[0][0] == "p1"
    gone = past(version("p1", "Mix", 1, "x", gone=True), version("p2", "Mix", 20, "y"))
    assert told([playlist("Mix")], gone)[0][0] == "p2"


def test_the_next_sync_finds_the_playlist_as_it_saw_it() -> None:
    looks = (look(15, whole=False), look(20))
    stood = version("p1", "Mix", 1, "xy")
    assert told([playlist("Mix")], past(stood, readings=looks)) == [
        ("p1", 10, "ab", 1, False, None),
        ("p1", 15, None, 1, False, 15),
    ]
    changed = version("p1", "Mix", 15, "z")
    assert told([playlist("Mix")], past(stood, changed, readings=looks)) == [
        ("p1", 10, "ab", 1, False, None)
    ]


def test_one_that_the_next_whole_reading_did_not_show_was_gone_by_then() -> None:
    looks = (look(15, whole=False), look(20))
    assert told([playlist("Mix")], past(readings=looks)) == [
        (MIX, 10, "ab", None, False, None),
        (MIX, 20, "ab", None, True, 20),
    ]
    first_seen = version("p1", "Mix", 20, "z")
    assert told([playlist("Mix")], past(first_seen, readings=looks)) == [
        ("p1", 10, "ab", 20, False, None)
    ]


def test_silence_says_something_only_of_those_that_files_alone_know() -> None:
    mine = version("p1", "Mine", 1)
    known = past(mine, version(MIX, "Mix", 2), version(file_id("Old", 1), "Old", 3, gone=True))
    assert told([playlist("Mine")], known) == [(MIX, 10, None, 2, True, None)]
    assert told([playlist("Mix")], known) == [], "the same file again says nothing new"


def test_a_newer_file_still_has_what_an_older_one_lacks() -> None:
    newer = Reading(at=day(20), whole=True, origin=Origin.FILE)
    known = past(version(MIX, "Mix", 2), readings=(newer,))
    assert told([], known) == [(MIX, 10, None, 2, True, None), (MIX, 20, None, 2, False, None)]


def test_one_that_files_brought_stays_that_one() -> None:
    known = past(version(MIX, "Mix", 10), version("p1", "Mix", 20))
    assert told([playlist("Mix")], known) == []


def test_without_a_date_only_the_unheard_of_is_noted_now() -> None:
    known = past(version("p1", "Mix", 1, "xy"))
    lists = [playlist("Mix"), playlist("New")]
    late = recall_undated_playlists(lists, known, now=day(10))
    assert [line(one) for one in late] == [(file_id("New", 1), 10, "ab", None, False, None)]
    assert {one.origin for one in late} == {Origin.UNDATED}
    read = Past(then=known.then, later={}, readings=(look(5),))
    late = recall_undated_playlists(lists, read, now=day(10))
    assert [one.gone for one in late] == [False, True], "a sync knows better what is there now"
