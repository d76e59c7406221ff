"""Looking albums up while MusicBrainz is down, busy, or answers strangely."""

from datetime import timedelta

import pytest

from demo.standin.faults import Fault
from demo.standin.server import StandIn
from tests.services.listening import Clock
from tests.services.looking_up import PAUSED, LookingUp, group_of
from webapp import db
from webapp.services import musicbrainz
from webapp.services.musicbrainz import State

MUSICBRAINZ = "/musicbrainz/"


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (Fault(kind="server_error", match=MUSICBRAINZ, times=1, seconds=90), 90),
        (Fault(kind="server_error", match=MUSICBRAINZ, times=1), 30),
        (Fault(kind="rate_limit", match=MUSICBRAINZ, times=1, seconds=70), 70),
        (Fault(kind="html", match=MUSICBRAINZ, times=1, status=200), 5),
        (Fault(kind="drop", match=MUSICBRAINZ, times=1), 5),
        (Fault(kind="truncated", match=MUSICBRAINZ, times=1), 5),
        (Fault(kind="server_error", match=MUSICBRAINZ, times=1, status=403), 3600),
    ],
    ids=lambda value: getattr(value, "kind", str(value)),
)
def test_trouble_stops_everybody_for_as_long_as_it_takes(
    looking: LookingUp, clock: Clock, standin: StandIn, fault: Fault, seconds: float
) -> None:
    key = looking.trend(looking.albums()[0])
    standin.world.faults.add(fault)
    until = musicbrainz.run(looking.wiring)
    assert until == clock() + timedelta(seconds=seconds)
    assert looking.asked().total() == 1
    assert looking.groups() == {}, "trouble is no miss"
    assert musicbrainz.overview(looking.wiring).state is State.PAUSED
    again = musicbrainz.run(looking.wiring)
    assert again
    assert timedelta(seconds=seconds - 3) < again - clock() <= timedelta(seconds=seconds)
    assert looking.asked().total() == 0, "nobody calls meanwhile"
    looking.wiring.redis.delete(PAUSED)
    looking.run()
    assert looking.groups()[key] == group_of(looking.albums()[0])


def test_a_storm_is_waited_out_longer_each_time(looking: LookingUp, standin: StandIn) -> None:
    for album in looking.albums()[:100]:
        looking.trend(album)
    standin.world.faults.add(Fault(kind="html", status=502, match=MUSICBRAINZ, after=1, times=4))
    waits = []
    for _ in range(5):
        until = musicbrainz.run(looking.wiring)
        waits.append((until - looking.clock()).total_seconds() if until else None)
        looking.wiring.redis.delete(PAUSED)
    assert waits == [5, 10, 20, 40, None]
    asked = looking.asked()
    assert asked["url"] == 1, "what was answered before is not asked again"
    assert asked["reid"] == 4 + 8, "after three in vain, ten albums at a time"
    assert looking.hows()["url", True] == 73


def test_one_album_that_spoils_answers_is_left_to_its_other_ways(
    looking: LookingUp, standin: StandIn
) -> None:
    albums = looking.albums()[:40]
    keys = [looking.trend(album) for album in albums]
    standin.world.faults.add(Fault(kind="server_error", status=400, match=albums[11].id))
    looking.run()
    assert looking.asked()["url"] < 20, "it is found by halves"
    groups = looking.groups()
    assert [groups[key] for key in keys] == [group_of(album) for album in albums]
    rows = db.query("SELECT album_key FROM album_matches WHERE how = 'barcode'")
    assert rows == [(keys[11],)]


def test_strange_answers_to_everything_are_not_taken_for_misses(
    looking: LookingUp, standin: StandIn
) -> None:
    for album in looking.albums()[:30]:
        looking.trend(album, by_id=False, barcode=False)
    standin.world.faults.add(Fault(kind="server_error", status=400, match=MUSICBRAINZ))
    until = musicbrainz.run(looking.wiring)
    assert until
    assert until > looking.clock()
    assert looking.asked().total() == 3
    assert looking.hows() == {("text", False): 3}
