"""Differences, content hashes, and whether a list held still."""

from typing import Any

import pytest

from webapp.domain.library import Change, Event, Recheck, content_hash, diff, recheck

OURS = {"a": "2024-01-01", "b": "2024-01-02", "c": None}


def test_nothing_differs() -> None:
    assert diff(OURS, dict(OURS), whole=True) == []
    assert diff({}, {}, whole=True) == []


def test_additions_removals_and_what_was_saved_again() -> None:
    theirs = {"b": "2025-05-05", "c": None, "d": "2025-06-06"}
    again = Change(event=Event.ADDED, item_id="b", added_at="2025-05-05")
    new = Change(event=Event.ADDED, item_id="d", added_at="2025-06-06")
    gone = Change(event=Event.REMOVED, item_id="a")
    assert diff(OURS, theirs, whole=True) == [again, new, gone]


def test_removals_are_believed_from_a_whole_reading_alone() -> None:
    assert diff(OURS, {"a": "2024-01-01"}, whole=False) == []
    assert [change.event for change in diff(OURS, {}, whole=True)] == [Event.REMOVED] * 3


def test_a_hash_tells_contents_apart_and_nothing_else() -> None:
    content: dict[str, Any] = {"name": "Mañana", "entries": [["t1", None, "me"]]}
    assert content_hash(content) == content_hash(dict(reversed(content.items())))
    others = [
        {**content, "name": "Manana"},
        {**content, "entries": None},
        {**content, "entries": []},
        {**content, "entries": [["t1", None, "me"]] * 2},
        {**content, "entries": [[None, None, None]]},
    ]
    assert len({content_hash(one) for one in [content, *others]}) == 6
    assert content_hash({"name": "\ud83d alone"}), "half a character is no reason to fail"


FIRST = [["a", "9"], ["b", "8"], None, ["c", "7"]]


@pytest.mark.parametrize(
    ("again", "total", "verdict"),
    [
        (FIRST, 4, Recheck.SAME),
        ([["x", "10"], *FIRST], 5, Recheck.GREW),
        ([["y", "11"], ["x", "10"], *FIRST], 6, Recheck.GREW),
        ([["x", "10"], *FIRST[:3]], 5, Recheck.GREW),
        (FIRST[1:], 3, Recheck.SHIFTED),
        ([["x", "10"], *FIRST[1:]], 4, Recheck.SHIFTED),
        ([["x", "10"], *FIRST[1:]], 5, Recheck.SHIFTED),
        (FIRST, 3, Recheck.SHIFTED),
        (FIRST, 5, Recheck.SHIFTED),
        ([["x", "10"]] * 4, 8, Recheck.SHIFTED),
        (FIRST, None, Recheck.SHIFTED),
    ],
)
def test_additions_on_top_are_harmless_and_anything_else_is_a_shift(
    again: list[list[str] | None], total: int | None, verdict: Recheck
) -> None:
    assert recheck(FIRST, again, 4, total) is verdict


def test_without_any_totals_the_rows_alone_speak() -> None:
    assert recheck(FIRST, FIRST, None, None) is Recheck.SAME
    assert recheck(FIRST, FIRST[1:], None, None) is Recheck.SHIFTED
