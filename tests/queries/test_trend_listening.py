"""Under which ids a listener knows what is in a chart, and the other way round."""

from tests.queries.charting import MONDAY, charted, met
from tests.queries.playing import played
from tests.queries.shelving import know, make_track, save
from webapp.domain.library import Kind
from webapp.domain.stats import Item
from webapp.queries import appearances, naming, trend_listening

REEL = "niaosei|reel"


def test_what_is_known_leads_to_the_listeners_own_page(newcomer: int) -> None:
    know([make_track("t1", "Night Train"), make_track("t2", "Quiet", "Øst", "Snow")])
    naming.name_catalogue()
    reel, snow = met("REEL", match_key=REEL), met("Snow", artist="Øst", spotify_id="album-Snow")
    train = met("Night Train", "track", match_key="niaosei|nighttrain")
    nia = met("Nia Osei", "artist", match_key="|niaosei")
    everything = ((Item.ALBUM, reel), (Item.ALBUM, snow), (Item.TRACK, train), (Item.ARTIST, nia))
    assert [trend_listening.known(newcomer, *one) for one in everything] == [{}] * 4
    played(newcomer, [("t1", MONDAY)])
    save(newcomer, Kind.SAVED_ALBUM, "album-Snow")
    maker = {Item.ARTIST: "artist-Nia Osei"}
    assert [trend_listening.known(newcomer, *one) for one in everything] == [
        {Item.ALBUM: "album-Reel", **maker},
        {Item.ALBUM: "album-Snow"},
        {Item.TRACK: "t1", **maker},
        maker,
    ]


def test_of_two_albums_of_one_name_the_one_played_most_is_meant(newcomer: int) -> None:
    know([make_track("t1", "One", album="Reel"), make_track("t2", "Two", album="reel!")])
    naming.name_catalogue()
    reel = met("Reel", match_key=REEL)
    played(
        newcomer, [("t1", MONDAY), ("t2", MONDAY.replace(hour=1)), ("t2", MONDAY.replace(hour=2))]
    )
    assert trend_listening.known(newcomer, Item.ALBUM, reel)[Item.ALBUM] == "album-reel!"


def test_a_thing_of_the_catalogue_is_found_in_charts_by_its_names(database: None) -> None:
    know([make_track("t1", "Night Train")])
    naming.name_catalogue()
    assert appearances.find_of_catalogue(Item.ALBUM, "album-Reel") is None
    reel = met("Reel", match_key=REEL)
    charted(MONDAY, [reel])
    found = appearances.find_of_catalogue(Item.ALBUM, "album-Reel")
    assert found is not None
    assert found.id == reel
    told = met("Reel", spotify_id="album-Reel")
    by_id = appearances.find_of_catalogue(Item.ALBUM, "album-Reel")
    assert by_id is not None
    assert by_id.id == told, "an id says more than names"
    assert appearances.find_of_catalogue(Item.TRACK, "album-Reel") is None
