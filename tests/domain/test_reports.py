"""The same song under other names has the same key; another recording has another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.reports import Source, song_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Beyoncé", "Halo"), ("BEYONCE", "halo")),
        (("Sigur Rós", "Ágætis byrjun"), ("Sigur Ros", "Agaetis Byrjun")),
        (("Mø", "Final Song"), ("MO", "Final Song")),
        (("Ana", "Don't Stop"), ("Ana", "Dont  Stop!")),
        (("Ana", "Don\u2019t Stop"), ("Ana", "Don't Stop")),
        (("Simon & Garfunkel", "America"), ("Simon and Garfunkel", "America")),
        (("Florence + The Machine", "X"), ("Florence & the Machine", "X")),
        (("Ana", "One"), ("Ana", "One (feat. Bo)")),
        (("Ana", "One"), ("Ana", "One [Ft. Bo & Cy]")),
        (("Ana", "One"), ("Ana", "One (with Bo)")),
        (("Ana", "One"), ("Ana", "One feat. Bo")),
        (("Ana", "One"), ("Ana feat. Bo", "One")),
        (("Ana", "One"), ("Ana (featuring Bo)", "One ft Bo")),
        (("Ana", "One"), ("Ana", "One (prod. by Bo)")),
        (("Ana", "One"), ("Ana", "One - Remastered")),
        (("Ana", "One"), ("Ana", "One - Remastered 2011")),
        (("Ana", "One"), ("Ana", "One - 2009 Remaster")),
        (("Ana", "One"), ("Ana", "One \u2013 2009 Digital Remaster")),
        (("Ana", "One"), ("Ana", "One - 2012 - Remaster")),
        (("Ana", "One"), ("Ana", "One - 2015 Remastered Version")),
        (("Ana", "One"), ("Ana", "One (Remastered)")),
        (("Ana", "One"), ("Ana", "One [2015 Remastered Version] (feat. Bo)")),
        (("Ana", "One"), ("Ana", "One - Digitally Remastered")),
        (("Ana", "One"), ("Ana", "One (Album Version)")),
        (("Ana", "One"), ("Ana", "One - Bonus Track")),
        (("Ana", "One"), ("Ana", "One [Explicit]")),
        (("Ana", "One - Live"), ("Ana", "One - Live / Remastered 2011")),
        (("Ana", "One (Live)"), ("Ana", "One (feat. Bo) (Live) - Remastered")),
        (("Ana", "One - Bo Remix"), ("Ana", "One feat. Cy - Bo Remix")),
        (("\uff21\uff22\uff23", "\uff2f\uff4e\uff45\uff11"), ("abc", "one1")),
        (("Мумий Тролль", "Ёлка"), ("мумий тролль", "елка")),
        (("Αλέξης", "Ώρα"), ("ΑΛΕΞΗΣ", "ΩΡΑ")),
        (("宇多田ヒカル", "ガキ"), ("宇多田ヒカル", "ｶﾞｷ")),
        (("아이유", "밤편지"), ("아이유", "밤 편지")),
        (("فيروز", "أغـنية"), ("فيروز", "اغنية")),
        (("Ana", "Straße"), ("Ana", "STRASSE")),
        (("Ana", "ﬁre"), ("Ana", "Fire")),
        (("Ana", "❤\ufe0f"), ("Ana", "❤\ufe0f ")),
    ],
)
def test_the_same_song(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert song_key(*one) == song_key(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ana", "One"), ("Bo", "One")),
        (("Ana", "One"), ("Ana", "Two")),
        (("Ana", "One"), ("Ana", "One - Live")),
        (("Ana", "One"), ("Ana", "One (Live at Home)")),
        (("Ana", "One"), ("Ana", "One - Bo Remix")),
        (("Ana", "One"), ("Ana", "One (Acoustic)")),
        (("Ana", "One"), ("Ana", "One - Radio Edit")),
        (("Ana", "One"), ("Ana", "One - Single Version")),
        (("Ana", "One"), ("Ana", "One - Mono / Remastered 2009")),
        (("Ana", "One"), ("Ana", "One (Ana's Version)")),
        (("Ana", "One"), ("Ana", "One, Pt. 2")),
        (("Ana", "One"), ("Ana", "1")),
        (("Ana", "Master"), ("Ana", "Remaster")),
        (("Ana", "6 ft Under"), ("Ana", "6")),
        (("宇多田ヒカル", "かき"), ("宇多田ヒカル", "がき")),
        (("จ๋าย", "ก้าว"), ("จ๋าย", "กาว")),
        (("लता", "दिल"), ("लता", "दल")),
        (("Ana", "???"), ("Ana", "!!!")),
        (("A B", "C"), ("A", "B C")),
    ],
)
def test_another_song(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert song_key(*one) != song_key(*other)


@pytest.mark.parametrize(
    ("artist", "title", "key"),
    [
        ("Ana", "One (feat. Bo) - Remastered 2011", "ana|one"),
        ("!!!", "???", "!!!|???"),
        ("Ana", "(feat. Bo)", "ana|featbo"),
        ("Ana", "Remastered", "ana|remastered"),
        ("Ana", "With You", "ana|withyou"),
        ("", "One", "|one"),
        ("Ana", "", "ana|"),
        ("", "", ""),
        (" ", "\t", ""),
        ("伊吹", "愛", "伊吹|愛"),
        ("นิว", "ก็", "นิว|ก็"),
    ],
)
def test_a_key_as_it_is(artist: str, title: str, key: str) -> None:
    assert song_key(artist, title) == key


names = st.text(max_size=20) | st.lists(
    st.sampled_from(
        ["One", " - ", "(feat. ", ")", "Remastered", "2011", "[", "with ", "ft.", "é", " "]
    ),
    max_size=8,
).map("".join)


@given(names, names)
def test_a_key_names_something_and_does_not_change_under_case(artist: str, title: str) -> None:
    key = song_key(artist, title)
    assert bool(key) == bool(artist.split() or title.split())
    assert song_key(f" {artist} ", f"{title} ") == key


@given(names)
def test_a_key_is_a_name_of_itself(name: str) -> None:
    plain = song_key("", name).removeprefix("|")
    if plain.isalnum():
        assert song_key("", plain) == f"|{plain}"


def test_sources_are_ranked_by_how_well_they_know() -> None:
    assert list(Source)[:3] == [Source.SPOTIFY, Source.EXTENDED, Source.ACCOUNT]
