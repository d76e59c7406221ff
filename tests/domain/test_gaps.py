"""Which times Spotify's exports cover, file by file."""

from datetime import UTC, datetime

import pytest

from webapp.domain.gaps import FileSpan, spans
from webapp.domain.reports import Source

AUDIO = "Streaming_History_Audio"
Sent = tuple[int, str, int, int]


def of(*sent: Sent) -> list[tuple[int, int]]:
    """Give the years covered by files: what each was sent in, its name, its years."""
    files = [
        FileSpan(
            source=Source.EXTENDED,
            upload=upload,
            name=name,
            first=datetime(first, 1, 1, tzinfo=UTC),
            last=datetime(last, 12, 31, tzinfo=UTC),
        )
        for upload, name, first, last in sent
    ]
    return [(span.first.year, span.last.year) for span in spans(files)]


@pytest.mark.parametrize(
    ("sent", "years"),
    [
        ([(0, "a.json", 2019, 2019), (1, "b.json", 2024, 2024)], [(2019, 2019), (2024, 2024)]),
        ([(0, "a.json", 2019, 2019), (0, "b.json", 2024, 2024)], [(2019, 2024)]),
        (
            [
                (0, f"{AUDIO}_2023_1.json", 2023, 2023),
                (1, f"{AUDIO}_2019-2022_0.json", 2019, 2022),
            ],
            [(2019, 2023)],
        ),
        (
            [(0, "endsong_0.json", 2015, 2017), (1, "endsong_2.json", 2020, 2021)],
            [(2015, 2017), (2020, 2021)],
        ),
        (
            [(0, "endsong_9.json", 2015, 2017), (1, "endsong_10.json", 2018, 2021)],
            [(2015, 2021)],
        ),
        (
            [
                (0, "endsong_0.json", 2015, 2016),
                (1, "endsong_1.json", 2017, 2018),
                (2, "endsong_0.json", 2022, 2024),
            ],
            [(2015, 2016), (2017, 2018), (2022, 2024)],
        ),
        (
            [(0, f"{AUDIO}_2015.json", 2015, 2015), (1, f"{AUDIO}_2016.json", 2016, 2016)],
            [(2015, 2015), (2016, 2016)],
        ),
        (
            [(0, f"{AUDIO}_2015_0.json", 2015, 2015), (1, "endsong_1.json", 2019, 2019)],
            [(2015, 2015), (2019, 2019)],
        ),
    ],
    ids=[
        "loose files",
        "a package",
        "numbered",
        "one is not there",
        "ten comes after nine",
        "two exports of the same names",
        "years are no numbers",
        "other names",
    ],
)
def test_files_that_belong_to_each_other_cover_what_lies_between(
    sent: list[Sent], years: list[tuple[int, int]]
) -> None:
    assert of(*sent) == years


def test_one_package_of_two_sources_covers_each_on_its_own() -> None:
    moments = [datetime(year, 1, 1, tzinfo=UTC) for year in (2019, 2020, 2024)]
    files = [
        FileSpan(source=source, upload=0, name="", first=first, last=last)
        for source, first, last in (
            (Source.ACCOUNT, moments[1], moments[2]),
            (Source.EXTENDED, moments[0], moments[1]),
        )
    ]
    assert [(span.source, span.first, span.last) for span in spans(files)] == [
        (Source.EXTENDED, moments[0], moments[1]),
        (Source.ACCOUNT, moments[1], moments[2]),
    ]
