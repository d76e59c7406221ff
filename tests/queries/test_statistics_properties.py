"""Each number of the statistics, held against plain loops over all plays."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import counting
from tests.counting import Heard
from tests.queries.listened import (
    GENRES,
    YEARS,
    Played,
    fill_catalogue,
    listen,
    most_skipped,
)
from webapp.domain.days import local_day, start_of_day
from webapp.domain.periods import ALL, Period, parse
from webapp.domain.stats import By, Item
from webapp.domain.stats_lengths import EDGES
from webapp.queries import eras, finds, genres, listening, rhythms, skips, spans, tops

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)
ZONES = ["UTC", "Europe/Tallinn", "America/St_Johns", "Pacific/Apia"]
BASES = [
    datetime(2024, 3, 31, 0, 30, tzinfo=UTC),  # Tallinn loses an hour, a month ends
    datetime(2024, 10, 27, 0, 30, tzinfo=UTC),  # and gets it back
    datetime(2010, 11, 7, 2, 30, tzinfo=UTC),  # St. John's sets its clock back over midnight
    datetime(2011, 12, 30, 9, 30, tzinfo=UTC),  # Samoa leaves a day out
    datetime(2023, 12, 31, 22, 30, tzinfo=UTC),
]
YEARS_OF = {name: int(told[:4]) for name, told in YEARS.items() if told}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A listener to make, and what to ask of them; `at_once`: all within one block."""

    zone: str
    played: tuple[Played, ...]
    periods: tuple[Period, ...]
    at_once: bool
    heard: list[Heard] = field(default_factory=list)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone, base = draw(st.sampled_from(ZONES)), draw(st.sampled_from(BASES))
    near = st.integers(-2 * 24 * 60, 2 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
    far = st.integers(-700, 60).map(lambda days: days * DAY)
    away = st.one_of(near, far, st.tuples(near, far).map(lambda parts: parts[0] + parts[1]))
    lengths = st.one_of(st.none(), st.integers(0, 45 * 60_000))
    plays = st.builds(
        lambda apart, track, ms, skipped: Played(
            ended_at=base + apart, track=track, ms=ms, skipped=skipped
        ),
        away,
        st.integers(0, 12),
        lengths,
        st.sampled_from([None, True, False]),
    )
    played = draw(
        st.lists(
            plays, min_size=20, max_size=60, unique_by=lambda play: (play.ended_at, play.track)
        )
    )
    heard = sorted((play.heard for play in played), key=lambda play: play.ended_at)
    today = local_day(base, zone) + draw(st.integers(0, 40)) * DAY
    today = max(today, local_day(heard[-1].ended_at, zone))
    first = local_day(base, zone) - draw(st.integers(0, 400)) * DAY
    last = first + draw(st.integers(0, 200)) * DAY
    asked = [{"period": key} for key in ("4w", "6m", "year", str(base.year), ALL)]
    asked.append({"from": first.isoformat(), "to": last.isoformat()})
    here = local_day(base, zone)  # where most plays are: half of them lie right before it
    asked.append({"from": here.isoformat(), "to": (here + DAY).isoformat()})
    first_day = local_day(heard[0].ended_at, zone)
    return Case(
        zone=zone,
        played=tuple(played),
        periods=tuple(parse(one, today, first_day) for one in asked),
        at_once=draw(st.booleans()),
        heard=heard,
    )


@pytest.fixture
def catalogue(database: None) -> None:
    fill_catalogue()


# A case takes long to make: a simpler one that fails as well is not looked for.
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases())
def test_every_number_is_the_one_counted_by_hand(catalogue: None, case: Case) -> None:
    user_id = listen(case.played, case.zone)
    for period in case.periods:
        with spans.shared(lately=True) if case.at_once else nullcontext():
            assert found(user_id, case, period) == counted(case, period), period


def found(user_id: int, case: Case, period: Period) -> dict[str, object]:
    """Ask the program."""
    zone = case.zone
    totals = listening.totals(user_id, period, zone)
    sessions = rhythms.sessions(user_id, period, zone)
    skipped = skips.skips(user_id, period, zone, 20)
    numbers: dict[str, object] = {
        "totals": (totals.plays, totals.ms, totals.days),
        "different": (totals.tracks, totals.artists, totals.albums),
        "days": {day.day: (day.plays, day.ms) for day in listening.days(user_id, period)},
        "amounts": rhythms.amounts(user_id, period, weeks_of(period)),
        "clock": {
            (hour.weekday, hour.hour): (hour.plays, hour.ms)
            for hour in listening.hours(user_id, period)
        },
        "heard_days": rhythms.heard_days(user_id, period.last),
        "eras": {
            row.year: (row.plays, row.ms) for row in eras.release_years(user_id, period, zone)
        },
        "sessions": (sessions.count, sum(sessions.lengths), _round(sessions.mean)),
        "usual": sessions.usual,
        "longest": sessions.longest and sessions.longest.ended_at - sessions.longest.started_at,
        "skips": (skipped.told, skipped.skipped),
        "most_skipped": {row.id: (row.told, row.skipped) for row in skipped.tracks},
    }
    if period.before:
        was = listening.totals(user_id, period.before, zone)
        numbers["different before"] = (was.tracks, was.artists, was.albums)
    for by in By:
        ranked = genres.top(user_id, period, by, zone, limit=9)
        numbers[f"genres by {by}"] = (
            [(row.rank, row.name, row.plays, row.ms, row.change) for row in ranked.rows],
            (ranked.total, ranked.known),
        )
    for by, kind in product(By, Item):
        best = tops.top(user_id, period, kind, by, zone, limit=4, offset=1)
        numbers[f"{kind}s by {by}"] = [
            (row.rank, row.id, row.plays, row.ms, row.change) for row in best.rows
        ]
    for kind in (Item.TRACK, Item.ARTIST):
        new = finds.discoveries(user_id, period, kind, zone, begins=days_of(period), limit=20)
        back = finds.rediscoveries(user_id, period, kind, zone, limit=20)
        numbers[f"new {kind}s"] = {find.id: (find.plays, find.at) for find in new.best}
        numbers[f"new {kind}s by day"] = (new.count, dict(new.when))
        numbers[f"{kind}s back"] = (
            back.count,
            {find.id: (find.plays, find.at) for find in back.best},
        )
    return numbers


def counted(case: Case, period: Period) -> dict[str, object]:
    """Count by hand."""
    zone = case.zone
    plays = _plays(case, period)
    days = counting.days(plays, zone)
    runs = [
        run
        for run in counting.sessions(case.heard)
        if period.key == ALL or period.first <= local_day(run[0], zone) <= period.last
    ]
    lengths = sorted(end - begin for begin, end, _, _ in runs)
    told = [
        play
        for play in case.played
        if play.skipped is not None
        and period.first <= local_day(play.ended_at, zone) <= period.last
    ]
    numbers: dict[str, object] = {
        "totals": (len(plays), sum(play.ms for play in plays), len(days)),
        "different": _different(plays),
        "days": {day: (tally.plays, tally.ms) for day, tally in days.items()},
        "amounts": [
            (sum(tally.plays for tally in week), sum(tally.ms for tally in week))
            for begin in weeks_of(period)
            for week in [[days[d] for d in days if begin <= d < begin + 7 * DAY]]
        ],
        "clock": {
            key: (tally.plays, tally.ms) for key, tally in counting.clock(plays, zone).items()
        },
        "heard_days": sorted(d for d in counting.days(case.heard, zone) if d <= period.last),
        "eras": counting.groups(plays, _year),
        "sessions": (
            len(runs),
            len(runs),
            _round(sum(lengths, timedelta()) / len(lengths)) if lengths else None,
        ),
        "usual": _rounded_down(lengths[(len(lengths) - 1) // 2]) if lengths else None,
        "longest": lengths[-1] if lengths else None,
        "skips": (len(told), sum(play.skipped is True for play in told)),
        "most_skipped": most_skipped(told, skips.AT_LEAST),
    }
    if period.before:
        numbers["different before"] = _different(_plays(case, period.before))
    for by in By:
        numbers[f"genres by {by}"] = _genres(case, period, by)
    for by, kind in product(By, Item):
        numbers[f"{kind}s by {by}"] = _best(case, period, kind, by)[1:5]
    for kind in (Item.TRACK, Item.ARTIST):
        numbers |= _finds(case, period, kind)
    return numbers


def weeks_of(period: Period) -> list[date]:
    return days_of(period)[::7]


def days_of(period: Period) -> list[date]:
    return [period.first + n * DAY for n in range(period.days)]


def _year(play: Heard) -> Iterable[int]:
    return [YEARS_OF[play.album_id]] if play.album_id in YEARS_OF else []


def _different(plays: list[Heard]) -> tuple[int, ...]:
    return tuple(len(counting.items(plays, kind)) for kind in Item)


def _genres(case: Case, period: Period, by: By) -> object:
    now, before = (_ranked(_plays(case, one), by) for one in (period, period.before))
    known = sum(bool(GENRES.get(play.artist_id or "")) for play in _plays(case, period))
    return _moved(now, before, compared=period.before is not None), (len(now), known)


def _best(case: Case, period: Period, kind: Item, by: By) -> list[object]:
    plays = (_plays(case, one) for one in (period, period.before))
    now, before = (counting.best(those, kind, by) for those in plays)
    return _moved(now, before, compared=bool(before))


def _plays(case: Case, period: Period | None) -> list[Heard]:
    return counting.within(case.heard, case.zone, period.first, period.last) if period else []


def _moved(
    now: list[tuple[str, int, int]], before: list[tuple[str, int, int]], *, compared: bool
) -> list[object]:
    places = {name: place for place, (name, _, _) in enumerate(before, 1)}
    rows: list[object] = []
    for rank, row in enumerate(now, 1):
        moved = places[row[0]] - rank if row[0] in places else "new"
        rows.append((rank, *row, moved if compared else None))
    return rows


def _ranked(plays: list[Heard], by: By) -> list[tuple[str, int, int]]:
    sums = counting.groups(plays, lambda play: GENRES.get(play.artist_id or "", ()))
    order = (0, 1) if by is By.PLAYS else (1, 0)
    names = sorted(sums, key=lambda name: (*(-sums[name][place] for place in order), name))
    return [(name, *sums[name]) for name in names]


def _finds(case: Case, period: Period, kind: Item) -> dict[str, object]:
    zone = case.zone
    heard = counting.items(counting.within(case.heard, zone, period.first, period.last), kind)
    ever = counting.first_heard(case.heard, kind)
    new = {
        item: at for item, at in ever.items() if period.first <= local_day(at, zone) <= period.last
    }
    by_day: dict[date, int] = {}
    for at in new.values():
        begun = [day for day in days_of(period) if start_of_day(day, zone) <= at]
        day = begun[-1] if begun else period.first
        by_day[day] = by_day.get(day, 0) + 1
    away = period.first - spans.AWAY
    lately = counting.items(counting.within(case.heard, zone, away, period.first - DAY), kind)
    long_ago = counting.items(counting.within(case.heard, zone, date.min, away - DAY), kind)
    back = {
        item: (heard[item].plays, long_ago[item].last_at)
        for item in heard
        if item in long_ago and item not in lately and local_day(ever[item], zone) < away
    }
    return {
        f"new {kind}s": {item: (heard[item].plays, at) for item, at in new.items()},
        f"new {kind}s by day": (len(new), by_day),
        f"{kind}s back": (len(back), back),
    }


def _rounded_down(length: timedelta) -> timedelta:
    minutes = [timedelta(minutes=edge) for edge in EDGES]
    return max(edge for edge in minutes if edge <= length)


def _round(length: timedelta | None) -> int | None:
    return None if length is None else round(length.total_seconds())
