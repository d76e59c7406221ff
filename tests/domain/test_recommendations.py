"""What is recommended, and in which order."""

from datetime import UTC, datetime, timedelta
from math import log1p

import pytest

from webapp.domain.recommendations import (
    FORGOTTEN_AFTER,
    PLAYED_MUCH,
    Offer,
    OldFavourite,
    forgotten,
    is_forgotten,
    tips,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MIRA, BO = 1, 2


def offer(name: str, partner: int, plays: int, artist: str = "") -> Offer:
    return Offer(song=name, track_id=name, artist=artist or name, partner_id=partner, plays=plays)


def old(name: str, plays: int, since: timedelta, artist: str = "") -> OldFavourite:
    last = NOW - since
    return OldFavourite(
        track_id=name,
        artist=artist or name,
        plays=plays,
        first_at=last - timedelta(days=90),
        last_at=last,
    )


def test_who_is_more_alike_has_more_to_say_and_votes_add_up() -> None:
    offers = [
        offer("harbour", MIRA, 20),
        offer("night train", BO, 20),
        offer("reel", MIRA, 6),
        offer("reel", BO, 90),
    ]
    ranked = tips(offers, {MIRA: 0.6, BO: 0.3}, limit=3)
    assert [tip.track_id for tip in ranked] == ["reel", "harbour", "night train"]
    assert ranked[0].score == pytest.approx(0.6 * log1p(6) + 0.3 * log1p(90))
    assert [one.partner_id for one in ranked[0].offers] == [BO, MIRA]
    assert tips(offers, {MIRA: 0.6, BO: 0.3}, limit=1) == ranked[:1]


def test_whoever_has_nothing_in_common_has_no_vote() -> None:
    assert tips([offer("harbour", BO, 500)], {MIRA: 0.6, BO: 0.0}, limit=3) == []


def test_an_artist_does_not_take_every_place() -> None:
    offers = [offer(f"song {n}", MIRA, 90 - n, artist="Nia Osei") for n in range(5)]
    ranked = tips([*offers, offer("reel", MIRA, 2)], {MIRA: 1.0}, limit=9)
    assert [tip.track_id for tip in ranked] == ["song 0", "song 1", "reel"]


@pytest.mark.parametrize(
    ("plays", "since", "expected"),
    [
        (PLAYED_MUCH, FORGOTTEN_AFTER + timedelta(seconds=1), True),
        (PLAYED_MUCH, FORGOTTEN_AFTER, False),
        (PLAYED_MUCH - 1, timedelta(days=900), False),
    ],
)
def test_forgotten_is_played_much_and_not_for_half_a_year(
    plays: int, since: timedelta, expected: bool
) -> None:
    assert is_forgotten(old("harbour", plays, since), NOW) is expected


def test_the_draw_of_a_day_stays_and_is_another_tomorrow() -> None:
    pot = [old(f"song {n}", 10 + n, timedelta(days=300)) for n in range(60)]
    monday = forgotten([*pot, old("new", 99, timedelta(days=1))], NOW, "monday", limit=9)
    assert len(monday) == 9
    assert monday == forgotten(pot[::-1], NOW, "monday", limit=9)
    assert monday != forgotten(pot, NOW, "tuesday", limit=9)
    same = [old(f"song {n}", 10, timedelta(days=300), artist="Nia Osei") for n in range(9)]
    assert len(forgotten(same, NOW, "monday", limit=9)) == 2
