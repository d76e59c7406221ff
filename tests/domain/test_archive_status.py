"""What a listener is told of the archive."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webapp.domain.accounts import State
from webapp.domain.archive_status import ArchiveStatus, status_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FINE: dict[str, Any] = {
    "blocked": False,
    "failures": 0,
    "polled_at": NOW,
    "every_minutes": 60,
    "last_gap_at": None,
}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, ArchiveStatus.FINE),
        ({"polled_at": None}, ArchiveStatus.NEVER),
        ({"every_minutes": 15, "last_gap_at": NOW - timedelta(hours=3)}, ArchiveStatus.MISSED),
        ({"every_minutes": 15, "last_gap_at": NOW - timedelta(hours=25)}, ArchiveStatus.BUSY),
        ({"every_minutes": 30}, ArchiveStatus.BUSY),
        ({"last_gap_at": NOW}, ArchiveStatus.FINE),
        ({"failures": 1, "polled_at": None, "every_minutes": 15}, ArchiveStatus.FAILING),
        ({"failures": 4, "blocked": True}, ArchiveStatus.PAUSED),
    ],
)
def test_what_matters_most_is_told(changes: dict[str, Any], status: ArchiveStatus) -> None:
    assert status_of(State.ACTIVE, now=NOW, **{**FINE, **changes}) is status


@pytest.mark.parametrize("state", [State.NEEDS_RECONNECT, State.DISCONNECTED])
def test_who_must_reconnect_hears_of_nothing_else(state: State) -> None:
    told = status_of(state, now=NOW, **{**FINE, "failures": 2, "blocked": True})
    assert told is ArchiveStatus.RECONNECT
