"""Which times Spotify's exports cover, so that no play of them is missing.

Each file of an export has every play of its span. What lies between two files is covered only if
they belong to each other: files of one package do, and loose ones that Spotify numbered one after
another. Two exports of different years say nothing about the years between.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from webapp.domain.reports import Source

EXPORTS = (Source.EXTENDED, Source.ACCOUNT)
"""Sources that have every play of the time they tell of, the better one first."""

_numbered = re.compile(r"(\D+)(?:[\d-]+_)?(\d{1,3})\.json", re.ASCII | re.IGNORECASE).fullmatch
"""Spotify's names: endsong_3.json, StreamingHistory_music_0.json, and
Streaming_History_Audio_2019-2020_3.json."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpan:
    """One file of an import, and from when to when it tells of plays, whether known or not.

    `upload` is what it was sent in: files of one package have the same.
    """

    source: Source
    upload: int
    name: str
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time of which a source told everything, both ends included."""

    source: Source
    first: datetime
    last: datetime


def spans(files: Iterable[FileSpan]) -> list[Span]:
    """Join the spans of files that belong to each other; the better source's first."""
    by_upload = attrgetter("source", "upload")
    packages = [list(sent) for _, sent in groupby(sorted(files, key=by_upload), key=by_upload)]
    loose = [package[0] for package in packages if len(package) == 1]
    together = [package for package in packages if len(package) > 1] + _runs(loose)
    found = [_span(one) for one in together]
    return sorted(found, key=lambda one: (EXPORTS.index(one.source), one.first, one.last))


def _runs(loose: Iterable[FileSpan]) -> list[list[FileSpan]]:
    """Put files together that are numbered one after another, each number once; others alone."""
    alone: list[list[FileSpan]] = []
    series: dict[tuple[Source, str], list[tuple[int, FileSpan]]] = {}
    for file in loose:
        if found := _numbered(file.name):
            series.setdefault((file.source, found[1]), []).append((int(found[2]), file))
        else:
            alone.append([file])
    for numbered in series.values():
        is_one = len({number for number, _ in numbered}) == len(numbered)
        alone += _consecutive(numbered) if is_one else [[file] for _, file in numbered]
    return alone


def _consecutive(numbered: list[tuple[int, FileSpan]]) -> list[list[FileSpan]]:
    numbered.sort(key=lambda one: one[0])
    islands = groupby(enumerate(numbered), key=lambda one: one[1][0] - one[0])
    return [[file for _, (_, file) in island] for _, island in islands]


def _span(files: Sequence[FileSpan]) -> Span:
    return Span(
        source=files[0].source,
        first=min(file.first for file in files),
        last=max(file.last for file in files),
    )
