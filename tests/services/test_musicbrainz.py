"""Albums find their ids: cheaply, once, whatever happens on the way."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from rq import Queue, SimpleWorker

from demo.standin.faults import Fault
from demo.standin.musicbrainz import COVERLESS, PLACE_TOO_NEW, merged
from demo.standin.server import StandIn
from jobs import musicbrainz as jobs
from jobs import runtime
from jobs.queue import QUEUES
from tests.queries.shelving import counted
from tests.services.listening import Clock
from tests.services.looking_up import PAUSED, LookingUp, beyond, group_of
from webapp import db
from webapp.services import musicbrainz
from webapp.services.musicbrainz import State

WEEK = timedelta(days=7)
ARCHIVE = "/coverart/"


def test_a_hundred_albums_take_few_calls_and_misses_are_remembered(
    looking: LookingUp, clock: Clock
) -> None:
    albums = looking.albums()[:100]
    keys = {looking.trend(album): album for album in albums}
    with counted() as counter:
        looking.run()
    asked = looking.asked()
    assert len(counter.statements) <= 12 + 6 * asked.total(), "by calls, not by albums"
    assert asked == {"url": 1, "reid": 1, "look-up": 1, "barcode": 1, "name": asked["name"]}
    assert asked["name"] <= 17, "what addresses and barcodes found is not searched for"
    hows = looking.hows()
    assert (hows["url", True], hows["barcode", True]) == (73, 10)
    assert hows["text", True] >= 5
    assert sum(hows.values()) == 100
    found = {key: group for key, group in looking.groups().items() if group}
    assert found == {key: group_of(keys[key]) for key in found}
    learned = dict(db.query("SELECT 'trend:' || id, mbid::text FROM trend_items"))
    assert learned == {key: str(found[key]) if key in found else None for key in keys}
    looking.run()
    clock.forward(days=6)
    looking.run()
    assert looking.asked() == {}, "found or not, it is remembered"
    clock.forward(days=1)
    looking.run()
    asked = looking.asked()
    assert asked == {"url": 1, "barcode": 1, "name": asked["name"]}, "only misses are asked again"
    assert asked["name"] == 100 - len(found)


def test_a_run_ends_soon_and_the_next_goes_on_where_it_was(
    looking: LookingUp, clock: Clock
) -> None:
    for album in looking.albums()[:100]:
        looking.trend(album)
    hasty = replace(looking.wiring, clock=Hasty(clock))
    calls, runs = Counter[str](), 0
    while musicbrainz.run(hasty) is not None:
        calls, runs = calls + looking.asked(), runs + 1
        assert runs < 50
    assert runs > 3
    assert beyond(calls) == 4, "no question twice"
    assert calls["name"] <= 17


class Hasty(Clock):
    """A clock on which three seconds go by whenever it is looked at."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock.now)

    def __call__(self) -> datetime:
        return self.forward(seconds=3)


def test_merged_ids_are_followed_and_new_ones_looked_up(looking: LookingUp) -> None:
    known = looking.known()
    old, gone, new = known[0].album, known[1].album, known[PLACE_TOO_NEW].album
    followed = looking.trend(old, by_id=False, barcode=False, given=merged("release-group", old.id))
    lost = looking.trend(gone, given="00000000-0000-4000-8000-000000000000")
    young = looking.trend(new)
    looking.run()
    assert looking.groups() == {
        followed: group_of(old),
        lost: group_of(gone),
        young: group_of(new),
    }
    assert dict(db.query("SELECT album_key, how FROM album_matches")) == {
        followed: "given",
        lost: "url",
        young: "url",
    }


def test_one_album_under_two_ids_becomes_one(looking: LookingUp) -> None:
    album = looking.albums()[0]
    older = looking.trend(album, barcode=False)
    younger = looking.trend(
        replace(album, name="Another name"), by_id=False, given=str(group_of(album))
    )
    looking.run()
    pair = int(younger.removeprefix("trend:")), int(older.removeprefix("trend:"))
    assert db.query("SELECT from_id, into_id FROM trend_merges") == [pair]
    looking.asked()
    looking.run()
    assert looking.asked() == {}


def test_what_listeners_saved_comes_behind_and_shares_calls(
    looking: LookingUp, newcomer: int, standin: StandIn
) -> None:
    albums = looking.albums()
    saved = [looking.save(newcomer, album) for album in albums[:3]]
    unsaved = looking.save(newcomer, albums[90])
    db.query("DELETE FROM library_items WHERE item_id = %s", albums[90].id)
    trending = [looking.trend(album) for album in (albums[0], albums[84])]
    standin.world.faults.add(Fault(kind="html", match="query=barcode", times=1))
    musicbrainz.run(looking.wiring)
    groups = looking.groups()
    assert looking.asked() == {"url": 1, "reid": 1, "barcode": 1}
    assert [groups[key] for key in (trending[0], *saved)] == [
        group_of(album) for album in (albums[0], *albums[:3])
    ]
    assert groups[trending[1]] is None
    assert unsaved not in groups, "nobody keeps it"


def test_a_saved_album_without_a_picture_shows_the_cover_everywhere(
    looking: LookingUp, newcomer: int, standin: StandIn
) -> None:
    bare, pictured = looking.albums()[1:3]
    for album in (bare, pictured):
        looking.save(newcomer, album)
    db.query("UPDATE albums SET image_url = '/x.jpg'")
    db.query("UPDATE albums SET image_url = NULL WHERE id = %s", bare.id)
    looking.run()
    address = f"{standin.coverart_url}/release-group/{group_of(bare)}/front-500"
    assert dict(db.query("SELECT id, image_url FROM albums")) == {
        bare.id: address,
        pictured.id: "/x.jpg",
    }


def test_names_with_markup_and_signs_are_searched_as_they_are(looking: LookingUp) -> None:
    artists = looking.standin.world.music.artists
    strange = [
        one.album
        for one in looking.known()
        if set('<>"();{}\\/') & set(one.album.name + artists[one.album.artist_ids[0]].name)
        and one.place != PLACE_TOO_NEW
        and one.album.name.strip()
    ]
    keys = {looking.trend(one, by_id=False, barcode=False): one for one in strange}
    looking.run()
    assert looking.asked() == {"name": len(keys)}
    groups = looking.groups()
    found = {key: group for key, group in groups.items() if group}
    assert found == {key: group_of(keys[key]) for key in found}
    assert len(found) > 0.8 * len(keys) > 4


def test_without_names_or_ids_nothing_is_asked(looking: LookingUp) -> None:
    nameless = replace(looking.albums()[0], name="   ")
    looking.trend(nameless, by_id=False, barcode=False)
    looking.run()
    assert looking.asked() == {}
    assert looking.hows() == {(None, False): 1}


def test_covers_are_addresses_where_there_is_no_picture(
    looking: LookingUp, standin: StandIn, clock: Clock
) -> None:
    albums = looking.albums()
    with_cover, without = albums[1], albums[COVERLESS]
    keys = [looking.trend(album, picture=None) for album in (with_cover, without)]
    pictured = looking.trend(albums[2])
    number = standin.world.faults.add(Fault(kind="html", match=ARCHIVE, status=503))
    until = musicbrainz.run(looking.wiring)
    assert until == clock() + timedelta(seconds=30)
    assert set(looking.groups()) == {*keys, pictured}, "ids don't wait for covers"
    assert looking.asked()["cover"] == 1
    standin.world.faults.remove(number)
    looking.wiring.redis.delete(PAUSED.replace("musicbrainz", "coverart"))
    looking.run()
    assert looking.asked() == {"cover": 2}
    address = f"{standin.coverart_url}/release-group/{group_of(with_cover)}/front-500"
    covers = db.query("SELECT album_key, cover_url, retry_at FROM album_matches ORDER BY 1")
    assert covers == [
        (keys[0], address, None),
        (keys[1], None, clock() + WEEK),
        (pictured, None, None),
    ]
    images = db.query("SELECT image_url FROM trend_items ORDER BY id")
    assert images == [(address,), (None,), ("/x.jpg",)]


def test_without_a_contact_it_is_off_and_says_so(looking: LookingUp) -> None:
    looking.trend(looking.albums()[0])
    silent = replace(looking.wiring, settings=replace(looking.wiring.settings, operator_contact=""))
    assert musicbrainz.run(silent) is None
    assert musicbrainz.overview(silent).state is State.NO_CONTACT
    assert "OPERATOR_CONTACT" in jobs.tick(silent)
    assert looking.asked() == {}
    assert Queue("trends", connection=silent.redis).count == 0


def test_a_tick_has_workers_do_it_to_the_end(looking: LookingUp) -> None:
    for album in looking.albums()[60:90]:
        looking.trend(album)
    hasty = replace(looking.wiring, clock=Hasty(looking.clock))
    runtime.use(hasty)
    assert jobs.tick(hasty) == "0 albums found, 0 not, 30 to look up"
    jobs.tick(hasty)
    queues = [Queue(name, connection=hasty.redis) for name in QUEUES]
    assert Queue("trends", connection=hasty.redis).count == 1, "one run is enough"
    SimpleWorker(queues, connection=hasty.redis).work(burst=True, logging_level="CRITICAL")
    assert looking.hows().total() == 30
    assert jobs.tick(hasty).endswith(" not, 0 to look up")
    assert Queue("trends", connection=hasty.redis).count == 0


def test_one_process_works_at_a_time(looking: LookingUp) -> None:
    looking.trend(looking.albums()[0])
    with db.snapshot() as other:
        other.query("SELECT pg_advisory_lock(hashtextextended('matches', 0))")
        assert musicbrainz.run(looking.wiring) is None
        other.query("SELECT pg_advisory_unlock(hashtextextended('matches', 0))")
    assert looking.asked() == {}
    looking.run()
    assert looking.asked() == {"url": 1, "reid": 1}
