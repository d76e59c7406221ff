"""The page of personality: nine numbers in words, honest about what it does not know."""

import re

import pytest
from flask import Flask

from tests.views.profiling import Profiled
from webapp import db


@pytest.fixture
def mira(app: Flask) -> Profiled:
    return Profiled(app)


def cards_in(text: str) -> dict[str, str]:
    """Give each card's words, by its heading."""
    parts = text.split('<section class="trait')[1:]
    return {
        re.findall(r'<h2 id="trait-(\w+)"', part)[0]: " ".join(
            re.sub(r"<[^>]+>", " ", part).split()
        )
        for part in parts
    }


def test_nobody_has_a_personality_before_the_first_play(mira: Profiled) -> None:
    text = mira.herself().page("/personality")
    assert "Your personality is still on its way" in text
    assert "0 plays so far" in text
    mira.stranger().page("/personality", status=401)


def test_a_few_plays_are_not_enough_and_it_says_how_many_are(mira: Profiled) -> None:
    mira.play(12)
    text = mira.herself().page("/personality")
    assert "Your personality is still on its way" in text
    assert cards_in(text)["diversity"].count("12 of 50 plays") == 1
    assert "0 plays in this period" in mira.herself().page("/personality?period=2001")


def test_each_number_has_its_formula_inputs_and_basis(mira: Profiled) -> None:
    mira.play(60)
    with db.connection():
        db.query("UPDATE tracks SET popularity = 40 WHERE id = 't3'")
    cards = cards_in(mira.herself().page("/personality?period=4w"))
    assert len(cards) == 9
    # Three artists, twenty plays each.
    assert "You played 3 artists, as varied as 3 would be" in cards["diversity"]
    assert "100%" in cards["diversity"]
    assert "Your ten most played artists have 100%" in cards["loyalty"]
    assert "You played 3 different tracks, each 20 times" in cards["repeats"]
    assert "R = 1 \N{MINUS SIGN} T ÷ N" in cards["repeats"]
    assert "Different tracks 3" in cards["repeats"]
    assert "From 60 plays." in cards["repeats"]
    assert "nothing to compare with" in cards["repeats"]
    assert "0 of 50 plays" in cards["discovery"], "everything would be new"
    assert "20 of 30 plays" in cards["mainstream"]
    assert "of 14 days with plays" in cards["weekend"], "a day tells nothing of weekends"
    assert "of 4 whole weeks" in cards["consistency"]
    assert "You are loyal to your few" in mira.herself().page("/personality?period=4w")


def test_a_change_of_the_data_is_seen_at_once(mira: Profiled) -> None:
    mira.play(60)
    herself = mira.herself()
    assert "You played 3 different tracks" in herself.page("/personality")
    mira.play(3)
    assert "Counted from 63 plays" in herself.page("/personality")


@pytest.mark.parametrize("period", ["period=1066", "from=2024-02-01&to=2024-01-01", "period=x"])
def test_what_is_no_period_is_refused(mira: Profiled, period: str) -> None:
    mira.herself().page(f"/personality?{period}", status=400)
