"""Recommendations, each with its reason: from blends, and from what was left behind."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from webapp.domain.blends import MOST_BLENDS
from webapp.domain.recommendations import PLAYED_MUCH
from webapp.queries import blends
from webapp.services import togetherness
from webapp.views.blend_board import list_day
from webapp.views.cards import card
from webapp.views.fragments import page
from webapp.views.requests import login_required, me, wiring

blueprint = Blueprint("recommendations", __name__)


@blueprint.get("/recommendations")
@login_required
def index() -> Response:
    """Show what to play next; the own part works without any blend."""
    mine, day = blends.agreed(me().id, MOST_BLENDS), list_day()

    def build() -> Mapping[str, Any]:
        partners = [blend.other.id for blend in mine]
        found = togetherness.suggestions(me().id, partners, togetherness.RECOMMENDED)
        return {
            "blends": mine,
            "names": {blend.other.id: blend.other.name for blend in mine},
            "suggestions": found,
            "much": PLAYED_MUCH,
            "reminders": togetherness.reminders(me().id, wiring().clock(), day),
        }

    versions = " ".join(f"{blend.id}:{blend.other.data_version}" for blend in mine)
    made = card("blends/_recommendations.html", None, build, blends=versions, drawn=day)
    return page("blends/recommendations.html", made=made)
