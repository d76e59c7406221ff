"""The page of one play: who told of it, what near it does not count, and overruling both."""

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from tests.browsing import Browsing
from tests.exporting import track_id
from tests.pages import Pages
from tests.providers.exports.writing import EXTENDED
from tests.queries.shelving import counted
from tests.telling import NOON, SECOND, SONG, Tune, tell
from tests.views.importing import Importing, words_of
from webapp import db
from webapp.domain.reports import Source
from webapp.queries import plays
from webapp.queries.decisions import Wish
from webapp.services import telling
from webapp.services.telling import Telling
from webapp.views.history_listing import mark_of
from webapp.views.play_sheet import choices

MINUTE = timedelta(minutes=1)
OWN, NONE, RULES = Wish.OWN, Wish.NONE, Wish.RULES


class Plays:
    """A listener with plays that several sources told of."""

    def __init__(self, browsing: Browsing, listener: str = "empty") -> None:
        self.pages = browsing.sign_in(listener)
        self.id = browsing.account(listener).id
        with db.connection():
            db.query("UPDATE users SET time_zone = 'UTC' WHERE id = %s", self.id)

    def tell(self, source: Source, *told: tuple[Tune, datetime, int | None]) -> None:
        with db.connection(), db.transaction():
            tell(self.id, source, told)
            plays.count_all_days(self.id)

    def page(self, ended_at: datetime, tune: Tune = SONG, *, status: int = 200) -> str:
        return self.pages.page(f"/history/play/{mark_of(ended_at, tune.id)}", status=status)

    def words(self, ended_at: datetime, tune: Tune = SONG) -> str:
        return words_of(self.page(ended_at, tune))

    def report(self, source: Source) -> int:
        with db.connection():
            return int(
                db.query(
                    "SELECT id FROM play_reports WHERE user_id = %s AND source = %s",
                    self.id,
                    source,
                )[0][0]
            )

    def decide(self, source: Source, wish: Wish, back: str = "") -> str:
        """Press a button; give the address one is led to."""
        url = f"/reports/{self.report(source)}/decision"
        reply = self.pages.post(url, wish=wish.value, back=back)
        assert reply.status_code == 303, reply.status
        return reply.headers["Location"]

    def count(self) -> list[tuple[datetime, str]]:
        with db.connection():
            return db.query(
                "SELECT ended_at, source FROM plays WHERE user_id = %s ORDER BY ended_at", self.id
            )


@pytest.fixture
def mine(browsing: Browsing) -> Plays:
    return Plays(browsing)


@pytest.fixture
def merged(mine: Plays) -> Plays:
    """Give a listener a play that the API and an export told of, twenty seconds apart."""
    mine.tell(Source.SPOTIFY, (SONG, NOON, None))
    mine.tell(Source.EXTENDED, (SONG, NOON - 20 * SECOND, 180_000))
    return mine


def buttons(text: str) -> list[str]:
    return re.findall(r'name="wish"\s+value="(\w+)"', text)


@pytest.mark.parametrize(
    ("wish", "supports", "alone", "wanted"),
    [
        (RULES, True, False, [OWN, NONE]),
        (RULES, True, True, [NONE]),
        (OWN, True, True, [NONE, RULES]),
        (OWN, True, False, [NONE, RULES]),
        (RULES, False, False, [OWN]),
        (NONE, False, False, [OWN, RULES]),
    ],
)
def test_what_may_be_wished(
    wish: Wish, supports: bool, alone: bool, wanted: Sequence[Wish]
) -> None:
    assert choices(wish, supports=supports, alone=alone) == wanted


def test_only_listeners_look_and_decide(pages: Pages) -> None:
    pages.page(f"/history/play/{mark_of(NOON, 'x')}", status=401)
    assert pages.post("/reports/1/decision", wish="own").status_code == 401


def test_each_row_of_the_history_leads_to_its_page(merged: Plays) -> None:
    found = re.findall(r'href="(/history/play/[^"]+)"', merged.pages.page("/history"))
    assert found == [f"/history/play/{mark_of(NOON, SONG.id)}"]
    assert "Why this is here" in merged.pages.page(found[0])


def test_who_told_of_it_and_why_it_is_one(merged: Plays) -> None:
    text = merged.words(NOON)
    assert "2 sources told of it" in text
    assert "Spotify ended at 12:00:00, at the same second" in text
    assert "It knows this play best" in text
    assert "Extended history ended at 11:59:40, 20 seconds earlier, 3:00 heard" in text
    assert "no more than 60 seconds apart" in text
    assert "Everything that was told around this time counts." in text
    assert buttons(merged.page(NOON)) == ["own", "none"] * 2


def test_a_source_that_tells_beginnings_says_so(mine: Plays) -> None:
    mine.tell(Source.SPOTIFY, (SONG, NOON, None))
    mine.tell(Source.LASTFM, (SONG, NOON - 230 * SECOND, None))
    text = mine.words(NOON)
    assert "began at 11:56:10, so ended at 11:59:30, 30 seconds earlier" in text
    assert "the two ends are no more than 120 seconds apart" in text
    mine.tell(Source.LASTFM, (SONG, NOON, None))
    mine.tell(Source.LISTENBRAINZ, (SONG, NOON + SECOND, 40_000))
    text = mine.words(NOON + 200 * SECOND)
    assert "began at 12:00:01, so ended at 12:00:41" in text
    assert "the two starts are no more than 120 seconds apart" in text


def test_what_near_it_does_not_count(mine: Plays) -> None:
    skip, far = Tune("Skipped", "skip00"), Tune("Far", "far000")
    mine.tell(
        Source.EXTENDED,
        (SONG, NOON, 180_000),
        (skip, NOON + 2 * MINUTE, 4_000),
        (far, NOON + 11 * MINUTE, 4_000),
    )
    text = mine.words(NOON)
    assert "Skipped · Band" in text
    assert "2 minutes later, 0:04 heard" in text
    assert "less than 30 seconds were heard" in text
    assert "Far · Band" not in text
    assert "It is the only one that tells of this play." in text


def test_a_skip_has_a_page_as_well(mine: Plays) -> None:
    mine.tell(Source.EXTENDED, (SONG, NOON, 4_000))
    text = mine.words(NOON)
    assert "Does not count as a play" in text
    assert "Why this is here" not in text
    assert mine.decide(Source.EXTENDED, OWN).endswith(mark_of(NOON, SONG.id))
    text = mine.words(NOON)
    assert "Counts as a play" in text
    assert "It counts because you said so." in text
    assert "it counts as a play of its own" in text
    assert buttons(mine.page(NOON)) == ["none", "rules"]
    mine.decide(Source.EXTENDED, RULES)
    assert "Does not count as a play" in mine.words(NOON)
    assert mine.count() == []


def test_two_plays_and_one_again(merged: Plays) -> None:
    here, apart = mark_of(NOON, SONG.id), mark_of(NOON - 20 * SECOND, SONG.id)
    assert merged.decide(Source.EXTENDED, OWN, here) == f"/history/play/{apart}"
    assert merged.count() == [
        (NOON - 20 * SECOND, "spotify_extended"),
        (NOON, "spotify"),
    ]
    text = merged.page(NOON - 20 * SECOND)
    assert "It counts because you said so." in text
    assert f'href="/history/play/{here}"' in text, "the other one is near it"
    assert merged.decide(Source.EXTENDED, RULES, apart) == f"/history/play/{here}"
    assert merged.count() == [(NOON, "spotify")]


def test_not_counting_one_of_two_leads_back_to_the_play(merged: Plays) -> None:
    here = mark_of(NOON, SONG.id)
    assert merged.decide(Source.EXTENDED, NONE, here) == f"/history/play/{here}"
    text = merged.words(NOON)
    assert "1 source told of it" in text
    assert "It does not count because you said so." in text
    assert merged.decide(Source.EXTENDED, RULES, here) == f"/history/play/{here}"
    assert "2 sources told of it" in merged.words(NOON)


def test_not_counting_the_only_one_can_be_taken_back(mine: Plays) -> None:
    mine.tell(Source.SPOTIFY, (SONG, NOON, None))
    url = mine.decide(Source.SPOTIFY, NONE, mark_of(NOON, SONG.id))
    text = mine.pages.page(url)
    assert "Does not count as a play" in text
    assert mine.count() == []
    assert buttons(text) == ["own", "rules"]
    assert mine.decide(Source.SPOTIFY, RULES, "nonsense") == url
    assert mine.count() == [(NOON, "spotify")]


def test_the_page_is_right_at_once(merged: Plays) -> None:
    assert "1 play," in words_of(merged.pages.page("/history"))
    merged.decide(Source.EXTENDED, OWN)
    assert "2 plays," in words_of(merged.pages.page("/history"))


def test_places_that_make_no_sense_are_not_found(merged: Plays) -> None:
    for name in ("x", "5", "-", "99999999999999999999-a", "5-a", f"{mark_of(NOON, 'other')}"):
        merged.pages.page(f"/history/play/{name}", status=404)
    assert merged.pages.client.get("/history/play/5-%00").status_code == 404


def test_nobody_looks_at_or_decides_about_others(merged: Plays, browsing: Browsing) -> None:
    other = Plays(browsing, "tiny")
    other.page(NOON, status=404)
    report = merged.report(Source.EXTENDED)
    for number in (report, 10**6, 10**18, 10**30):
        reply = other.pages.post(f"/reports/{number}/decision", wish="none")
        assert reply.status_code == 404
    assert len(merged.count()) == 1


def test_only_known_wishes_from_our_own_form(merged: Plays) -> None:
    url = f"/reports/{merged.report(Source.EXTENDED)}/decision"
    assert merged.pages.post(url, wish="everything").status_code == 422
    assert merged.pages.post(url).status_code == 422
    assert merged.pages.post(url, wish="none", csrf=False).status_code == 422
    away = merged.pages.post(url, wish="none", back="//evil.example/5-a")
    assert away.headers["Location"].startswith("/history/play/")


def test_the_row_as_it_was_told_is_found_in_its_file(browsing: Browsing) -> None:
    mine, evil = Importing(browsing), "<script>alert(1)</script>"
    rows = [
        {
            **EXTENDED,
            "ts": f"2023-03-19T{hour:02}:00:00Z",
            "spotify_track_uri": f"spotify:track:{track_id(hour)}",
            "master_metadata_track_name": f"{evil} {hour}",
            "platform": f"machine {hour}",
        }
        for hour in range(24)
    ]
    mine.brought((json.dumps(rows).encode(), "history<b>.json"))
    found = re.findall(r'href="(/history/play/[^"]+)"', mine.pages.page("/history"))
    text = mine.pages.page(found[3])
    assert evil not in text
    words = words_of(text)
    assert "history<b>.json, row 21" in words
    assert '"platform": "machine 20"' in words
    assert "private-" not in words
    assert f"A play of {evil} 20" in words_of(text.replace("<head>", ""))


def test_what_a_scrobbler_sent_is_shown(mine: Plays) -> None:
    sent = Telling(at=NOON, title="Song", artist="Band", raw={"listened_at": 5})
    with db.connection(), db.transaction():
        telling.tell(mine.id, Source.SUBMITTED, [sent], NOON)
    text = mine.words(NOON, Tune("Song"))
    assert "Scrobbler began at 12:00:00" in text
    assert '"listened_at": 5' in text


def test_only_the_nearest_of_many_skips_are_shown(mine: Plays) -> None:
    skips = [(Tune(f"S{n}", f"s{n:05}"), NOON + n * SECOND, 2_000) for n in range(1, 120)]
    mine.tell(Source.EXTENDED, (SONG, NOON, 180_000), *skips)
    with counted() as counter:
        text = mine.page(NOON)
    assert len(counter.statements) <= 10, counter.statements
    assert text.count('class="report"') == 51
    assert "S1 · Band" in text
    assert "S110 · Band" not in text
