"""Plays as they are shown: day by day, as the listener counts days."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from webapp.domain.days import local_day
from webapp.queries.library_pages import PlayRow


def by_day(plays: Sequence[PlayRow], time_zone: str) -> list[tuple[date, list[PlayRow]]]:
    """Group plays that come newest first by the listener's day."""
    days = groupby(plays, key=lambda play: local_day(play.ended_at, time_zone))
    return [(day, list(group)) for day, group in days]
