"""Which stage an import is in, and how many rows it may have."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.domain.import_stages import (
    CANCELLABLE,
    DISCARDABLE,
    MOVING,
    Stage,
    rows_in_all,
    stage_of,
)
from webapp.domain.imports import Phase, Status

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
READING, MERGING = Phase.READING, Phase.MERGING


@pytest.mark.parametrize(
    ("status", "phase", "crashes", "silent", "wanted"),
    [
        (Status.FOUND, READING, 0, 9999, Stage.FOUND),
        (Status.PENDING, READING, 0, 9999, Stage.PENDING),
        (Status.PENDING, MERGING, 1, 0, Stage.BROKEN_OFF),
        (Status.PROCESSING, READING, 0, 45, Stage.READING),
        (Status.PROCESSING, READING, 0, 46, Stage.BROKEN_OFF),
        (Status.PROCESSING, MERGING, 0, 9999, Stage.MERGING),
        (Status.COMPLETED, MERGING, 3, 0, Stage.COMPLETED),
        (Status.FAILED, READING, 5, 0, Stage.FAILED),
        (Status.CANCELLED, READING, 0, 0, Stage.CANCELLED),
    ],
)
def test_stages(status: Status, phase: Phase, crashes: int, silent: int, wanted: Stage) -> None:
    seen = NOW - timedelta(seconds=silent)
    for other in (False, True):
        found = stage_of(status, phase, crashes=crashes, seen=seen, now=NOW, other_under_way=other)
        waits = other and wanted is Stage.FOUND
        assert found is (Stage.WAITING if waits else wanted)


def test_what_is_over_stays_and_what_merges_can_not_be_called_off() -> None:
    over = {Stage.COMPLETED, Stage.FAILED, Stage.CANCELLED}
    assert not MOVING & over
    assert not (CANCELLABLE | DISCARDABLE) & (over | {Stage.MERGING})
    assert set(Stage) == MOVING | over | {Stage.FOUND}


def test_rows_are_guessed_from_bytes() -> None:
    assert rows_in_all(0, 0, 1000) is None
    assert rows_in_all(5000, 0, 1000) is None
    assert rows_in_all(100, 250, 1000) == 400
    assert rows_in_all(100, 1000, 1000) == 100
    assert rows_in_all(100, 2000, 1000) == 100, "never fewer than there are"
