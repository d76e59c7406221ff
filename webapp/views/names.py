"""Names nobody may have, because they are paths of ours."""

from functools import cache

from flask import current_app  # noqa: TID251 - the map of routes is the app's own

FUTURE = frozenset(
    """
    about admin album albums api archive artist artists auth blend browse charts compare
    cron dashboard export exports favicon healthz help history import imports library
    login logout me metrics music new personality playlist playlists privacy profile
    public readyz recap recaps robots search sessions settings spotify static stats
    support sync syncs system terms time-machine top top-songs track tracks trends user
    users you
    """.split()  # noqa: SIM905 - seventy words read better so
)


@cache
def reserved_names() -> frozenset[str]:
    """List first path segments: those in use, and those that will be."""
    rules = current_app.url_map.iter_rules()
    return FUTURE | {str(rule).split("/")[1].lower() for rule in rules} - {""}
