"""Living in another time zone: other plays make a day there, so everything is counted anew.

`time_zone` of a listener is what their days are counted in, on every page, until the transaction
that counts all of them anew; what they asked for waits in `wanted_time_zone`.
"""

from webapp import db
from webapp.queries import accounts, plays, time_zones

FEW_PLAYS = 2000
"""So many are counted while the listener waits: a fifth of a second."""


def ask_for(user_id: int, time_zone: str) -> bool:
    """Note, in the caller's transaction, where a listener lives; True leaves a worker to `move`.

    Few plays are counted right here.
    """
    time_zones.lock(user_id)
    account = accounts.get(user_id)
    wanted = time_zone if time_zone != account.time_zone else None
    if wanted != account.wanted_time_zone:
        accounts.change(user_id, wanted_time_zone=wanted)
    if wanted is None:
        return False
    if time_zones.has_more_plays(user_id, FEW_PLAYS):
        return True
    move(user_id)
    return False


def move(user_id: int) -> bool:
    """Count a listener's days where they want to live; False if there is nothing to do.

    All or nothing: a page, or whoever adds plays meanwhile, meets days of one time zone alone.
    """
    with db.transaction():
        account = accounts.get(user_id) if time_zones.lock(user_id) else None
        if account is None or account.wanted_time_zone is None:
            return False
        accounts.change(user_id, time_zone=account.wanted_time_zone, wanted_time_zone=None)
        plays.count_all_days(user_id)
    return True
