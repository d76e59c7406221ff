"""Cards about what was heard: top lists, genres, finds, skips, eras."""

from collections.abc import Sequence
from typing import Any

from flask import abort
from flask_babel import gettext

from webapp.domain import charts
from webapp.domain.charts import Point
from webapp.domain.periods import ALL
from webapp.domain.stats import By, Item
from webapp.domain.stats_shares import Era, decade_of, eras_of, median_year, share
from webapp.queries import eras as era_queries
from webapp.queries import finds, genres, skips, tops
from webapp.queries.finds import Discoveries
from webapp.views.formats import percent
from webapp.views.history_listing import source_name
from webapp.views.stats_sight import Sight
from webapp.views.stats_wording import amount_text, artists_text, bucket_label, tracks_text

SIZE = 10
FINDS = 5
SKIPPED = 5
HOUR_MS = 3_600_000
KINDS = {"artists": Item.ARTIST, "tracks": Item.TRACK, "albums": Item.ALBUM}


def top(sight: Sight, name: str) -> dict[str, Any]:
    """Rank artists, tracks or albums."""
    number = sight.page_of(name)
    found = tops.top(
        sight.user_id,
        sight.period,
        KINDS[name],
        sight.by,
        sight.time_zone,
        limit=SIZE,
        offset=(number - 1) * SIZE,
        is_compared=sight.compared is not None,
    )
    if not found.rows and number > 1:
        abort(404)
    rows = [(row, amount_text(sight.by, row.plays, row.ms), row.change) for row in found.rows]
    return {"name": name, "rows": rows, **_paging(sight, name, number, found.total)}


def top_genres(sight: Sight) -> dict[str, Any]:
    """Rank genres, and say of how many plays they are known."""
    number = sight.page_of("genres")
    found = genres.top(
        sight.user_id,
        sight.period,
        sight.by,
        sight.time_zone,
        limit=SIZE,
        offset=(number - 1) * SIZE,
        is_compared=sight.compared is not None,
    )
    if not found.rows and number > 1:
        abort(404)
    most = max((sight.amount(row.plays, row.ms) for row in found.rows), default=0)
    rows = [
        (
            row,
            amount_text(sight.by, row.plays, row.ms),
            row.change,
            round(100 * share(sight.amount(row.plays, row.ms), most), 1),
        )
        for row in found.rows
    ]
    known = share(found.known, sight.totals.plays)
    return {
        "rows": rows,
        "known": percent(known),
        **_paging(sight, "genres", number, found.total),
    }


def discoveries(sight: Sight) -> dict[str, Any]:
    """Show what was heard for the first time, and when."""
    artists, tracks = (_discovered(sight, kind) for kind in (Item.ARTIST, Item.TRACK))
    step, new_artists, new_tracks = sight.step, dict(artists.when), dict(tracks.when)
    points = [
        Point(
            label=bucket_label(bucket, step),
            value=new_tracks.get(bucket.first, 0),
            text=_new_text(new_tracks.get(bucket.first, 0), new_artists.get(bucket.first, 0)),
            running=bucket.last == sight.today and bucket.first != bucket.last,
        )
        for bucket in sight.buckets
    ]
    return {
        "artists": artists,
        "tracks": tracks,
        "chart": charts.columns(points, height=150),
        "step": step,
    }


def rediscoveries(sight: Sight) -> dict[str, Any]:
    """Show what came back after half a year of silence."""
    if sight.period.key == ALL:
        return {"artists": None, "tracks": None}
    artists, tracks = (
        finds.rediscoveries(sight.user_id, sight.period, kind, sight.time_zone, limit=FINDS)
        for kind in (Item.ARTIST, Item.TRACK)
    )
    return {"artists": artists, "tracks": tracks}


def skipped(sight: Sight) -> dict[str, Any]:
    """Show what was skipped, where a source told."""
    found = skips.skips(sight.user_id, sight.period, sight.time_zone, SKIPPED)
    return {
        "found": found,
        "share": percent(share(found.skipped, found.told)),
        "tracks": [(row, percent(share(row.skipped, row.told))) for row in found.tracks],
        "sources": ", ".join(str(source_name(source)) for source in found.sources),
        "looked_at": skips.LOOKED_AT,
    }


def eras(sight: Sight) -> dict[str, Any]:
    """Show when the music was released."""
    rows = era_queries.release_years(sight.user_id, sight.period, sight.time_zone)
    years = [(row.year, row.plays, row.ms) for row in rows]
    found = eras_of(years, sight.today.year)
    known = sum(era.plays for era in found)
    best = max(found, key=lambda era: sight.amount(era.plays, era.ms), default=None)
    return {
        "chart": charts.columns(_decades(sight, found), height=180),
        "best": _decade(best.decade) if best else None,
        "best_share": percent(share(best.plays, known)) if best else "",
        "median": median_year([year for year in years if decade_of(year[0], sight.today.year)]),
        "unknown": percent(1 - share(known, sight.totals.plays)) if sight.totals.plays else "",
        "all_known": known == sight.totals.plays,
    }


def _discovered(sight: Sight, kind: Item) -> Discoveries:
    return finds.discoveries(
        sight.user_id,
        sight.period,
        kind,
        sight.time_zone,
        begins=[bucket.first for bucket in sight.buckets],
        limit=FINDS,
    )


def _new_text(tracks: int, artists: int) -> str:
    return f"{tracks_text(tracks)}, {artists_text(artists)}" if artists else tracks_text(tracks)


def _decades(sight: Sight, found: Sequence[Era]) -> list[Point]:
    whole = sum(sight.amount(era.plays, era.ms) for era in found)
    return [
        Point(
            label=_decade(era.decade),
            value=era.plays if sight.by is By.PLAYS else era.ms / HOUR_MS,
            text=percent(share(sight.amount(era.plays, era.ms), whole)),
        )
        for era in found
    ]


def _decade(first: int) -> str:
    return str(gettext("%(decade)ss", decade=str(first)))


def _paging(sight: Sight, card: str, number: int, total: int) -> dict[str, Any]:
    pages = -(-total // SIZE)

    def urls(page: int) -> tuple[str, str] | None:
        if not 1 <= page <= pages:
            return None
        anchor = f"stats-{card}"
        whole = sight.url(**{card: None if page == 1 else page}, _anchor=anchor)
        return whole, sight.card_url(card, page=page)

    return {
        "total": total,
        "number": number,
        "pages": pages,
        "newer": urls(number - 1),
        "older": urls(number + 1),
    }
