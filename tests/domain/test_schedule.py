"""What a run is called, when an entry put in (again) is due, how fresh a beat is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from webapp.domain.schedule import Pulse, due_first, period_of, pulse, spread

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
NOW = NOON + timedelta(minutes=20)


def test_a_period_is_called_after_its_planned_minute() -> None:
    assert period_of(NOON) == "2026_11_21_12_00"
    assert period_of(datetime(2026, 1, 2, 3, 4, 59, tzinfo=UTC)) == "2026_01_02_03_04"


def test_a_period_is_called_alike_in_every_time_zone() -> None:
    assert period_of(NOON.astimezone(timezone(timedelta(hours=-3, minutes=-30)))) == (
        "2026_11_21_12_00"
    )


@pytest.mark.parametrize(
    ("kept", "last_run", "due"),
    [
        pytest.param(None, None, NOON + HOUR, id="new: it waits for its time"),
        pytest.param(NOON + HOUR, None, NOON + HOUR, id="there: it waits for its time"),
        pytest.param(NOON + 5 * HOUR, NOON, NOON + HOUR, id="changed: its new time counts"),
        pytest.param(NOON - 5 * HOUR, None, NOON - 5 * HOUR, id="overdue: it stays so"),
        pytest.param(NOW, NOON, NOW, id="due this moment: it stays so"),
        pytest.param(None, NOON - HOUR, NOON, id="lost, and missed: it is caught up, once"),
        pytest.param(None, NOON - 9 * HOUR, NOON, id="lost, and missed often: once"),
        pytest.param(None, NOON, NOON + HOUR, id="lost, but it ran: it waits"),
        pytest.param(None, NOON + SECOND, NOON + HOUR, id="lost, but it ran late: it waits"),
        pytest.param(NOON + HOUR, NOON - HOUR, NOON + HOUR, id="there: its run is in the queue"),
    ],
)
def test_an_entry_put_in_is_due(
    kept: datetime | None, last_run: datetime | None, due: datetime
) -> None:
    found = due_first(kept=kept, last_run=last_run, previous=NOON, following=NOON + HOUR, now=NOW)
    assert found == due


def test_moments_are_spread_evenly() -> None:
    assert spread(NOON, HOUR, 0) == []
    assert spread(NOON, HOUR, 1) == [NOON]
    assert spread(NOON, HOUR, 4) == [NOON + number * HOUR / 4 for number in range(4)]


@pytest.mark.parametrize(
    ("beat", "judged"),
    [
        (None, Pulse.NOT_SEEN),
        (NOON, Pulse.OK),
        (NOON - 90 * SECOND, Pulse.OK),
        (NOON - 91 * SECOND, Pulse.LATE),
        (NOON + 30 * SECOND, Pulse.OK),  # its clock is ahead of ours
    ],
)
def test_a_beat_is_late_after_90_seconds(beat: datetime | None, judged: Pulse) -> None:
    assert pulse(beat, None, NOON) is judged


@pytest.mark.parametrize(
    ("beat", "call", "judged"),
    [
        (None, NOON, Pulse.OUTSIDE),
        (None, NOON - 2 * HOUR, Pulse.OUTSIDE),
        (None, NOON - 2 * HOUR - SECOND, Pulse.NOT_SEEN),
        (NOON - HOUR, NOON, Pulse.LATE),
        (NOON, NOON - 3 * HOUR, Pulse.OK),
    ],
)
def test_calls_from_outside_count_where_no_scheduler_ever_was(
    beat: datetime | None, call: datetime | None, judged: Pulse
) -> None:
    assert pulse(beat, call, NOON) is judged
