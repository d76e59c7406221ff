"""What a file of the past adds to the library's log, and what it must leave alone."""

from datetime import UTC, datetime, timedelta

from webapp.domain.library import Entry, Event, Origin, Reading, recall, recall_undated

DAY_0 = datetime(2024, 5, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ADDED, REMOVED = Event.ADDED, Event.REMOVED


def day(number: int) -> datetime:
    return DAY_0 + timedelta(days=number)


def added(item: str, at: int, sync_id: int | None = 1) -> Entry:
    saved = datetime(2020, 1, 1, tzinfo=UTC)
    return Entry(event=ADDED, item_id=item, seen_at=day(at), added_at=saved, sync_id=sync_id)


def removed(item: str, at: int, sync_id: int | None = 1) -> Entry:
    return Entry(event=REMOVED, item_id=item, seen_at=day(at), sync_id=sync_id)


def look(at: int, *, whole: bool = True) -> Reading:
    return Reading(at=day(at), whole=whole, sync_id=at)


def told(
    items: str, log: list[Entry], readings: list[Reading], *, at: int = 10, whole: bool = True
) -> list[tuple[str, str, int, Origin, int | None]]:
    """Tell of a file of day 10: event, item, day, who told it, in which sync."""
    entries = recall(items, log, readings, at=day(at), whole=whole)
    return [
        (e.event.value, e.item_id, (e.seen_at - DAY_0).days, e.origin, e.sync_id) for e in entries
    ]


FILE, SYNC = Origin.FILE, Origin.SPOTIFY


def test_an_empty_log_learns_all_that_the_file_has_once() -> None:
    assert told("aab", [], []) == [
        ("added", "a", 10, FILE, None),
        ("added", "b", 10, FILE, None),
    ]


def test_a_file_that_says_what_is_known_adds_nothing() -> None:
    log = [added("a", 1), added("b", 2), removed("b", 3), added("c", 12)]
    assert told("a", log, [look(12)]) == []


def test_what_the_file_lacks_was_removed_if_the_file_is_whole() -> None:
    log = [added("a", 1), added("b", 1)]
    assert told("a", log, []) == [("removed", "b", 10, FILE, None)]
    assert told("a", log, [], whole=False) == []


def test_the_first_sync_after_the_file_keeps_what_it_saw() -> None:
    # It was there on day 10, and the sync of day 20, the first of all, saw "b" alone.
    log = [added("b", 20, sync_id=20)]
    assert told("ab", log, [look(20), look(30)]) == [
        ("added", "a", 10, FILE, None),
        ("added", "b", 10, FILE, None),
        ("removed", "a", 20, SYNC, 20),
    ]


def test_only_a_whole_reading_finds_that_something_is_gone() -> None:
    looks = [look(15, whole=False), look(20)]
    assert told("a", [], looks)[1:] == [("removed", "a", 20, SYNC, 20)]
    assert told("a", [], looks[:1])[1:] == []


def test_any_later_reading_finds_what_it_saw_again_with_its_date() -> None:
    log = [added("a", 1), added("b", 1)]
    entries = recall("a", log, [look(15, whole=False), look(20)], at=day(10), whole=True)
    assert entries[1:] == [
        Entry(event=ADDED, item_id="b", seen_at=day(15), added_at=log[1].added_at, sync_id=15)
    ]


def test_where_the_log_speaks_first_it_needs_no_help() -> None:
    log = [added("b", 1), added("a", 12), removed("b", 13), removed("a", 14)]
    assert told("a", log, [look(12), look(13, whole=False), look(20)]) == [
        ("added", "a", 10, FILE, None),
        ("removed", "b", 10, FILE, None),
        ("added", "b", 12, SYNC, 12),
    ]


def test_readings_before_the_file_say_nothing_of_what_came_after() -> None:
    assert told("a", [], [look(5), look(10)]) == [("added", "a", 10, FILE, None)]


def test_the_same_file_again_adds_nothing() -> None:
    log = [added("b", 1), added("c", 20)]
    looks = [look(1), look(15, whole=False), look(20)]
    first = recall("ac", log, looks, at=day(10), whole=True)
    both = sorted([*log, *first], key=lambda entry: entry.seen_at)
    assert len(first) == 5
    assert recall("ac", both, looks, at=day(10), whole=True) == []


def test_an_older_file_that_comes_later_ends_where_the_newer_one_begins() -> None:
    newer = recall("bc", [], [look(30)], at=day(20), whole=True)
    readings = [look(30), Reading(at=day(20), whole=True, origin=FILE)]
    log = sorted(newer, key=lambda entry: entry.seen_at)
    assert told("ab", log, readings) == [
        ("added", "a", 10, FILE, None),
        ("added", "b", 10, FILE, None),
        ("removed", "a", 20, FILE, None),
    ]


def test_without_a_date_only_the_unheard_of_is_noted_now() -> None:
    log = [added("a", 1), added("b", 1), removed("b", 2)]
    entries = recall_undated("abcc", log, [look(1, whole=False)], now=NOW)
    assert [(e.event, e.item_id, e.seen_at, e.origin) for e in entries] == [
        (ADDED, "c", NOW, Origin.UNDATED)
    ]


def test_without_a_date_what_a_sync_shows_now_stands() -> None:
    entries = recall_undated("c", [], [look(1)], now=NOW)
    assert [(e.event, e.item_id) for e in entries] == [(ADDED, "c"), (REMOVED, "c")]
    assert recall_undated("c", entries, [look(1)], now=NOW) == []
