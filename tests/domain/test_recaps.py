"""Recaps: which there are, what stands out in one, and its picture."""

from datetime import date
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.periods import PeriodError
from webapp.domain.recap_picture import Words, draw
from webapp.domain.recap_plans import PLANS, Format
from webapp.domain.recaps import edition, neighbours, peak, peak_hour

TODAY = date(2026, 3, 15)
BEGAN = date(2024, 12, 30)
WORDS = Words(
    alt="all of it",
    kicker="Mira",
    title="2025",
    under="5 plays",
    amount="12",
    unit="hours",
    lists=(("Artists", ("A", "B")), ("Tracks", ("C",) * 5)),
    facts=(("20:00", "hour"),) * 4,
    foot="as of",
)


@pytest.mark.parametrize(
    ("key", "first", "last", "over"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31), True),
        ("2026", date(2026, 1, 1), TODAY, False),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), True),
        ("2026-03", date(2026, 3, 1), TODAY, False),
        ("4w", date(2026, 2, 16), TODAY, False),
        ("all", BEGAN, TODAY, False),
    ],
)
def test_a_name_is_a_period(key: str, first: date, last: date, over: bool) -> None:
    found = edition(key, TODAY, BEGAN)
    assert (found.period.first, found.period.last, found.over) == (first, last, over)


@pytest.mark.parametrize(
    "key", ["2026-04", "2025-13", "2025-00", "0000-01", "2025-1", "1899", "custom", "", "2027", "x"]
)
def test_what_is_no_period_has_no_recap(key: str) -> None:
    with pytest.raises(PeriodError):
        edition(key, TODAY, BEGAN)


@pytest.mark.parametrize("wanted", list(Format))
def test_without_hours_it_is_a_bare_record(wanted: Format) -> None:
    bare, clock = draw(WORDS, (), wanted), draw(WORDS, [1] * 24, wanted)
    assert (bare.rays, bare.peak) == ("", "")
    gone = [text.text for text in clock.texts if text not in bare.texts]
    assert gone == ["0", "6", "12", "18"]


def test_neighbours_end_where_plays_do() -> None:
    def beside(key: str) -> tuple[str | None, str | None]:
        return neighbours(edition(key, TODAY, BEGAN), TODAY, BEGAN)

    assert beside("2025") == ("2024", "2026")
    assert beside("2024") == (None, "2025")
    assert beside("2026") == ("2025", None)
    assert beside("2025-01") == ("2024-12", "2025-02")
    assert beside("2024-12") == (None, "2025-01")
    assert beside("2026-03") == ("2026-02", None)
    assert beside("4w") == (None, None)


def test_the_peak_is_what_was_heard_longest() -> None:
    a, b, c = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
    found = peak([(a, a, 100, 9), (b, b, 300, 2), (c, c, 0, 0)])
    assert found
    assert (found.first, found.share) == (b, 0.75)
    silent = peak([(a, a, 0, 1), (b, b, 0, 3)])
    assert silent
    assert (silent.first, silent.share) == (b, 0.75)
    assert peak([(a, a, 5, 1)]) is None
    assert peak([(a, a, 0, 0), (b, b, 0, 0)]) is None


def test_the_first_of_equal_hours_is_the_peak() -> None:
    assert peak_hour([0, 3, 3, 1]) == 1
    assert peak_hour([0] * 24) is None


@pytest.mark.parametrize("wanted", list(Format))
def test_a_record_without_plays_has_no_rays(wanted: Format) -> None:
    picture = draw(WORDS, [0] * 24, wanted)
    assert (picture.rays, picture.peak) == ("", "")
    assert (picture.width, picture.height) in {(1200, 630), (1080, 1920)}


@given(
    st.lists(st.integers(0, 10**7), min_size=24, max_size=24),
    st.text(max_size=300),
    st.sampled_from(Format),
)
def test_everything_is_inside(hours: list[int], name: str, wanted: Format) -> None:
    words = Words(
        alt=name,
        kicker=name,
        title=name,
        under=name,
        amount=name,
        unit=name,
        lists=((name, (name,) * 9),) * 3,
        facts=((name, name),) * 9,
        foot=name,
    )
    picture = draw(words, hours, wanted)
    for text in picture.texts:
        assert 0 < text.x < picture.width
        assert 0 < text.y < picture.height
        assert text.size > 5
    x, y = PLANS[wanted].middle
    drawn = (picture.rays + picture.peak).replace("M", " ").replace("L", " ").split("A")[0].split()
    for at_x, at_y in zip(map(float, drawn[::2]), map(float, drawn[1::2]), strict=True):
        assert hypot(at_x - x, at_y - y) <= PLANS[wanted].radius
    assert bool(picture.peak) == any(hours)
