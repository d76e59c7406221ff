"""Pieces of a listener's pages that are made once and kept until something changes.

A card's template holds nothing of the moment or the session: no form, no "5 minutes ago". It is
kept for the listener alone, stamped with their `data_version`, so a change needs no clearing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup

from webapp.cache import versions
from webapp.cache.versions import Kept
from webapp.domain.periods import Period
from webapp.views.periods import today
from webapp.views.release import release
from webapp.views.requests import me, wiring


def card(
    template: str,
    period: Period | None,
    build: Callable[[], Mapping[str, Any]],
    **values: object,
) -> Markup:
    """Give a card, made from `build()` if it isn't kept as of now.

    `values` are what else of the address it depends on: an order, a page.
    """
    chosen = sorted({**(period.query if period else {}), **values}.items())
    slot = versions.stamp(template, get_locale(), chosen)
    stamp = versions.stamp(release(), me().data_version, today())
    kept = versions.find(wiring().redis, me().id, slot)
    if kept is not None and kept.stamp == stamp:
        return Markup(kept.body.decode())  # noqa: S704 - our own template made it
    made = render_template(template, **build())
    versions.keep(wiring().redis, me().id, slot, Kept(stamp=stamp, body=made.encode()))
    return Markup(made)  # noqa: S704 - our own template made it
