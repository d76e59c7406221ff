"""Lengths of sessions in groups."""

from datetime import timedelta

from webapp.domain.stats_lengths import EDGES, begin_of, median_of


def test_groups_grow_with_the_length() -> None:
    assert EDGES[:3] == (0, 1, 2)
    assert EDGES[58:63] == (58, 59, 60, 65, 70)
    assert EDGES[-3:] == (1410, 1425, 1440)
    assert list(EDGES) == sorted(set(EDGES))
    assert begin_of(61) == timedelta(minutes=65)


def test_the_median_is_the_group_that_half_have_reached() -> None:
    assert median_of({3: 1, 10: 1, 61: 1}) == timedelta(minutes=10)
    assert median_of({3: 2, 10: 2}) == timedelta(minutes=3)
    assert median_of({0: 1}) == timedelta(0)
    assert median_of({}) is None
