"""Circles overlap by as much as they are told to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.venn import apart, overlap


@given(st.floats(0, 1))
def test_the_overlap_is_what_was_asked_for(share: float) -> None:
    assert overlap(apart(share)) == pytest.approx(share, abs=1e-6)


def test_ends_and_a_known_middle() -> None:
    """Half of a circle lies in the other at 0.8079 radii (OEIS A133741)."""
    assert apart(0) == pytest.approx(2)
    assert apart(1) == pytest.approx(0, abs=1e-6)
    assert apart(0.5) == pytest.approx(0.8079, abs=1e-4)
