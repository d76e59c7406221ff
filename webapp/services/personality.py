"""Personality: measured from the counts of a period, which are made when the data has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.domain.characters import Headline, headline
from webapp.domain.periods import Period, comparable
from webapp.domain.personality import Counts, Metric, Trait, measure
from webapp.queries import listening, personality, spans
from webapp.queries.personality import Counted

AGE = timedelta(hours=1)
"""Counts are kept no longer: years and popularity that the catalogue learns raise no version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Personality:
    """A period: what was measured, and what of it was different in the period before.

    `changes` are differences of values; a metric that lacks one then or now has none.
    """

    period: Period
    counts: Counts
    metrics: Mapping[Trait, Metric]
    changes: Mapping[Trait, float]
    headline: Headline
    counted_at: datetime


@spans.shared()
def of(
    user_id: int, period: Period, *, time_zone: str, data_version: int, now: datetime
) -> Personality:
    """Measure a period of a listener whose data is at this version."""
    counted = _counted(user_id, period, time_zone, data_version, now)
    metrics = measure(counted.counts)
    before = {}
    compared = comparable(period, listening.first_day(user_id))
    if compared is not None:
        before = measure(_counted(user_id, compared, time_zone, data_version, now).counts)
    return Personality(
        period=period,
        counts=counted.counts,
        metrics=metrics,
        changes=_changes(metrics, before),
        headline=headline(metrics, period.days, period.last.year),
        counted_at=counted.counted_at,
    )


def _counted(
    user_id: int, period: Period, time_zone: str, data_version: int, now: datetime
) -> Counted:
    kept = personality.find(user_id, period, data_version, now - AGE)
    if kept is not None:
        return kept
    counts = personality.count(user_id, period, time_zone)
    made = Counted(counts=counts, counted_at=now)
    personality.keep(user_id, period, data_version, made)
    return made


def _changes(now: Mapping[Trait, Metric], before: Mapping[Trait, Metric]) -> dict[Trait, float]:
    values = {trait: (now[trait].value, metric.value) for trait, metric in before.items()}
    return {
        trait: value - earlier
        for trait, (value, earlier) in values.items()
        if value is not None and earlier is not None
    }
