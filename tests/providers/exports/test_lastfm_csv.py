"""Last.fm's history in the tables that exporters write, and in any that names its columns."""

from datetime import UTC, datetime

import pytest

from tests.providers.exports.writing import text_told
from webapp.domain.errors import ExportError
from webapp.domain.reports import Row, Source, Told
from webapp.providers.exports.lastfm_csv import read

MINUTE = datetime(2021, 1, 31, 12, 34, tzinfo=UTC)
SECOND = datetime(2021, 1, 31, 12, 34, 56, tzinfo=UTC)
UNIX = "1612096496"
GHAN = "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid"
ARCHIVE = "ISO time\tunixtime\ttrack name\ttrack mbid\tartist name\tartist mbid\talbum name"


def test_a_play_is_told_whole() -> None:
    assert text_told(read, "Ana,First,One,31 Jan 2021 12:34\n") == [
        Row(
            number=1,
            told=Told.PLAY,
            at=MINUTE,
            is_start=True,
            title="One",
            artist="Ana",
            album="First",
            kept={"artist": "Ana", "album": "First", "track": "One", "time": "31 Jan 2021 12:34"},
            source=Source.LASTFM_MINUTES,
        )
    ]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Ana,First,One,31 Jan 2021 12:34", MINUTE),
        ('Ana,"First","One",31 Jan 2021 12:34\r\n', MINUTE),
        (f'{UNIX},"31 Jan 2021, 12:34",Ana,First,One\n', SECOND),
        (f"{UNIX}\tOne\tAna\tFirst\tm1\tm2\tm3\n", SECOND),
        (f'{UNIX},"31 Jan 2021, 12:34",Ana,m1,First,m2,One,m3\n', SECOND),
        (
            f'{GHAN}\n"{UNIX}","31 Jan 2021, 12:34","Ana","m1","First","m2","One","m3"\n',
            SECOND,
        ),
        (
            f"{ARCHIVE}\n2021-01-31T12:34:56\t{UNIX}\tOne\tm\tAna\tm\tFirst\n",
            SECOND,
        ),
        ("\ufeffArtist;Album;Title;Date (UTC)\nAna;First;One;2021-01-31 12:34\n", MINUTE),
        ("artist,album,name,date#text\nAna,First,One,31 January 2021 12:34:56\n", SECOND),
        ("Track,Artist,Album,Timestamp\nOne,Ana,First,1612096496000\n", SECOND),
        ("track,uts,utc_time,artist,album\nOne,,2021-01-31T12:34:56Z,Ana,First\n", SECOND),
        ("artist,track,album,time\nAna,One,First,2021-01-31T13:34+01:00\n", MINUTE),
    ],
    ids=[
        "lastfm-to-csv",
        "quoted",
        "five columns",
        "lastexport",
        "no header",
        "ghan",
        "old archive",
        "spreadsheet",
        "api names",
        "milliseconds",
        "second time column",
        "with a zone",
    ],
)
def test_the_tables_of_exporters(text: str, at: datetime) -> None:
    [row] = text_told(read, text)
    assert (row.told, row.at, row.is_start) == (Told.PLAY, at, True)
    assert (row.artist, row.album, row.title) == ("Ana", "First", "One")
    assert row.source == (Source.LASTFM_MINUTES if at == MINUTE else None)


def test_ids_of_musicbrainz_are_kept() -> None:
    [row] = text_told(read, f"{UNIX}\tOne\tAna\tFirst\tm1\tm2\tm3\n")
    assert row.kept["track_mbid"] == "m1"


def test_a_header_is_no_row_and_what_plays_now_has_no_time() -> None:
    rows = text_told(read, "Ana,First,One,\nBo,,Two,31 Jan 2021 12:34\n\nCy,,Three,\n")
    found = [(row.number, row.reason, row.title) for row in rows]
    assert found == [(1, "no_time", ""), (2, "", "Two"), (3, "no_time", "")]
    assert rows[0].kept == {"artist": "Ana", "album": "First", "track": "One"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Ana,First,One,31 Foo 2021 12:34", "bad_time"),
        ("Ana,First,One,31 Feb 2021 12:34", "bad_time"),
        ("Ana,First,One,31/01/2021 12:34", "bad_time"),
        ("Ana,First,One,01 Jan 1970 00:00", "before_2002"),
        ("Ana,First,One,1612", "before_2002"),
        ("Ana,First,One,99999999999999999999", "bad_time"),
        ("Ana,First,,31 Jan 2021 12:34", "no_track"),
        (",First,One,31 Jan 2021 12:34", "no_track"),
        ("Ana,First,One", "no_time"),
        ("Ana,First,One,Two,31 Jan 2021 12:34", "bad_columns"),
        ('Ana,"' + "x" * 200_000 + '",One,31 Jan 2021 12:34', "bad_csv"),
    ],
    ids=[
        "no month",
        "no day",
        "day or month first",
        "no clock",
        "short",
        "long",
        "no title",
        "no artist",
        "cut",
        "comma",
        "huge",
    ],
)
def test_what_cannot_be_read(line: str, reason: str) -> None:
    good = "Ana,First,One,31 Jan 2021 12:34\n"
    rows = text_told(read, f"{good}{line}\n{good}")
    assert [row.reason for row in rows] == ["", reason, ""]
    assert [row.number for row in rows] == [1, 2, 3]


def test_trailing_empty_cells_do_no_harm() -> None:
    [row] = text_told(read, "artist,track,time\nAna,One,2021-01-31 12:34,,\n")
    assert row.told is Told.PLAY


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("hello,world\n1,2\n", "unknown_columns"),
        ("artist,album\nAna,First\n", "unknown_columns"),
        ("a,b,c,d\ne,f,g,h\n", "unknown_columns"),
    ],
)
def test_a_table_that_is_none_of_these_is_refused(text: str, kind: str) -> None:
    with pytest.raises(ExportError) as caught:
        text_told(read, text)
    assert caught.value.kind == kind


def test_another_encoding_is_refused_at_its_row() -> None:
    rows = read(
        ["Ana,First,One,31 Jan 2021 12:34\nÉric,,Two,31 Jan 2021 12:34\n".encode("latin-1")]
    )
    with pytest.raises(ExportError) as caught:
        list(rows)
    assert (caught.value.kind, caught.value.row) == ("encoding", 0)
