"""The end of an import: staged rows become reports and plays, days and gaps, and a receipt."""

from collections import Counter
from datetime import date, datetime

from webapp.domain.imports import Outcome
from webapp.domain.plays import RANK
from webapp.domain.reports import Source
from webapp.queries import accounts, gaps, merging, naming, plays, receipts, staging


def merge(user_id: int, import_id: int, now: datetime) -> Counter[Outcome]:
    """Merge what is staged, inside the caller's transaction; give the receipt's figures.

    The best source goes first, so that the others meet what it told.
    """
    plays.lock([user_id])
    staging.make_room()
    staging.resolve(import_id, user_id)
    days: set[date] = set()
    for source in sorted(map(Source, staging.sources(import_id)), key=RANK.index):
        days |= merging.merge_rows(user_id, import_id, source, now).days
        receipts.leave_out_copies(import_id)
    receipts.leave_out_others(import_id)
    receipts.note_rows(user_id, import_id)
    plays.count_changed_days(user_id, days)
    gaps.close(user_id, import_id, now)
    accounts.bump_version(user_id)
    staging.drop(import_id)
    return receipts.totals(user_id, import_id)


def prepare() -> None:
    """Give keys to what the catalogue learned since; in transactions of its own."""
    naming.name_catalogue()
    staging.introduce()
