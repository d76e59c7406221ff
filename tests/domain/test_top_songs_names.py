# ruff: noqa: RUF001 - letters of many scripts look alike, and are meant
"""Top Songs are known by their names, whatever the language, and nothing else is taken for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.top_songs_names import detect

LATEST = 2027
WRAPPED = "https://wrapped-images.spotifycdn.com/image/yts-2023/large/your-top-songs-2023.jpg"

SPOTIFYS = """
Your Top Songs 2023
Deine Top-Songs 2023
Votre Top Titres 2023
Vos top titres de 2023
Tus canciones más escuchadas 2023
Suas músicas mais tocadas em 2023
As tuas músicas mais ouvidas de 2023
I tuoi brani più ascoltati del 2023
Le tue Top Song del 2023
Jouw topnummers van 2023
Dina toppsånger 2023
Dine topsange 2023
Topplåtene dine 2023
Huippukappaleesi 2023
Suosituimmat kappaleesi 2023
Twoje najlepsze utwory 2023
Tvoje nejlepší skladby 2023
Legjobb dalaid 2023
Melodiile tale de top din 2023
Τα κορυφαία τραγούδια σου 2023
En Çok Dinlediğin Şarkılar 2023
2023'in En İyi Şarkıların
Твои лучшие треки 2023
Твої найкращі пісні 2023
2023年のトップソング
あなたのトップソング2023
2023년 가장 많이 들은 곡
나의 인기곡 2023
你的年度歌曲 2023
你的 2023 年热门歌曲
Lagu Teratas Kamu 2023
Những bài hát hàng đầu của bạn 2023
เพลงยอดนิยมของคุณ 2023
أهم أغانيك 2023
השירים המובילים שלך 2023
""".strip().splitlines()

COPIES = """
Top Songs 2023
My Top 100 Songs 2023
2023: your top songs
your  TOP   songs - 2023!
YOUR TOPSONGS ２０２３
Your Top Songs 2023 (2)
Your Top Songs 2023 (copy)
Kopie von Deine Top-Songs 2023
Copie de Vos top titres 2023
Your Top Songs 2023 - Copia
Dina toppsånger 2023 kopia
Spotify Wrapped: Your Top Songs 2023
Твои лучшие треки 2023 (копия)
""".strip().splitlines()

OTHERS = """
2023
2023 road trip
Wrapped 2023
Best of 2023
Favourites 2023
Summer Top Songs 2023
Top Songs 2023 Germany
Top songs of the 90s
Top Songs of the 90s 2023
Top Songs 2020-2023
Top Tracks of 2023
Stop songs 2023
Desktop songs 2023
Лучшие песни 2023
热门歌曲 2023
Your Top Songs
Your Top Songs 1999
Your Top Songs 2014
Your Top Songs 2028
Your Top Songs 20230
""".strip().splitlines()


def year_of(
    name: str, owner: str = "mira", description: str = "", cover: str | None = None
) -> int | None:
    return detect(name, owner_id=owner, description=description, image_url=cover, latest=LATEST)


@pytest.mark.parametrize("name", SPOTIFYS + COPIES)
def test_a_list_or_a_copy_is_known_by_its_name(name: str) -> None:
    assert year_of(name) == 2023


@pytest.mark.parametrize("name", OTHERS)
def test_false_friends_are_refused(name: str) -> None:
    assert year_of(name) is None


@pytest.mark.parametrize("name", ["Daily Mix 1", "Release Radar", "Top Songs of 2023"])
def test_spotify_as_the_owner_proves_nothing(name: str) -> None:
    assert year_of(name, owner="spotify") is None


def test_spotifys_own_list_is_known_so_that_it_can_be_explained() -> None:
    assert year_of("Your Top Songs 2023", owner="spotify") == 2023


def test_a_yearly_cover_helps_with_a_language_that_is_new_to_us() -> None:
    assert year_of("Taj supraj kantoj 2023", owner="spotify", cover=WRAPPED) == 2023
    assert year_of("Taj supraj kantoj 2023", owner="mira", cover=WRAPPED) is None
    assert year_of("Taj supraj kantoj", owner="spotify", cover=WRAPPED) is None


def test_the_description_may_say_the_year() -> None:
    assert year_of("My Top Songs", description="What 2021 was like") == 2021
    assert year_of("My Top Songs", description="2021 and 2022") is None
    assert year_of("My Top Songs 2022", description="copied in 2023") == 2022


@given(
    name=st.sampled_from(SPOTIFYS[:4] + COPIES[:4]),
    year=st.integers(2015, LATEST),
    shout=st.booleans(),
    space=st.sampled_from(["", " ", "\t", "\N{NO-BREAK SPACE}", "*", " \N{SPARKLES} "]),
)
def test_case_and_punctuation_do_not_matter(name: str, year: int, shout: bool, space: str) -> None:
    text = name.replace("2023", str(year)).replace("２０２３", str(year))
    assert year_of(f"{space}{text.upper() if shout else text}{space}") == year


@given(name=st.text(), description=st.text(), owner=st.sampled_from(["mira", "spotify"]))
def test_any_text_gives_a_year_in_range_or_none(name: str, description: str, owner: str) -> None:
    found = year_of(name, owner, description, WRAPPED)
    assert found is None or 2015 <= found <= LATEST


@given(name=st.text(alphabet=st.characters(exclude_categories=["Nd"])))
def test_without_a_year_there_is_none(name: str) -> None:
    assert year_of(name, "spotify", "", WRAPPED) is None
